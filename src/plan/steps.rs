//! From what is to be done to numbered steps in waves.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::choose::{Chooser, Wanted, naming};
use super::command::{line, template};
use super::graph::knots;
use super::names::{actions, actions_of, procedure};
use super::remedy::{Blanks, holds};
use super::resolve::Resolver;
use super::step::{Step, Work};
use crate::model::{Kind, Region, ResourceId, Usd};

/// Letters and digits a name of what is left behind begins with.
const DIGITS: usize = 8;

/// The steps of everything that can be done, in order.
pub(super) fn steps<'a>(resolver: &Resolver<'a, '_>, chooser: &Chooser<'a>) -> Vec<Step> {
    let units = resolver.units();
    let root_of = |id: &'a ResourceId| units.root(id);
    let mut teams: BTreeMap<&'a ResourceId, Vec<&Wanted<'a>>> = BTreeMap::new();
    for (id, wanted) in &resolver.wanted {
        teams.entry(root_of(id)).or_default().push(wanted);
    }
    let names = names(resolver.wanted.keys().copied(), chooser.graph.audit.started_at);
    let firsts = firsts(resolver.edges(&units));
    let waves = waves(&teams, &firsts);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut holders: BTreeMap<(&Kind, &Region), BTreeSet<&Kind>> = BTreeMap::new();
    for (root, team) in &teams {
        let Some(lead) = resolver.wanted.get(root) else { continue };
        let first = firsts.get(root).cloned().unwrap_or_default();
        let along = units.all.get(root).into_iter().flatten().filter(|id| *id != root);
        let along = along.filter_map(|id| chooser.graph.audit.resource(id)).map(naming).collect();
        let writer = Writer { chooser, names: &names, waves: &waves };
        drafts.extend(writer.of_team(root, lead, team, &first));
        if let Some(act) = drafts.last_mut() {
            act.step.takes_along = along;
            if lead.removes() {
                let place = (&lead.resource.kind, &lead.resource.region);
                let kinds = holders.entry(place).or_insert_with(|| chooser.graph.holders(lead.resource));
                act.step.known = resolver.known(root, kinds, &units);
                act.step.holders = kinds.iter().map(|kind| (*kind).clone()).collect();
                act.step.breaks = resolver.breaks(root, &units);
            }
        }
    }
    numbered(drafts)
}

/// A step that does not know its number yet.
struct Draft {
    step: Step,
    /// What it is, for others that come after it.
    key: Key,
    after: BTreeSet<Key>,
}

type Key = (ResourceId, Work);

struct Writer<'a, 'w> {
    chooser: &'w Chooser<'a>,
    names: &'w BTreeMap<&'a ResourceId, String>,
    waves: &'w BTreeMap<&'a ResourceId, u32>,
}

impl<'a> Writer<'a, '_> {
    /// The backups and liftings of a resource and of what goes with it, then its act.
    fn of_team(
        &self,
        root: &'a ResourceId,
        lead: &Wanted<'a>,
        team: &[&Wanted<'a>],
        firsts: &BTreeSet<&'a ResourceId>,
    ) -> Vec<Draft> {
        let wave = self.waves.get(root).copied().unwrap_or(1);
        let mut drafts: Vec<Draft> = team.iter().filter_map(|one| self.backup(one)).collect();
        let mut after: BTreeSet<Key> = firsts.iter().map(|id| ((*id).clone(), Work::Act)).collect();
        after.extend(drafts.iter().map(|draft| draft.key.clone()));
        let lifts: Vec<Draft> = team.iter().flat_map(|one| self.lifts(one, wave.saturating_sub(1), &after)).collect();
        after.extend(lifts.iter().map(|draft| draft.key.clone()));
        drafts.extend(lifts);
        drafts.push(self.of_lead(lead, team, wave, after));
        drafts
    }

    fn blanks<'b>(&'b self, wanted: &Wanted<'a>) -> Blanks<'b>
    where
        'a: 'b,
    {
        let backup = self.names.get(&wanted.resource.arn).map_or("", String::as_str);
        Blanks { resource: wanted.resource, backup, when: &self.chooser.when, grace: "" }
    }

    fn backup(&self, wanted: &Wanted<'a>) -> Option<Draft> {
        let backup = wanted.remedy.backup.as_ref().filter(|_| wanted.verb.backup)?;
        let blanks = self.blanks(wanted);
        let input = blanks.fill(&backup.input).unwrap_or_default();
        let mut draft = self.draft(wanted, Work::Backup, 0);
        draft.step.backup = blanks.backup.to_owned();
        draft.step.undo = template(&backup.restore, &blanks, answered(wanted));
        draft.step.actions = actions(&backup.call);
        draft.step.commands = vec![line(&backup.call, &input, &sent_to(backup.at.as_deref(), &blanks))];
        draft.step.minutes = backup.minutes;
        Some(draft)
    }

    fn lifts(&self, wanted: &Wanted<'a>, wave: u32, after: &BTreeSet<Key>) -> Vec<Draft> {
        let lift = |one: &&super::remedy::Unprotect| {
            let blanks = self.blanks(wanted);
            let input = blanks.fill(&one.input).unwrap_or_default();
            let mut draft = self.draft(wanted, Work::Unprotect { flag: one.flag.clone() }, wave);
            draft.step.actions = actions(&one.call);
            draft.step.commands = vec![line(&one.call, &input, &sent_to(one.at.as_deref(), &blanks))];
            draft.after = after.clone();
            draft
        };
        wanted.unprotect.iter().map(lift).collect()
    }

    fn of_lead(&self, lead: &Wanted<'a>, team: &[&Wanted<'a>], wave: u32, after: BTreeSet<Key>) -> Draft {
        let blanks = self.blanks(lead);
        let mut draft = self.draft(lead, Work::Act, wave);
        let step = &mut draft.step;
        if lead.verb.backup || lead.verb.keeps.is_some() {
            step.backup = blanks.backup.to_owned();
        }
        let saved: Vec<Usd> = team.iter().filter_map(|one| one.saves).collect();
        step.saves_monthly_usd = (!saved.is_empty()).then(|| saved.into_iter().sum());
        step.loses = lead.verb.loses.clone();
        step.undo = template(&lead.verb.undo, &blanks, answered(lead));
        step.undo_days = lead.verb.undo_days;
        step.actions = actions_of(lead.verb);
        let typed = lead.verb.procedure.and_then(procedure).into_iter().flat_map(|one| &one.commands);
        step.commands = typed.map(|text| template(text, &blanks, None)).collect();
        for one in lead.verb.moves.iter().filter(|one| holds(&one.needed, lead.resource)) {
            let input = blanks.fill(&one.input).unwrap_or(Value::Null);
            step.commands.push(line(&one.call, &input, &sent_to(one.at.as_deref(), &blanks)));
        }
        step.minutes = lead.verb.minutes;
        step.findings = team.iter().flat_map(|one| one.findings.clone()).collect::<BTreeSet<_>>().into_iter().collect();
        draft.after = after;
        draft
    }

    fn draft(&self, wanted: &Wanted<'a>, work: Work, wave: u32) -> Draft {
        Draft {
            key: (wanted.resource.arn.clone(), work.clone()),
            after: BTreeSet::new(),
            step: Step {
                number: 0,
                wave,
                work,
                verb: wanted.name.clone(),
                resource: wanted.resource.clone(),
                after: Vec::new(),
                backup: String::new(),
                grace: String::new(),
                note: wanted.verb.note.clone(),
                saves_monthly_usd: None,
                loses: String::new(),
                undo: String::new(),
                undo_days: None,
                actions: Vec::new(),
                commands: Vec::new(),
                minutes: 10,
                breaks: Vec::new(),
                takes_along: Vec::new(),
                findings: Vec::new(),
                holders: Vec::new(),
                known: Vec::new(),
            },
        }
    }
}

/// The region a call is sent to: the one its `at` names, or the resource's own.
pub(super) fn sent_to(at: Option<&str>, blanks: &Blanks<'_>) -> Region {
    let named = at.and_then(|at| blanks.text(at).ok());
    named.map_or_else(|| blanks.resource.region.clone(), Region::new)
}

/// The member of the answer that holds the id of the backup, where the id is not known before.
fn answered<'a>(wanted: &Wanted<'a>) -> Option<&'a str> {
    wanted.remedy.backup.as_ref().filter(|_| wanted.verb.backup)?.id.strip_prefix("answer:")
}

/// Where a step stands.
fn place(step: &Step) -> (u32, &Work, &Region, &Kind, &ResourceId) {
    (step.wave, &step.work, &step.resource.region, &step.resource.kind, &step.resource.arn)
}

/// Numbers the steps in the order they are shown, and tells each which ones must have ended before.
fn numbered(mut drafts: Vec<Draft>) -> Vec<Step> {
    drafts.sort_by(|a, b| place(&a.step).cmp(&place(&b.step)));
    let numbers: BTreeMap<Key, u32> = (1..).zip(&drafts).map(|(number, draft)| (draft.key.clone(), number)).collect();
    let number = |draft: Draft| {
        let mut after: Vec<u32> = draft.after.iter().filter_map(|key| numbers.get(key).copied()).collect();
        after.sort_unstable();
        Step { number: numbers.get(&draft.key).copied().unwrap_or_default(), after, ..draft.step }
    };
    drafts.into_iter().map(number).collect()
}

/// What each step comes after. An order that is only wished for gives way where it would close a circle.
fn firsts<'a>(
    edges: Vec<(&'a ResourceId, &'a ResourceId, bool)>,
) -> BTreeMap<&'a ResourceId, BTreeSet<&'a ResourceId>> {
    let all: BTreeSet<&'a ResourceId> = edges.iter().flat_map(|edge| [edge.0, edge.1]).collect();
    let knots = knots(&all, edges.iter().map(|edge| (edge.0, edge.1)));
    let numbered = (0usize..).zip(&knots).flat_map(|(number, knot)| knot.iter().map(move |one| (*one, number)));
    let knot: BTreeMap<&'a ResourceId, usize> = numbered.collect();
    let in_a_knot = |first: &'a ResourceId, then: &'a ResourceId| {
        knot.get(first).is_some_and(|number| knot.get(then) == Some(number))
    };
    let mut firsts: BTreeMap<&'a ResourceId, BTreeSet<&'a ResourceId>> = BTreeMap::new();
    for (first, then, must) in edges {
        if must || !in_a_knot(first, then) {
            firsts.entry(then).or_default().insert(first);
        }
    }
    firsts
}

/// The wave of each act: one after the last of those before it, and one more where a lock is lifted in between.
fn waves<'a>(
    teams: &BTreeMap<&'a ResourceId, Vec<&Wanted<'a>>>,
    firsts: &BTreeMap<&'a ResourceId, BTreeSet<&'a ResourceId>>,
) -> BTreeMap<&'a ResourceId, u32> {
    let own = |team: &[&Wanted<'a>]| if team.iter().any(|one| !one.unprotect.is_empty()) { 2 } else { 1 };
    let mut waves: BTreeMap<&'a ResourceId, u32> = teams.iter().map(|(id, team)| (*id, own(team))).collect();
    let mut thens: BTreeMap<&'a ResourceId, Vec<&'a ResourceId>> = BTreeMap::new();
    let mut left: BTreeMap<&'a ResourceId, usize> = BTreeMap::new();
    for (then, before) in firsts.iter().filter(|(then, _)| teams.contains_key(*then)) {
        for first in before.iter().filter(|first| teams.contains_key(*first)) {
            thens.entry(first).or_default().push(then);
            *left.entry(then).or_default() += 1;
        }
    }
    // The order has no circle: each is looked at once, when all before it have their waves.
    let mut open: Vec<&'a ResourceId> = teams.keys().copied().filter(|id| !left.contains_key(id)).collect();
    while let Some(first) = open.pop() {
        let wave = waves.get(first).copied().unwrap_or(0);
        for then in thens.get(first).into_iter().flatten() {
            let Some(team) = teams.get(then) else { continue };
            let known = waves.entry(then).or_default();
            *known = (*known).max(wave + own(team));
            let left = left.entry(then).or_default();
            *left = left.saturating_sub(1);
            if *left == 0 {
                open.push(then);
            }
        }
    }
    waves
}

/// A name for what each resource leaves behind: `closeout-` and digits that its identity and the scan decide.
fn names<'a>(
    ids: impl Iterator<Item = &'a ResourceId> + Clone,
    scanned_at: Timestamp,
) -> BTreeMap<&'a ResourceId, String> {
    let digest = |id: &ResourceId| -> String {
        let digest = Sha256::digest(format!("{id}{scanned_at}"));
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let mut short: BTreeMap<String, u32> = BTreeMap::new();
    for id in ids.clone() {
        *short.entry(digest(id)[..DIGITS].to_owned()).or_default() += 1;
    }
    let name = |id: &'a ResourceId| {
        let digest = digest(id);
        // Two resources whose digits begin alike get more of them; forty letters are the most some services take.
        let alone = short.get(&digest[..DIGITS]).is_none_or(|count| *count == 1);
        let digits = if alone { &digest[..DIGITS] } else { &digest[..31] };
        (id, format!("closeout-{digits}"))
    };
    ids.map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_sent_to_the_region_it_names() {
        let user: crate::model::Resource = serde_json::from_value(serde_json::json!({
            "arn": "arn:aws:quicksight:eu-central-1:111122223333:user/default/ann", "id": "ann",
            "kind": "quicksight:user", "account": "111122223333", "region": "global", "facts": {}
        }))
        .expect("a resource");
        let blanks = Blanks { resource: &user, backup: "closeout-1", when: "2026-11-27", grace: "" };
        let to = |at| sent_to(at, &blanks);
        assert_eq!(to(Some("{arn_region}")), Region::new("eu-central-1"));
        assert_eq!(to(None), Region::global());
        assert_eq!(to(Some("{identity_region}")), Region::global(), "nobody knows it: the line names no region");
        let said = line("quicksight:DeleteUser", &serde_json::json!({ "UserName": "ann" }), &to(Some("{arn_region}")));
        assert_eq!(said, "aws quicksight delete-user --user-name ann --region eu-central-1");
    }

    #[test]
    fn names_are_short_plain_and_the_same_every_time() {
        let ids: Vec<ResourceId> = (0..2000).map(|n| ResourceId::new(format!("arn:{n}"))).collect();
        let first = names(ids.iter(), Timestamp::UNIX_EPOCH);
        assert_eq!(first, names(ids.iter().rev(), Timestamp::UNIX_EPOCH));
        let different: BTreeSet<&String> = first.values().collect();
        assert_eq!(different.len(), ids.len());
        for name in different {
            assert!(name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{name}");
        }
        assert_ne!(first, names(ids.iter(), Timestamp::from_second(1).expect("a time")));
    }
}
