use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, MetricAlarm, MetricDataQuery};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Owner, Resource, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan, ownership};

/// CloudWatch alarms, composite ones too. Those of target tracking belong to their scaling policy and name it as their
/// owner. CloudWatch does not tell when one was made.
pub struct Alarms;

/// Facts of an alarm. Source: `cloudwatch:DescribeAlarms`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    state: String,
    /// When its state last changed. Absent when CloudWatch tells none.
    state_since: Option<Timestamp>,
    /// Whether it is made of other alarms.
    composite: bool,
    /// Metrics it is billed for: three where it compares one with a band CloudWatch learned. 0 for composite ones, absent
    /// where a query decides which it looks at.
    metrics: Option<f64>,
    /// Seconds a datapoint covers, the fewest where it looks at several metrics; below 60 it is a high-resolution alarm and
    /// billed as such. Absent for composite ones and for alarms on a query.
    period_seconds: Option<f64>,
    /// Namespace of its metric, `AWS/EC2`. Absent for composite ones and for alarms on an expression.
    namespace: Option<String>,
    /// Its metric. Absent as the namespace is.
    metric: Option<String>,
    /// Whether it does anything when its state changes.
    actions_enabled: bool,
    /// Things it does when its state changes.
    actions: f64,
}

impl Scan for Alarms {
    const KIND: Kind = Kind::new("cloudwatch:alarm");
    const TITLE: &'static str = "CloudWatch alarms";
    const ACTIONS: &'static [&'static str] = &["cloudwatch:DescribeAlarms"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.cloudwatch();
        // Without this only metric alarms are told.
        let request = client
            .describe_alarms()
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .max_records(100);
        let mut pages = request.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("cloudwatch:DescribeAlarms"))?;
            for alarm in page.metric_alarms() {
                found.add(metric(alarm)).await;
            }
            for alarm in page.composite_alarms() {
                found.add(composite(alarm)).await;
            }
        }
        Ok(())
    }
}

fn metric(alarm: &MetricAlarm) -> Listed<Facts> {
    let name = alarm.alarm_name().unwrap_or_default();
    let periods = alarm.metrics().iter().filter_map(|query| query.metric_stat()?.period());
    let actions = [alarm.alarm_actions(), alarm.ok_actions(), alarm.insufficient_data_actions()];
    let facts = Facts {
        state: alarm.state_value().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        state_since: time(alarm.state_transitioned_timestamp()).or(time(alarm.state_updated_timestamp())),
        composite: false,
        metrics: billed(alarm),
        period_seconds: alarm.period().or(periods.min()).map(f64::from),
        namespace: alarm.namespace().map(str::to_owned),
        metric: alarm.metric_name().map(str::to_owned),
        actions_enabled: alarm.actions_enabled().unwrap_or_default(),
        actions: actions.iter().map(|some| some.len()).sum::<usize>() as f64,
    };
    let listed = Listed::new(name, facts).arn(alarm.alarm_arn()).owner(owner(name));
    actions.iter().flat_map(|some| some.iter()).fold(listed, |listed, arn| listed.refers(Role::Uses, Some(arn)))
}

fn composite(alarm: &CompositeAlarm) -> Listed<Facts> {
    let actions = [alarm.alarm_actions(), alarm.ok_actions(), alarm.insufficient_data_actions()];
    let facts = Facts {
        state: alarm.state_value().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        state_since: time(alarm.state_transitioned_timestamp()).or(time(alarm.state_updated_timestamp())),
        composite: true,
        metrics: Some(0.0),
        period_seconds: None,
        namespace: None,
        metric: None,
        actions_enabled: alarm.actions_enabled().unwrap_or_default(),
        actions: actions.iter().map(|some| some.len()).sum::<usize>() as f64,
    };
    let listed = Listed::new(alarm.alarm_name().unwrap_or_default(), facts).arn(alarm.alarm_arn());
    actions.iter().flat_map(|some| some.iter()).fold(listed, |listed, arn| listed.refers(Role::Uses, Some(arn)))
}

/// Metrics an alarm is billed for. `None` where a query finds them.
fn billed(alarm: &MetricAlarm) -> Option<f64> {
    let queries = alarm.metrics();
    let is_query = |text: &str| text.trim_start().to_ascii_uppercase().starts_with("SELECT ");
    if queries.iter().filter_map(MetricDataQuery::expression).any(is_query) {
        return None;
    }
    let metrics = queries.iter().filter(|query| query.metric_stat().is_some()).count().max(1) as f64;
    // The band has an upper and a lower edge, which are metrics too.
    Some(if alarm.threshold_metric_id().is_some() { metrics + 2.0 } else { metrics })
}

/// A scaling policy makes the alarms of target tracking, and makes them anew when they are deleted.
fn owner(name: &str) -> Option<Owner> {
    name.starts_with("TargetTracking-").then(|| ownership::service("a target tracking policy", "its name"))
}

/// By the metric it looks at, at high resolution three times as much; composite ones by the alarm.
fn needs(alarm: &Resource) -> Needs {
    if alarm.flag("composite") == Some(true) {
        return Needs::of(vec![Need::months("alarm", "cloudwatch.alarm.composite", 1.0)]);
    }
    let Some(metrics) = alarm.number("metrics") else { return Needs::unpriced("metrics its query finds") };
    let fast = alarm.number("period_seconds").is_some_and(|seconds| seconds < 60.0);
    let key = if fast { "cloudwatch.alarm.high_res" } else { "cloudwatch.alarm.standard" };
    Needs::of(vec![Need::months("metrics", key, metrics)])
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::MetricStat;

    use super::*;

    fn query(expression: Option<&str>) -> MetricDataQuery {
        let stat = expression.is_none().then(|| MetricStat::builder().build());
        MetricDataQuery::builder().set_metric_stat(stat).set_expression(expression.map(str::to_owned)).build()
    }

    #[test]
    fn a_learned_band_is_billed_as_two_metrics_more() {
        let band = MetricAlarm::builder().threshold_metric_id("band").metrics(query(None));
        assert_eq!(billed(&band.metrics(query(Some("ANOMALY_DETECTION_BAND(m, 2)"))).build()), Some(3.0));
        let sum = MetricAlarm::builder().metrics(query(None)).metrics(query(None));
        assert_eq!(billed(&sum.metrics(query(Some("a + b"))).build()), Some(2.0));
        assert_eq!(billed(&MetricAlarm::builder().metric_name("CPUUtilization").build()), Some(1.0));
    }

    #[test]
    fn what_a_query_finds_is_not_counted() {
        let query = query(Some("SELECT MAX(CPUUtilization) FROM \"AWS/EC2\""));
        assert_eq!(billed(&MetricAlarm::builder().metrics(query).build()), None);
    }
}
