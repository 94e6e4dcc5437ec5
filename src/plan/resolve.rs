//! From marks to what can be done: blockers are looked for, added where that is allowed, and what cannot go is held with
//! the reason.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::Marks;
use super::choose::{Chooser, Wanted, naming, reason};
use super::graph::{Tie, knots};
use super::step::{Held, HeldWhy};
use super::units::Units;
use crate::model::{Kind, Region, Resource, ResourceId};

/// What is to be done, and what is not.
pub(super) struct Resolver<'a, 'c> {
    chooser: &'c Chooser<'a>,
    pub wanted: BTreeMap<&'a ResourceId, Wanted<'a>>,
    pub held: BTreeMap<ResourceId, Held>,
    /// Managed resources that were asked for, by the owner that goes in their stead.
    covered: BTreeMap<&'a ResourceId, &'a ResourceId>,
    /// What others wait for and cannot be added.
    refused: BTreeMap<&'a ResourceId, HeldWhy>,
}

impl<'a, 'c> Resolver<'a, 'c> {
    pub fn new(chooser: &'c Chooser<'a>) -> Resolver<'a, 'c> {
        let (wanted, held) = (BTreeMap::new(), BTreeMap::new());
        Resolver { chooser, wanted, held, covered: BTreeMap::new(), refused: BTreeMap::new() }
    }

    /// Takes the marks and finds out what of them can be done.
    pub fn run(&mut self, marks: &Marks) {
        let mut managed = Vec::new();
        for (id, by) in marks {
            match self.resource(id) {
                Some(resource) => match self.chooser.asked(resource, by) {
                    Ok(wanted) => self.want(wanted),
                    // Once it is known which owners were marked themselves.
                    Err(why @ HeldWhy::Owned { .. }) => managed.push((resource, by, why)),
                    Err(why) => self.hold(resource, why, Vec::new()),
                },
                None => {
                    self.held.insert(id.clone(), self.unlisted(id));
                }
            }
        }
        for (resource, by, why) in managed {
            self.managed(resource, by, why);
        }
        if self.chooser.allowed.dependents {
            self.grow();
        }
        self.settle();
        self.drop_unneeded();
    }

    fn resource(&self, id: &ResourceId) -> Option<&'a Resource> {
        self.chooser.graph.audit.resource(id)
    }

    fn unlisted(&self, id: &ResourceId) -> Held {
        let known = self.chooser.first_of(id).map(|finding| &finding.resource);
        let region = id.as_str().split(':').nth(3).filter(|region| !region.is_empty());
        Held {
            resource: id.clone(),
            kind: known.map_or(Kind::UNSCANNED, |resource| resource.kind.clone()),
            region: known.map_or_else(|| region.map_or_else(Region::global, Region::new), |one| one.region.clone()),
            label: known.map_or(id.as_str(), |resource| resource.label()).to_owned(),
            why: HeldWhy::NotListed,
            offer: Vec::new(),
        }
    }

    /// Leads to the owner of something managed.
    fn managed(&mut self, resource: &'a Resource, by: &BTreeSet<String>, why: HeldWhy) {
        let owner = self.chooser.owner(resource, by);
        match owner.filter(|_| self.chooser.allowed.owners).and_then(|owner| self.ask_owner(owner)) {
            Some(owner) => self.cover(resource, by, owner),
            None => self.hold(resource, why, owner.map(|owner| owner.arn.clone()).into_iter().collect()),
        }
    }

    /// Puts an owner in the plan, or the owner's owner. `None` when neither can be.
    fn ask_owner(&mut self, owner: &'a Resource) -> Option<&'a ResourceId> {
        let mut owner = owner;
        let mut seen = BTreeSet::new();
        while seen.insert(&owner.arn) {
            match self.chooser.needed(owner) {
                _ if self.held.contains_key(&owner.arn) => return None,
                Ok(wanted) if wanted.removes() => {
                    self.want(Wanted { asked: true, ..wanted });
                    return self.wanted.get(&owner.arn).filter(|wanted| wanted.removes()).map(|_| &owner.arn);
                }
                Err(HeldWhy::Owned { .. }) => owner = self.chooser.owner(owner, &BTreeSet::new())?,
                _ => return None,
            }
        }
        None
    }

    /// The owner answers the findings of what it manages.
    fn cover(&mut self, resource: &'a Resource, by: &BTreeSet<String>, owner: &'a ResourceId) {
        self.covered.insert(&resource.arn, owner);
        let of = self.chooser.of(resource).iter();
        let of: Vec<_> = of.filter(|one| by.is_empty() || by.contains(&one.id)).collect();
        let Some(wanted) = self.wanted.get_mut(owner) else { return };
        if wanted.stands_for.insert(&resource.arn) {
            wanted.findings.extend(of.iter().map(|finding| finding.id.clone()));
            let more = of.iter().filter_map(|finding| finding.monthly_usd).max();
            wanted.saves = wanted.saves.into_iter().chain(more).reduce(|a, b| a + b);
        }
    }

    fn want(&mut self, wanted: Wanted<'a>) {
        let id = &wanted.resource.arn;
        match self.wanted.get_mut(id) {
            // Marked itself, and needed too: what the person said about it stands.
            Some(known) => known.asked |= wanted.asked,
            None => {
                self.wanted.insert(id, wanted);
            }
        }
    }

    fn hold(&mut self, resource: &Resource, why: HeldWhy, offer: Vec<ResourceId>) {
        let held = Held {
            resource: resource.arn.clone(),
            kind: resource.kind.clone(),
            region: resource.region.clone(),
            label: resource.label().to_owned(),
            why,
            offer,
        };
        self.held.insert(resource.arn.clone(), held);
    }

    /// Adds what others wait for, and what that waits for.
    fn grow(&mut self) {
        let mut units = self.units();
        let mut open: Vec<&'a ResourceId> = units.all.keys().copied().collect();
        loop {
            let mut new: BTreeSet<&'a ResourceId> = BTreeSet::new();
            for id in open {
                new.extend(self.missing(id, &units).into_iter().filter(|one| !self.refused.contains_key(one)));
            }
            if new.is_empty() {
                return;
            }
            for id in &new {
                let id = *id;
                let Some(resource) = self.resource(id) else { continue };
                let stays = self.wanted.contains_key(id) || self.held.contains_key(id);
                match self.chooser.needed(resource) {
                    Ok(wanted) if !stays && wanted.removes() => self.want(wanted),
                    Ok(wanted) => {
                        self.refused.insert(id, HeldWhy::NoRemedy { verb: wanted.name });
                    }
                    Err(why) => {
                        self.refused.insert(id, why);
                    }
                }
            }
            // What was missing goes now or is refused: only what was added can miss something else.
            let added = new.iter().filter_map(|id| self.wanted.get_key_value(id)).filter(|(_, one)| one.removes());
            let added: BTreeMap<_, _> = added.map(|(id, wanted)| (*id, self.unit(id, wanted))).collect();
            open = added.keys().copied().collect();
            units = units.with(added);
        }
    }

    /// Holds what cannot go, and what waits for that, until nothing changes.
    fn settle(&mut self) {
        let mut units = self.units();
        let mut open: Vec<&'a ResourceId> = units.all.keys().copied().collect();
        loop {
            let mut out: Vec<(&'a ResourceId, HeldWhy, Vec<ResourceId>)> = Vec::new();
            for id in open {
                out.extend(self.verdict(id, &units).map(|(why, offer)| (id, why, offer)));
            }
            if out.is_empty() {
                let all: BTreeSet<&'a ResourceId> = units.all.keys().copied().collect();
                for knot in knots(&all, self.edges(&units).into_iter().filter(|edge| edge.2).map(|e| (e.0, e.1))) {
                    let with: Vec<String> = knot.iter().filter_map(|id| self.name(id)).collect();
                    out.extend(knot.iter().map(|id| (*id, HeldWhy::Cycle { with: with.clone() }, Vec::new())));
                }
            }
            if out.is_empty() {
                break;
            }
            let stays: Vec<&'a ResourceId> = out.iter().map(|(id, _, _)| *id).collect();
            let touched = self.touched(&stays, &units);
            units = units.without(&stays);
            let is_touched = |unit: &BTreeSet<&'a ResourceId>| unit.iter().any(|one| touched.contains(one));
            open = units.all.iter().filter(|(_, unit)| is_touched(unit)).map(|(id, _)| *id).collect();
            for (id, why, offer) in out {
                let Some(wanted) = self.wanted.remove(id) else { continue };
                match wanted.asked && !self.stands_in(&wanted, &why, &offer) {
                    true => self.hold(wanted.resource, why, offer),
                    false => {
                        self.refused.insert(id, why);
                    }
                }
            }
        }
    }

    /// What may stay when some do not go, and what comes after that: only what holds one of these may be judged anew.
    fn touched(&self, stays: &[&'a ResourceId], units: &Units<'a>) -> HashSet<&'a ResourceId> {
        let lost = stays.iter().filter_map(|id| units.all.get(id)).flatten().copied();
        let mut touched: HashSet<&'a ResourceId> = lost.collect();
        let after: Vec<&'a ResourceId> = touched.iter().flat_map(|id| self.chooser.graph.after(id)).collect();
        touched.extend(after);
        touched
    }

    /// An owner that is held itself holds what it manages; whether that is all it was there for.
    fn stands_in(&mut self, owner: &Wanted<'a>, why: &HeldWhy, offer: &[ResourceId]) -> bool {
        for member in &owner.stands_for {
            let Some(resource) = self.resource(member) else { continue };
            let name = naming(owner.resource);
            let by = match reason(why) {
                reason if reason.is_empty() => name,
                reason => format!("{name} ({reason})"),
            };
            self.hold(resource, HeldWhy::Behind { by: vec![by] }, offer.to_vec());
        }
        !owner.stands_for.is_empty()
    }

    /// Why a resource cannot go, and what would help. `None` when it can.
    fn verdict(&self, id: &'a ResourceId, units: &Units<'a>) -> Option<(HeldWhy, Vec<ResourceId>)> {
        if units.root(id) != id {
            return None;
        }
        let unsaved: Vec<String> = self.unsaved(id, units).collect();
        if !unsaved.is_empty() {
            return Some((HeldWhy::Behind { by: unsaved }, Vec::new()));
        }
        let graph = &self.chooser.graph;
        let missing: Vec<&'a ResourceId> = match graph.is_bound(id) {
            true => graph.parents(id).collect(),
            false => self.missing(id, units).into_iter().collect(),
        };
        if missing.is_empty() {
            return None;
        }
        let refused = |one: &&ResourceId| {
            self.refused.get(*one).map(reason).or_else(|| self.held.get(*one).map(|held| reason(&held.why)))
        };
        let (behind, free): (Vec<_>, Vec<_>) = missing.into_iter().partition(|one| refused(one).is_some());
        if behind.is_empty() {
            let by = free.iter().filter_map(|one| self.name(one)).collect();
            return Some((HeldWhy::InUse { by }, self.offer(&free)));
        }
        let by = behind.iter().filter_map(|one| {
            let why = refused(one).filter(|why| !why.is_empty()).map(|why| format!(" ({why})")).unwrap_or_default();
            Some(format!("{}{why}", self.name(one)?))
        });
        let by = by.collect();
        Some((HeldWhy::Behind { by }, self.offer(&free)))
    }

    /// What goes away with a resource though its backup was asked for and cannot be taken.
    fn unsaved(&self, id: &'a ResourceId, units: &Units<'a>) -> impl Iterator<Item = String> {
        let held = units.all.get(id).into_iter().flatten().filter_map(|one| self.held.get(*one));
        let unsaved = held.filter(|held| match &held.why {
            HeldWhy::Unknown { .. } => true,
            HeldWhy::NoRemedy { verb } => verb.contains("snapshot"),
            _ => false,
        });
        unsaved.map(|held| format!("{} {} ({})", held.kind, held.label, reason(&held.why)))
    }

    /// Of those in the way the ones a person could add, or their owners.
    fn offer(&self, missing: &[&'a ResourceId]) -> Vec<ResourceId> {
        let help = missing.iter().filter_map(|id| {
            let resource = self.resource(id)?;
            match self.chooser.needed(resource) {
                Ok(_) => Some(resource.arn.clone()),
                Err(HeldWhy::Owned { .. }) => Some(self.chooser.owner(resource, &BTreeSet::new())?.arn.clone()),
                Err(_) => None,
            }
        });
        help.collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn name(&self, id: &ResourceId) -> Option<String> {
        self.resource(id).map(naming)
    }

    /// Everything that goes, with what goes away with it.
    pub fn units(&self) -> Units<'a> {
        let removing = self.wanted.iter().filter(|(_, wanted)| wanted.removes());
        Units::of(removing.map(|(id, wanted)| (*id, self.unit(id, wanted))).collect())
    }

    fn unit(&self, id: &'a ResourceId, wanted: &Wanted<'a>) -> BTreeSet<&'a ResourceId> {
        let mut unit = self.chooser.graph.lost_with(id);
        unit.extend(&wanted.stands_for);
        unit.insert(id);
        unit
    }

    /// What is in the way of a resource and of what goes with it: who, for which of them, and how.
    fn in_the_way(&self, id: &'a ResourceId, units: &Units<'a>) -> BTreeMap<&'a ResourceId, Tie> {
        let (Some(unit), Some(wanted)) = (units.all.get(id), self.wanted.get(id)) else { return BTreeMap::new() };
        let mut all: BTreeMap<&'a ResourceId, Tie> = BTreeMap::new();
        for one in unit {
            for (first, tie) in self.chooser.graph.before(one) {
                if unit.contains(first) {
                    continue;
                }
                let tie = if tie == Tie::Holds && *one == id && wanted.detaches() { Tie::Soft } else { tie };
                let known = all.entry(first).or_insert(tie);
                *known = (*known).min(tie);
            }
        }
        all
    }

    /// What has to go before a resource and does not.
    fn missing(&self, id: &'a ResourceId, units: &Units<'a>) -> BTreeSet<&'a ResourceId> {
        let mut missing = BTreeSet::new();
        let hard = self.in_the_way(id, units).into_iter().filter(|(_, tie)| *tie != Tie::Soft);
        for (first, _) in hard.filter(|(first, _)| !units.goes(first)) {
            let parents: BTreeSet<&'a ResourceId> = self.chooser.graph.parents(first).collect();
            let asked = self.wanted.contains_key(first) || self.held.contains_key(first);
            match parents.is_empty() || asked {
                true => missing.insert(first),
                false => {
                    missing.extend(parents);
                    true
                }
            };
        }
        missing.remove(id);
        missing
    }

    /// Which step goes before which, by the resources they are for, and whether it must.
    pub fn edges(&self, units: &Units<'a>) -> Vec<(&'a ResourceId, &'a ResourceId, bool)> {
        let mut edges: BTreeMap<(&'a ResourceId, &'a ResourceId), bool> = BTreeMap::new();
        for id in units.all.keys().filter(|id| units.root(id) == **id) {
            for (first, tie) in self.in_the_way(id, units) {
                if units.goes(first) {
                    let first = units.root(first);
                    if first != *id {
                        *edges.entry((first, *id)).or_default() |= tie != Tie::Soft;
                    }
                }
            }
        }
        edges.into_iter().map(|((first, then), must)| (first, then, must)).collect()
    }

    /// What of some kinds has to go before a resource and does so with something else, without a step of its own.
    pub fn known(&self, id: &'a ResourceId, kinds: &BTreeSet<&Kind>, units: &Units<'a>) -> Vec<ResourceId> {
        let detaches = self.wanted.get(id).is_some_and(Wanted::detaches);
        let is_hard = |tie: Tie| tie == Tie::Blocks || tie == Tie::Holds && !detaches;
        let before = self.chooser.graph.before(id).into_iter().filter(|(_, tie)| is_hard(*tie));
        let along = before.map(|(first, _)| first).filter(|first| !units.goes(first) || units.root(first) != *first);
        let of_kinds = |first: &&ResourceId| self.resource(first).is_some_and(|one| kinds.contains(&one.kind));
        along.filter(of_kinds).cloned().collect()
    }

    /// What goes on working worse without a resource.
    pub fn breaks(&self, id: &'a ResourceId, units: &Units<'a>) -> Vec<String> {
        let soft = self.in_the_way(id, units).into_iter().filter(|(_, tie)| *tie == Tie::Soft);
        let mut names: Vec<String> =
            soft.filter(|(first, _)| !units.goes(first)).filter_map(|(first, _)| self.name(first)).collect();
        if let Some(resource) = self.resource(id) {
            let unseen = self.chooser.graph.unseen_holders(resource).into_iter();
            names.extend(unseen.map(|kind| format!("whatever {kind} in {} needs it: not listed", resource.region)));
        }
        names
    }

    /// What was added for something that is held is not added after all.
    fn drop_unneeded(&mut self) {
        let units = self.units();
        let edges = self.edges(&units);
        let mut needed: BTreeSet<&'a ResourceId> =
            self.wanted.values().filter(|wanted| wanted.asked).map(|one| units.root(&one.resource.arn)).collect();
        let mut open: Vec<&'a ResourceId> = needed.iter().copied().collect();
        let mut before: BTreeMap<&'a ResourceId, Vec<&'a ResourceId>> = BTreeMap::new();
        for (first, then, _) in edges.into_iter().filter(|edge| edge.2) {
            before.entry(then).or_default().push(first);
        }
        while let Some(then) = open.pop() {
            let firsts = before.get(then).into_iter().flatten().copied();
            open.extend(firsts.filter(|first| needed.insert(first)));
        }
        self.wanted.retain(|id, wanted| wanted.asked || needed.contains(id));
    }
}
