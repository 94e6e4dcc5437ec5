//! Recorded answers played to the scanners: `tests/answers/SERVICE/THING.json`, a file a kind.
//!
//! Each recording is played whole, empty, with its second page refused, with each of its calls refused, and with a
//! garbled listing. What went over the wire, and the answers themselves, are then held against AWS's models of its
//! APIs, so that a recording cannot say what AWS never says. The answers are made up after those models: no account
//! stands behind them.
//!
//! `ANSWERS=kinesis/stream` plays only what begins so; `UPDATE_ANSWERS=1` writes down what was found, to be read.

#[path = "answers_support/account_calls.rs"]
mod account_calls;
#[path = "answers_support/organization.rs"]
mod organization;
#[path = "answers_support/play.rs"]
mod play;
#[path = "answers_support/recording.rs"]
mod recording;
#[path = "answers_support/replay.rs"]
mod replay;
mod support;

use std::collections::BTreeSet;
use std::process::Stdio;

use closeout::aws::api::services;
use closeout::model::Why;
use closeout::scan::scanners;
use serde_json::json;

use play::{Played, play};
use recording::{Recording, all};
use replay::Trick;

/// Runs a check over every recording and fails with all that went wrong.
fn each_recording(check: impl Fn(&Recording) -> Result<(), String>) {
    let recordings = all();
    assert!(!recordings.is_empty(), "no recording matches");
    let wrong: Vec<String> =
        recordings.iter().filter_map(|one| check(one).err().map(|why| format!("{}: {why}", one.kind))).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn must(holds: bool, why: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why.into()) }
}

#[test]
fn every_kind_without_a_seeded_account_has_a_recording() {
    let recorded: BTreeSet<String> = recording::kinds();
    for scanner in scanners() {
        let (kind, has) = (scanner.kind.as_str(), recorded.contains(scanner.kind.as_str()));
        assert_eq!(scanner.tested.by_recording(), has, "{kind}: TESTED and tests/answers disagree");
    }
    for kind in &recorded {
        assert!(scanners().any(|scanner| scanner.kind.as_str() == kind), "{kind} is recorded, and nothing lists it");
    }
}

#[test]
fn a_whole_recording_gives_what_it_says() {
    each_recording(|recording| {
        let played = play(recording, Trick::None);
        played.outcome.as_ref().map_err(|fault| format!("{fault}; asked {:?}", played.asked))?;
        must(played.gaps.is_empty(), format!("gaps {:?}", played.gaps))?;
        let unasked = recording.unasked(&played.used);
        must(unasked.is_empty(), format!("nobody asked {unasked:?}"))?;
        recording.compare(&played.found)
    });
}

#[test]
fn an_empty_account_gives_nothing_and_no_gap() {
    each_recording(|recording| {
        let played = play(recording, Trick::Empty);
        played.outcome.as_ref().map_err(|fault| format!("{fault}; asked {:?}", played.asked))?;
        must(played.gaps.is_empty(), format!("gaps {:?}", played.gaps))?;
        must(played.found.is_empty(), format!("found {}", played.found.len()))
    });
}

#[test]
fn a_refused_second_page_keeps_the_first_and_is_no_clean_end() {
    each_recording(|recording| {
        if let Some(why) = &recording.unpaged {
            return must(!recording.has_second_page() && !why.is_empty(), "has a second page and says `unpaged`");
        }
        must(recording.has_second_page(), "no exchange has `page: 2`, and it does not say why (`unpaged`)")?;
        let (whole, played) = (play(recording, Trick::None), play(recording, Trick::DenyPageTwo));
        let Err(fault) = &played.outcome else { return Err("it ends as if it were whole".to_owned()) };
        must(fault.why == Why::Denied, format!("{fault}"))?;
        must(!played.found.is_empty(), "the first page is lost")?;
        must(played.found.len() < whole.found.len(), "the second page brings nothing")?;
        must(played.found.iter().all(|one| whole.found.contains(one)), "something else was found")
    });
}

#[test]
fn every_refused_call_is_said_with_its_action_and_the_actions_are_the_declared_ones() {
    each_recording(|recording| {
        let mut named = BTreeSet::new();
        for ask in recording.asks() {
            let played = play(recording, Trick::Deny(ask.clone()));
            let said = actions(&played);
            must(!said.is_empty(), format!("{ask} is refused, and it looks clean"))?;
            named.extend(said);
        }
        let declared: BTreeSet<String> = recording.scanner().actions.iter().map(|a| (*a).to_owned()).collect();
        must(named == declared, format!("declares {declared:?} and asks {named:?}"))
    });
}

/// The actions a playing says it lacks.
fn actions(played: &Played) -> BTreeSet<String> {
    let denied = played.gaps.iter().filter(|gap| gap.why == Why::Denied).map(|gap| gap.action.clone());
    let ended = played.outcome.as_ref().err().filter(|fault| fault.why == Why::Denied);
    denied.chain(ended.map(|fault| fault.action.clone())).collect()
}

#[test]
fn a_garbled_listing_is_never_clean() {
    each_recording(|recording| {
        let played = play(recording, Trick::Garble);
        must(played.outcome.is_err() || !played.gaps.is_empty(), "half an answer looks like a whole one")
    });
}

#[test]
fn what_is_sent_and_what_is_recorded_is_what_the_models_of_the_apis_say() {
    let mut exchanges = Vec::new();
    for recording in all() {
        exchanges.extend(play(&recording, Trick::None).exchanges);
        exchanges.extend(play(&recording, Trick::Empty).exchanges);
    }
    exchanges.extend(account_calls::exchanges());
    exchanges.extend(organization::exchanges());
    let document = json!({ "services": services::ALL.iter().map(|one| support::service::row(one)).collect::<Vec<_>>(),
        "exchanges": exchanges });
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), document.to_string()).expect("a temporary file");
    let mut command = support::python::program("api_model.py");
    let output = command.arg("check").arg(file.path()).stdin(Stdio::null()).output().expect("python runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.trim().is_empty(), "\n{said}");
}
