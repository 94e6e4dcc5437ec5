//! A bill's lines put together by service and by region.

use std::collections::BTreeMap;

use crate::audit::Audit;
use crate::model::{Bill, Usd};

/// Lines of one service, or of one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The service or region.
    pub name: String,
    /// Dollars over the period.
    pub usd: Usd,
    /// Indexes of its lines, in the order of the bill.
    pub lines: Vec<usize>,
}

/// Both ways to put the lines together. Rows are numbered through: services, then regions, then lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    services: Vec<Group>,
    regions: Vec<Group>,
    lines: usize,
}

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// A service.
    Service(&'a Group),
    /// A region.
    Region(&'a Group),
    /// A line, by its index.
    Line(usize),
}

impl Groups {
    /// The groups of a bill, largest first.
    pub fn of(bill: &Bill) -> Groups {
        Groups {
            services: by(bill, |at| bill.lines[at].service.as_str()),
            regions: by(bill, |at| bill.lines[at].region.as_str()),
            lines: bill.lines.len(),
        }
    }

    /// What stands in a row.
    pub fn item(&self, row: usize) -> Option<Item<'_>> {
        let (services, regions) = (self.services.len(), self.regions.len());
        if row < services {
            self.services.get(row).map(Item::Service)
        } else if row < services + regions {
            self.regions.get(row - services).map(Item::Region)
        } else {
            Some(row - services - regions).filter(|at| *at < self.lines).map(Item::Line)
        }
    }

    /// Rows of the services.
    pub fn service_rows(&self) -> Vec<usize> {
        (0..self.services.len()).collect()
    }

    /// Rows of the regions.
    pub fn region_rows(&self) -> Vec<usize> {
        let first = self.services.len();
        (first..first + self.regions.len()).collect()
    }

    /// Rows of a group's lines, largest first.
    pub fn lines_of(&self, bill: &Bill, row: usize) -> Vec<usize> {
        let Some(Item::Service(group) | Item::Region(group)) = self.item(row) else { return Vec::new() };
        let first = self.services.len() + self.regions.len();
        let mut lines = group.lines.clone();
        lines.sort_by_key(|at| std::cmp::Reverse(bill.lines[*at].usd));
        lines.into_iter().map(|at| first + at).collect()
    }

    /// The name of a group; empty for a line.
    pub fn name(&self, row: usize) -> &str {
        match self.item(row) {
            Some(Item::Service(group) | Item::Region(group)) => &group.name,
            Some(Item::Line(_)) | None => "",
        }
    }

    /// What nobody can explain of a row. `None` while the bill was not held against what was found.
    pub fn unexplained(&self, audit: &Audit, row: usize) -> Option<Usd> {
        let lines = &audit.reconciliation()?.lines;
        let of = |at: usize| lines.get(at).map_or(Usd::ZERO, |line| line.unexplained_usd);
        match self.item(row) {
            Some(Item::Service(group) | Item::Region(group)) => Some(group.lines.iter().map(|at| of(*at)).sum()),
            Some(Item::Line(at)) => Some(of(at)),
            None => None,
        }
    }

    /// The amount of a row.
    pub fn usd(&self, bill: &Bill, row: usize) -> Usd {
        match self.item(row) {
            Some(Item::Service(group) | Item::Region(group)) => group.usd,
            Some(Item::Line(at)) => bill.lines[at].usd,
            None => Usd::ZERO,
        }
    }
}

fn by<'a>(bill: &'a Bill, key: impl Fn(usize) -> &'a str) -> Vec<Group> {
    let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
    for (at, line) in bill.lines.iter().enumerate() {
        let name = key(at);
        let new = || Group { name: name.to_owned(), usd: Usd::ZERO, lines: Vec::new() };
        let group = groups.entry(name).or_insert_with(new);
        group.usd += line.usd;
        group.lines.push(at);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.usd));
    groups
}
