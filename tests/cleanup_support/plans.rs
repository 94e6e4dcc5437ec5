//! Plans of cleanups, and how they are run against the account in memory.

use std::path::Path;

use closeout::clean::journal::Journal;
use closeout::clean::{Report, Run};
use closeout::model::Resource;
use closeout::plan::{Allowed, Entry, Plan, PlanAccount, Step, Work};
use serde_json::json;
use tokio::sync::{mpsc, watch};

use crate::world::{InMemory, resource};

pub const ACCOUNT: &str = "111122223333";
const CALLER: &str = "arn:aws:sts::111122223333:assumed-role/Cleaner/mk";

pub fn step(number: u32, wave: u32, work: Work, verb: &str, resource: &Resource, after: &[u32]) -> Step {
    Step {
        number,
        wave,
        work,
        verb: verb.to_owned(),
        resource: resource.clone(),
        after: after.to_vec(),
        backup: format!("closeout-{}", resource.id),
        grace: String::new(),
        note: String::new(),
        saves_monthly_usd: None,
        loses: String::new(),
        undo: format!("restore closeout-{}", resource.id),
        undo_days: None,
        actions: Vec::new(),
        commands: Vec::new(),
        minutes: 10,
        breaks: Vec::new(),
        takes_along: Vec::new(),
        findings: Vec::new(),
        holders: Vec::new(),
        known: Vec::new(),
    }
}

pub fn plan(steps: Vec<Step>) -> Plan {
    let mut plan = Plan {
        schema_version: 1,
        made_by: "test".to_owned(),
        hash: String::new(),
        account: PlanAccount { id: ACCOUNT.to_owned(), alias: None, partition: "aws".to_owned() },
        scanned_at: "2026-11-27T11:50:00Z".parse().expect("a literal time"),
        scope: Vec::new(),
        allowed: Allowed::default(),
        steps,
        held: Vec::new(),
    };
    plan.hash = plan.fingerprint().expect("a plan is JSON");
    plan
}

pub fn volume(n: u32) -> Resource {
    resource("ec2:volume", &format!("vol-{n}"), json!({ "state": "available", "size_gib": 8.0, "zone": "eu-west-1a" }))
}

pub fn queue(n: u32) -> Resource {
    resource("sqs:queue", &format!("queue-{n}"), json!({ "url": format!("https://sqs/{n}"), "messages": 0.0 }))
}

/// Twenty volumes that are saved first, and twenty queues.
pub fn sixty_steps() -> (Vec<Resource>, Plan) {
    let mut resources = Vec::new();
    let mut steps = Vec::new();
    for n in 1..=20 {
        let (volume, queue) = (volume(n), queue(n));
        steps.push(step(n, 0, Work::Backup, "snapshot-then-delete", &volume, &[]));
        steps.push(step(20 + n, 1, Work::Act, "snapshot-then-delete", &volume, &[n]));
        steps.push(step(40 + n, 1, Work::Act, "delete", &queue, &[]));
        resources.extend([volume, queue]);
    }
    steps.sort_by_key(|step| (step.wave, step.number));
    (resources, plan(steps))
}

pub fn begin(folder: &Path) -> Journal {
    Journal::begin(folder, ACCOUNT, "run-1").expect("a journal")
}

/// Runs a plan to its end.
pub async fn apply(world: &InMemory, plan: &Plan, journal: Journal, earlier: &[Entry]) -> Report {
    let (news, _heard) = mpsc::unbounded_channel();
    let (_stop, stopped) = watch::channel(false);
    Run::new(world, plan, journal, earlier, news, stopped).go(CALLER, !earlier.is_empty()).await
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}
