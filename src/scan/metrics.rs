//! Metrics rules still wish for: batched, capped, and turned into readings.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::aws::metric::{self, MetricQuery};
use crate::aws::{Cx, Fault, Tally};
use crate::model::{Event, Gap, Kind, Measurement, MetricReading, MetricWish, Progress, Region, ResourceId, Usd, Why};

/// Wishes handled in one go, so that progress shows and a failure loses little.
const BATCH: usize = 500;

/// Seconds in a day.
const DAY: i64 = 86_400;

/// Reads what rules wished for, as far as the budget reaches, and tells `events`. What is left out for the
/// budget, and what CloudWatch refuses, are gaps of the kinds concerned. Returns what was spent.
pub async fn read(cx: &Cx, tally: &Tally, wishes: Vec<MetricWish>, budget: Usd, events: &mpsc::Sender<Event>) -> Usd {
    let mut wishes = wishes;
    wishes.sort_by(|a, b| (&a.region, &a.kind, &a.resource, &a.name).cmp(&(&b.region, &b.kind, &b.resource, &b.name)));
    let left_out = wishes.split_off(metric::affordable(budget).min(wishes.len()));
    let mut spent = Usd::ZERO;
    for batch in by_region(wishes) {
        let cx = cx.in_region(&batch[0].region);
        let queries: Vec<MetricQuery> = batch.iter().map(query).collect();
        match metric::get(&cx, &queries, cx.now()).await {
            Ok(points) => {
                spent += metric::price(batch.len());
                tally.charge(metric::price(batch.len()));
                for measurement in measurements(&batch, &points, cx.now()) {
                    let _ = events.send(Event::Measured { measurement }).await;
                }
            }
            Err(fault) => missed(&cx, &batch, &fault, events).await,
        }
        let _ = events.send(Event::Progress(Progress::Step { name: "metrics".to_owned() })).await;
    }
    not_afforded(cx, &left_out, budget, events).await;
    spent
}

/// How many requests a number of wishes takes, for the progress line.
pub fn batches(wishes: &[MetricWish]) -> u64 {
    by_region(wishes.to_vec()).len() as u64
}

fn by_region(wishes: Vec<MetricWish>) -> Vec<Vec<MetricWish>> {
    let mut regions: BTreeMap<Region, Vec<MetricWish>> = BTreeMap::new();
    for wish in wishes {
        regions.entry(wish.region.clone()).or_default().push(wish);
    }
    regions.into_values().flat_map(|list| list.chunks(BATCH).map(<[_]>::to_vec).collect::<Vec<_>>()).collect()
}

fn query(wish: &MetricWish) -> MetricQuery {
    MetricQuery {
        namespace: wish.namespace.clone(),
        metric: wish.metric.clone(),
        dimensions: wish.dimensions.clone(),
        statistic: wish.statistic.clone(),
        period_seconds: i32::try_from(wish.period_seconds).unwrap_or(86_400),
        days: wish.window_days,
    }
}

fn measurements(wishes: &[MetricWish], points: &[Vec<(Timestamp, f64)>], now: Timestamp) -> Vec<Measurement> {
    let mut by_resource: BTreeMap<ResourceId, BTreeMap<String, MetricReading>> = BTreeMap::new();
    for (wish, points) in wishes.iter().zip(points) {
        by_resource.entry(wish.resource.clone()).or_default().insert(wish.name.clone(), reading(wish, points, now));
    }
    by_resource.into_iter().map(|(resource, readings)| Measurement { resource, readings }).collect()
}

/// Datapoints summed up; days are counted back from the scan, the oldest first.
fn reading(wish: &MetricWish, points: &[(Timestamp, f64)], now: Timestamp) -> MetricReading {
    let days = wish.window_days as usize;
    let mut daily: Vec<Option<f64>> = vec![None; days];
    for (at, value) in points {
        let back = usize::try_from((now.as_second() - at.as_second()).max(0) / DAY).unwrap_or(usize::MAX);
        if let Some(slot) = days.checked_sub(back + 1).and_then(|index| daily.get_mut(index)) {
            *slot =
                Some(slot.map_or(*value, |old| if wish.statistic == "Sum" { old + value } else { old.max(*value) }));
        }
    }
    let values = || points.iter().map(|(_, value)| *value);
    let sum: f64 = values().sum();
    let known = !points.is_empty();
    MetricReading {
        metric: format!("{} {}", wish.namespace, wish.metric),
        statistic: wish.statistic.clone(),
        window_days: wish.window_days,
        period_seconds: wish.period_seconds,
        datapoints: u32::try_from(points.len()).unwrap_or(u32::MAX),
        days_with_data: u32::try_from(daily.iter().flatten().count()).unwrap_or(u32::MAX),
        max: values().reduce(f64::max),
        sum: known.then_some(sum),
        mean: known.then(|| sum / points.len() as f64),
        last_nonzero_at: points.iter().filter(|(_, value)| *value != 0.0).map(|(at, _)| *at).max(),
        daily,
    }
}

async fn missed(cx: &Cx, batch: &[MetricWish], fault: &Fault, events: &mpsc::Sender<Event>) {
    for (kind, count) in kinds(batch) {
        let mut gap = fault.clone().into_gap(cx.account(), cx.region(), &kind);
        gap.detail = format!("metrics of {count} not read: {}", gap.detail);
        let _ = events.send(Event::Missed { gap }).await;
    }
}

async fn not_afforded(cx: &Cx, left_out: &[MetricWish], budget: Usd, events: &mpsc::Sender<Event>) {
    let mut by_region: BTreeMap<&Region, Vec<MetricWish>> = BTreeMap::new();
    for wish in left_out {
        by_region.entry(&wish.region).or_default().push(wish.clone());
    }
    for (region, wishes) in by_region {
        for (kind, count) in kinds(&wishes) {
            let detail = format!(
                "metrics of {count} not asked: ${} was left to spend; a --max-spend ${} higher asks them all",
                budget.exact(),
                metric::price(left_out.len()).exact()
            );
            let gap = Gap {
                account: cx.account().to_owned(),
                region: region.clone(),
                kind,
                action: "cloudwatch:GetMetricData".to_owned(),
                why: Why::NotScanned,
                detail,
            };
            let _ = events.send(Event::Missed { gap }).await;
        }
    }
}

/// Kinds in some wishes, with how many resources of each.
fn kinds(wishes: &[MetricWish]) -> BTreeMap<Kind, usize> {
    let mut seen: BTreeMap<Kind, std::collections::BTreeSet<&ResourceId>> = BTreeMap::new();
    for wish in wishes {
        seen.entry(wish.kind.clone()).or_default().insert(&wish.resource);
    }
    seen.into_iter().map(|(kind, resources)| (kind, resources.len())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(statistic: &str) -> MetricWish {
        MetricWish {
            resource: ResourceId::new("arn:aws:ec2:us-east-1:111122223333:instance/i-1"),
            kind: Kind::new("ec2:instance"),
            region: Region::new("us-east-1"),
            name: "cpu_max".to_owned(),
            namespace: "AWS/EC2".to_owned(),
            metric: "CPUUtilization".to_owned(),
            statistic: statistic.to_owned(),
            period_seconds: 86_400,
            window_days: 14,
            dimensions: Vec::new(),
        }
    }

    #[test]
    fn no_datapoints_is_no_data_and_not_zero() {
        let reading = reading(&wish("Maximum"), &[], Timestamp::UNIX_EPOCH);
        assert_eq!((reading.datapoints, reading.max, reading.sum), (0, None, None));
    }

    #[test]
    fn one_busy_hour_shows_in_the_maximum_and_in_its_day() {
        let now = Timestamp::from_second(14 * DAY).expect("a time");
        let at = |day: i64| Timestamp::from_second(day * DAY + 60).expect("a time");
        let points: Vec<_> = (0..14).map(|day| (at(day), if day == 3 { 97.0 } else { 0.5 })).collect();
        let reading = reading(&wish("Maximum"), &points, now);
        assert_eq!(reading.max, Some(97.0));
        assert_eq!(reading.days_with_data, 14);
        assert_eq!(reading.daily[3], Some(97.0));
    }
}
