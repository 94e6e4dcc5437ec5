//! Gaps put together where one cause explains many.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::Audit;
use crate::model::{Gap, Kind, Region, Why};

/// Gaps with one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapGroup {
    /// The cause.
    pub why: Why,
    /// Where.
    pub regions: BTreeSet<Region>,
    /// What was not seen.
    pub kinds: BTreeSet<Kind>,
    /// IAM actions or steps that did not work.
    pub actions: BTreeSet<String>,
    /// What was said, first of all that differ.
    pub detail: String,
    /// How many different things were said.
    pub details: usize,
    /// How many gaps.
    pub gaps: usize,
}

impl Audit {
    /// Gaps put together: those of one cause in one region, then regions in which the same kinds are missing.
    /// What rules could not judge is put together by kind, whatever the region.
    pub fn gap_groups(&self) -> Vec<GapGroup> {
        let mut by_cause: BTreeMap<(Why, String), Vec<&Gap>> = BTreeMap::new();
        for gap in self.gaps() {
            let place = if is_judged(gap) { gap.kind.as_str() } else { gap.region.as_str() };
            by_cause.entry((gap.why, place.to_owned())).or_default().push(gap);
        }
        let mut groups: Vec<GapGroup> = Vec::new();
        for ((why, _), gaps) in by_cause {
            let next = group(why, &gaps);
            match groups.iter_mut().find(|seen| seen.why == why && seen.kinds == next.kinds) {
                Some(seen) => join(seen, next),
                None => groups.push(next),
            }
        }
        groups.sort_by(|a, b| {
            (rank(a.why), b.kinds.len() * b.regions.len(), &a.regions, &a.kinds).cmp(&(
                rank(b.why),
                a.kinds.len() * a.regions.len(),
                &b.regions,
                &b.kinds,
            ))
        });
        groups
    }
}

fn is_judged(gap: &Gap) -> bool {
    matches!(gap.why, Why::NoData | Why::NotPriced | Why::RuleError) || gap.kind.service() == "rule"
}

fn group(why: Why, gaps: &[&Gap]) -> GapGroup {
    let details: BTreeSet<&str> = gaps.iter().map(|gap| gap.detail.as_str()).collect();
    GapGroup {
        why,
        regions: gaps.iter().map(|gap| gap.region.clone()).collect(),
        kinds: gaps.iter().map(|gap| gap.kind.clone()).collect(),
        actions: gaps.iter().map(|gap| gap.action.clone()).collect(),
        detail: details.first().map(|detail| (*detail).to_owned()).unwrap_or_default(),
        details: details.len(),
        gaps: gaps.len(),
    }
}

fn join(group: &mut GapGroup, other: GapGroup) {
    if group.detail != other.detail {
        group.details += other.details;
    }
    group.regions.extend(other.regions);
    group.actions.extend(other.actions);
    group.gaps += other.gaps;
}

/// What a person can do something about comes first.
fn rank(why: Why) -> u8 {
    match why {
        Why::Expired => 0,
        Why::Denied => 1,
        Why::Unreachable | Why::Error => 2,
        Why::Throttled | Why::TimedOut => 3,
        Why::NotScanned => 4,
        Why::Disabled => 5,
        Why::RuleError => 6,
        Why::NotPriced => 7,
        Why::NoData => 8,
        Why::NotOffered => 9,
        Why::RegionOff => 10,
    }
}
