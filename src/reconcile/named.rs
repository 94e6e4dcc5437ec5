use std::collections::{BTreeMap, BTreeSet};

use super::seen::Gone;
use crate::model::{Basis, Bill, BillLine, Resource, ResourceId, Share, Usd};

/// Resources by the names a bill may call them: ARN or bare id.
pub(super) struct Named {
    by_name: BTreeMap<String, ResourceId>,
    here: BTreeSet<ResourceId>,
}

impl Named {
    /// The names of what is there and of what is gone; empty where the bill names nothing.
    pub(super) fn of<'a>(bill: &Bill, resources: impl Iterator<Item = &'a Resource>, gone: &[Gone]) -> Named {
        let mut named = Named { by_name: BTreeMap::new(), here: BTreeSet::new() };
        let told: BTreeSet<&str> =
            bill.lines.iter().flat_map(|line| &line.resources).map(|billed| billed.id.as_str()).collect();
        if told.is_empty() {
            return named;
        }
        for (resource, is_here) in
            gone.iter().map(|gone| (&gone.resource, false)).chain(resources.map(|one| (one, true)))
        {
            for name in [resource.id.as_str(), resource.arn.as_str()] {
                if told.contains(name) {
                    named.by_name.insert(name.to_owned(), resource.arn.clone());
                    if is_here {
                        named.here.insert(resource.arn.clone());
                    }
                }
            }
        }
        named
    }

    /// What of a line the bill itself ties to resources, those included that nobody lists any more. Never more than the
    /// line: a refund of another day may have lowered it.
    pub(super) fn shares(&self, line: &BillLine) -> Vec<Share> {
        let mut shares: BTreeMap<ResourceId, Share> = BTreeMap::new();
        for billed in line.resources.iter().filter(|billed| !billed.id.is_empty()) {
            let known = self.by_name.get(&billed.id).cloned();
            let resource = known.unwrap_or_else(|| ResourceId::new(billed.id.clone()));
            let gone = !self.here.contains(&resource);
            let share = Share { resource: resource.clone(), usd: Usd::ZERO, basis: Basis::Measured, gone };
            shares.entry(resource).or_insert(share).usd += billed.usd;
        }
        let sum: Usd = shares.values().map(|share| share.usd).sum();
        let shares: Vec<Share> = shares.into_values().collect();
        if (line.usd >= Usd::ZERO && sum <= line.usd) || (line.usd < Usd::ZERO && sum >= line.usd) {
            return shares;
        }
        let weights = shares.into_iter().map(|share| (share.clone(), share.usd.dollars()));
        super::shares::split(line.usd, weights)
    }
}
