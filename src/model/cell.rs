use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Region, Why};

/// One square of the scan matrix: a kind in a region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// Where; `global` for global services.
    pub region: Region,
    /// What.
    pub kind: Kind,
}

impl Cell {
    /// A square by its two sides.
    pub fn new(region: Region, kind: Kind) -> Cell {
        Cell { region, kind }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.kind, self.region)
    }
}

/// How far the reading of a cell has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CellState {
    /// Planned, not begun.
    #[default]
    Queued,
    /// Being read.
    Running,
    /// Listed to the end, every detail read.
    Seen,
    /// Listed to the end, but details of some could not be read.
    Partly,
    /// Something was listed, then the listing broke off; there may be more.
    Cut,
    /// Nothing could be listed; the reason is in [`Coverage::why`].
    Missed,
    /// The region is not switched on; not a gap.
    Off,
    /// AWS has no endpoint for the service there, so that nothing can be there; not a gap.
    NotOffered,
}

impl CellState {
    /// Whether every resource of the cell is known, so that absence is a fact.
    pub fn is_listed(self) -> bool {
        matches!(self, CellState::Seen | CellState::Partly | CellState::NotOffered)
    }

    /// Whether the cell has come to its end, one way or another.
    pub fn is_over(self) -> bool {
        !matches!(self, CellState::Queued | CellState::Running)
    }
}

/// What became of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Where.
    pub region: Region,
    /// What.
    pub kind: Kind,
    /// How far it came.
    pub state: CellState,
    /// Why it is not seen whole. Absent when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// How many resources were listed.
    pub resources: u64,
    /// How many requests were sent, retries included.
    pub requests: u64,
    /// Wall time in seconds, waiting for a turn not included.
    pub seconds: f64,
}
