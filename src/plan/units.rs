//! What goes away with what, of everything that is to go.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::ResourceId;

/// Everything that is to go.
pub(super) struct Units<'a> {
    /// What is wanted gone, each with everything that goes away with it, itself included.
    pub all: BTreeMap<&'a ResourceId, BTreeSet<&'a ResourceId>>,
    /// Whose step makes each of them go away: the outermost of what takes it along.
    roots: HashMap<&'a ResourceId, &'a ResourceId>,
}

impl<'a> Units<'a> {
    /// Of what is wanted gone, each with everything that goes away with it, itself included.
    pub fn of(all: BTreeMap<&'a ResourceId, BTreeSet<&'a ResourceId>>) -> Units<'a> {
        let mut roots: HashMap<&'a ResourceId, &'a ResourceId> = HashMap::new();
        // Of several the largest holds the others; the identity settles what is equal.
        let mut largest_last: Vec<_> = all.iter().collect();
        largest_last.sort_by_key(|(root, unit)| (unit.len(), std::cmp::Reverse(**root)));
        for (root, unit) in largest_last {
            roots.extend(unit.iter().map(|one| (*one, *root)));
        }
        Units { all, roots }
    }

    /// Without some of them.
    pub fn without(mut self, stays: &[&'a ResourceId]) -> Units<'a> {
        stays.iter().for_each(|id| drop(self.all.remove(id)));
        Units::of(self.all)
    }

    /// With more of them.
    pub fn with(mut self, more: BTreeMap<&'a ResourceId, BTreeSet<&'a ResourceId>>) -> Units<'a> {
        self.all.extend(more);
        Units::of(self.all)
    }

    /// The resource whose step makes another go away; itself where none does.
    pub fn root(&self, id: &'a ResourceId) -> &'a ResourceId {
        self.roots.get(id).copied().unwrap_or(id)
    }

    /// Whether a resource goes away with a step, its own or another.
    pub fn goes(&self, id: &ResourceId) -> bool {
        self.roots.contains_key(id)
    }
}
