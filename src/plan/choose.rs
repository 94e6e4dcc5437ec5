//! What is to be done about one resource, looked at by itself, or why nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::grace::QUARANTINE;
use super::graph::Graph;
use super::names::is_detaching;
use super::remedy::{Blanks, Remedy, Unprotect, Verb, holds};
use super::step::{Allowed, HeldWhy};
use crate::audit::Audit;
use crate::model::{Finding, Kind, Owner, Protection, Resource, ResourceId, Role, Usd};

/// What a plan has to be told beside the audit.
#[derive(Clone, Copy)]
pub struct Know<'a> {
    /// What can be done about a kind.
    pub remedies: &'a dyn Fn(&Kind) -> Option<&'a Remedy>,
    /// The wish to keep a resource that its tags or its name hold.
    pub keeps: &'a dyn Fn(&Resource) -> Option<Protection>,
}

/// Something that is to be done.
#[derive(Clone)]
pub(super) struct Wanted<'a> {
    pub resource: &'a Resource,
    pub remedy: &'a Remedy,
    pub name: String,
    pub verb: &'a Verb,
    /// Fingerprints of the findings it answers.
    pub findings: BTreeSet<String>,
    pub saves: Option<Usd>,
    /// Whether somebody asked for it, or for what it manages; otherwise it is there because others wait for it.
    pub asked: bool,
    pub unprotect: Vec<&'a Unprotect>,
    /// What it manages and was asked for in its stead.
    pub stands_for: BTreeSet<&'a ResourceId>,
}

impl Wanted<'_> {
    /// Whether the resource is gone afterwards.
    pub fn removes(&self) -> bool {
        removes(&self.name)
    }

    /// Whether its own calls take it off what it is attached to.
    pub fn detaches(&self) -> bool {
        self.verb.moves.iter().any(|one| is_detaching(&one.call))
    }
}

/// Verbs after which the resource is still there.
const STAYS: &[&str] = &["modify", QUARANTINE, "remove-untagged-images", "review", "set-retention", "stop"];

pub(super) fn removes(verb: &str) -> bool {
    !STAYS.contains(&verb)
}

/// Verbs that only advise where no remedy says how.
const ADVICE: &[&str] = &["modify", "review"];

/// What is done about a resource no rule spoke of, the safest first: nobody said that it is waste.
const OWN: &[&str] = &[
    "final-snapshot-then-delete",
    "snapshot-then-delete",
    "delete",
    "terminate",
    "release",
    "deregister",
    "disable-then-delete",
    "detach-then-delete",
    "empty-then-delete",
    "schedule-deletion",
    "cancel",
    "abort",
    "unsubscribe",
];

/// Looks at resources one by one.
pub(super) struct Chooser<'a> {
    pub graph: Graph<'a>,
    pub know: Know<'a>,
    pub allowed: Allowed,
    /// The day of the plan, for placeholders.
    pub when: String,
    findings: BTreeMap<&'a ResourceId, Vec<&'a Finding>>,
    /// The first finding on each, in the order of the audit.
    first: BTreeMap<&'a ResourceId, &'a Finding>,
}

impl<'a> Chooser<'a> {
    pub fn new(graph: Graph<'a>, know: Know<'a>, allowed: Allowed) -> Chooser<'a> {
        let audit: &'a Audit = graph.audit;
        let mut findings: BTreeMap<&'a ResourceId, Vec<&'a Finding>> = BTreeMap::new();
        for finding in &audit.findings {
            findings.entry(&finding.resource.arn).or_default().push(finding);
        }
        let first = findings.iter().filter_map(|(id, some)| Some((*id, *some.first()?))).collect();
        for some in findings.values_mut() {
            some.sort_by(|a, b| a.id.cmp(&b.id));
        }
        let when = audit.started_at.strftime("%Y-%m-%d").to_string();
        Chooser { graph, know, allowed, when, findings, first }
    }

    /// What is done about a resource that was asked for by some of its findings, or by itself when none is given.
    pub fn asked(&self, resource: &'a Resource, by: &BTreeSet<String>) -> Result<Wanted<'a>, HeldWhy> {
        let all = self.of(resource);
        let some: Vec<&Finding> =
            all.iter().copied().filter(|finding| by.is_empty() || by.contains(&finding.id)).collect();
        let Some(chosen) = self.best(&resource.kind, &some) else { return self.own(resource, true) };
        if self.allowed.removal && !removes(&chosen.remedy) {
            let findings = some.iter().map(|finding| finding.id.clone()).collect();
            return Ok(Wanted { findings, ..self.own(resource, true)? });
        }
        self.may_go(resource, Some(chosen), &chosen.remedy)?;
        let (remedy, verb) = self.verb(&resource.kind, &chosen.remedy)?;
        let saves = if removes(&chosen.remedy) {
            all.iter().filter_map(|finding| finding.monthly_usd).max()
        } else {
            chosen.monthly_usd.filter(|_| chosen.counted_under.is_none())
        };
        let findings = some.iter().map(|finding| finding.id.clone()).collect();
        self.wanted(resource, (remedy, verb, &chosen.remedy), findings, saves, true)
    }

    /// What is done about a resource others wait for: what a finding on it says, or the safest its kind has.
    pub fn needed(&self, resource: &'a Resource) -> Result<Wanted<'a>, HeldWhy> {
        let all = self.of(resource);
        let gone: Vec<&Finding> = all.iter().copied().filter(|finding| removes(&finding.remedy)).collect();
        let done = self.best(&resource.kind, &gone).filter(|f| self.verb(&resource.kind, &f.remedy).is_ok());
        let Some(chosen) = done else { return self.own(resource, false) };
        let by = BTreeSet::from([chosen.id.clone()]);
        Ok(Wanted { asked: false, ..self.asked(resource, &by)? })
    }

    /// What rules found of a resource, by fingerprint.
    pub fn of(&self, resource: &Resource) -> &[&'a Finding] {
        self.findings.get(&resource.arn).map_or(&[], Vec::as_slice)
    }

    /// The first of the audit's findings on a resource, listed or not.
    pub fn first_of(&self, id: &ResourceId) -> Option<&'a Finding> {
        self.first.get(id).copied()
    }

    fn own(&self, resource: &'a Resource, asked: bool) -> Result<Wanted<'a>, HeldWhy> {
        let remedy = (self.know.remedies)(&resource.kind);
        let name = OWN.iter().find(|name| remedy.is_some_and(|remedy| remedy.verbs.contains_key(**name)));
        let name = name.copied().unwrap_or("delete");
        self.may_go(resource, None, name)?;
        let (remedy, verb) = self.verb(&resource.kind, name)?;
        let saves = resource.cost.as_ref().map(|cost| cost.monthly_usd);
        self.wanted(resource, (remedy, verb, name), BTreeSet::new(), saves, asked)
    }

    /// Of several findings the one that can be acted on, counts the money, and does the least harm.
    fn best(&self, kind: &Kind, findings: &[&'a Finding]) -> Option<&'a Finding> {
        let harm = |finding: &Finding| {
            let verb = (self.know.remedies)(kind).and_then(|remedy| remedy.verbs.get(&finding.remedy));
            let is_lost = verb.is_none_or(Verb::is_irreversible);
            let is_saved = verb.is_some_and(|verb| verb.backup || verb.keeps.is_some());
            (verb.is_none(), finding.counted_under.is_some(), removes(&finding.remedy) && is_lost, !is_saved)
        };
        findings.iter().copied().min_by_key(|finding| (harm(finding), &finding.remedy, &finding.id))
    }

    fn verb(&self, kind: &Kind, name: &str) -> Result<(&'a Remedy, &'a Verb), HeldWhy> {
        let unknown = || match ADVICE.contains(&name) {
            true => HeldWhy::Advice { verb: name.to_owned() },
            false => HeldWhy::NoRemedy { verb: name.to_owned() },
        };
        let remedy = (self.know.remedies)(kind).ok_or_else(unknown)?;
        let verb = remedy.verbs.get(name).ok_or_else(unknown)?;
        if verb.moves.is_empty() && verb.procedure.is_none() {
            return Err(HeldWhy::ByHand { how: verb.by_hand.clone() });
        }
        if verb.backup && remedy.backup.is_none() {
            return Err(unknown());
        }
        Ok((remedy, verb))
    }

    /// Nobody wants it kept and nobody manages it.
    fn may_go(&self, resource: &'a Resource, finding: Option<&Finding>, verb: &str) -> Result<(), HeldWhy> {
        if let Some(lock) = self.kept(resource) {
            return Err(HeldWhy::Kept { lock });
        }
        if removes(verb) {
            for lost in self.graph.lost_with(&resource.arn) {
                let lost = self.graph.audit.resource(lost);
                if let Some((lost, lock)) = lost.and_then(|lost| Some((lost, self.kept(lost)?))) {
                    return Err(HeldWhy::Kept { lock: format!("{} goes with it and is {lock}", naming(lost)) });
                }
            }
        }
        match self.manager(resource, finding) {
            Some(owner) => Err(HeldWhy::Owned { by: owner.label() }),
            None => Ok(()),
        }
    }

    /// Who manages a resource: what a rule said of it, or it and what it is attached to.
    fn manager(&self, resource: &'a Resource, finding: Option<&Finding>) -> Option<Owner> {
        match finding {
            Some(finding) => finding.managed_by.clone(),
            None => self.with_hosts(resource).into_iter().find_map(|one| one.owner.clone()),
        }
    }

    /// The listed resource that manages another, for those whose owner it is.
    pub fn owner(&self, resource: &'a Resource, by: &BTreeSet<String>) -> Option<&'a Resource> {
        let of = self.of(resource).iter().filter(|finding| by.is_empty() || by.contains(&finding.id));
        let said = of.filter_map(|finding| finding.managed_by.clone()).next();
        let owner = said.or_else(|| self.manager(resource, None))?;
        self.graph.owner(resource, &owner.by, &owner.id)
    }

    /// Why a resource is kept, for people: its own lock, or that of what it is attached to.
    fn kept(&self, resource: &'a Resource) -> Option<String> {
        let said = self.of(resource).iter().find_map(|finding| finding.protected.clone());
        let found = || {
            self.with_hosts(resource).into_iter().find_map(|one| {
                let own = one.protections.iter().find(|lock| lock.is_keep()).cloned();
                (self.know.keeps)(one).or(own)
            })
        };
        let of = self.of(resource);
        let is_ignored = of.iter().all(|finding| finding.ignored.is_some());
        let ignored = of.iter().find_map(|finding| finding.ignored.as_ref()).filter(|_| is_ignored);
        said.or_else(found).map(|lock| lock.label()).or_else(|| ignored.map(|ignored| ignored.label()))
    }

    fn with_hosts(&self, resource: &'a Resource) -> Vec<&'a Resource> {
        let attached = resource.refs.iter().filter(|reference| reference.role == Role::AttachedTo);
        let hosts = attached.flat_map(|reference| self.graph.pointed_at(resource, reference));
        std::iter::once(resource).chain(hosts).collect()
    }

    fn wanted(
        &self,
        resource: &'a Resource,
        (remedy, verb, name): (&'a Remedy, &'a Verb, &str),
        findings: BTreeSet<String>,
        saves: Option<Usd>,
        asked: bool,
    ) -> Result<Wanted<'a>, HeldWhy> {
        let unprotect = self.unlocked(resource, remedy, name)?;
        let name = name.to_owned();
        let stands_for = BTreeSet::new();
        let wanted = Wanted { resource, remedy, name, verb, findings, saves, asked, unprotect, stands_for };
        self.can_be_sent(&wanted)?;
        Ok(wanted)
    }

    /// How the locks on a resource are lifted, where that was allowed.
    fn unlocked(&self, resource: &Resource, remedy: &'a Remedy, verb: &str) -> Result<Vec<&'a Unprotect>, HeldWhy> {
        let mut lifts = Vec::new();
        for lock in &resource.protections {
            let Protection::Service { flag } = lock else { continue };
            if !removes(verb) && flag != "DisableApiStop" {
                continue;
            }
            let known = remedy.unprotect.iter().find(|one| one.flag == *flag);
            match known.filter(|_| self.allowed.unprotect) {
                Some(lift) => lifts.push(lift),
                None => return Err(HeldWhy::Locked { flag: flag.clone() }),
            }
        }
        lifts.sort_by(|a, b| a.flag.cmp(&b.flag));
        Ok(lifts)
    }

    /// Every fact its calls need is there.
    fn can_be_sent(&self, wanted: &Wanted<'_>) -> Result<(), HeldWhy> {
        let blanks = Blanks { resource: wanted.resource, backup: "closeout-00000000", when: &self.when, grace: "" };
        let moves = wanted.verb.moves.iter().filter(|one| holds(&one.needed, wanted.resource)).map(|one| &one.input);
        let backup = wanted.remedy.backup.iter().filter(|_| wanted.verb.backup);
        let backup = backup.flat_map(|backup| [&backup.input, &backup.found_by]);
        let lifts = wanted.unprotect.iter().map(|one| &one.input);
        for input in moves.chain(backup).chain(lifts) {
            blanks.fill(input).map_err(|unknown| HeldWhy::Unknown { fact: unknown.0 })?;
        }
        Ok(())
    }
}

/// A resource for people: `ec2:volume vol-1 (data)`.
pub(super) fn naming(resource: &Resource) -> String {
    let name = resource.name.as_deref().filter(|name| *name != resource.id);
    let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
    crate::model::clean(&format!("{} {}{name}", resource.kind, resource.id)).into_owned()
}

/// Why something is held, in a few words.
pub(super) fn reason(why: &HeldWhy) -> String {
    match why {
        HeldWhy::Kept { lock } => lock.clone(),
        HeldWhy::Locked { flag } => format!("locked by {flag}"),
        HeldWhy::Owned { by } => format!("managed by {by}"),
        HeldWhy::ByHand { .. } => "no API deletes it".to_owned(),
        HeldWhy::Advice { verb } | HeldWhy::NoRemedy { verb } => format!("nothing here does `{verb}` to it"),
        HeldWhy::Unknown { fact } => format!("its {fact} is not known"),
        HeldWhy::Cycle { .. } => "part of a cycle".to_owned(),
        HeldWhy::InUse { .. } | HeldWhy::Behind { .. } => "held back itself".to_owned(),
        HeldWhy::NoGrace | HeldWhy::Stays { .. } => "stays".to_owned(),
        HeldWhy::NotListed => "not listed".to_owned(),
    }
}
