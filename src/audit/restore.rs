//! An audit out of what a report kept of it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Audit, Unscanned, findings};
use crate::model::{
    Account, Bill, Cell, ChecklistItem, Closure, Coverage, Finding, Gap, Kind, Measurement, Quarantined, Quota,
    Reckoning, Region, RegionState, Requests, Resource,
};

/// What a report keeps of an audit.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// Who was asking.
    pub account: Account,
    /// When the run began.
    pub started_at: Timestamp,
    /// When it ended. `None` when the report was written while it ran.
    pub finished_at: Option<Timestamp>,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// Every region of the account and whether it is on.
    pub regions: BTreeMap<Region, RegionState>,
    /// Regions read.
    pub scope: Vec<Region>,
    /// Kinds read.
    pub kinds: Vec<Kind>,
    /// What became of each cell.
    pub coverage: Vec<Coverage>,
    /// The inventory. `None` when the report left it out.
    pub resources: Option<Vec<Resource>>,
    /// Readings of metrics, as far as kept.
    pub measurements: Vec<Measurement>,
    /// Findings.
    pub findings: Vec<Finding>,
    /// Quotas, in the order they are shown.
    pub quotas: Vec<Quota>,
    /// The bill.
    pub bill: Option<Bill>,
    /// The bills of the last full month and of the present one.
    pub months: Vec<Bill>,
    /// What the bills mean for what was found.
    pub reckoning: Reckoning,
    /// Everything that could not be looked at or judged.
    pub gaps: Vec<Gap>,
    /// Resources no scanner lists, which a report keeps without an inventory too.
    pub unscanned: Vec<Unscanned>,
    /// Whether the account may be closed.
    pub closure: Option<Closure>,
    /// The closing checklist.
    pub checklist: Vec<ChecklistItem>,
    /// What is in quarantine.
    pub quarantined: Vec<Quarantined>,
    /// Requests sent.
    pub requests: Requests,
}

impl Audit {
    /// The audit a report was written from, as far as it kept it.
    ///
    /// Without an inventory only the resources of findings are known, while the coverage still says how many were
    /// listed: such an audit is for showing, and must be neither judged again nor planned from.
    pub fn restore(parts: Parts) -> Audit {
        let mut audit = Audit {
            account: parts.account,
            started_at: parts.started_at,
            finished_at: parts.finished_at,
            interrupted: parts.interrupted,
            regions: parts.regions,
            scope: parts.scope,
            kinds: parts.kinds,
            findings: parts.findings,
            quotas: parts.quotas,
            bill: parts.bill,
            months: parts.months,
            reckoning: parts.reckoning,
            requests: parts.requests,
            quarantined: parts.quarantined,
            closure: parts.closure,
            checklist: parts.checklist,
            gaps: parts.gaps.into_iter().collect(),
            ..Audit::default()
        };
        audit.findings.sort_by(findings::best_first);
        let known = parts.resources.unwrap_or_else(|| audit.findings.iter().map(|f| f.resource.clone()).collect());
        // A finding about a quota carries it as a resource, which no inventory lists.
        for resource in known.into_iter().filter(|resource| resource.kind != Kind::QUOTA) {
            audit.found(resource);
        }
        // After the resources, whose listing counts them a second time.
        audit.coverage = parts.coverage.into_iter().map(|c| (Cell::new(c.region.clone(), c.kind.clone()), c)).collect();
        audit.unscanned = parts.unscanned.into_iter().map(|u| ((u.sort, u.region), u.resources)).collect();
        audit.measurements = parts.measurements.into_iter().map(|m| (m.resource.clone(), m)).collect();
        audit
    }

    /// Every reading of metrics, in order of the resource's identity.
    pub fn measurements(&self) -> Vec<&Measurement> {
        let mut all: Vec<&Measurement> = self.measurements.values().collect();
        all.sort_by(|a, b| a.resource.cmp(&b.resource));
        all
    }
}
