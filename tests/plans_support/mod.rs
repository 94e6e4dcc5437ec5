//! Audits out of JSON, and remedies of the tests' own: what the built-in files say must not decide here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex};

use closeout::audit::Audit;
use closeout::model::{
    Account, Cell, CellState, Event, Finding, Kind, Protection, Region, RegionState, Resource, ResourceId,
};
use closeout::plan::{Allowed, Know, Marks, Plan, Remedy, plan};
use serde_json::{Value, json};

/// Remedies with something particular about them; every other kind gets [`plain`].
const REMEDIES: &[&str] = &[
    r#"
    kind = "ec2:volume"
    [backup]
    call = "ec2:CreateSnapshot"
    input = { VolumeId = "{id}", Description = "{backup}" }
    makes = "ec2:snapshot"
    id = "answer:snapshotId"
    ready = { state = ["completed"] }
    minutes = 240
    once = true
    restore = "aws ec2 create-volume --snapshot-id {backup} --availability-zone {zone} --region {region}"
    [verbs.delete]
    moves = [{ call = "ec2:DeleteVolume", input = { VolumeId = "{id}" }, dry_run = true }]
    loses = "the data on it"
    [verbs.snapshot-then-delete]
    backup = true
    moves = [{ call = "ec2:DeleteVolume", input = { VolumeId = "{id}" } }]
    undo = "aws ec2 create-volume --snapshot-id {backup} --availability-zone {zone} --region {region}"
    [verbs.detach-then-delete]
    moves = [
        { call = "ec2:DetachVolume", input = { VolumeId = "{id}" }, when = { state = ["in-use"] }, until = { state = ["available"] } },
        { call = "ec2:DeleteVolume", input = { VolumeId = "{id}" } },
    ]
    loses = "the data on it"
    "#,
    r#"
    kind = "ec2:instance"
    [[unprotect]]
    flag = "DisableApiTermination"
    call = "ec2:ModifyInstanceAttribute"
    input = { InstanceId = "{id}", DisableApiTermination = { Value = false } }
    [verbs.terminate]
    moves = [{ call = "ec2:TerminateInstances", input = { InstanceIds = ["{id}"] } }]
    loses = "the instance"
    [verbs.stop]
    moves = [{ call = "ec2:StopInstances", input = { InstanceIds = ["{id}"] }, until = { state = ["stopped"] } }]
    undo = "aws ec2 start-instances --instance-ids {id} --region {region}"
    "#,
    r#"
    kind = "ec2:elastic-ip"
    [verbs.release]
    moves = [{ call = "ec2:ReleaseAddress", input = { AllocationId = "{id}" } }]
    loses = "the address"
    "#,
    r#"
    kind = "route53domains:domain"
    [verbs.delete]
    by_hand = "the registrar"
    "#,
    r#"
    kind = "sqs:queue"
    [verbs.delete]
    moves = [{ call = "sqs:DeleteQueue", input = { QueueUrl = "{url}" } }]
    loses = "the messages"
    "#,
];

static OWN: LazyLock<BTreeMap<Kind, Remedy>> = LazyLock::new(|| {
    let read = |text: &&str| -> Remedy { toml::from_str(text).expect("a remedy") };
    REMEDIES.iter().map(read).map(|remedy| (remedy.kind.clone(), remedy)).collect()
});

/// A remedy that deletes with one call, for kinds of which only the order matters.
fn plain(kind: &Kind) -> &'static Remedy {
    static PLAIN: LazyLock<Mutex<BTreeMap<Kind, &'static Remedy>>> = LazyLock::new(Mutex::default);
    let mut known = PLAIN.lock().expect("no test panics while it holds this");
    known.entry(kind.clone()).or_insert_with(|| {
        let text = format!(
            "kind = \"{kind}\"\n[verbs.delete]\nmoves = [{{ call = \"{}:DeleteThing\", input = {{ Id = \"{{id}}\" }} }}]\n\
             loses = \"all of it\"\n",
            kind.service()
        );
        Box::leak(Box::new(toml::from_str(&text).expect("a remedy")))
    })
}

fn remedy(kind: &Kind) -> Option<&'static Remedy> {
    match OWN.get(kind) {
        Some(own) => Some(own),
        None if kind.service() == "macie2" => None,
        None => Some(plain(kind)),
    }
}

fn keeps(resource: &Resource) -> Option<Protection> {
    let tag = resource.tags.get("keep").filter(|value| *value == "true")?;
    Some(Protection::Keep { tag: format!("keep={tag}"), until: None })
}

pub const HERE: &str = "eu-west-1";

pub fn arn(kind: &str, id: &str) -> String {
    if id.starts_with("arn:") {
        return id.to_owned();
    }
    format!("arn:aws:{kind}:{HERE}:111122223333:{id}")
}

/// A resource: `thing("ec2:volume", "vol-1", json!({ "facts": … }))`, with refs as `["attached-to", "i-1"]`.
pub fn thing(kind: &str, id: &str, more: Value) -> Value {
    let mut value = json!({
        "arn": arn(kind, id), "id": id, "kind": kind, "account": "111122223333", "region": HERE,
    });
    for (name, part) in more.as_object().expect("an object") {
        value[name] = match name.as_str() {
            "refs" => {
                let refs = part.as_array().expect("refs").iter();
                refs.map(|one| json!({ "role": one[0], "id": one[1] })).collect()
            }
            _ => part.clone(),
        };
    }
    value
}

/// A finding on a resource: rule, remedy, dollars a month, and the rule that counts the money, if another.
pub fn found(kind: &str, id: &str, rule: &str, remedy: &str, usd: &str, counted_under: Option<&str>) -> Value {
    json!({ "on": arn(kind, id), "rule": rule, "remedy": remedy, "usd": usd, "counted_under": counted_under })
}

/// An audit of resources and findings. Every kind of `listed`, and of the resources, was listed to the end.
pub fn audit(things: &[Value], findings: &[Value], listed: &[&str]) -> Audit {
    let resources: Vec<Resource> =
        things.iter().map(|one| serde_json::from_value(one.clone()).expect("a resource")).collect();
    let region = Region::new(HERE);
    let mut kinds: BTreeSet<Kind> = resources.iter().map(|resource| resource.kind.clone()).collect();
    kinds.extend(listed.iter().map(|kind| Kind::owned(*kind)));
    let cells: Vec<Cell> = kinds.iter().map(|kind| Cell::new(region.clone(), kind.clone())).collect();
    let mut audit = Audit::default();
    audit.apply(Event::Began {
        account: Account {
            id: "111122223333".to_owned(),
            alias: Some("acme".to_owned()),
            partition: "aws".to_owned(),
            caller_arn: "arn:aws:iam::111122223333:user/ann".to_owned(),
        },
        at: "2026-11-27T08:00:00Z".parse().expect("a time"),
        regions: BTreeMap::from([(region.clone(), RegionState::OptInNotRequired)]),
        scope: vec![region],
        kinds: kinds.into_iter().collect(),
        cells: cells.clone(),
    });
    for resource in &resources {
        audit.apply(Event::Found { resource: Box::new(resource.clone()) });
    }
    for cell in cells {
        audit.apply(Event::Finished { cell, state: CellState::Seen, requests: 1, seconds: 0.1 });
    }
    let findings = findings.iter().map(|one| finding(one, &audit)).collect();
    audit.apply(Event::Judged { findings, gaps: Vec::new() });
    audit
}

fn finding(one: &Value, audit: &Audit) -> Finding {
    let resource =
        audit.resource(&ResourceId::new(one["on"].as_str().expect("an id"))).expect("a resource of the audit");
    let mut value = json!({
        "id": format!("{}@{}", one["rule"].as_str().expect("a rule"), resource.id),
        "rule": one["rule"], "title": "a title", "category": "orphaned", "severity": "medium", "score": 50,
        "score_parts": [], "certainty": "certain", "closure": "nothing", "resource": resource,
        "monthly_usd": one["usd"], "evidence": [], "remedy": one["remedy"],
    });
    if let Some(rule) = one["counted_under"].as_str() {
        value["counted_under"] = rule.into();
    }
    if let Some(owner) = &resource.owner {
        value["managed_by"] = serde_json::to_value(owner).expect("plain data");
    }
    serde_json::from_value(value).expect("a finding")
}

/// Marks of whole resources.
pub fn marks(ids: &[(&str, &str)]) -> Marks {
    ids.iter().map(|(kind, id)| (ResourceId::new(arn(kind, id)), BTreeSet::new())).collect()
}

pub fn planned(audit: &Audit, marks: &Marks, allowed: Allowed) -> Plan {
    let remedies = |kind: &Kind| remedy(kind);
    plan(audit, marks, allowed, Know { remedies: &remedies, keeps: &keeps }).expect("plain data")
}

/// The plan of marked resources without anything allowed.
pub fn of(audit: &Audit, ids: &[(&str, &str)]) -> Plan {
    planned(audit, &marks(ids), Allowed::default())
}

pub const DEPENDENTS: Allowed = Allowed { dependents: true, owners: false, unprotect: false, removal: false };
pub const OWNERS: Allowed = Allowed { dependents: false, owners: true, unprotect: false, removal: false };
pub const LOCKS: Allowed = Allowed { dependents: false, owners: false, unprotect: true, removal: false };

/// Steps as `wave verb id`, backups and liftings as `wave what id`.
pub fn steps(plan: &Plan) -> Vec<String> {
    use closeout::plan::Work;
    let word = |step: &closeout::plan::Step| match &step.work {
        Work::Backup => "backup".to_owned(),
        Work::Unprotect { flag } => flag.clone(),
        Work::Act => step.verb.clone(),
    };
    plan.steps.iter().map(|step| format!("{} {} {}", step.wave, word(step), step.resource.id)).collect()
}

/// What is held, as `id: why`.
pub fn held(plan: &Plan) -> Vec<String> {
    plan.held.iter().map(|held| format!("{}: {}", held.label, held.why.sentence())).collect()
}
