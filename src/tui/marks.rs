//! Marked resources: a basket with a running total. What becomes of them is said by a plan.

use std::collections::HashSet;

use super::rows::number;
use crate::model::{Finding, ResourceId, Usd};

/// Resources the person has marked, by identity, so that no sorting, filtering or rescan can move a mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    ids: HashSet<ResourceId>,
    total: Usd,
    locked: usize,
    changes: u64,
}

impl Marks {
    /// How many resources are marked.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether this one is.
    pub fn has(&self, id: &ResourceId) -> bool {
        !self.ids.is_empty() && self.ids.contains(id)
    }

    /// Marks it, or takes its mark away. Says whether it is marked now.
    pub fn toggle(&mut self, id: &ResourceId) -> bool {
        self.changes += 1;
        if self.ids.remove(id) {
            return false;
        }
        self.ids.insert(id.clone())
    }

    /// Marks it. Says whether that is news.
    pub fn add(&mut self, id: &ResourceId) -> bool {
        let is_news = !self.ids.contains(id) && self.ids.insert(id.clone());
        self.changes += u64::from(is_news);
        is_news
    }

    /// Takes its mark away. Says whether it had one.
    pub fn remove(&mut self, id: &ResourceId) -> bool {
        let was_marked = self.ids.remove(id);
        self.changes += u64::from(was_marked);
        was_marked
    }

    /// The marked resources, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &ResourceId> {
        self.ids.iter()
    }

    /// Grows with every change of what is marked.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Takes every mark away.
    pub fn clear(&mut self) {
        *self = Marks { changes: self.changes + 1, ..Marks::default() };
    }

    /// Adds up what acting on the marked resources would save. Locked and managed ones are counted apart:
    /// their money is in no total. `resources` holds [`number`]s of the findings' resources, so that only
    /// marked findings have to be touched.
    pub fn count(&mut self, findings: &[Finding], resources: &[u64]) {
        self.total = Usd::ZERO;
        self.locked = 0;
        let numbers: HashSet<u64> = self.ids.iter().map(number).collect();
        let marked = findings.iter().zip(resources).filter(|(_, resource)| numbers.contains(*resource));
        for (finding, _) in marked.filter(|(finding, _)| self.ids.contains(&finding.resource.arn)) {
            self.total += finding.waste();
            self.locked += usize::from(!finding.counts());
        }
    }

    /// Dollars a month over the marked, as last counted.
    pub fn total(&self) -> Usd {
        self.total
    }

    /// Marked findings that are locked or managed and add nothing to the total, as last counted.
    pub fn locked(&self) -> usize {
        self.locked
    }
}
