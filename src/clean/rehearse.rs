use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::compare::{Closely, changed};
use super::gained::gained;
use super::look::Eyes;
use super::world::{LeadsTo, Order, World};
use crate::model::{Region, Resource, Why};
use crate::plan::remedy::{Blanks, holds, remedy};
use crate::plan::{Check, Known, Past, Plan, Rehearsal, Step, Work};

/// Steps that are rehearsed at the same time.
const TOGETHER: usize = 6;

/// How often a call that is only tried is sent again when it came too fast.
const PAUSES: u32 = 10;

/// The code with which EC2 says that a call would have been taken.
const WOULD_HAVE: &str = "DryRunOperation";

/// A call of a step: its name, its path, its region, its input, and whether it takes `DryRun`.
struct Call {
    name: &'static str,
    http: Option<&'static str>,
    at: Option<&'static str>,
    input: &'static Map<String, Value>,
    dry_run: bool,
}

/// Goes through a plan without changing anything: every resource is read again and held against the plan, every input
/// is filled, and every call is tried where AWS lets it be tried; where it does not, the caller's policies are asked.
pub async fn rehearse<W: World>(world: &W, plan: &Plan) -> Rehearsal {
    rehearse_rest(world, plan, &Past::default()).await
}

/// The same for a run that is taken up again: goes through the steps that have not begun, and through no other.
pub async fn rehearse_rest<W: World>(world: &W, plan: &Plan, past: &Past) -> Rehearsal {
    let tried = Tried { world, eyes: Eyes::new(world), plan, known: Known::of(plan), past, since: world.now() };
    let rest: Vec<&Step> = plan.steps.iter().filter(|step| !past.step(step.number).is_begun()).collect();
    let actions: BTreeSet<String> = rest.iter().flat_map(|step| step.actions.iter().cloned()).collect();
    let actions: Vec<String> = actions.into_iter().collect();
    let allowed = world.allowed(&actions).await;
    let checks: Vec<(u32, Check)> = stream::iter(rest)
        .map(|step| async {
            let check = tried.step(step, allowed.as_ref()).await;
            (step.number, check.unwrap_or_else(|why| Check::Refused { why }))
        })
        .buffer_unordered(TOGETHER)
        .collect()
        .await;
    Rehearsal { plan: plan.hash.clone(), at: world.now(), checks: checks.into_iter().collect() }
}

/// As long as nothing has been done, every step finds its resource as the plan knows it. Later, what waits for steps
/// other than backups may have been changed by them.
fn closely(plan: &Plan, step: &Step, past: &Past) -> Closely {
    let changes = |number: &u32| plan.steps.iter().any(|one| one.number == *number && one.work != Work::Backup);
    let has_changed = |step: &Step| changes(&step.number) && past.step(step.number).has_called();
    match step.after.iter().any(changes) && plan.steps.iter().any(has_changed) {
        true => Closely::ByIdentity,
        false => Closely::Wholly,
    }
}

/// A plan that is being rehearsed.
struct Tried<'w, W> {
    world: &'w W,
    eyes: Eyes<'w, W>,
    plan: &'w Plan,
    known: Known<'w>,
    /// What an earlier run did of it.
    past: &'w Past,
    /// When it began: what could hold a resource is read once for all steps.
    since: Timestamp,
}

impl<W: World> Tried<'_, W> {
    async fn step(&self, step: &Step, allowed: Result<&BTreeMap<String, bool>, &String>) -> Result<Check, String> {
        let world = self.world;
        let lately = world.now().checked_sub(jiff::SignedDuration::from_secs(30)).unwrap_or_else(|_| world.now());
        let found = self.eyes.find(&step.resource, lately).await;
        let Some(now) = found.map_err(|why| format!("it could not be read again: {why}"))? else {
            return Ok(Check::Gone);
        };
        if let Some(why) = changed(step, &now, closely(self.plan, step, self.past)) {
            return Err(why);
        }
        let gained = gained(world, &self.eyes, &self.known, step, &now, self.since).await;
        if let Some(why) = gained.why {
            return Err(why);
        }
        let mut by = vec!["read again".to_owned()];
        if self.try_calls(step, &now).await? {
            by.push("EC2 dry run".to_owned());
        }
        // That policies cannot be simulated speaks neither for nor against; what was tried says so in its own words.
        if let Ok(allowed) = allowed {
            if let Some(action) = step.actions.iter().find(|action| allowed.get(*action) == Some(&false)) {
                return Err(format!("the caller's policies do not allow {action}"));
            }
            if step.actions.iter().all(|action| allowed.contains_key(action)) {
                by.push("policy simulation".to_owned());
            }
        }
        Ok(Check::Passed { by, notes: gained.notes })
    }

    /// Fills the input of every call of a step, and tries those that can be tried. Whether there were any.
    async fn try_calls(&self, step: &Step, now: &Resource) -> Result<bool, String> {
        let day = self.plan.scanned_at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
        let blanks = Blanks { resource: now, backup: &step.backup, when: &day, grace: &step.grace };
        let mut has_tried = false;
        for call in calls(step, now)? {
            let input = blanks.fill(call.input).map_err(|unknown| unknown.to_string())?;
            if call.dry_run {
                let at = call.at.map(|at| blanks.text(at)).transpose().map_err(|unknown| unknown.to_string())?;
                try_it(self.world, &call, at.map(Region::new), input, now).await?;
                has_tried = true;
            }
        }
        Ok(has_tried)
    }
}

async fn try_it<W: World>(
    world: &W,
    call: &Call,
    region: Option<Region>,
    mut input: Value,
    now: &Resource,
) -> Result<(), String> {
    if let Some(members) = input.as_object_mut() {
        members.insert("DryRun".to_owned(), Value::Bool(true));
    }
    let region = region.unwrap_or_else(|| now.region.clone());
    let order = Order { call: call.name, http: call.http, region, input, resource: now, leads_to: LeadsTo::Nothing };
    let mut answer = world.send(&order).await;
    for pauses in 1..=PAUSES {
        // The rate of calls says nothing of this one.
        if !answer.as_ref().is_err_and(|fault| fault.why == Why::Throttled) {
            break;
        }
        world.pause(Duration::from_millis(500) * pauses).await;
        answer = world.send(&order).await;
    }
    match answer {
        Err(fault) if fault.code == WOULD_HAVE => Ok(()),
        Err(fault) if fault.why == Why::Denied => Err(format!("{} is not allowed: {}", call.name, fault.detail)),
        Err(fault) => Err(format!("{}: {}", call.name, fault.detail)),
        // Never seen, and not to be passed over: a dry run that was taken may have been no dry run.
        Ok(_) => Err(format!("{} was taken, though it was to be tried only; look at {}", call.name, now.id)),
    }
}

/// The calls a step would send, in the state its resource is in.
fn calls(step: &Step, now: &Resource) -> Result<Vec<Call>, String> {
    let unknown = || format!("nothing here knows how to {} a {}", step.verb, step.resource.kind);
    let remedy = remedy(&step.resource.kind).ok_or_else(unknown)?;
    match &step.work {
        Work::Backup => {
            let backup = remedy.backup.as_ref().ok_or_else(unknown)?;
            let (http, at) = (backup.http.as_deref(), backup.at.as_deref());
            let dry_run = backup.call.starts_with("ec2:");
            Ok(vec![Call { name: &backup.call, http, at, input: &backup.input, dry_run }])
        }
        Work::Unprotect { flag } => {
            let one = remedy.unprotect.iter().find(|one| one.flag == *flag).ok_or_else(unknown)?;
            let (http, at) = (one.http.as_deref(), one.at.as_deref());
            Ok(vec![Call { name: &one.call, http, at, input: &one.input, dry_run: one.call.starts_with("ec2:") }])
        }
        Work::Act => {
            let verb = remedy.verbs.get(&step.verb).ok_or_else(unknown)?;
            let needed = verb.moves.iter().filter(|one| holds(&one.needed, now));
            Ok(needed
                .map(|one| Call {
                    name: &one.call,
                    http: one.http.as_deref(),
                    at: one.at.as_deref(),
                    input: &one.input,
                    dry_run: one.dry_run,
                })
                .collect())
        }
    }
}
