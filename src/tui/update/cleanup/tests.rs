use jiff::SignedDuration;

use super::*;
use crate::model::Event;
use crate::plan::{Check, Entry, News as StepNews, Rehearsal, What};
use crate::tui::message::Message;
use crate::tui::testing::Journey;
use crate::tui::view::sample;

/// Two volumes of the sample account are marked, their plan is on the screen, and it was tried just now.
fn ready() -> Journey {
    let mut journey = planned();
    try_it(&mut journey, &Check::Passed { by: vec!["read again".to_owned()] });
    journey
}

/// In front of the sample account, with the resources of its findings listed.
fn begin() -> Journey {
    let mut audit = sample::audit();
    for finding in audit.findings.clone() {
        audit.apply(Event::Found { resource: Box::new(finding.resource) });
    }
    Journey::of(audit)
}

fn planned() -> Journey {
    let mut journey = begin();
    journey.model.cleanup.allow_apply = true;
    at_minute(&mut journey, 3);
    journey.press("2<Space>j<Space>6");
    assert!(!journey.plan().steps.is_empty(), "{}", journey.picture());
    journey
}

fn try_it(journey: &mut Journey, check: &Check) {
    let plan = journey.plan();
    let checks = plan.steps.iter().map(|step| (step.number, check.clone())).collect();
    journey.clean(News::Tried(Ok(Rehearsal { plan: plan.hash.clone(), at: journey.model.now, checks })));
}

/// So many minutes after the sample scan began, on both clocks.
fn at_minute(journey: &mut Journey, minute: u64) {
    let now = sample::began_at() + SignedDuration::from_mins(minute as i64);
    journey.tell(Message::Clock(minute * 60_000, now));
}

/// A second later: long enough for the confirmation to hear.
fn wait(journey: &mut Journey) {
    let (ms, now) = (journey.model.clock_ms + 1_000, journey.model.now + SignedDuration::from_secs(1));
    journey.tell(Message::Clock(ms, now));
}

fn press(journey: &mut Journey, keys: &str) {
    journey.press(keys);
}

fn is_open(journey: &Journey) -> bool {
    matches!(journey.model.overlay, Some(Overlay::Confirm(_)))
}

/// A run of the plan, confirmed.
fn running() -> Journey {
    let mut journey = ready();
    journey.press("A");
    wait(&mut journey);
    let phrase = journey.plan().phrase();
    journey.press(&phrase).press("<Enter>");
    journey
}

#[track_caller]
fn assert_refused(mut journey: Journey, why: &str) {
    journey.effects.clear();
    journey.press("A");
    assert!(!is_open(&journey) && journey.effects.is_empty(), "{why}");
    assert!(journey.says().contains(why), "{} does not say {why}", journey.says());
    assert!(journey.model.say.is_some());
}

#[test]
fn confirmation_opens_when_nothing_is_missing() {
    let mut journey = ready();
    journey.press("j");
    assert!(journey.picture().contains("A is enabled"), "{}", journey.picture());
    journey.press("A");
    assert!(is_open(&journey) && journey.effects.is_empty());
}

#[test]
fn confirmation_stays_shut_while_anything_is_missing_and_says_what() {
    let with = |change: fn(&mut Journey)| {
        let mut journey = ready();
        change(&mut journey);
        journey
    };
    assert_refused(planned(), "a dry run");
    assert_refused(with(|journey| journey.model.cleanup.allow_apply = false), "--allow-apply");
    assert_refused(with(|journey| journey.model.cleanup.is_protected = true), "protected_accounts");
    assert_refused(with(|journey| journey.model.origin = Origin::File("a.json".into())), "read from a file");
    assert_refused(with(|journey| journey.model.cleanup.is_outdated = true), "a scan after the last run");
    assert_refused(with(|journey| journey.model.cleanup.trying = Some(String::new())), "the end of the dry run");
    assert_refused(with(|journey| at_minute(journey, 19)), "a scan of the last 15 minutes");
    assert_refused(with(|journey| at_minute(journey, 19)), "a dry run of the last 15 minutes");
    assert_refused(with(|journey| press(journey, "x")), "a dry run of this plan");
    assert_refused(with(|journey| press(journey, "2U6")), "a plan with a step");
    let refused = Check::Refused { why: "it is protected".to_owned() };
    let mut journey = planned();
    try_it(&mut journey, &refused);
    assert_refused(journey, "a dry run without a refusal");
    let mut journey = planned();
    let half = Rehearsal { plan: journey.plan().hash.clone(), at: journey.model.now, checks: Default::default() };
    journey.clean(News::Tried(Ok(half)));
    assert_refused(journey, "a dry run of every step");
}

#[test]
fn phrase_that_privacy_hides_is_not_asked_for() {
    let mut journey = planned();
    journey.model.audit.account.alias = None;
    journey.model.cleanup.stale = true;
    journey.press("j");
    try_it(&mut journey, &Check::Gone);
    journey.press("P");
    assert_refused(journey, "privacy hides it");
}

#[test]
fn nothing_but_the_typed_phrase_and_enter_begins_a_run() {
    let mut journey = ready();
    let phrase = journey.plan().phrase();
    // Typed before the dialog could be read.
    journey.press("A").press(&phrase).press("<Enter>");
    assert!(is_open(&journey));
    wait(&mut journey);
    journey.press("<Enter>y<Enter>");
    journey.press("<Ctrl-u>").press(&phrase[..phrase.len() - 1]).press("<Enter>");
    journey.press("<Ctrl-u>").press(&phrase.to_uppercase()).press("<Enter>");
    journey.press("<Ctrl-u>").press(&format!("{phrase} ")).press("<Enter>");
    journey.press("<Ctrl-u>");
    journey.tell(Message::Paste(phrase.clone()));
    journey.press("<Enter>");
    assert!(is_open(&journey) && journey.effects.is_empty(), "{:?}", journey.effects);
    journey.press(&phrase).press("<Esc>");
    assert!(!is_open(&journey) && journey.effects.is_empty());
    journey.press("A");
    wait(&mut journey);
    journey.press(&phrase).press("<Enter>");
    assert_eq!(journey.effects, [Effect::Apply(journey.plan(), phrase)]);
    assert!(journey.model.cleanup.is_applying());
}

#[test]
fn run_is_not_begun_when_something_went_missing_while_the_phrase_was_typed() {
    let mut journey = ready();
    let phrase = journey.plan().phrase();
    journey.press("A");
    at_minute(&mut journey, 40);
    journey.press(&phrase).press("<Enter>");
    assert!(!is_open(&journey) && journey.effects.is_empty());
    assert!(journey.says().starts_with("nothing was changed"), "{}", journey.says());
}

#[test]
fn marks_that_a_filter_hides_are_in_the_plan() {
    let mut journey = begin();
    journey.press("2<Space>j<Space>6");
    let all = journey.plan().hash.clone();
    journey.press("2/nothing-has-this-name<Enter>6");
    assert_eq!(journey.plan().hash, all);
    assert!(journey.model.view_of(ScreenId::Findings).rows.is_empty());
}

#[test]
fn x_takes_a_mark_away_and_nothing_else() {
    let mut journey = planned();
    let before = journey.plan();
    journey.press("x");
    assert_eq!(journey.model.marks.len(), 1);
    assert!(journey.effects.is_empty() && journey.plan().steps.len() < before.steps.len());
    assert!(!journey.model.marks.has(&before.steps[0].resource.arn));
}

#[test]
fn plan_waits_for_the_end_of_a_scan() {
    let mut journey = Journey::of(sample::running());
    journey.press("2<Space>6");
    assert!(journey.model.cleanup.plan.is_none() && journey.picture().contains("A scan is running."));
    journey.press("DA");
    assert!(journey.effects.is_empty() && !is_open(&journey));
}

#[test]
fn run_says_so_on_every_screen_and_is_asked_about_before_leaving() {
    let mut journey = running();
    journey.effects.clear();
    for screen in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        journey.press(screen);
        assert!(journey.picture().contains("APPLYING"), "{}", journey.picture());
    }
    journey.press("qn<Ctrl-z>n");
    assert!(journey.effects.is_empty());
    journey.press("R");
    assert!(journey.says().contains("a cleanup is running"));
    journey.press("<Ctrl-c>");
    assert_eq!(journey.effects, [Effect::StopApply]);
    journey.press("<Ctrl-c>");
    assert_eq!(journey.effects, [Effect::StopApply, Effect::Quit]);
}

#[test]
fn after_a_run_what_is_done_is_unmarked_and_what_failed_stays_marked() {
    let mut journey = running();
    let plan = journey.plan();
    let acts: Vec<_> = plan.steps.iter().filter(|step| step.work == Work::Act).collect();
    assert_eq!(acts.len(), 2);
    let state = State::Failed { why: "DependencyViolation".to_owned(), undecided: false };
    journey.clean(News::Step(StepNews { step: acts[1].number, state }));
    let wrote = What::Waiting { step: acts[0].number, state: "deleting".to_owned() };
    let entry = Entry { n: 1, at: journey.model.now, chain: String::new(), what: wrote };
    journey.clean(News::Wrote(Box::new(entry)));
    let done = State::Done { seen: "not listed any more".to_owned(), made: String::new() };
    let states = [(acts[0].number, done)].into();
    journey.clean(News::Ended(End { states, ..End::default() }));
    assert!(!journey.model.marks.has(&acts[0].resource.arn) && journey.model.marks.has(&acts[1].resource.arn));
    assert!(journey.picture().contains("ENDED, NOT ALL WELL"), "{}", journey.picture());
    journey.press("<Esc>");
    assert!(journey.model.cleanup.run.is_none());
    assert_refused(journey, "a scan after the last run");
}

#[test]
fn texts_of_a_journal_cannot_leave_their_line() {
    let mut journey = Journey::begin();
    let what = What::Failed { step: 1, why: "\u{1b}[2J\u{202e}boom".to_owned(), undecided: false };
    let entry = Entry { n: 1, at: journey.model.now, chain: String::new(), what };
    let run = crate::tui::cleanup::Record { name: "run\u{7}".to_owned(), entries: vec![entry], ..Default::default() };
    journey.clean(News::Runs { runs: vec![run], place: "\u{1b}]0;x".to_owned() });
    let picture = journey.press("7").picture();
    assert!(picture.contains("boom") && !picture.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{picture}");
}
