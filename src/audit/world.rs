//! What rules may ask about other resources.

use super::Audit;
use crate::model::{Cell, CellState, Kind, Region, Resource};

impl Audit {
    /// Where a kind seen from a region is listed: its own region, or `global` when the kind is read once.
    fn place(&self, kind: &Kind, region: &Region) -> Region {
        let global = Cell::new(Region::global(), kind.clone());
        if self.coverage.contains_key(&global) { Region::global() } else { region.clone() }
    }

    /// Whether every resource of a kind in a region is known, so that absence is a fact. Details of some
    /// may be missing all the same.
    pub fn is_listed(&self, kind: &Kind, region: &Region) -> bool {
        self.state_of(kind, region).is_some_and(CellState::is_listed)
    }

    /// How far the listing of a kind seen from a region has come. `None` when it is not part of the run.
    pub fn state_of(&self, kind: &Kind, region: &Region) -> Option<CellState> {
        let cell = Cell::new(self.place(kind, region), kind.clone());
        self.coverage.get(&cell).map(|coverage| coverage.state)
    }

    /// A resource of a kind by its short id or ARN, as seen from a region.
    pub fn lookup(&self, kind: &Kind, region: &Region, id: &str) -> Option<&Resource> {
        self.by_name
            .get(id)?
            .iter()
            .filter_map(|arn| self.resources.get(arn))
            .find(|found| found.kind == *kind && self.visible(found, region))
    }

    /// Resources of any kind with a short id or ARN, as seen from a region.
    pub fn named<'a>(&'a self, region: &'a Region, id: &str) -> impl Iterator<Item = &'a Resource> + use<'a> {
        let arns = self.by_name.get(id).into_iter().flatten();
        arns.filter_map(|arn| self.resources.get(arn)).filter(move |found| self.visible(found, region))
    }

    /// Resources of a kind that point at something by its short id or ARN, in order of identity.
    pub fn users<'a>(&'a self, kind: &'a Kind, region: &'a Region, id: &str) -> Vec<&'a Resource> {
        let mut names = vec![id];
        if let Some(arns) = self.by_name.get(id) {
            for resource in arns.iter().filter_map(|arn| self.resources.get(arn)) {
                if self.visible(resource, region) {
                    names.extend([resource.id.as_str(), resource.arn.as_str()]);
                }
            }
        }
        let mut users: Vec<&Resource> = names
            .iter()
            .filter_map(|name| self.referrers.get(*name))
            .flatten()
            .filter_map(|arn| self.resources.get(arn))
            .filter(|user| user.kind == *kind && self.visible(user, region))
            .collect();
        users.sort_by(|a, b| a.arn.cmp(&b.arn));
        users.dedup_by(|a, b| a.arn == b.arn);
        users
    }

    /// Every resource of a kind, in order of identity.
    pub fn of_kind<'a>(&'a self, kind: &Kind) -> impl Iterator<Item = &'a Resource> {
        self.by_kind.get(kind).into_iter().flatten().filter_map(|arn| self.resources.get(arn))
    }

    /// Every resource of a kind in a region, in order of identity.
    pub fn of_kind_in<'a>(&'a self, kind: &Kind, region: &'a Region) -> impl Iterator<Item = &'a Resource> {
        self.of_kind(kind).filter(move |resource| region.is_global() || resource.region == *region)
    }

    fn visible(&self, resource: &Resource, region: &Region) -> bool {
        region.is_global() || resource.region == *region || resource.kind.service() == "s3"
    }
}
