//! Readings of CloudWatch metrics, asked for in batches.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy, StatusCode};
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::{Cx, Fault};
use crate::model::Usd;

/// IAM actions used here.
pub const ACTIONS: &[&str] = &["cloudwatch:GetMetricData"];

const ACTION: &str = "cloudwatch:GetMetricData";

/// Metrics in one call, the most CloudWatch takes.
const BATCH: usize = 500;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// One metric to read, in words of CloudWatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricQuery {
    /// `AWS/EC2`.
    pub namespace: String,
    /// `CPUUtilization`.
    pub metric: String,
    /// Names and values; CloudWatch answers only when it is exactly the set the metric was published with.
    pub dimensions: Vec<(String, String)>,
    /// `Maximum`, `Sum`, `Average`.
    pub statistic: String,
    /// Seconds a datapoint sums up.
    pub period_seconds: i32,
    /// How many days back to read.
    pub days: u32,
}

/// Datapoints of a metric, oldest first: the start of each period and its value.
pub type Points = Vec<(Timestamp, f64)>;

/// What AWS charges for asking about so many metrics: $0.01 for a thousand.
///
/// Source: <https://aws.amazon.com/cloudwatch/pricing/>, "GetMetricData", price of us-east-1.
pub fn price(metrics: usize) -> Usd {
    Usd::from_micros(i64::try_from(metrics).unwrap_or(i64::MAX).saturating_mul(10))
}

/// How many metrics a sum of money pays for.
pub fn affordable(budget: Usd) -> usize {
    usize::try_from(budget.micros() / price(1).micros()).unwrap_or(0)
}

/// Reads metrics up to `now`; the answers stand in the order of the queries.
///
/// A metric without datapoints, or one CloudWatch could not read to the end, comes back empty: half a window
/// must not pass for a quiet one. Errors when a call fails; what other calls brought is then given up.
pub async fn get(cx: &Cx, queries: &[MetricQuery], now: Timestamp) -> Result<Vec<Points>, Fault> {
    let client = cx.cloudwatch();
    let mut answers = vec![Points::new(); queries.len()];
    for (window, members) in by_window(queries, now) {
        for batch in members.chunks(BATCH) {
            read_batch(&client, queries, batch, window, &mut answers).await?;
        }
    }
    Ok(answers)
}

/// Start and end in seconds of Unix time.
type Window = (i64, i64);

/// Queries by the stretch of time they ask about, since a call has one stretch for all its metrics.
fn by_window(queries: &[MetricQuery], now: Timestamp) -> BTreeMap<Window, Vec<usize>> {
    let mut windows: BTreeMap<Window, Vec<usize>> = BTreeMap::new();
    for (i, query) in queries.iter().enumerate() {
        windows.entry(window(query, now)).or_default().push(i);
    }
    windows
}

/// The stretch a query asks about: it ends with the period that holds `now`, so that the latest activity counts,
/// and begins whole days before. Edges lie on a period, at most on an hour, where CloudWatch answers fastest.
fn window(query: &MetricQuery, now: Timestamp) -> Window {
    let step = i64::from(query.period_seconds).clamp(60, HOUR);
    let end = now.as_second().div_euclid(step) * step + step;
    (end - i64::from(query.days) * DAY, end)
}

async fn read_batch(
    client: &aws_sdk_cloudwatch::Client,
    queries: &[MetricQuery],
    batch: &[usize],
    window: Window,
    answers: &mut [Points],
) -> Result<(), Fault> {
    let asked: Vec<_> = batch.iter().map(|&i| data_query(i, &queries[i])).collect();
    let mut pages = client
        .get_metric_data()
        .set_metric_data_queries(Some(asked))
        .start_time(DateTime::from_secs(window.0))
        .end_time(DateTime::from_secs(window.1))
        .scan_by(ScanBy::TimestampAscending)
        .into_paginator()
        .send();
    let mut complete: BTreeMap<usize, bool> = BTreeMap::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Fault::sdk(ACTION))?;
        for result in page.metric_data_results() {
            let Some(i) = result.id().and_then(index).filter(|i| *i < answers.len()) else { continue };
            complete.insert(i, matches!(result.status_code(), Some(StatusCode::Complete) | None));
            let points = result.timestamps().iter().zip(result.values());
            answers[i].extend(points.filter_map(|(at, value)| Some((Timestamp::from_second(at.secs()).ok()?, *value))));
        }
    }
    for (i, complete) in complete {
        if complete {
            answers[i].sort_by_key(|(at, _)| *at);
        } else {
            answers[i].clear();
        }
    }
    Ok(())
}

fn data_query(i: usize, query: &MetricQuery) -> MetricDataQuery {
    let dimensions =
        query.dimensions.iter().map(|(name, value)| Dimension::builder().name(name).value(value).build()).collect();
    let metric = Metric::builder()
        .namespace(&query.namespace)
        .metric_name(&query.metric)
        .set_dimensions(Some(dimensions))
        .build();
    let stat = MetricStat::builder().metric(metric).period(query.period_seconds).stat(&query.statistic).build();
    MetricDataQuery::builder().id(id(i)).metric_stat(stat).return_data(true).build()
}

/// Ids must begin with a small letter.
fn id(i: usize) -> String {
    format!("m{i}")
}

fn index(id: &str) -> Option<usize> {
    id.strip_prefix('m')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(period_seconds: i32, days: u32) -> MetricQuery {
        MetricQuery {
            namespace: "AWS/EC2".into(),
            metric: "CPUUtilization".into(),
            dimensions: vec![("InstanceId".into(), "i-1".into())],
            statistic: "Maximum".into(),
            period_seconds,
            days,
        }
    }

    fn now() -> Timestamp {
        "2026-11-23T10:17:31Z".parse().expect("a literal time")
    }

    #[test]
    fn a_window_holds_whole_days_and_the_present_period() {
        let edges = |query| {
            let (start, end) = window(&query, now());
            let text = |second| Timestamp::from_second(second).map(|at| at.to_string()).unwrap_or_default();
            (text(start), text(end))
        };
        assert_eq!(edges(query(300, 1)), ("2026-11-22T10:20:00Z".into(), "2026-11-23T10:20:00Z".into()));
        assert_eq!(edges(query(86_400, 14)), ("2026-11-09T11:00:00Z".into(), "2026-11-23T11:00:00Z".into()));
    }

    #[test]
    fn queries_of_one_stretch_go_together_and_keep_their_places() {
        let queries = [query(86_400, 14), query(300, 1), query(86_400, 14)];
        let groups: Vec<_> = by_window(&queries, now()).into_values().collect();
        assert_eq!(groups, [vec![0, 2], vec![1]]);
        assert_eq!(index(&id(17)), Some(17));
    }

    #[test]
    fn a_thousand_metrics_cost_a_cent() {
        assert_eq!(price(1_000).exact(), "0.01");
        assert_eq!(price(1).exact(), "0.00001");
    }
}
