use jiff::Timestamp;

use super::history;
use super::listing::RawQuota;
use super::rows::rows;
use super::usage::{Seen, Usage, from_scan};
use crate::aws::metric::{MetricQuery, Points};
use crate::model::{Contradiction, Quota, UsageSource};

/// A quota on its way to being told.
pub(super) struct Draft {
    pub(super) raw: RawQuota,
    pub(super) counted: Option<Usage>,
    pub(super) called: Option<Usage>,
    pub(super) measured: Measured,
    pub(super) past: Past,
}

/// The history of a quota's metric.
pub(super) enum Past {
    /// Not wanted, or not to be had: why, where that says something.
    None(&'static str),
    Points(Points),
}

pub(super) enum Measured {
    NotAsked,
    NoData,
    Usage(Usage),
}

impl Draft {
    pub(super) fn of(raw: RawQuota, seen: &Seen<'_>) -> Draft {
        let row = rows().iter().find(|row| row.service == raw.service_code && row.code == raw.quota_code);
        let counted = row.and_then(|row| from_scan(row, seen, &raw.region));
        Draft { raw, counted, called: None, measured: Measured::NotAsked, past: Past::None("") }
    }

    /// Whether its metric tells of something in use, which a history might lead somewhere.
    fn is_used(&self) -> bool {
        self.raw.limit > 0.0 && matches!(&self.measured, Measured::Usage(usage) if usage.value > 0.0)
    }

    /// The quota with the first figure there is: its own metric's, what was counted, what the service says of itself.
    /// One that says something else is told beside it. The trend is that of its own metric.
    pub(super) fn settled(self, now: Timestamp) -> Quota {
        let quota = self.raw.quota();
        let has_no_data = matches!(self.measured, Measured::NoData);
        let measured = match self.measured {
            Measured::Usage(usage) => Some((UsageSource::Metric, usage)),
            Measured::NoData | Measured::NotAsked => None,
        };
        let counted = self.counted.map(|usage| (UsageSource::Scan, usage));
        let called = self.called.map(|usage| (UsageSource::Call, usage));
        let mut figures = [measured, counted, called].into_iter().flatten();
        let Some((source, usage)) = figures.next() else {
            let silence = if has_no_data { "its metric has no data for a day" } else { "" };
            return Quota { source_detail: silence.to_owned(), ..quota };
        };
        let contradicted = figures
            .find(|(_, other)| differ(usage.value, other.value))
            .map(|(source, other)| Contradiction { source, usage: other.value, detail: other.detail });
        let quota = Quota { contradicted, ..quota.with_usage(usage.value, source, usage.detail) };
        match self.past {
            Past::None(reason) => Quota { trend_missing: reason.to_owned(), ..quota },
            Past::Points(points) => {
                let found = history::of_metric(&quota, &points, now);
                history::with_trend(quota, found, now)
            }
        }
    }
}

/// Whether two figures of the same use cannot both be right: they are apart by more than a thing or two that came or
/// went between the two looks.
fn differ(one: f64, other: f64) -> bool {
    (one - other).abs() > (one.abs().max(other.abs()) * 0.05).max(1.0)
}

/// The drafts whose histories are asked for with the questions, and how many are left out. Those left out, and those on
/// calls, are told why they will have no trend.
pub(super) fn wanting_history(drafts: &mut [Draft], allowance: usize) -> (Vec<&mut Draft>, Vec<MetricQuery>, usize) {
    let (mut wanting, mut queries, mut left_out) = (Vec::new(), Vec::new(), 0);
    for draft in drafts.iter_mut().filter(|draft| draft.is_used()) {
        match history::query(&draft.raw) {
            None => draft.past = Past::None(history::CALLS),
            Some(_) if queries.len() >= allowance => {
                draft.past = Past::None(history::OVER_CAP);
                left_out += 1;
            }
            Some(query) => {
                queries.push(query);
                wanting.push(draft);
            }
        }
    }
    (wanting, queries, left_out)
}

#[cfg(test)]
mod tests {
    use super::super::listing::UsageMetric;
    use super::*;
    use crate::model::Region;

    fn measured(code: &str, statistic: &str, usage: f64) -> Draft {
        let metric = UsageMetric {
            namespace: "AWS/Usage".into(),
            name: "ResourceCount".into(),
            dimensions: std::collections::BTreeMap::new(),
            statistic: statistic.into(),
        };
        let raw = RawQuota {
            service_code: "ec2".into(),
            quota_code: code.into(),
            name: code.into(),
            region: Region::new("eu-west-1"),
            limit: 100.0,
            limit_source: crate::model::LimitSource::Applied,
            pending: None,
            default: None,
            unit: "None".into(),
            adjustable: true,
            period_seconds: None,
            usage_metric: Some(metric),
        };
        let usage = Usage { value: usage, detail: String::new() };
        Draft { measured: Measured::Usage(usage), ..Draft::of(raw, &Seen::default()) }
    }

    #[test]
    fn histories_are_asked_of_things_in_use_within_the_allowance() {
        let mut drafts = vec![
            measured("calls", "Sum", 5.0),
            measured("unused", "Maximum", 0.0),
            measured("first", "Maximum", 5.0),
            measured("second", "Maximum", 5.0),
        ];
        let (wanting, queries, left_out) = wanting_history(&mut drafts, 1);
        let codes: Vec<_> = wanting.iter().map(|draft| draft.raw.quota_code.as_str()).collect();
        assert_eq!((codes, queries.len(), left_out), (vec!["first"], 1, 1));
        let now = "2026-11-23T10:17:31Z".parse().expect("a literal time");
        let reasons: Vec<_> = drafts.into_iter().map(|draft| draft.settled(now).trend_missing).collect();
        assert_eq!(reasons, [history::CALLS, "", "", history::OVER_CAP]);
    }

    #[test]
    fn a_metric_without_a_past_is_told_so() {
        let draft = Draft { past: Past::Points(Points::new()), ..measured("new", "Maximum", 5.0) };
        let quota = draft.settled("2026-11-23T10:17:31Z".parse().expect("a literal time"));
        assert_eq!((quota.trend, quota.trend_missing.as_str()), (None, "no history"));
    }
}
