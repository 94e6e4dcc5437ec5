//! What has come to need a resource since its plan was made. AWS refuses to delete most of what is needed; where it does
//! not, the one that needs it breaks.

use std::collections::HashMap;

use super::Plan;
use super::names::is_detaching;
use super::order::order;
use super::remedy::remedy;
use super::step::{Step, Work};
use crate::model::{Kind, Region, Resource, ResourceId};

/// What a plan knows of.
pub struct Known<'p> {
    /// Regions that were read for it.
    scope: &'p [Region],
    /// Steps after which their resource is gone.
    going: HashMap<&'p ResourceId, &'p Step>,
    /// The same by kind and what others call it.
    called: HashMap<(&'p Kind, &'p str), &'p Step>,
}

impl<'p> Known<'p> {
    /// What a plan knows of.
    pub fn of(plan: &'p Plan) -> Known<'p> {
        let mut known = Known { scope: &plan.scope, going: HashMap::new(), called: HashMap::new() };
        for step in plan.acts().filter(|step| step.removes()) {
            let resource = &step.resource;
            known.going.insert(&resource.arn, step);
            known.called.insert((&resource.kind, &resource.id), step);
            known.called.insert((&resource.kind, resource.arn.as_str()), step);
        }
        known
    }

    /// The deletion a step is, or prepares by lifting a lock. A backup harms nobody, whatever becomes of the deletion.
    pub fn deletion(&self, step: &Step) -> Option<&'p Step> {
        match step.work {
            Work::Backup => None,
            Work::Act if !step.removes() => None,
            Work::Act | Work::Unprotect { .. } => self.going.get(&step.resource.arn).copied(),
        }
    }

    /// Where something that needs a resource may be: its region, or all that were read when it has none.
    pub fn reach(&self, resource: &Resource) -> Vec<Region> {
        let others = if resource.region.is_global() { self.scope } else { &[] };
        std::iter::once(&resource.region).chain(others).cloned().collect()
    }

    /// The first by identity that has to go before what a deletion is of, `now` as it is, and that the plan does not
    /// know of.
    pub fn newcomer<'r>(
        &self,
        deletion: &Step,
        now: &Resource,
        others: impl IntoIterator<Item = &'r Resource>,
    ) -> Option<&'r Resource> {
        let verb = remedy(&now.kind).and_then(|remedy| remedy.verbs.get(&deletion.verb));
        let detaches = verb.is_some_and(|verb| verb.moves.iter().any(|one| is_detaching(&one.call)));
        let is_new = |one: &&Resource| {
            one.arn != now.arn
                && order().must_precede(one, now, detaches)
                && !deletion.known.contains(&one.arn)
                && !self.goes(one)
        };
        others.into_iter().filter(is_new).min_by(|a, b| a.arn.cmp(&b.arn))
    }

    /// Whether a resource goes away with a step of the plan: its own, its owner's, or that of what takes it along.
    fn goes(&self, resource: &Resource) -> bool {
        let named = |kind, id| self.called.get(&(kind, id)).is_some_and(|step| is_near(&step.resource, resource));
        let owner = resource.owner.as_ref();
        let mut parents = order().parents(resource);
        self.going.contains_key(&resource.arn)
            || owner.is_some_and(|owner| order().owner(&owner.by).is_some_and(|kind| named(kind, owner.id.as_str())))
            || parents.any(|kind| resource.refs.iter().any(|one| named(kind, one.id.as_str())))
    }
}

fn is_near(one: &Resource, other: &Resource) -> bool {
    one.region == other.region || one.region.is_global() || other.region.is_global()
}

/// Every text by which a resource may say that it is tied to another: what ties two, one says and the other is called.
pub fn says(resource: &Resource) -> impl Iterator<Item = &str> {
    order().says(resource)
}

/// Every text by which others may say that they are tied to a resource.
pub fn called(resource: &Resource) -> impl Iterator<Item = &str> {
    order().called(resource)
}
