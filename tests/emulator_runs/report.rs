//! The JSON report as its readers see it, field by name: the program's own types would hide a field that was renamed.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

/// A square of the scan matrix: region and kind.
pub type Square = (String, String);

#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    #[serde(default)]
    pub interrupted: bool,
    pub summary: Summary,
    pub findings: Vec<Finding>,
    #[serde(default)]
    pub resources: Vec<Resource>,
    pub quotas: Vec<Value>,
    pub bill: Option<Value>,
    pub gaps: Vec<Gap>,
    #[serde(default)]
    pub unscanned: Vec<Unscanned>,
    pub coverage: Vec<Cell>,
    pub requests: Requests,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Unscanned {
    #[serde(rename = "type")]
    pub sort: String,
    pub region: String,
    pub resources: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Summary {
    pub monthly_waste_usd: String,
    pub score: Option<u8>,
    pub gaps: usize,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Finding {
    pub rule: String,
    pub category: String,
    pub resource: Resource,
    pub protected: Option<Value>,
    pub managed_by: Option<Value>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Resource {
    pub arn: String,
    pub id: String,
    pub kind: String,
    pub region: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Gap {
    pub scope: GapScope,
    pub kind: String,
    pub action: String,
    pub why: String,
    pub detail: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct GapScope {
    pub region: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Cell {
    pub region: String,
    pub kind: String,
    pub state: String,
    pub why: Option<String>,
    pub resources: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Requests {
    pub total: u64,
    pub retries: u64,
    pub billable_usd: String,
}

impl Finding {
    /// Rule and resource.
    pub fn key(&self) -> (&str, &str) {
        (&self.rule, &self.resource.arn)
    }

    /// Whether it asks to be acted on: nothing protects the resource and nobody manages it.
    pub fn is_open(&self) -> bool {
        self.protected.is_none() && self.managed_by.is_none()
    }
}

impl Cell {
    pub fn square(&self) -> Square {
        (self.region.clone(), self.kind.clone())
    }

    /// Whether the report claims to know every resource of it.
    pub fn is_listed(&self) -> bool {
        matches!(self.state.as_str(), "seen" | "partly")
    }
}

impl Report {
    #[track_caller]
    pub fn read(text: &str) -> Self {
        let start: String = text.chars().take(200).collect();
        serde_json::from_str(text).unwrap_or_else(|e| panic!("not a report: {e}: {start}"))
    }

    /// The squares that are not seen whole. Where a region is off there is nothing to see.
    pub fn unseen(&self) -> BTreeSet<Square> {
        let seen = |cell: &&Cell| matches!(cell.state.as_str(), "seen" | "off");
        self.coverage.iter().filter(|cell| !seen(cell)).map(Cell::square).collect()
    }

    /// The gaps of one square.
    pub fn gaps_of<'a>(&'a self, region: &'a str, kind: &'a str) -> impl Iterator<Item = &'a Gap> {
        self.gaps.iter().filter(move |gap| gap.scope.region == region && gap.kind == kind)
    }
}
