//! A bill's lines put together by service and by region.

use std::collections::BTreeMap;

use crate::model::{Bill, Reconciliation, Usd};

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

/// What is said of some lines, in dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Tied to resources.
    pub explained: Usd,
    /// Known, and no resource's.
    pub known: Usd,
    /// What nobody can explain.
    pub unexplained: Usd,
    /// What acting on the findings would have saved.
    pub waste: Usd,
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

    /// What is said of a row's lines. `None` while the bill was not held against what was found.
    pub fn said(&self, said: Option<&Reconciliation>, row: usize) -> Option<Said> {
        let lines = &said?.lines;
        let mut sum = Said::default();
        let at = match self.item(row)? {
            Item::Service(group) | Item::Region(group) => group.lines.as_slice(),
            Item::Line(at) => &[at],
        };
        for line in at.iter().filter_map(|at| lines.get(*at)) {
            sum.explained += line.explained_usd;
            sum.known += line.known_usd;
            sum.unexplained += line.unexplained_usd;
            sum.waste += line.waste_usd;
        }
        Some(sum)
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
