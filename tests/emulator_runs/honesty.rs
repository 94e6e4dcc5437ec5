//! What has to hold of every report, however its scan went.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{Cell, Finding, Report, Resource, Square};
use super::support;

/// The kind of a finding about a quota, and of the gaps in quotas.
const QUOTA: &str = "service-quotas:quota";

impl Report {
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
                // What a refused scanner could not list, AWS's indexes show instead: more, never less.
                "seen" if cell.kind == "unscanned" => assert!(told.is_superset(known), "{square:?} lost {known:?}"),
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
        let here: BTreeSet<_> = self.findings.iter().map(Finding::key).collect();
        for finding in undisturbed.findings.iter().filter(|finding| !here.contains(&finding.key())) {
            assert!(self.explains_absence_of(finding), "{:?} is gone without a word", finding.key());
        }
    }

    fn explains_absence_of(&self, finding: &Finding) -> bool {
        let (region, unseen) = (&finding.resource.region, self.unseen());
        let judged = self.gaps_of(region, &format!("rule:{}", finding.rule)).next().is_some();
        judged
            || self.quotas_went_unread(finding)
            || unseen.contains(&self.square_of(&finding.resource))
            || kinds_read_by(&finding.rule).into_iter().any(|kind| unseen.contains(&(region.clone(), kind)))
    }

    /// Whether a finding is about a quota, which belongs to no square, and the limits of its region were not read.
    /// Metrics that were not paid for explain nothing: scans that this is measured against pay for none either.
    fn quotas_went_unread(&self, finding: &Finding) -> bool {
        let mut gaps = self.gaps_of(&finding.resource.region, QUOTA);
        finding.resource.kind == QUOTA && gaps.any(|gap| gap.action != "cloudwatch:GetMetricData")
    }
}

/// Kinds other than its own that a rule looks things up in, as `closeout rules show` tells.
fn kinds_read_by(rule: &str) -> Vec<String> {
    let output = support::closeout(&["rules", "show", rule], &support::env("http://127.0.0.1:9"));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let waits = text.lines().find_map(|line| line.trim_start().strip_prefix("waits for")).unwrap_or_default();
    waits.split(',').map(|kind| kind.trim().to_owned()).filter(|kind| !kind.is_empty()).collect()
}
