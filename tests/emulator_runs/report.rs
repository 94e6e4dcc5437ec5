//! The JSON report as its readers see it, field by name: the program's own types would hide a field that was renamed.

use std::collections::{BTreeMap, BTreeSet};

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
    pub coverage: Vec<Cell>,
    pub requests: Requests,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Summary {
    pub monthly_waste_usd: String,
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

    /// The squares that are not seen whole.
    pub fn unseen(&self) -> BTreeSet<Square> {
        self.coverage.iter().filter(|cell| cell.state != "seen").map(Cell::square).collect()
    }

    /// The gaps of one square.
    pub fn gaps_of<'a>(&'a self, region: &'a str, kind: &'a str) -> impl Iterator<Item = &'a Gap> {
        self.gaps.iter().filter(move |gap| gap.scope.region == region && gap.kind == kind)
    }

    /// The resources of each square. What is global is read once, but a bucket lives in a region.
    fn by_square(&self) -> BTreeMap<Square, BTreeSet<&str>> {
        let mut squares: BTreeMap<Square, BTreeSet<&str>> =
            self.coverage.iter().map(|cell| (cell.square(), BTreeSet::new())).collect();
        for resource in &self.resources {
            squares.entry(self.square_of(resource)).or_default().insert(&resource.arn);
        }
        squares
    }

    fn square_of(&self, resource: &Resource) -> Square {
        let place = if resource.kind.starts_with("s3:") { "global" } else { &resource.region };
        (place.to_owned(), resource.kind.clone())
    }

    /// What has to hold however a scan went, measured against the same scan undisturbed: no square is silently
    /// missing, what is called listed is listed whole, and nothing is claimed that a look at everything denies.
    #[track_caller]
    pub fn assert_honest(&self, undisturbed: &Self) {
        self.assert_every_square_is_told(undisturbed);
        self.assert_findings_hold(undisturbed);
        assert_eq!(self.summary.gaps, self.gaps.len());
    }

    #[track_caller]
    fn assert_every_square_is_told(&self, undisturbed: &Self) {
        let squares = |report: &Self| report.coverage.iter().map(Cell::square).collect::<BTreeSet<_>>();
        assert_eq!(squares(self), squares(undisturbed), "the squares of the matrix");
        let (whole, here) = (undisturbed.by_square(), self.by_square());
        for cell in &self.coverage {
            let square = cell.square();
            let (known, told) = (&whole[&square], &here[&square]);
            assert_eq!(cell.resources as usize, told.len(), "{square:?} counts what it lists");
            match cell.state.as_str() {
                "seen" | "partly" => assert_eq!(told, known, "{square:?} is called {}", cell.state),
                "cut" => assert!(told.is_subset(known) && !told.is_empty(), "{square:?} is called cut: {told:?}"),
                "missed" => assert!(told.is_empty(), "{square:?} is called missed: {told:?}"),
                other => panic!("{square:?} ended as {other}"),
            }
            if cell.state != "seen" {
                assert!(cell.why.is_some(), "{square:?} is {} without a reason", cell.state);
                assert!(
                    self.gaps_of(&cell.region, &cell.kind).next().is_some(),
                    "{square:?} is {} and no gap",
                    cell.state
                );
            }
        }
    }

    /// Each finding is one of the undisturbed scan, as open or locked as there; each that is not there is explained by
    /// an unseen square or by a gap of its rule.
    #[track_caller]
    fn assert_findings_hold(&self, undisturbed: &Self) {
        for finding in &self.findings {
            let full = undisturbed.findings.iter().find(|full| full.key() == finding.key());
            let full = full.unwrap_or_else(|| panic!("{:?} is flagged only because of the fault", finding.key()));
            assert!(full.is_open() || !finding.is_open(), "{:?} lost its lock", finding.key());
        }
        let unseen = self.unseen();
        for finding in &undisturbed.findings {
            if self.findings.iter().any(|here| here.key() == finding.key()) {
                continue;
            }
            let rule = format!("rule:{}", finding.rule);
            let explained = unseen.contains(&self.square_of(&finding.resource))
                || self.gaps_of(&finding.resource.region, &rule).next().is_some();
            assert!(explained, "{:?} is gone without a word", finding.key());
        }
    }
}
