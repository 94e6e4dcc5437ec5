//! Figures a screen needs on every frame, worked out once for each state of the audit.

mod gaps;

use std::collections::{BTreeMap, BTreeSet};

use super::{Audit, Totals};
use crate::model::{Cell, CellState, Coverage, Finding, Gap, Kind, Region, Usd, Why};

pub use gaps::GapGroup;

/// What a screen shows again and again and would be slow to add up for every key press.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Digest {
    /// Dollars a month over the findings that count.
    pub waste: Usd,
    /// Findings, locked and managed ones included.
    pub findings: usize,
    /// Findings left out of the waste total: protected or managed.
    pub locked: usize,
    /// Findings without a known price.
    pub unpriced: usize,
    /// 0–100. Absent while nothing could be looked at.
    pub score: Option<u8>,
    /// Waste by service, most first.
    pub by_service: Vec<Totals>,
    /// Waste by region, most first.
    pub by_region: Vec<Totals>,
    /// What became of the cells.
    pub cells: Cells,
    /// What became of the regions.
    pub regions: Regions,
    /// How many things could not be looked at or judged.
    pub gaps: usize,
    /// The same, put together where one cause explains many.
    pub gap_groups: Vec<GapGroup>,
    /// IAM actions whose refusal left a gap, in order. Those only an organization's policy refuses are not
    /// among them: no grant in the account would help.
    pub missing_actions: Vec<String>,
}

/// Cells counted by what became of them. Those of regions that are off, and of services a region does not
/// have, are apart: nothing can be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    /// Cells that are to be read.
    pub wanted: usize,
    /// Of those, how many have come to their end.
    pub over: usize,
    /// Of those, how many were listed to the end, even if details are missing.
    pub seen: usize,
    /// Of those seen, how many lack details.
    pub partly: usize,
    /// Cells of regions that are not switched on.
    pub off: usize,
    /// Cells of what AWS does not offer in a region.
    pub absent: usize,
    /// Cells that broke off for another reason than a missing permission.
    pub failed: usize,
}

impl Cells {
    /// Whole percent of the wanted cells that were seen, rounded down so that 100 means all. `None` without cells.
    pub fn seen_percent(&self) -> Option<usize> {
        (self.seen * 100).checked_div(self.wanted)
    }

    fn add(&mut self, coverage: &Coverage) {
        if coverage.state == CellState::Off {
            self.off += 1;
            return;
        }
        let refused = (coverage.state, coverage.why) == (CellState::Missed, Some(Why::NotOffered));
        if refused || coverage.state == CellState::NotOffered {
            self.absent += 1;
            return;
        }
        self.wanted += 1;
        self.over += usize::from(coverage.state.is_over());
        self.seen += usize::from(coverage.state.is_listed());
        self.partly += usize::from(coverage.state == CellState::Partly);
        let broke = matches!(coverage.state, CellState::Cut | CellState::Missed);
        let foreseen = matches!(coverage.why, Some(Why::Denied | Why::Disabled | Why::NotScanned));
        self.failed += usize::from(broke && !foreseen);
    }
}

/// Regions counted by how far they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    /// Regions to be read, `global` not among them.
    pub wanted: usize,
    /// Regions whose cells are all over.
    pub done: usize,
    /// Regions with a cell being read.
    pub running: usize,
    /// Regions that are over and of which nothing but refusals came.
    pub denied: usize,
    /// Regions of the account that are not switched on.
    pub off: usize,
}

impl Digest {
    /// Adds everything up. Linear in findings, cells and gaps.
    pub fn of(audit: &Audit) -> Digest {
        let mut cells = Cells::default();
        for coverage in audit.coverage.values() {
            cells.add(coverage);
        }
        let missing: BTreeSet<&str> =
            audit.gaps().filter(|gap| can_be_granted(gap)).map(|gap| gap.action.as_str()).collect();
        Digest {
            waste: audit.waste(),
            findings: audit.findings.len(),
            locked: audit.findings.iter().filter(|finding| !finding.counts()).count(),
            unpriced: audit.findings.iter().filter(|finding| finding.monthly_usd.is_none()).count(),
            score: audit.summary().score,
            by_service: audit.waste_by_service(),
            by_region: audit.waste_by_region(),
            cells,
            regions: audit.region_counts(),
            gaps: audit.gap_count(),
            gap_groups: audit.gap_groups(),
            missing_actions: missing.into_iter().map(str::to_owned).collect(),
        }
    }
}

impl Audit {
    /// What became of the cells of one region, by kind.
    pub fn coverage_in<'a>(&'a self, region: &'a Region) -> impl Iterator<Item = &'a Coverage> {
        let first = Cell::new(region.clone(), Kind::new(""));
        self.coverage
            .range(first..)
            .map(|(_, coverage)| coverage)
            .take_while(move |coverage| coverage.region == *region)
    }

    /// Cells of one region counted by what became of them.
    pub fn cells_of(&self, region: &Region) -> Cells {
        let mut cells = Cells::default();
        for coverage in self.coverage_in(region) {
            cells.add(coverage);
        }
        cells
    }

    /// Indexes of the findings, most dollars times score first.
    pub fn findings_by_weight(&self) -> Vec<usize> {
        let weight = |finding: &Finding| finding.waste().micros().saturating_mul(i64::from(finding.score.max(1)));
        let mut order: Vec<usize> = (0..self.findings.len()).collect();
        // The findings are in order of score already, and the sort is stable.
        order.sort_by_cached_key(|index| std::cmp::Reverse(weight(&self.findings[*index])));
        order
    }

    fn region_counts(&self) -> Regions {
        let mut by_region: BTreeMap<&Region, Vec<&Coverage>> = BTreeMap::new();
        for coverage in self.coverage.values().filter(|coverage| !coverage.region.is_global()) {
            by_region.entry(&coverage.region).or_default().push(coverage);
        }
        let mut counts =
            Regions { off: self.regions.values().filter(|state| !state.is_on()).count(), ..Regions::default() };
        for cells in by_region.into_values() {
            if cells.iter().all(|cell| cell.state == CellState::Off) {
                continue;
            }
            counts.wanted += 1;
            counts.running += usize::from(cells.iter().any(|cell| cell.state == CellState::Running));
            let over = cells.iter().all(|cell| cell.state.is_over());
            let refused = |cell: &&Coverage| cell.state == CellState::Missed && cell.why == Some(Why::Denied);
            counts.done += usize::from(over);
            counts.denied += usize::from(over && cells.iter().all(refused));
        }
        counts
    }
}

/// Whether the account itself could grant what was refused.
fn can_be_granted(gap: &Gap) -> bool {
    gap.why == Why::Denied && gap.action.contains(':') && !gap.detail.contains("organization policy")
}

#[cfg(test)]
mod tests;
