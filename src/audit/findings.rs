//! Totals over findings, always told together with what could not be seen.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Audit;
use crate::model::{Finding, Region, Usd};

/// Best score first, then most dollars, then a stable order.
pub fn best_first(a: &Finding, b: &Finding) -> Ordering {
    b.score
        .cmp(&a.score)
        .then_with(|| b.monthly_usd.cmp(&a.monthly_usd))
        .then_with(|| (&a.rule, &a.resource.arn).cmp(&(&b.rule, &b.resource.arn)))
}

/// The head figures of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Dollars a month that acting on every finding that counts would save, at list price.
    pub monthly_waste_usd: Usd,
    /// How many findings there are, locked and managed ones included.
    pub findings: u64,
    /// How many of them are left out of the waste total: protected, or managed by an owner.
    pub locked: u64,
    /// How many have no known price and so add nothing to the waste total.
    pub unpriced: u64,
    /// Findings by category.
    pub by_category: BTreeMap<String, u64>,
    /// Findings by severity.
    pub by_severity: BTreeMap<String, u64>,
    /// 100 for an account without a finding; absent while nothing could be looked at. Read it with the gaps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// How many things could not be looked at or judged.
    pub gaps: u64,
    /// Usage on the bill of the last 30 days. Absent when the bill could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_usd: Option<Usd>,
    /// How many resources were listed.
    pub resources: u64,
}

/// Waste summed under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Service or region.
    pub name: String,
    /// Dollars a month.
    pub waste: Usd,
    /// How many findings.
    pub findings: usize,
}

impl Audit {
    /// The head figures.
    pub fn summary(&self) -> Summary {
        let mut by_category: BTreeMap<String, u64> = BTreeMap::new();
        let mut by_severity: BTreeMap<String, u64> = BTreeMap::new();
        for finding in &self.findings {
            *by_category.entry(finding.category.to_string()).or_default() += 1;
            *by_severity.entry(finding.severity.to_string()).or_default() += 1;
        }
        let count = |test: &dyn Fn(&Finding) -> bool| self.findings.iter().filter(|f| test(f)).count() as u64;
        Summary {
            monthly_waste_usd: self.waste(),
            findings: self.findings.len() as u64,
            locked: count(&|f| !f.counts()),
            unpriced: count(&|f| f.monthly_usd.is_none()),
            by_category,
            by_severity,
            score: account_score(self),
            gaps: self.gap_count() as u64,
            bill_usd: self.bill.as_ref().map(|bill| bill.usage_usd),
            resources: self.coverage.values().map(|coverage| coverage.resources).sum(),
        }
    }

    /// Waste by the service of the resource, most first.
    pub fn waste_by_service(&self) -> Vec<Totals> {
        self.totals(|finding| finding.resource.kind.service().to_owned())
    }

    /// Waste by region, most first.
    pub fn waste_by_region(&self) -> Vec<Totals> {
        self.totals(|finding| finding.resource.region.as_str().to_owned())
    }

    fn totals(&self, key: impl Fn(&Finding) -> String) -> Vec<Totals> {
        let mut sums: BTreeMap<String, (Usd, usize)> = BTreeMap::new();
        for finding in self.findings.iter().filter(|f| f.counts()) {
            let entry = sums.entry(key(finding)).or_default();
            entry.0 += finding.waste();
            entry.1 += 1;
        }
        let mut totals: Vec<Totals> =
            sums.into_iter().map(|(name, (waste, findings))| Totals { name, waste, findings }).collect();
        totals.sort_by(|a, b| b.waste.cmp(&a.waste).then_with(|| a.name.cmp(&b.name)));
        totals
    }

    /// Regions that were read, without those that are off.
    pub fn regions_read(&self) -> Vec<Region> {
        self.scope.clone()
    }
}

/// How tidy an account is, 0–100: each finding that counts takes away a share that grows with its own
/// score, so many small ones weigh as much as a few grave ones. `None` while no cell has been seen.
fn account_score(audit: &Audit) -> Option<u8> {
    use crate::model::CellState::{Cut, Partly, Seen};
    if !audit.coverage.values().any(|coverage| matches!(coverage.state, Seen | Partly | Cut)) {
        return None;
    }
    let burden: f64 = audit.findings.iter().filter(|f| f.counts()).map(|f| f64::from(f.score) / 100.0).sum();
    // Thirty grave findings halve the score twice; it never reaches zero by itself.
    Some((100.0 * (-burden / 25.0).exp()).round() as u8)
}
