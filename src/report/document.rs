use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};

use crate::audit::restore::Parts;
use crate::audit::{Audit, Summary, Unscanned};
use crate::model::{
    Account, Bill, CellState, ChecklistItem, Closure, Commitment, Coverage, Finding, Gap, Kind, Measurement,
    Quarantined, Quota, Reckoning, Reconciliation, Region, RegionState, Requests, Resource, Savings, Why,
};

/// Version of the JSON report. Fields are added without raising it; it rises when one changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// The JSON report: an audit as a file. Field names are a contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// Version of this form.
    pub schema_version: u32,
    /// What wrote it.
    pub tool: Tool,
    /// When the run began; ages count to this moment.
    pub started_at: Timestamp,
    /// When it ended. Absent in a report written while the scan ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Whether it was stopped before its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// Whose account.
    pub account: Account,
    /// What was to be read.
    pub scope: Scope,
    /// The head figures.
    pub summary: Summary,
    /// Findings, best score first.
    pub findings: Vec<Finding>,
    /// Every resource that was listed, with its facts. Absent unless the inventory was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Vec<Resource>>,
    /// Readings of metrics. Absent unless the inventory was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measurements: Vec<Measurement>,
    /// Quotas, least headroom first.
    pub quotas: Vec<Quota>,
    /// The bill of the last thirty days. Absent when it was not asked for or could not be read; the latter is a gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<Bill>,
    /// What explains the bill: a row for each of its lines. Absent without a bill, and while a scan runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconciliation: Option<Reconciliation>,
    /// The bills of the last full month and of the present one. Empty without a bill.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub months: Vec<Month>,
    /// What acting on the findings would save: at list price, and on the next bill. Absent without a bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub savings: Option<Savings>,
    /// Savings Plans and reservations: what is billed until its end, whatever is deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<Commitment>,
    /// Whether the account may be closed, and what goes on billing after it is. Absent while the scan runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closure: Option<Closure>,
    /// The closing checklist, by section.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checklist: Vec<ChecklistItem>,
    /// What `closeout apply --quarantine` stopped, detached or marked: what has grace, what is due, what was used
    /// meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quarantined: Vec<Quarantined>,
    /// Everything that could not be looked at or judged.
    pub gaps: Vec<GapEntry>,
    /// What AWS's own indexes have and no scanner of this program lists. Empty when only some kinds were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unscanned: Vec<Unscanned>,
    /// What became of each kind in each region.
    pub coverage: Vec<Coverage>,
    /// What asking has cost.
    pub requests: Requests,
}

/// The program that wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `closeout`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Tool {
    /// This program.
    pub fn this() -> Tool {
        Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// A month's bill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Month {
    /// The bill.
    pub bill: Bill,
    /// What explains it. Absent while a scan runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconciliation: Option<Reconciliation>,
}

/// What a run was to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scope {
    /// Regions read.
    pub regions: Vec<Region>,
    /// Kinds read.
    pub kinds: Vec<Kind>,
    /// Every region of the account and whether it is on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub account_regions: BTreeMap<Region, RegionState>,
}

/// Something that could not be looked at, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct GapEntry {
    /// Where.
    pub scope: GapScope,
    /// The kind that was not seen; `rule:<id>` and the like for what is no resource.
    pub kind: Kind,
    /// The IAM action or the step that did not work.
    pub action: String,
    /// Which sort of failure.
    pub why: Why,
    /// What AWS or the program said.
    pub detail: String,
}

/// Where a gap is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct GapScope {
    /// Twelve digits; empty when the account itself is not known.
    pub account: String,
    /// Region code, or `global`.
    pub region: Region,
}

impl From<&Gap> for GapEntry {
    fn from(gap: &Gap) -> GapEntry {
        let Gap { account, region, kind, action, why, detail } = gap.clone();
        GapEntry { scope: GapScope { account, region }, kind, action, why, detail }
    }
}

impl From<GapEntry> for Gap {
    fn from(entry: GapEntry) -> Gap {
        let GapEntry { scope: GapScope { account, region }, kind, action, why, detail } = entry;
        Gap { account, region, kind, action, why, detail }
    }
}

impl Document {
    /// An audit as a document; with `inventory` every resource and its facts.
    pub fn of(audit: &Audit, inventory: bool) -> Document {
        Document {
            schema_version: SCHEMA_VERSION,
            tool: Tool::this(),
            started_at: audit.started_at,
            finished_at: audit.finished_at,
            interrupted: audit.interrupted,
            account: audit.account.clone(),
            scope: Scope {
                regions: audit.scope.clone(),
                kinds: audit.kinds.clone(),
                account_regions: audit.regions.clone(),
            },
            summary: Summary { resources: listed(audit), ..audit.summary() },
            findings: audit.findings.iter().map(|finding| entry(finding, inventory)).collect(),
            resources: inventory.then(|| audit.resources().cloned().collect()),
            measurements: if inventory { audit.measurements().into_iter().cloned().collect() } else { Vec::new() },
            quotas: quotas(audit),
            bill: audit.bill.clone(),
            reconciliation: audit.reconciliation().cloned(),
            months: months(audit),
            savings: audit.reckoning.savings.clone(),
            commitments: audit.reckoning.commitments.clone(),
            closure: audit.closure.clone(),
            checklist: audit.checklist.clone(),
            quarantined: audit.quarantined.clone(),
            gaps: audit.gaps().map(GapEntry::from).collect(),
            unscanned: audit.unscanned(),
            coverage: audit.coverage.values().cloned().map(to_milliseconds).collect(),
            requests: audit.requests.clone(),
        }
    }

    /// The audit again, as far as the document kept it. Without an inventory it is for showing only, see
    /// [`Audit::restore`].
    pub fn into_audit(self) -> Audit {
        let (months, said): (Vec<_>, Vec<_>) =
            self.months.into_iter().map(|month| (month.bill, month.reconciliation)).unzip();
        Audit::restore(Parts {
            account: self.account,
            started_at: self.started_at,
            finished_at: self.finished_at,
            interrupted: self.interrupted,
            regions: self.scope.account_regions,
            scope: self.scope.regions,
            kinds: self.scope.kinds,
            coverage: self.coverage,
            unscanned: self.unscanned,
            resources: self.resources,
            measurements: self.measurements,
            findings: self.findings,
            quotas: self.quotas,
            bill: self.bill,
            months,
            reckoning: Reckoning {
                reconciliation: self.reconciliation,
                months: said.into_iter().flatten().collect(),
                savings: self.savings,
                commitments: self.commitments,
            },
            closure: self.closure,
            checklist: self.checklist,
            quarantined: self.quarantined,
            gaps: self.gaps.into_iter().map(Gap::from).collect(),
            requests: self.requests,
        })
    }
}

/// JSON Schema of the report.
pub fn schema() -> Schema {
    schema_for!(Document)
}

/// How many resources were listed, by the coverage: the one count that a report without inventory keeps.
pub(super) fn listed(audit: &Audit) -> u64 {
    audit.coverage.values().filter(|c| c.state != CellState::Off).map(|c| c.resources).sum()
}

fn months(audit: &Audit) -> Vec<Month> {
    let mut said = audit.reckoning.months.iter().cloned();
    audit.months.iter().map(|bill| Month { bill: bill.clone(), reconciliation: said.next() }).collect()
}

fn entry(finding: &Finding, inventory: bool) -> Finding {
    let mut finding = finding.clone();
    if !inventory {
        finding.resource.facts.clear();
    }
    finding
}

/// The audit's order, with the quota code settling what is left equal, so that the order of arrival does not show.
fn quotas(audit: &Audit) -> Vec<Quota> {
    let mut quotas = audit.quotas.clone();
    quotas.sort_by(|a, b| {
        let used = |quota: &Quota| quota.used_percent.unwrap_or(-1.0);
        used(b).total_cmp(&used(a)).then_with(|| {
            (&a.service_code, &a.name, &a.region, &a.quota_code).cmp(&(
                &b.service_code,
                &b.name,
                &b.region,
                &b.quota_code,
            ))
        })
    });
    quotas
}

/// Finer than this a duration is noise.
fn to_milliseconds(mut coverage: Coverage) -> Coverage {
    coverage.seconds = (coverage.seconds * 1000.0).round() / 1000.0;
    coverage
}
