use serde_json::json;

use super::*;
use crate::model::{Account, Event, Kind, Region};
use crate::plan::{Allowed, PlanAccount};

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn resource(kind: &str, id: &str, facts: Value) -> Resource {
    serde_json::from_value(json!({
        "arn": format!("arn:aws:{kind}:eu-west-1:111122223333:{id}"), "id": id, "kind": kind,
        "account": "111122223333", "region": "eu-west-1", "facts": facts
    }))
    .expect("a resource")
}

fn attached(mut resource: Resource, to: &str) -> Resource {
    let one = json!({ "role": "attached-to", "id": to });
    resource.refs = vec![serde_json::from_value(one).expect("a reference")];
    resource
}

fn step(number: u32, verb: &str, after: &[u32], resource: Resource) -> Step {
    serde_json::from_value(json!({
        "number": number, "wave": number, "work": { "does": "act" }, "verb": verb, "resource": resource,
        "after": after, "loses": "it", "actions": [], "commands": [], "minutes": 5
    }))
    .expect("a step")
}

fn plan(steps: Vec<Step>) -> Plan {
    file::sealed(Plan {
        schema_version: 1,
        made_by: "test".to_owned(),
        hash: String::new(),
        account: PlanAccount {
            id: "111122223333".to_owned(),
            alias: Some("acme".to_owned()),
            ..PlanAccount::default()
        },
        scanned_at: "2026-11-26T10:00:00Z".parse().expect("a time"),
        scope: vec![Region::new("eu-west-1")],
        allowed: Allowed::default(),
        steps,
        held: Vec::new(),
    })
    .expect("a plan")
}

#[test]
fn what_would_be_deleted_is_stopped_and_marked_and_what_cannot_be_stays() {
    let running = resource("ec2:instance", "i-1", json!({ "state": "running" }));
    let disk = attached(resource("ec2:volume", "vol-1", json!({ "state": "in-use" })), "i-1");
    let loose = resource("ec2:volume", "vol-2", json!({ "state": "available" }));
    let bucket = resource("s3:bucket", "b", json!({}));
    let deleting = plan(vec![
        step(1, "terminate", &[], running),
        step(2, "delete", &[1], disk),
        step(3, "delete", &[], loose),
        step(4, "empty-then-delete", &[], bucket),
    ]);
    let given = deleting.quarantined(30, date("2026-11-27")).expect("a plan");
    let done: Vec<(u32, &str, &str)> =
        given.steps.iter().map(|step| (step.number, step.resource.id.as_str(), step.verb.as_str())).collect();
    assert_eq!(done, [(1, "i-1", QUARANTINE), (2, "vol-2", QUARANTINE)]);
    let said: Vec<&HeldWhy> = given.held.iter().map(|held| &held.why).collect();
    assert!(
        said.contains(&&HeldWhy::NoGrace) && said.iter().any(|why| matches!(why, HeldWhy::Stays { .. })),
        "{said:?}"
    );
    let first = &given.steps[0];
    assert_eq!(first.grace, "2026-11-27/2026-12-27");
    assert_eq!(first.commands.len(), 2);
    assert!(first.commands[1].contains("closeout:quarantine") && first.commands[1].contains("2026-11-27/2026-12-27"));
    assert_eq!(first.undo, "aws ec2 start-instances --instance-ids i-1 --region eu-west-1");
    assert_eq!(given.steps[1].undo, "", "a mark needs nothing to bring it back");
    assert!(!first.is_irreversible() && given.irreversible().count() == 0);
    assert_eq!((given.phrase().as_str(), given.deletions(), given.changes()), ("quarantine 2 in acme", 0, 2));
    assert_ne!(given.hash, deleting.hash);
    assert_eq!(Plan::read(&given.text().expect("a text")).expect("the same"), given);
}

#[test]
fn order_holds_among_what_is_left() {
    let one = |id| resource("ec2:instance", id, json!({ "state": "running" }));
    let deleting = plan(vec![
        step(1, "empty-then-delete", &[], resource("s3:bucket", "b", json!({}))),
        step(2, "terminate", &[], one("i-2")),
        step(3, "terminate", &[1, 2], one("i-3")),
        step(4, "terminate", &[], one("i-4")),
    ]);
    let given = deleting.quarantined(7, date("2026-12-28")).expect("a plan");
    let order: Vec<(u32, u32, &str, &[u32])> =
        given.steps.iter().map(|s| (s.number, s.wave, s.resource.id.as_str(), s.after.as_slice())).collect();
    assert_eq!(order, [(1, 1, "i-2", [].as_slice()), (2, 1, "i-4", &[]), (3, 2, "i-3", &[1])]);
    assert_eq!(given.steps[0].grace, "2026-12-28/2027-01-04");
}

#[test]
fn a_phrase_counts_deletions_and_changes_apart() {
    let one = |number, verb| step(number, verb, &[], resource("ec2:instance", &format!("i-{number}"), json!({})));
    assert_eq!(plan(vec![one(1, "terminate")]).phrase(), "delete 1 in acme");
    assert_eq!(plan(vec![one(1, "terminate"), one(2, "stop")]).phrase(), "delete 1 and change 1 in acme");
    assert_eq!(plan(vec![one(1, "stop"), one(2, "stop")]).phrase(), "change 2 in acme");
}

fn tagged(mut resource: Resource, value: &str) -> Event {
    resource.tags.insert(TAG.to_owned(), value.to_owned());
    Event::Found { resource: Box::new(resource) }
}

#[test]
fn an_audit_tells_what_is_due_and_what_was_used_meanwhile() {
    let instance = |id, state| resource("ec2:instance", id, json!({ "state": state }));
    let grace = "2026-11-27/2026-12-27";
    let mut audit = Audit::default();
    audit.apply(Event::Began {
        account: Account::default(),
        at: "2026-12-27T04:00:00Z".parse().expect("a time"),
        regions: BTreeMap::new(),
        scope: Vec::new(),
        kinds: vec![Kind::new("ec2:instance")],
        cells: Vec::new(),
    });
    audit.apply(tagged(instance("i-due", "stopped"), grace));
    audit.apply(tagged(instance("i-used", "running"), grace));
    audit.apply(tagged(instance("i-waits", "stopped"), "2026-12-20/2027-01-19"));
    audit.apply(tagged(instance("i-odd", "stopped"), "soon"));
    audit.apply(tagged(resource("ec2:natgateway", "nat-1", json!({ "state": "available" })), grace));
    audit.apply(Event::Found { resource: Box::new(instance("i-free", "stopped")) });
    let said = quarantined(&audit, date("2026-12-27"));
    let of = |id: &str| said.iter().find(|one| one.label == id).map(|one| one.meanwhile.clone());
    assert_eq!(of("i-due"), Some(Meanwhile::Due));
    assert_eq!(of("i-used"), Some(Meanwhile::Used { how: "state is running".to_owned() }));
    assert_eq!(of("i-waits"), Some(Meanwhile::Waiting));
    assert_eq!(of("i-odd"), Some(Meanwhile::Unreadable));
    assert_eq!(of("nat-1"), Some(Meanwhile::Unfound), "no rule calls it idle: who marked it has to look");
    assert_eq!(of("i-free"), None);
    assert_eq!(said.iter().filter(|one| one.is_due()).count(), 1);
}
