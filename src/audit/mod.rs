//! The read model: one document that every face reads, written only by [`Audit::apply`].
//!
//! Workers say [`Event`]s; the audit folds them. Whatever is shown (a table, a report, a screen) is a
//! query here, so no two of them can disagree.

pub mod changes;
mod findings;
pub mod life;
pub mod past;
mod quotas;
pub mod restore;
mod screen;
mod unscanned;
mod world;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use crate::model::{
    Account, Bill, Cell, CellState, ChecklistItem, Closure, Coverage, Event, Finding, Gap, Kind, Measurement, Progress,
    Quarantined, Quota, Reckoning, Reconciliation, Region, RegionState, Requests, Resource, ResourceId, Usd, Why,
};

pub use findings::{Summary, Totals};
pub use quotas::QuotaFacts;
pub use screen::{Cells, Digest, GapGroup, Regions};
pub use unscanned::Unscanned;

/// Everything one run has learnt about an account.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// Who was asking.
    pub account: Account,
    /// When the run began; ages count to this moment.
    pub started_at: Timestamp,
    /// When it ended. `None` while it runs.
    pub finished_at: Option<Timestamp>,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// Every region of the account and whether it is on.
    pub regions: BTreeMap<Region, RegionState>,
    /// Regions read.
    pub scope: Vec<Region>,
    /// Kinds read.
    pub kinds: Vec<Kind>,
    /// Every cell of the matrix.
    pub coverage: BTreeMap<Cell, Coverage>,
    /// Findings, best score first.
    pub findings: Vec<Finding>,
    /// Quotas, least headroom first.
    pub quotas: Vec<Quota>,
    /// The bill of the last thirty days, when it could be read.
    pub bill: Option<Bill>,
    /// The bills of the last full month and of the present one.
    pub months: Vec<Bill>,
    /// What the bills mean for what was found, when the run is over.
    pub reckoning: Reckoning,
    /// Requests sent.
    pub requests: Requests,
    /// The last things that happened, newest last, for the screen.
    pub notes: Vec<String>,
    /// Whether the account may be closed. `None` while the run goes on.
    pub closure: Option<Closure>,
    /// The closing checklist, by section. Empty while the run goes on.
    pub checklist: Vec<ChecklistItem>,
    /// What is in quarantine and what became of it, by the date. Empty while the run goes on.
    pub quarantined: Vec<Quarantined>,
    /// How far the phases of a running scan are.
    pub phases: Vec<Phase>,
    /// Cells that AWS is slowing down right now, by service and region.
    pub throttled: BTreeMap<(String, Region), u64>,
    resources: BTreeMap<ResourceId, Resource>,
    measurements: HashMap<ResourceId, Measurement>,
    by_name: HashMap<String, BTreeSet<ResourceId>>,
    referrers: HashMap<String, BTreeSet<ResourceId>>,
    by_kind: HashMap<Kind, BTreeSet<ResourceId>>,
    unscanned: BTreeMap<(Kind, Region), u64>,
    gaps: BTreeSet<Gap>,
    judged_gaps: BTreeSet<Gap>,
}

/// A part of a run and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// `resources`, `sweep`, `metrics`, `prices`, `bill`, `quotas`.
    pub name: String,
    /// Units done.
    pub done: u64,
    /// Units there are.
    pub units: u64,
}

/// Notes kept for the screen.
const NOTES_KEPT: usize = 200;

impl Audit {
    /// Folds one event in. Events about cells or resources never announced are kept all the same: a
    /// recording may have lost its beginning.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Began { account, at, regions, scope, kinds, cells } => {
                *self = Audit::default();
                self.account = account;
                self.started_at = at;
                self.regions = regions;
                self.scope = scope;
                self.kinds = kinds;
                for cell in cells {
                    self.cell(&cell);
                }
            }
            Event::Started { cell } => self.started(&cell),
            Event::Found { resource } => self.found(*resource),
            Event::Missed { gap } => {
                self.gaps.insert(gap);
            }
            Event::Finished { cell, state, requests, seconds } => self.finished(&cell, state, requests, seconds),
            Event::Priced { resource, cost } => {
                if let Some(known) = self.resources.get_mut(&resource) {
                    known.cost = Some(cost);
                }
            }
            Event::Measured { measurement } => {
                self.measurements.insert(measurement.resource.clone(), measurement);
            }
            Event::QuotaRead { quota } => self.quota(quota),
            Event::Billed { bill, months } => {
                self.bill = Some(bill);
                self.months = months;
                self.reckoning = Reckoning::default();
            }
            Event::Judged { findings, gaps } => {
                self.findings = findings;
                self.findings.sort_by(findings::best_first);
                self.judged_gaps = gaps.into_iter().collect();
            }
            Event::Reconciled { reckoning } => self.reckoning = *reckoning,
            Event::Checked { closure, items } => {
                self.closure = Some(*closure);
                self.checklist = items;
            }
            Event::Graced { quarantined } => self.quarantined = quarantined,
            Event::Progress(progress) => self.progress(progress),
            Event::Requested { requests } => self.requests = requests,
            Event::Ended { at, interrupted } => self.ended(at, interrupted),
        }
    }

    /// What explains the bill, a row for each of its lines. `None` without a bill, and while the run is not over.
    pub fn reconciliation(&self) -> Option<&Reconciliation> {
        self.reckoning.reconciliation.as_ref()
    }

    /// A bill with what explains it: 0 is that of thirty days, then come the months. `None` past the last one.
    pub fn statement(&self, number: usize) -> Option<(&Bill, Option<&Reconciliation>)> {
        match number.checked_sub(1) {
            None => Some((self.bill.as_ref()?, self.reconciliation())),
            Some(month) => Some((self.months.get(month)?, self.reckoning.months.get(month))),
        }
    }

    fn cell(&mut self, cell: &Cell) -> &mut Coverage {
        self.coverage.entry(cell.clone()).or_insert_with(|| Coverage {
            region: cell.region.clone(),
            kind: cell.kind.clone(),
            state: CellState::Queued,
            why: None,
            resources: 0,
            requests: 0,
            seconds: 0.0,
        })
    }

    /// A cell that is read once more forgets what it held.
    fn started(&mut self, cell: &Cell) {
        if self.cell(cell).state.is_over() {
            let gone: Vec<ResourceId> = self
                .of_kind(&cell.kind)
                .filter(|resource| cell.region.is_global() || resource.region == cell.region)
                .map(|resource| resource.arn.clone())
                .collect();
            for id in gone {
                self.forget(&id);
            }
            self.gaps.retain(|gap| gap.kind != cell.kind || gap.region != cell.region);
        }
        let coverage = self.cell(cell);
        coverage.state = CellState::Running;
        coverage.resources = 0;
        coverage.why = None;
    }

    fn forget(&mut self, id: &ResourceId) {
        let Some(resource) = self.resources.remove(id) else { return };
        self.measurements.remove(id);
        if let Some(place) = unscanned::place(&resource) {
            // The places of what is left are counted again when it is found again.
            self.unscanned.remove(&place);
        }
        let pointers = resource.refs.iter().map(|reference| reference.id.clone());
        for name in [resource.id.clone(), id.as_str().to_owned()] {
            remove(&mut self.by_name, &name, id);
        }
        for name in pointers {
            remove(&mut self.referrers, &name, id);
        }
        if let Some(ids) = self.by_kind.get_mut(&resource.kind) {
            ids.remove(id);
        }
    }

    fn found(&mut self, resource: Resource) {
        let place = if resource.kind.service() == "s3" { Region::global() } else { resource.region.clone() };
        let id = resource.arn.clone();
        if self.resources.contains_key(&id) {
            return;
        }
        self.cell(&Cell::new(place, resource.kind.clone())).resources += 1;
        // Of what no scanner listed neither locks nor owner are known: rules must not take it for the real thing.
        if resource.kind != Kind::UNSCANNED {
            for name in [resource.id.clone(), id.as_str().to_owned()] {
                self.by_name.entry(name).or_default().insert(id.clone());
            }
        }
        for reference in &resource.refs {
            self.referrers.entry(reference.id.clone()).or_default().insert(id.clone());
        }
        self.by_kind.entry(resource.kind.clone()).or_default().insert(id.clone());
        if let Some(place) = unscanned::place(&resource) {
            *self.unscanned.entry(place).or_default() += 1;
        }
        self.resources.insert(id, resource);
    }

    fn finished(&mut self, cell: &Cell, state: CellState, requests: u64, seconds: f64) {
        let why = self.why(cell);
        let coverage = self.cell(cell);
        coverage.state = state;
        coverage.requests = requests;
        coverage.seconds = seconds;
        coverage.why = match state {
            CellState::Partly | CellState::Cut | CellState::Missed => why,
            _ => None,
        };
    }

    fn why(&self, cell: &Cell) -> Option<Why> {
        self.gaps.iter().find(|gap| gap.region == cell.region && gap.kind == cell.kind).map(|gap| gap.why)
    }

    /// Least headroom first; a quota read again takes the place of its earlier figure.
    fn quota(&mut self, quota: Quota) {
        self.quotas.retain(|known| (&known.quota_code, &known.region) != (&quota.quota_code, &quota.region));
        let at = self.quotas.partition_point(|known| by_headroom(known, &quota) == Ordering::Less);
        self.quotas.insert(at, quota);
    }

    fn progress(&mut self, progress: Progress) {
        match progress {
            Progress::Phase { name, units } => match self.phases.iter_mut().find(|phase| phase.name == name) {
                Some(phase) => phase.units = units,
                None => self.phases.push(Phase { name, done: 0, units }),
            },
            Progress::Step { name } => {
                if let Some(phase) = self.phases.iter_mut().find(|phase| phase.name == name) {
                    phase.done += 1;
                }
            }
            Progress::Throttled { service, region } => *self.throttled.entry((service, region)).or_default() += 1,
            Progress::Note { text } => {
                self.notes.push(text);
                if self.notes.len() > NOTES_KEPT {
                    self.notes.remove(0);
                }
            }
        }
    }

    /// The end of a run: what was still queued or running will not be read any more.
    fn ended(&mut self, at: Timestamp, interrupted: bool) {
        self.finished_at = Some(at);
        self.interrupted = interrupted;
        let mut left = Vec::new();
        for coverage in self.coverage.values_mut() {
            if matches!(coverage.state, CellState::Queued | CellState::Running) {
                coverage.state = if coverage.resources > 0 { CellState::Cut } else { CellState::Missed };
                coverage.why = Some(Why::NotScanned);
                left.push(Cell::new(coverage.region.clone(), coverage.kind.clone()));
            }
        }
        for cell in left {
            self.gaps.insert(Gap {
                account: self.account.id.clone(),
                region: cell.region,
                kind: cell.kind,
                action: "scan".to_owned(),
                why: Why::NotScanned,
                detail: "the scan was stopped before it came to this".to_owned(),
            });
        }
    }

    /// Every resource, by identity.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.values()
    }

    /// How many resources are known.
    pub fn resource_count(&self) -> usize {
        self.resources.len()
    }

    /// A resource by identity.
    pub fn resource(&self, id: &ResourceId) -> Option<&Resource> {
        self.resources.get(id)
    }

    /// Readings of a resource's metrics, when they were asked for.
    pub fn measurement(&self, id: &ResourceId) -> Option<&Measurement> {
        self.measurements.get(id)
    }

    /// Everything that could not be looked at or judged, in order.
    pub fn gaps(&self) -> impl Iterator<Item = &Gap> {
        self.gaps.union(&self.judged_gaps)
    }

    /// How many gaps there are.
    pub fn gap_count(&self) -> usize {
        self.gaps.union(&self.judged_gaps).count()
    }

    /// Whether the run is still going.
    pub fn is_running(&self) -> bool {
        self.finished_at.is_none() && !self.coverage.is_empty()
    }

    /// Regions in the order screens list them: those read, by resources seen, then those that are off, global last.
    pub fn rows(&self) -> Vec<Region> {
        let mut seen: BTreeMap<&Region, u64> = BTreeMap::new();
        for coverage in self.coverage.values() {
            *seen.entry(&coverage.region).or_default() += coverage.resources;
        }
        let mut rows: Vec<Region> = seen.keys().map(|region| (*region).clone()).collect();
        let off = |region: &Region| self.regions.get(region).is_some_and(|state| !state.is_on());
        rows.sort_by(|a, b| {
            (a.is_global(), off(a), std::cmp::Reverse(seen.get(a)), a).cmp(&(
                b.is_global(),
                off(b),
                std::cmp::Reverse(seen.get(b)),
                b,
            ))
        });
        rows
    }

    /// The coverage of a cell, when it is part of the run.
    pub fn coverage_of(&self, region: &Region, kind: &Kind) -> Option<&Coverage> {
        self.coverage.get(&Cell::new(region.clone(), kind.clone()))
    }

    /// Waste a month: what the findings that count would save.
    pub fn waste(&self) -> Usd {
        self.findings.iter().map(Finding::waste).sum()
    }
}

fn remove(index: &mut HashMap<String, BTreeSet<ResourceId>>, name: &str, id: &ResourceId) {
    if let Some(ids) = index.get_mut(name) {
        ids.remove(id);
        if ids.is_empty() {
            index.remove(name);
        }
    }
}

/// Where a quota stands among those with the same headroom.
fn place(quota: &Quota) -> (&str, &str, &Region, &str) {
    (&quota.service_code, &quota.name, &quota.region, &quota.quota_code)
}

fn by_headroom(a: &Quota, b: &Quota) -> Ordering {
    let used = |quota: &Quota| quota.used_percent.unwrap_or(-1.0);
    used(b).total_cmp(&used(a)).then_with(|| place(a).cmp(&place(b)))
}

#[cfg(test)]
mod tests;
