//! What histories of quotas are made of: daily points of their own metrics, or what earlier audits found.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::listing::RawQuota;
use super::trend::{History, trend};
use crate::aws::metric::{MetricQuery, Points};
use crate::model::{Quota, Trend, TrendSource, UsageSource};

/// Seconds of a datapoint.
const DAY_SECONDS: i32 = 86_400;

/// Days of history that are asked for: all that CloudWatch keeps.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html>, "Metrics
/// retention": 455 days (15 months) for periods of an hour and more.
const DAYS: u32 = 455;

/// Why calls have no trend: a day knows their sum, and a quota on calls is hit in its busiest minute.
pub(super) const CALLS: &str = "calls are not forecast: CloudWatch keeps no daily peak of them";

/// Why a history was not asked for.
pub(super) const OVER_CAP: &str = "its history was not read: over the spending cap";

/// Why a history that was asked for is not there; the gap has the reason.
pub(super) const UNREAD: &str = "its history could not be read";

/// Whether a quota's metric counts things, so that each day has a highest count.
pub(super) fn counts_things(quota: &RawQuota) -> bool {
    quota.usage_metric.as_ref().is_some_and(|metric| metric.statistic != "Sum")
}

/// The question about the daily history of a quota's metric. `None` without a metric, and for calls.
pub(super) fn query(quota: &RawQuota) -> Option<MetricQuery> {
    let metric = quota.usage_metric.as_ref().filter(|_| counts_things(quota))?;
    Some(MetricQuery {
        namespace: metric.namespace.clone(),
        metric: metric.name.clone(),
        dimensions: metric.dimensions.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        statistic: "Maximum".to_owned(),
        period_seconds: DAY_SECONDS,
        days: DAYS,
    })
}

/// The trend of a quota by its own metric, up to `now` and from the usage the quota has.
pub(super) fn of_metric(quota: &Quota, points: &Points, now: Timestamp) -> Result<Trend, String> {
    let source = TrendSource::Metric;
    trend(&History { points, source, limit: quota.limit, usage: quota.usage, now })
}

/// The quota with a trend, or with the reason for none. The day it runs out is counted in UTC.
pub(super) fn with_trend(mut quota: Quota, found: Result<Trend, String>, now: Timestamp) -> Quota {
    match found {
        Ok(trend) => {
            quota.exhausted_on = trend.to_exhaustion.and_then(|ahead| date_after(now, ahead.likely));
            quota.trend = Some(trend);
            quota.trend_missing.clear();
        }
        Err(reason) => quota.trend_missing = reason,
    }
    quota
}

/// The date so many days later. `None` beyond the calendar.
fn date_after(now: Timestamp, days: f64) -> Option<String> {
    let later = SignedDuration::try_from_secs_f64(days * f64::from(DAY_SECONDS)).ok()?;
    Some(now.checked_add(later).ok()?.to_zoned(TimeZone::UTC).date().to_string())
}

/// An audit of another day: when it was, and what it said of quotas.
#[derive(Clone, Copy, Debug)]
pub struct Earlier<'a> {
    /// When it began.
    pub at: Timestamp,
    /// Its quotas.
    pub quotas: &'a [Quota],
}

/// Quotas that a history of audits says something new of: those of which something is used and whose own metric has not
/// said whether there is a trend. A metric that was read and carries no forecast has the last word: its days say more
/// than the few on which somebody audited.
///
/// Figures are those of the same quota in the same region, as long as they come from the same source, since a metric and
/// a scan do not count alike. Audits after `now` do not count.
pub fn from_audits(quotas: &[Quota], now: Timestamp, earlier: &[Earlier<'_>]) -> Vec<Quota> {
    let wanting = quotas.iter().filter(|quota| quota.trend.is_none() && is_open(quota));
    wanting.filter_map(|quota| of_audits(quota, now, earlier)).collect()
}

/// Whether no metric has spoken about its trend.
fn is_open(quota: &Quota) -> bool {
    let is_unheard = [CALLS, OVER_CAP, UNREAD, ""].contains(&quota.trend_missing.as_str());
    quota.source != UsageSource::Metric || is_unheard
}

fn of_audits(quota: &Quota, now: Timestamp, earlier: &[Earlier<'_>]) -> Option<Quota> {
    let usage = quota.usage.filter(|usage| *usage > 0.0)?;
    let is_same = |other: &&Quota| {
        (&other.service_code, &other.quota_code, &other.region, other.source)
            == (&quota.service_code, &quota.quota_code, &quota.region, quota.source)
    };
    let usage_in = |audit: &Earlier<'_>| Some((audit.at, audit.quotas.iter().find(is_same)?.usage?));
    let mut points: Vec<(Timestamp, f64)> = earlier.iter().filter_map(usage_in).collect();
    points.push((now, usage));
    let history = History { points: &points, source: TrendSource::Audits, limit: quota.limit, usage: Some(usage), now };
    Some(with_trend(quota.clone(), trend(&history), now))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::listing::UsageMetric;
    use super::*;
    use crate::model::{LimitSource, Region};

    fn now() -> Timestamp {
        "2026-11-23T10:17:31Z".parse().expect("a literal time")
    }

    fn days_ago(days: i64) -> Timestamp {
        Timestamp::from_second(now().as_second() - days * i64::from(DAY_SECONDS)).expect("a time in this century")
    }

    fn raw(statistic: &str) -> RawQuota {
        RawQuota {
            service_code: "ec2".into(),
            quota_code: "L-1216C47A".into(),
            name: "Running On-Demand Standard instances".into(),
            region: Region::new("eu-west-1"),
            limit: 100.0,
            limit_source: LimitSource::Applied,
            pending: None,
            default: None,
            unit: "None".into(),
            adjustable: true,
            period_seconds: None,
            usage_metric: Some(UsageMetric {
                namespace: "AWS/Usage".into(),
                name: "ResourceCount".into(),
                dimensions: BTreeMap::from([("Resource".to_owned(), "vCPU".to_owned())]),
                statistic: statistic.into(),
            }),
        }
    }

    fn used(usage: f64, source: UsageSource) -> Quota {
        raw("Maximum").quota().with_usage(usage, source, "")
    }

    /// So many weekly audits before today, with two more used in each.
    fn weekly(weeks: i64, source: UsageSource) -> Vec<(Timestamp, Vec<Quota>)> {
        (1..=weeks).map(|week| (days_ago(week * 7), vec![used(60.0 - 2.0 * week as f64, source)])).collect()
    }

    fn earlier(audits: &[(Timestamp, Vec<Quota>)]) -> Vec<Earlier<'_>> {
        audits.iter().map(|(at, quotas)| Earlier { at: *at, quotas }).collect()
    }

    #[test]
    fn a_history_is_fifteen_months_of_daily_maxima_and_of_things_only() {
        let query = query(&raw("Maximum")).expect("a count of things");
        assert_eq!((query.period_seconds, query.days, query.statistic.as_str()), (86_400, 455, "Maximum"));
        assert_eq!((query.namespace.as_str(), query.metric.as_str()), ("AWS/Usage", "ResourceCount"));
        assert_eq!(query.dimensions, [("Resource".to_owned(), "vCPU".to_owned())]);
        assert_eq!(super::query(&raw("Sum")), None);
        assert_eq!(super::query(&RawQuota { usage_metric: None, ..raw("Maximum") }), None);
    }

    #[test]
    fn the_day_it_runs_out_is_counted_from_now() {
        // One more a day, and 40 are left.
        let points: Points = (0..60).map(|day| (days_ago(day), 60.0 - day as f64)).collect();
        let quota = used(60.0, UsageSource::Metric);
        let found = of_metric(&quota, &points, now());
        let quota = with_trend(quota, found, now());
        assert_eq!(quota.exhausted_on.as_deref(), Some("2027-01-02"));
        let trend = quota.trend.expect("a straight line");
        assert_eq!(trend.to_exhaustion.map(|days| days.likely), Some(40.0));
        assert_eq!(trend.to_80_percent.map(|days| days.likely), Some(20.0));
        assert_eq!((trend.days_with_data, trend.days, trend.source), (60, 60, TrendSource::Metric));
    }

    #[test]
    fn a_reason_is_kept_where_there_is_no_trend() {
        let quota = used(60.0, UsageSource::Metric);
        let found = of_metric(&quota, &vec![(now(), 60.0)], now());
        let quota = with_trend(quota, found, now());
        assert_eq!(quota.trend_missing, "1 day of history, 14 are needed");
        assert_eq!((quota.trend, quota.exhausted_on), (None, None));
    }

    #[test]
    fn weekly_audits_make_a_history() {
        let audits = weekly(14, UsageSource::Scan);
        let told = from_audits(&[used(60.0, UsageSource::Scan)], now(), &earlier(&audits));
        let trend = told[0].trend.clone().expect("fifteen weeks in a straight line");
        assert!((trend.per_week - 2.0).abs() < 1e-9);
        assert_eq!((trend.days_with_data, trend.days, trend.source), (15, 99, TrendSource::Audits));
        assert_eq!(trend.to_exhaustion.map(|days| days.likely), Some(140.0));
        assert_eq!(told[0].exhausted_on.as_deref(), Some("2027-04-12"));
    }

    #[test]
    fn few_audits_and_audits_of_the_same_day_are_no_history() {
        let quotas = [used(60.0, UsageSource::Scan)];
        let mut audits = weekly(3, UsageSource::Scan);
        audits.extend(weekly(3, UsageSource::Scan));
        let told = from_audits(&quotas, now(), &earlier(&audits));
        assert_eq!(told[0].trend_missing, "4 days of history, 14 are needed");
        let later = [(days_ago(-5), vec![used(90.0, UsageSource::Scan)])];
        let told = from_audits(&quotas, now(), &earlier(&later));
        assert_eq!(told[0].trend_missing, "1 day of history, 14 are needed");
    }

    #[test]
    fn only_figures_of_the_same_quota_region_and_source_are_joined() {
        let audits = weekly(20, UsageSource::Scan);
        let counted = used(60.0, UsageSource::Scan);
        let others = [
            Quota { region: Region::new("us-east-1"), ..counted.clone() },
            Quota { quota_code: "L-0263D0A3".into(), ..counted.clone() },
            used(60.0, UsageSource::Metric),
        ];
        for told in from_audits(&others, now(), &earlier(&audits)) {
            assert_eq!(told.trend_missing, "1 day of history, 14 are needed", "{told:?}");
        }
        let unused = [used(0.0, UsageSource::Scan), raw("Maximum").quota()];
        assert_eq!(from_audits(&unused, now(), &earlier(&audits)), []);
    }

    #[test]
    fn a_metric_that_was_read_has_the_last_word() {
        let audits = weekly(20, UsageSource::Metric);
        let with = |reason: &str| Quota { trend_missing: reason.to_owned(), ..used(60.0, UsageSource::Metric) };
        assert_eq!(from_audits(&[with("it rose in one step on 2026-10-01")], now(), &earlier(&audits)), []);
        for reason in [CALLS, OVER_CAP, UNREAD] {
            let told = from_audits(&[with(reason)], now(), &earlier(&audits));
            assert!(told[0].trend.is_some() && told[0].trend_missing.is_empty(), "{reason}");
        }
    }
}
