use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Account, Bill, Cell, CellState, ChecklistItem, Closure, Cost, Finding, Gap, Kind, Measurement, Quarantined, Quota,
    Reckoning, Region, RegionState, Requests, Resource, ResourceId,
};

/// What a worker tells the audit. A recorded run is a file of these, one JSON object a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum Event {
    /// The run has begun: who, when, and every cell that will be read.
    Began {
        /// Who is asking.
        account: Account,
        /// The run's clock: ages are counted to this moment.
        at: Timestamp,
        /// Every region of the account and whether it is on.
        regions: BTreeMap<Region, RegionState>,
        /// Regions this run reads.
        scope: Vec<Region>,
        /// Kinds this run reads.
        kinds: Vec<Kind>,
        /// Every cell of the matrix.
        cells: Vec<Cell>,
    },
    /// The reading of a cell has begun.
    Started {
        /// Which.
        cell: Cell,
    },
    /// A resource was listed.
    Found {
        /// The resource, not yet priced.
        resource: Box<Resource>,
    },
    /// Something could not be looked at.
    Missed {
        /// What and why.
        gap: Gap,
    },
    /// A cell came to its end.
    Finished {
        /// Which.
        cell: Cell,
        /// How it ended.
        state: CellState,
        /// Requests sent for it.
        requests: u64,
        /// Seconds it took.
        seconds: f64,
    },
    /// What a resource costs became known.
    Priced {
        /// Which resource.
        resource: ResourceId,
        /// Its cost.
        cost: Cost,
    },
    /// Metrics of a resource became known.
    Measured {
        /// The readings.
        measurement: Measurement,
    },
    /// A quota was read.
    QuotaRead {
        /// The quota.
        quota: Quota,
    },
    /// The bill was read.
    Billed {
        /// The last thirty days.
        bill: Bill,
        /// The last full month, and the present one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        months: Vec<Bill>,
    },
    /// The rules have spoken about everything known so far; replaces what they said before.
    Judged {
        /// Findings.
        findings: Vec<Finding>,
        /// What the rules could not judge.
        gaps: Vec<Gap>,
    },
    /// The bills were held against what was found; replaces what was said before.
    Reconciled {
        /// What they mean.
        reckoning: Box<Reckoning>,
    },
    /// The closing checklist was judged; replaces what was said before.
    Checked {
        /// The account and the verdict.
        closure: Box<Closure>,
        /// Every item, by section.
        items: Vec<ChecklistItem>,
    },
    /// What is in quarantine, and what became of it; replaces what was said before.
    Graced {
        /// By the date and the identity.
        quarantined: Vec<Quarantined>,
    },
    /// Something worth showing while it runs, and not worth keeping.
    Progress(Progress),
    /// How many requests have been sent so far; replaces the earlier figure.
    Requested {
        /// The tally.
        requests: Requests,
    },
    /// The run is over.
    Ended {
        /// When.
        at: Timestamp,
        /// Whether it was stopped before its end.
        interrupted: bool,
    },
}

/// Passing news of a running scan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "progress")]
pub enum Progress {
    /// A phase began: `regions`, `resources`, `metrics`, `prices`, `bill`, `quotas`.
    Phase {
        /// Its name.
        name: String,
        /// How many units of work it has.
        units: u64,
    },
    /// A unit of the present phase is done.
    Step {
        /// The phase.
        name: String,
    },
    /// AWS asked to slow down.
    Throttled {
        /// Signing name of the service.
        service: String,
        /// Where.
        region: Region,
    },
    /// A sentence for the log line.
    Note {
        /// The sentence.
        text: String,
    },
}
