//! What AWS's own indexes have and no scanner lists, by type and region.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Audit;
use crate::model::{Kind, Region, Resource};

/// Resources of one type in one region that no scanner lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unscanned {
    /// `service:thing`, as AWS's index or the ARN says.
    #[serde(rename = "type")]
    pub sort: Kind,
    /// Where.
    pub region: Region,
    /// How many.
    pub resources: u64,
}

/// Type and region under which a resource is counted, when no scanner lists it.
pub(super) fn place(resource: &Resource) -> Option<(Kind, Region)> {
    if resource.kind != Kind::UNSCANNED {
        return None;
    }
    let sort = resource.text("type").unwrap_or("unknown").to_owned();
    Some((Kind::owned(sort), resource.region.clone()))
}

impl Audit {
    /// Resources no scanner lists, by type and region.
    pub fn unscanned(&self) -> Vec<Unscanned> {
        let rows = self.unscanned.iter();
        rows.map(|((sort, region), resources)| Unscanned {
            sort: sort.clone(),
            region: region.clone(),
            resources: *resources,
        })
        .collect()
    }

    /// The same by type alone, most first: how many, and where.
    pub fn unscanned_types(&self) -> Vec<(Kind, u64, BTreeSet<Region>)> {
        let mut types: BTreeMap<&Kind, (u64, BTreeSet<Region>)> = BTreeMap::new();
        for ((sort, region), resources) in &self.unscanned {
            let entry = types.entry(sort).or_default();
            entry.0 += resources;
            entry.1.insert(region.clone());
        }
        let mut rows: Vec<_> =
            types.into_iter().map(|(sort, (count, regions))| (sort.clone(), count, regions)).collect();
        rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        rows
    }

    /// How many resources no scanner lists.
    pub fn unscanned_count(&self) -> u64 {
        self.unscanned.values().sum()
    }
}
