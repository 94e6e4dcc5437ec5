//! What can be done about leftovers (`rules/remedies/`) is sound: its calls are AWS's, its facts are the scanners',
//! its words are the rules'.

#[path = "remedies_support/samples.rs"]
mod samples;
mod support;
#[path = "remedies_support/wire.rs"]
mod wire;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use closeout::aws::api::services;
use closeout::clean::Order;
use closeout::clean::world::LeadsTo;
use closeout::model::{Kind, Region, Resource};
use closeout::plan::remedy::{Blanks, Until, holds, operation};
use closeout::plan::{Remedy, Verb, remedies, remedy};
use closeout::rules::RuleSet;
use closeout::rules::vocabulary::{Field, Type};
use closeout::scan::{Reach, scanner, scanners};
use serde_json::{Map, Value, json};

use samples::{Act, acts, blanks, facts, lines, recorded, sample, texts, words};

/// Rules' words for advice: there is nothing to send.
const ADVICE: &[&str] = &["modify", "review"];

/// What every resource has besides its facts, and what a step adds.
const OWN: &[&str] =
    &["account", "arn", "arn_region", "backup", "created_at", "grace", "id", "name", "partition", "region", "when"];

/// Locks no call lifts, with the reason.
const LOCKED_FOR_GOOD: &[(&str, &str, &str)] =
    &[("s3:bucket", "Object Lock", "it is of the objects, and ends by itself when their time is over")];

/// Kinds of snapshots nothing lists, with the reason.
const UNLISTED: &[(&str, &str)] = &[
    ("elasticache:serverlesssnapshot", "no rule judges them: they go with their cache unless they are kept by name"),
    ("redshift-serverless:snapshot", "no rule judges them: only final snapshots are made by hand"),
];

/// What no recorded resource can be filled into, with the reason.
const UNFILLED: &[(&str, &str, &str)] = &[];

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn filled<'a>(resource: &'a Resource) -> Blanks<'a> {
    Blanks { resource, backup: "closeout-sample", when: "2026-11-27", grace: "2026-11-27/2026-12-27" }
}

#[test]
fn every_kind_a_rule_judges_has_a_file_and_each_file_is_of_a_kind_that_is_listed() {
    let rules = RuleSet::embedded(&words()).unwrap_or_else(|errors| panic!("{errors}"));
    let listed: BTreeSet<&Kind> = scanners().map(|scanner| &scanner.kind).collect();
    let judged: BTreeSet<&Kind> = rules.iter().map(|rule| &rule.kind).filter(|kind| **kind != Kind::QUOTA).collect();
    let has: BTreeSet<&Kind> = remedies().map(|remedy| &remedy.kind).collect();
    assert_eq!(has.difference(&listed).collect::<Vec<_>>(), Vec::<&&Kind>::new(), "nothing lists these");
    assert_eq!(judged.difference(&has).collect::<Vec<_>>(), Vec::<&&Kind>::new(), "these have no file");
}

#[test]
fn every_rule_names_a_verb_of_its_kind() {
    let rules = RuleSet::embedded(&words()).unwrap_or_else(|errors| panic!("{errors}"));
    let mut wrong = Vec::new();
    // A quota is no resource: what its rules propose is asked for and takes nothing away.
    let of_resources = rules.iter().filter(|rule| rule.kind != Kind::QUOTA);
    for rule in of_resources.filter(|rule| !ADVICE.contains(&rule.remedy.as_str())) {
        let verbs = remedy(&rule.kind).map(|one| &one.verbs);
        if !verbs.is_some_and(|verbs| verbs.contains_key(&rule.remedy)) {
            wrong.push(format!("{}: {} has no verb `{}`", rule.id, rule.kind, rule.remedy));
        }
    }
    none(&wrong);
}

#[test]
fn a_verb_has_calls_or_says_who_can_and_what_it_rests_on_is_there() {
    let mut wrong = Vec::new();
    let mut check = |holds: bool, place: &str, why: &str| {
        if !holds {
            wrong.push(format!("{place}: {why}"));
        }
    };
    for one in remedies() {
        for (word, verb) in &one.verbs {
            let place = format!("{} {word}", one.kind);
            let sends = !verb.moves.is_empty() || verb.procedure.is_some();
            check(sends == verb.by_hand.is_empty(), &place, "either calls or `by_hand`");
            check(!verb.backup || one.backup.is_some(), &place, "a backup first, and the kind has none");
            check(!verb.backup || verb.keeps.is_none(), &place, "a backup first, or one the call makes, not both");
            let saves = verb.backup || verb.keeps.is_some();
            check(saves == word.contains("snapshot-then"), &place, "only what is called so takes a snapshot");
            let names_backup = |one: &closeout::plan::remedy::Move| {
                one.input.values().flat_map(texts).flat_map(blanks).any(|blank| blank == "backup")
            };
            check(verb.keeps.is_some() == verb.moves.iter().any(names_backup), &place, "`keeps` and `{backup}`");
            check(verb.undo_days.is_none() || !verb.undo.is_empty(), &place, "days of an undo that is not there");
        }
    }
    none(&wrong);
}

#[test]
fn kinds_of_snapshots_are_listed_or_it_is_said_why_not() {
    let mut used = BTreeSet::new();
    for one in remedies() {
        // A backup is looked for where it is listed.
        if let Some(backup) = &one.backup {
            assert!(scanner(&backup.makes).is_some(), "{}: nothing lists {}", one.kind, backup.makes);
        }
        for kept in one.verbs.values().filter_map(|verb| verb.keeps.as_ref()) {
            let unlisted = UNLISTED.iter().any(|(kind, _)| *kind == kept.as_str());
            assert!(scanner(kept).is_some() != unlisted, "{}: {kept} is listed, or UNLISTED says why not", one.kind);
            used.insert(kept.as_str());
        }
    }
    assert!(UNLISTED.iter().all(|(kind, why)| used.contains(kind) && !why.is_empty()), "{used:?}");
}

#[test]
fn every_lock_of_aws_that_is_reported_is_lifted_and_no_other() {
    let reported = reported_locks();
    assert!(reported.len() >= 15, "{reported:?}");
    let lifted: BTreeSet<(String, String)> = remedies()
        .flat_map(|one| one.unprotect.iter().map(move |lock| (one.kind.to_string(), lock.flag.clone())))
        .collect();
    let for_good = LOCKED_FOR_GOOD.iter().map(|(kind, flag, _)| ((*kind).to_owned(), (*flag).to_owned())).collect();
    assert_eq!(&lifted & &for_good, BTreeSet::new());
    assert_eq!(&lifted | &for_good, reported);
}

/// The locks scanners report, read out of their sources: the last text of each call of `.locked(…)`.
fn reported_locks() -> BTreeSet<(String, String)> {
    let mut locks = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scan");
    let entries = |path: &Path| -> Vec<_> { fs::read_dir(path).into_iter().flatten().flatten().collect() };
    for file in entries(&folder).iter().flat_map(|service| entries(&service.path())) {
        let source = fs::read_to_string(file.path()).unwrap_or_default();
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        let Some((_, kind)) = source.split_once("const KIND: Kind = Kind::new(\"") else { continue };
        let kind = kind.split('"').next().unwrap_or_default();
        for call in source.split(".locked(").skip(1) {
            let mut depth = 1;
            let end = call.find(|c: char| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                depth == 0
            });
            let flag = call[..end.expect("a closing bracket")].trim_end_matches([',', '\n', ' ']).trim_end_matches('"');
            locks.insert((kind.to_owned(), flag.rsplit('"').next().unwrap_or_default().to_owned()));
        }
    }
    locks
}

// --- facts --------------------------------------------------------------------------------------------

#[test]
fn every_placeholder_is_a_fact_of_the_kind() {
    let mut wrong = Vec::new();
    for one in remedies() {
        let known = facts(&one.kind);
        let mut check = |place: &str, text: &str| {
            let unknown = blanks(text).into_iter().filter(|name| !OWN.contains(name) && !known.contains_key(*name));
            wrong.extend(unknown.map(|name| format!("{place}: {{{name}}} is no fact of {}", one.kind)));
        };
        for act in acts(one) {
            act.input.values().flat_map(texts).chain(act.at).for_each(|text| check(&act.place, text));
        }
        lines(one).into_iter().for_each(|(place, line)| check(&place, line));
        for (word, verb) in &one.verbs {
            check(word, &verb.loses);
        }
        let found_by = one.backup.iter().flat_map(|backup| backup.found_by.values());
        found_by.flat_map(texts).for_each(|text| check("found_by", text));
    }
    none(&wrong);
}

/// What is asked of facts: where, of which kind, and what.
fn questions(one: &'static Remedy) -> Vec<(String, &'static Kind, &'static Map<String, Value>)> {
    let mut asked = Vec::new();
    for (word, verb) in &one.verbs {
        for (i, step) in verb.moves.iter().enumerate() {
            let place = format!("{} {word} {}", one.kind, i + 1);
            asked.push((format!("{place} when"), &one.kind, &step.needed));
            if let Some(Until::Facts(facts)) = &step.until {
                asked.push((format!("{place} until"), &one.kind, facts));
            }
        }
    }
    if let Some(backup) = &one.backup {
        asked.push((format!("{} ready", one.kind), &backup.makes, &backup.ready));
        asked.push((format!("{} found_by", one.kind), &backup.makes, &backup.found_by));
    }
    asked
}

#[test]
fn what_is_asked_of_facts_can_be_answered() {
    let mut wrong = Vec::new();
    for (place, kind, asked) in remedies().flat_map(questions) {
        let known = facts(kind);
        for (name, wanted) in asked {
            let trouble = match (known.get(name), wanted) {
                (None, _) => Some("is no fact"),
                (Some(field), Value::Object(test)) => {
                    let asks = test.len() == 1 && test.get("present").is_some_and(Value::is_boolean);
                    (!asks || !field.optional).then_some("is always there, or is asked otherwise than by `present`")
                }
                (Some(_), Value::Array(values)) if values.is_empty() => Some("is none of nothing"),
                (Some(field), Value::Array(values)) => {
                    (!values.iter().all(|value| fits(field, value))).then_some("is of another type")
                }
                (Some(field), value) => (!fits(field, value)).then_some("is of another type"),
            };
            wrong.extend(trouble.map(|why| format!("{place}: `{name}` of {kind} {why}")));
        }
    }
    none(&wrong);
}

fn fits(field: &Field, value: &Value) -> bool {
    match field.ty {
        Type::Text => value.is_string(),
        Type::Double => value.is_f64(),
        Type::Int => value.is_i64(),
        Type::Flag => value.is_boolean(),
        Type::List | Type::Map | Type::Any => false,
    }
}

/// Values asked of facts that neither the fact's own documentation nor a recorded resource has.
fn undocumented() -> Vec<Value> {
    let mut values = Vec::new();
    for one in remedies() {
        let services: BTreeSet<&str> = acts(one).iter().map(|act| operation(act.call).0).collect();
        for (place, kind, asked) in questions(one) {
            let known = facts(kind);
            let seen = recorded(kind);
            for (name, value) in
                asked.iter().flat_map(|(name, wanted)| texts(wanted).into_iter().map(move |v| (name, v)))
            {
                let documented = known.get(name).is_some_and(|field| field.doc.contains(&format!("`{value}`")));
                let was_seen = seen.iter().any(|one| one.text(name) == Some(value));
                if !(documented || was_seen || value.contains('{')) {
                    values.push(json!({ "where": format!("{place} {name}"), "services": services, "value": value }));
                }
            }
        }
    }
    values
}

// --- calls --------------------------------------------------------------------------------------------

#[test]
fn every_call_goes_out_as_the_models_of_the_apis_say() {
    let mut wrong = Vec::new();
    let mut rows = Vec::new();
    for one in remedies() {
        let resource = sample(scanner(&one.kind).expect("a scanner"));
        for act in acts(one) {
            // Once with every fact there is, once without those that may be missing.
            let mut without = resource.clone();
            let optional = act.input.values().flat_map(texts).filter_map(|text| text.strip_suffix("?}"));
            let optional: Vec<&str> = optional.map(|text| text.trim_start_matches('{')).collect();
            without.facts.retain(|name, _| !optional.contains(&name.as_str()));
            for resource in [&resource, &without] {
                match row(&act, resource) {
                    Ok(row) => rows.push(row),
                    Err(why) => wrong.push(format!("{}: {why}", act.place)),
                }
            }
        }
    }
    none(&wrong);
    let lines = remedies().flat_map(|one| {
        let resource = sample(scanner(&one.kind).expect("a scanner"));
        let fill =
            move |(place, line): (String, &str)| json!({ "where": place, "line": filled(&resource).text(line).ok() });
        lines(one).into_iter().map(fill).collect::<Vec<_>>()
    });
    let document = json!({
        "services": services::CHANGED.iter().map(|one| support::service::row(one)).collect::<Vec<_>>(),
        "acts": rows, "lines": lines.collect::<Vec<_>>(), "values": undocumented(),
    });
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(file.path(), document.to_string()).expect("a temporary file");
    let mut command = support::python::program("api_model.py");
    let output = command.arg("acts").arg(file.path()).stdin(Stdio::null()).output().expect("python runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.trim().is_empty(), "\n{said}");
}

/// A call with what goes out for it. Errors when nothing does.
fn row(act: &Act, resource: &Resource) -> Result<Value, String> {
    let service = services::named(operation(act.call).0).ok_or_else(|| format!("nothing speaks to {}", act.call))?;
    let blanks = filled(resource);
    let input = blanks.fill(act.input).map_err(|error| error.to_string())?;
    let at = act.at.map(|at| blanks.text(at)).transpose().map_err(|error| error.to_string())?;
    let region = at.map_or_else(|| resource.region.clone(), Region::new);
    let order = Order {
        call: act.call,
        http: act.http,
        region: region.clone(),
        input: input.clone(),
        resource,
        leads_to: LeadsTo::Nothing,
    };
    let sent = wire::sent(&order)?;
    let region = if region.is_global() { samples::HOME } else { region.as_str() };
    let host = service.address("aws", region).map(|address| address.host).unwrap_or_default();
    if sent["host"] != json!(host) {
        return Err(format!("goes to {}, not {host}", sent["host"]));
    }
    if sent["headers"]["authorization"].as_str().is_none_or(|text| !text.contains("Signature=")) {
        return Err("is not signed".to_owned());
    }
    if service.signing == "s3" && sent["headers"]["x-amz-content-sha256"].is_null() {
        return Err("S3 is not told the hash of the body".to_owned());
    }
    Ok(json!({
        "where": act.place, "call": act.call, "http": act.http, "input": input, "dry_run": act.dry_run,
        "answered": act.answered, "protocol": support::service::row(service)["protocol"], "sent": sent,
    }))
}

#[test]
fn a_region_is_named_where_the_service_leaves_a_choice() {
    for act in remedies().flat_map(acts).filter(|act| act.at.is_some()) {
        let service = services::named(operation(act.call).0).expect("a service");
        let [one, other] = ["us-east-1", "eu-west-1"].map(|region| service.address("aws", region));
        assert_ne!(one, other, "{}: it is sent to one place whatever `at` says", act.place);
    }
    // What is listed for all regions at once has none that a command could name, unless the scanner gives it one.
    for scanner in scanners().filter(|scanner| scanner.reach == Reach::Global) {
        let Some(one) = remedy(&scanner.kind) else { continue };
        let nowhere = recorded(&scanner.kind).iter().all(|resource| resource.region.is_global());
        for (place, line) in lines(one).into_iter().filter(|_| nowhere) {
            assert!(!blanks(line).contains(&"region"), "{place}: {line}");
        }
    }
}

#[test]
fn every_verb_can_be_filled_for_a_recorded_resource() {
    let mut wrong = Vec::new();
    let mut unfilled: BTreeSet<(&str, &str)> = UNFILLED.iter().map(|(kind, word, _)| (*kind, *word)).collect();
    for one in remedies() {
        let resources = recorded(&one.kind);
        for (word, verb) in one.verbs.iter().filter(|_| !resources.is_empty()) {
            let troubles: Vec<String> =
                resources.iter().filter_map(|resource| fill(one, verb, resource).err()).collect();
            if troubles.len() < resources.len() {
                continue;
            }
            if !unfilled.remove(&(one.kind.as_str(), word.as_str())) {
                wrong.push(format!("{} {word}: {troubles:?}", one.kind));
            }
        }
    }
    none(&wrong);
    assert!(unfilled.is_empty(), "these can be filled: {unfilled:?}");
}

/// Fills everything a verb needs for a resource. Errors with what is missing, or when none of its calls is needed.
fn fill(one: &Remedy, verb: &Verb, resource: &Resource) -> Result<(), String> {
    let blanks = filled(resource);
    let said = |error: closeout::plan::remedy::UnknownBlank| error.to_string();
    let needed: Vec<_> = verb.moves.iter().filter(|step| holds(&step.needed, resource)).collect();
    for step in &needed {
        blanks.fill(&step.input).map_err(said)?;
        step.at.as_deref().map(|at| blanks.text(at)).transpose().map_err(said)?;
    }
    if let Some(backup) = one.backup.as_ref().filter(|_| verb.backup) {
        blanks.fill(&backup.input).map_err(said)?;
        blanks.fill(&backup.found_by).map_err(said)?;
        blanks.text(&backup.restore).map_err(said)?;
    }
    blanks.text(&verb.loses).map_err(said)?;
    blanks.text(&verb.undo).map_err(said)?;
    let ends_so = verb.moves.len().checked_sub(1).map(|last| verb.until(last));
    let is_so = matches!(ends_so, Some(Until::Facts(facts)) if holds(&facts, resource));
    let does = !needed.is_empty() || verb.procedure.is_some() || !verb.by_hand.is_empty() || is_so;
    if does { Ok(()) } else { Err(format!("none of its calls is for {}", resource.id)) }
}
