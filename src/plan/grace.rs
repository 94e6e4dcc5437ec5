//! Quarantine: what a plan would delete is stopped, detached and marked instead, with a date. Who misses it has until
//! then to say so; the audits that follow tell what is due and what was used meanwhile.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use jiff::{ToSpan, tz::TimeZone};
use serde_json::Value;

use super::command::{line, template};
use super::file;
use super::names::actions_of;
use super::remedy::{Blanks, Move, Until, UntilWord, Verb, holds, remedy};
use super::reorder::renumbered;
use super::step::{Held, HeldWhy, Plan, Step, Work};
use super::steps::sent_to;
use crate::audit::Audit;
use crate::model::{Meanwhile, Protection, Quarantined, Resource, ResourceId, Role};

/// The verb of remedies that puts a resource into quarantine.
pub const QUARANTINE: &str = "quarantine";

/// The tag it leaves: the days of grace, `2026-11-27/2026-12-27`.
pub const TAG: &str = "closeout:quarantine";

/// Days of grace where nobody says how many.
pub const DAYS: u16 = 30;

impl Plan {
    /// The plan that gives grace to what this one takes away: stopped or detached where that can be, and marked with
    /// the days from `today`. What nothing here stops, detaches or marks stays out, and so does what is attached to
    /// something that goes into quarantine itself. No backup is taken and no lock is lifted, because nothing goes.
    ///
    /// Errors when it cannot be written as JSON, or when the days lead beyond the calendar.
    pub fn quarantined(&self, days: u16, today: Date) -> Result<Plan, String> {
        let until = today.checked_add(i64::from(days).days()).map_err(|error| error.to_string())?;
        let grace = format!("{today}/{until}");
        let when = self.scanned_at.to_zoned(TimeZone::UTC).date().to_string();
        let mut given = Given::new();
        for (place, step) in (0..).zip(self.acts().filter(|step| verb(&step.resource).is_some())) {
            for name in [step.resource.id.as_str(), step.resource.arn.as_str()] {
                given.entry(name).or_default().push((place, &step.resource));
            }
        }
        let (mut steps, mut held) = (Vec::new(), self.held.clone());
        for step in self.acts() {
            match self.of_step(step, &given, &grace, &when) {
                Ok(one) => steps.push(one),
                Err(why) => held.push(held_back(&step.resource, why)),
            }
        }
        held.sort_by(|a, b| a.resource.cmp(&b.resource));
        let plan = Plan { hash: String::new(), steps: numbered(steps), held, ..self.clone() };
        file::sealed(plan).map_err(|error| error.to_string())
    }

    fn of_step(&self, step: &Step, given: &Given<'_>, grace: &str, when: &str) -> Result<Step, HeldWhy> {
        let resource = &step.resource;
        let verb = verb(resource).ok_or(HeldWhy::NoGrace)?;
        if let Some(with) = host(resource, given) {
            return Err(HeldWhy::Stays { with: super::choose::naming(with) });
        }
        let stop = |lock: &&Protection| matches!(lock, Protection::Service { flag } if flag == "DisableApiStop");
        if let Some(lock) = resource.protections.iter().find(stop) {
            return Err(HeldWhy::Locked { flag: lock.label() });
        }
        let blanks = Blanks { resource, backup: "", when, grace };
        let mut commands = Vec::new();
        for one in verb.moves.iter().filter(|one| holds(&one.needed, resource)) {
            let input = blanks.fill(&one.input).map_err(|unknown| HeldWhy::Unknown { fact: unknown.0 })?;
            let input: Value = input;
            commands.push(line(&one.call, &input, &sent_to(one.at.as_deref(), &blanks)));
        }
        // What only gets a mark needs nothing to bring it back.
        let is_changed = changing(verb).any(|one| holds(&one.needed, resource));
        let undo = if is_changed { template(&verb.undo, &blanks, None) } else { String::new() };
        Ok(Step {
            verb: QUARANTINE.to_owned(),
            resource: resource.clone(),
            after: step.after.clone(),
            grace: grace.to_owned(),
            note: verb.note.clone(),
            undo,
            actions: actions_of(verb),
            commands,
            minutes: verb.minutes,
            findings: step.findings.clone(),
            breaks: step.breaks.clone(),
            backup: String::new(),
            saves_monthly_usd: None,
            loses: String::new(),
            undo_days: None,
            takes_along: Vec::new(),
            holders: Vec::new(),
            known: Vec::new(),
            ..step.clone()
        })
    }
}

/// What goes into quarantine, by id and ARN, in the order of the plan.
type Given<'p> = HashMap<&'p str, Vec<(u32, &'p Resource)>>;

/// What a resource is attached to and that goes into quarantine too: the first in the order of the plan.
fn host<'p>(resource: &Resource, given: &Given<'p>) -> Option<&'p Resource> {
    let attached = resource.refs.iter().filter(|reference| reference.role == Role::AttachedTo);
    let named = attached.filter_map(|reference| given.get(reference.id.as_str())).flatten();
    named.filter(|(_, one)| one.arn != resource.arn).min_by_key(|(place, _)| *place).map(|(_, one)| *one)
}

fn verb(resource: &Resource) -> Option<&'static Verb> {
    remedy(&resource.kind)?.verbs.get(QUARANTINE)
}

/// The moves of a quarantine that change more than a tag.
fn changing(verb: &Verb) -> impl Iterator<Item = &Move> {
    verb.moves.iter().filter(|one| one.until != Some(Until::Word(UntilWord::Marked)))
}

fn held_back(resource: &Resource, why: HeldWhy) -> Held {
    Held {
        resource: resource.arn.clone(),
        kind: resource.kind.clone(),
        region: resource.region.clone(),
        label: resource.label().to_owned(),
        why,
        offer: Vec::new(),
    }
}

/// New numbers and waves. What came after a step that is there still does.
fn numbered(steps: Vec<Step>) -> Vec<Step> {
    let mut places: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    let mut all = Vec::new();
    for step in steps {
        let before = step.after.iter().filter_map(|old| places.get(old)).copied();
        let wave = before.clone().map(|(_, wave)| wave).max().unwrap_or(0) + 1;
        let after = before.map(|(number, _)| number).collect();
        let number = u32::try_from(all.len() + 1).unwrap_or(u32::MAX);
        places.insert(step.number, (number, wave));
        all.push(Step { number, wave, after, work: Work::Act, ..step });
    }
    // Steps of a wave stand together, and those they wait for before them.
    all.sort_by_key(|step| (step.wave, step.number));
    renumbered(all)
}

/// Everything in quarantine that an audit lists: how long it has, what is due, and what was used meanwhile. By the date
/// and the identity.
pub fn quarantined(audit: &Audit, today: Date) -> Vec<Quarantined> {
    let found: BTreeSet<&ResourceId> = audit.findings.iter().map(|finding| &finding.resource.arn).collect();
    let mut all: Vec<Quarantined> = audit
        .resources()
        .filter_map(|resource| {
            let said = resource.tags.get(TAG)?;
            let (since, until) = days(said).unzip();
            Some(Quarantined {
                resource: resource.arn.clone(),
                kind: resource.kind.clone(),
                region: resource.region.clone(),
                label: resource.label().to_owned(),
                since,
                until,
                meanwhile: meanwhile(resource, until, today, found.contains(&resource.arn)),
                monthly_usd: resource.cost.as_ref().map(|cost| cost.monthly_usd),
            })
        })
        .collect();
    all.sort_by(|a, b| (a.until, &a.resource).cmp(&(b.until, &b.resource)));
    all
}

fn days(said: &str) -> Option<(Date, Date)> {
    let (since, until) = said.trim().split_once('/')?;
    let (since, until): (Date, Date) = (since.parse().ok()?, until.parse().ok()?);
    (since <= until).then_some((since, until))
}

fn meanwhile(resource: &Resource, until: Option<Date>, today: Date, is_found: bool) -> Meanwhile {
    let Some(until) = until else { return Meanwhile::Unreadable };
    let moves: Vec<&Move> = verb(resource).map(|verb| changing(verb).collect()).unwrap_or_default();
    if let Some(again) = moves.iter().find(|one| !one.needed.is_empty() && holds(&one.needed, resource)) {
        return Meanwhile::Used { how: shown(again, resource) };
    }
    match until > today {
        true => Meanwhile::Waiting,
        // Nothing was stopped that could have been started again: only the rules tell.
        false if moves.is_empty() && !is_found => Meanwhile::Unfound,
        false => Meanwhile::Due,
    }
}

/// The facts by which a resource is in use again.
fn shown(again: &Move, resource: &Resource) -> String {
    let facts = again.needed.iter().filter(|(_, wanted)| wanted.get("present") != Some(&Value::Bool(false)));
    let said = facts.map(|(name, _)| match resource.facts.get(name) {
        Some(Value::String(text)) => format!("{name} is {text}"),
        Some(other) => format!("{name} is {other}"),
        None => format!("{name} is there"),
    });
    let said: Vec<String> = said.collect();
    crate::model::clean(&said.join(", ")).into_owned()
}

#[cfg(test)]
mod tests;
