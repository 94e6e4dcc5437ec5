//! What has to hold of every report, however its scan went.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{Cell, Report, Resource, Square};

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
