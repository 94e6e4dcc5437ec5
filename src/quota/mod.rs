//! Service quotas and what is used of them.
//!
//! - [`need`]: what is planned, against what is left
//! - [`leftovers`]: what of a quota is used up by what a rule calls left over
//! - [`catalogue`]: limits, from Service Quotas
//! - [`rows`]: what counts against which quota, from `rules/quotas/`
//! - [`usage`]: counted over what the scan listed, else read off the quota's own metric

mod catalogue;
mod leftovers;
pub mod need;
mod rows;
mod usage;

use tokio::sync::mpsc::Sender;

use crate::aws::{Cx, Fault, metric};
use crate::model::{Event, Kind, Quota, UsageSource, Why};

pub use catalogue::{Catalogue, RawQuota, UsageMetric, list};
pub use leftovers::{Freed, freed};
pub use rows::{Row, Test, rows};
pub use usage::{Seen, Usage, from_metric, from_scan, metric_queries};

/// IAM actions used here.
pub const ACTIONS: &[&str] = &[catalogue::APPLIED, catalogue::DEFAULTS, METRICS];

const METRICS: &str = "cloudwatch:GetMetricData";

/// Services whose quotas are read, by their codes at Service Quotas.
pub const SERVICES: &[&str] =
    &["autoscaling", "ebs", "ec2", "elasticloadbalancing", "logs", "monitoring", "rds", "s3", "vpc"];

/// What a gap in the quotas is called.
pub const KIND: Kind = Kind::new("service-quotas:quota");

/// Reads the quotas of services in the context's region, tells each with its use, and each failure as a gap.
///
/// `allowance` is the most metrics that may be asked for, since CloudWatch charges for each
/// ([`metric::price`]); quotas beyond it stay without a figure, and a gap says so. Returns how many were asked for.
pub async fn read(cx: &Cx, services: &[&str], seen: &Seen<'_>, allowance: usize, events: &Sender<Event>) -> usize {
    let mut drafts = Vec::new();
    for service in services {
        let listed = list(cx, service).await;
        for fault in listed.faults {
            let detail = format!("{service}: {}", fault.detail);
            tell_gap(cx, Fault { detail, ..fault }, events).await;
        }
        drafts.extend(listed.quotas.into_iter().map(|raw| Draft::of(raw, seen)));
    }
    let asked = measure(cx, &mut drafts, allowance, events).await;
    for draft in drafts {
        tell(Event::QuotaRead { quota: draft.settled() }, events).await;
    }
    asked
}

/// A quota on its way to being told.
struct Draft {
    raw: RawQuota,
    counted: Option<Usage>,
    /// Whether the metric is the better source.
    metric_first: bool,
    measured: Measured,
}

enum Measured {
    NotAsked,
    NoData,
    Usage(Usage),
}

impl Draft {
    fn of(raw: RawQuota, seen: &Seen<'_>) -> Draft {
        let row = rows().iter().find(|row| row.service == raw.service_code && row.code == raw.quota_code);
        let counted = row.and_then(|row| from_scan(row, seen, &raw.region));
        Draft { metric_first: row.is_none_or(|row| row.fallback), raw, counted, measured: Measured::NotAsked }
    }

    /// Whether its metric, if any, has something to say that the count has not.
    fn wants_metric(&self) -> bool {
        self.raw.usage_metric.is_some() && (self.metric_first || self.counted.is_none())
    }

    fn settled(self) -> Quota {
        let quota = self.raw.quota();
        match (self.measured, self.counted) {
            (Measured::Usage(usage), _) => quota.with_usage(usage.value, UsageSource::Metric, usage.detail),
            (_, Some(usage)) => quota.with_usage(usage.value, UsageSource::Scan, usage.detail),
            (Measured::NoData, None) => Quota { source_detail: "its metric has no data for a day".to_owned(), ..quota },
            (Measured::NotAsked, None) => quota,
        }
    }
}

/// Asks for the metrics of the drafts that want one. Returns how many were asked for.
async fn measure(cx: &Cx, drafts: &mut [Draft], allowance: usize, events: &Sender<Event>) -> usize {
    let mut wanting: Vec<&mut Draft> = drafts.iter_mut().filter(|draft| draft.wants_metric()).collect();
    let left_out = wanting.len().saturating_sub(allowance);
    if left_out > 0 {
        wanting.truncate(allowance);
        let detail = format!("{left_out} quota metrics not read: over the spending cap");
        tell_gap(cx, Fault::new(Why::NotScanned, METRICS, detail), events).await;
    }
    let (places, queries): (Vec<_>, Vec<_>) =
        metric_queries(wanting.iter().map(|draft| &draft.raw)).into_iter().unzip();
    if queries.is_empty() {
        return 0;
    }
    match metric::get(cx, &queries, cx.now()).await {
        Ok(answers) => {
            for (place, points) in places.into_iter().zip(answers) {
                let draft = &mut wanting[place];
                draft.measured = from_metric(&draft.raw, &points).map_or(Measured::NoData, Measured::Usage);
            }
        }
        Err(fault) => tell_gap(cx, fault, events).await,
    }
    queries.len()
}

async fn tell_gap(cx: &Cx, fault: Fault, events: &Sender<Event>) {
    tell(Event::Missed { gap: fault.into_gap(cx.account(), cx.region(), &KIND) }, events).await;
}

async fn tell(event: Event, events: &Sender<Event>) {
    // A closed channel means the run is being torn down; there is nobody left to tell.
    let _ = events.send(event).await;
}
