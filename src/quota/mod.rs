//! Service quotas and what is used of them.
//!
//! - [`need`]: what is planned, against what is left
//! - [`leftovers`]: what of a quota is used up by what a rule calls left over
//! - [`catalogue`]: limits, from Service Quotas
//! - [`history`]: what its use was, by its own metric or by earlier audits
//! - [`rows`]: what counts against which quota, from `rules/quotas/`
//! - [`usage`]: counted over what the scan listed, else read off the quota's own metric
//! - [`increases`]: higher values that were asked for and are not yet decided
//! - [`pass`]: a pass that was stopped goes on where it was
//! - [`trend`]: where a history leads, or why nothing is said about that

mod catalogue;
mod history;
mod increases;
mod leftovers;
pub mod need;
mod pass;
mod rows;
mod trend;
mod usage;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::sync::mpsc::Sender;

use crate::aws::metric::{MetricQuery, Points};
use crate::aws::{Cx, Fault, metric};
use crate::model::{Contradiction, Event, Kind, Quota, Region, UsageSource, Why};

pub use catalogue::{Catalogue, RawQuota, UsageMetric};
pub use history::{Earlier, from_audits};
pub use leftovers::{Freed, freed};
pub use pass::{Pass, ended};
pub use rows::{Row, Test, rows};
pub use usage::{Seen, Usage, from_metric, from_scan, metric_queries};

/// IAM actions used here.
pub const ACTIONS: &[&str] = &[catalogue::APPLIED, catalogue::DEFAULTS, increases::ACTION, METRICS];

const METRICS: &str = "cloudwatch:GetMetricData";

/// Services whose quotas are read, by their codes at Service Quotas: those with rows, and those whose quotas have
/// metrics.
pub const SERVICES: &[&str] = &[
    "acm",
    "airflow",
    "apigateway",
    "athena",
    "autoscaling",
    "backup",
    "cloudformation",
    "cloudfront",
    "codepipeline",
    "dms",
    "docdb",
    "ds",
    "dynamodb",
    "ebs",
    "ec2",
    "ecr",
    "ecs",
    "eks",
    "elasticache",
    "elasticbeanstalk",
    "elasticfilesystem",
    "elasticloadbalancing",
    "elasticmapreduce",
    "es",
    "events",
    "fargate",
    "firehose",
    "fsx",
    "globalaccelerator",
    "glue",
    "kafka",
    "kendra",
    "kinesis",
    "kms",
    "lambda",
    "lightsail",
    "logs",
    "memorydb",
    "monitoring",
    "mq",
    "neptune",
    "rds",
    "redshift",
    "route53",
    "route53resolver",
    "s3",
    "sagemaker",
    "secretsmanager",
    "sns",
    "states",
    "transfer",
    "vpc",
    "workspaces",
];

/// Services that nearly every account uses: their quotas are read in each region, whatever was found there.
const EVERYWHERE: &[&str] =
    &["autoscaling", "ebs", "ec2", "elasticloadbalancing", "logs", "monitoring", "rds", "s3", "vpc"];

/// Services whose quotas say something in a region: the usual ones, and those of which something was found that counts
/// against a quota. Of the rest nothing is used that anybody could count, and Service Quotas allows few calls a second.
pub fn services_in(region: &Region, seen: &Seen<'_>) -> Vec<&'static str> {
    let is_used = |service: &str| {
        let rows = rows().iter().filter(|row| row.service == service);
        rows.into_iter().any(|row| seen.listed(&row.kind, region, row.everywhere).is_some_and(|all| !all.is_empty()))
    };
    SERVICES.iter().copied().filter(|service| EVERYWHERE.contains(service) || is_used(service)).collect()
}

/// Those of them that live in no region: Service Quotas knows them in the home region only.
const GLOBAL_SERVICES: &[&str] = &["cloudfront", "globalaccelerator", "route53"];

/// Services whose quotas are listed at the same time in a region, few because Service Quotas allows few calls a second.
const TOGETHER: usize = 3;

/// What a gap in the quotas is called.
pub const KIND: Kind = Kind::QUOTA;

/// Reads the quotas of services in the context's region, tells each with its use, and each failure as a gap.
///
/// `allowance` is the most metrics that may be asked for, a history counting as one, since CloudWatch charges for each
/// ([`metric::price`]); quotas beyond it stay without a figure, and a gap says so. What `pass` had listed before it was
/// stopped is not listed again. Returns how many metrics were asked for.
pub async fn read(
    cx: &Cx,
    services: &[&str],
    pass: &Pass,
    seen: &Seen<'_>,
    allowance: usize,
    events: &Sender<Event>,
) -> usize {
    let is_home = cx.in_region(&Region::global()).endpoint_region() == cx.endpoint_region();
    let services: Vec<&str> =
        services.iter().copied().filter(|service| is_home || !GLOBAL_SERVICES.contains(service)).collect();
    let mut drafts = Vec::new();
    let mut faults = Vec::new();
    for some in services.chunks(TOGETHER) {
        let listings = join_all(some.iter().map(|service| pass.list(cx, service))).await;
        for (service, listed) in some.iter().zip(listings) {
            faults.extend(listed.faults.into_iter().map(|fault| (*service, fault)));
            drafts.extend(listed.quotas.into_iter().map(|raw| Draft::of(raw, seen)));
        }
    }
    // A service that AWS does not offer in a region has no quota there that could be missed.
    faults.retain(|(_, fault)| fault.why != Why::NotOffered);
    for fault in gathered(faults) {
        tell_gap(cx, fault, events).await;
    }
    note_increases(cx, &mut drafts, events).await;
    let asked = measure(cx, &mut drafts, allowance, events).await;
    let looked_back = look_back(cx, &mut drafts, allowance.saturating_sub(asked), events).await;
    for draft in drafts {
        tell(Event::QuotaRead { quota: draft.settled(cx.now()) }, events).await;
    }
    asked + looked_back
}

/// Faults of many services as one where they say the same: a service that a region lacks, or a call that is denied,
/// would else be a gap for each service. What is left names its services.
fn gathered(faults: Vec<(&str, Fault)>) -> Vec<Fault> {
    let mut alike: Vec<(Fault, Vec<&str>)> = Vec::new();
    for (service, fault) in faults {
        let same = |(one, _): &&mut (Fault, Vec<&str>)| {
            one.why == fault.why && one.action == fault.action && one.code == fault.code && one.detail == fault.detail
        };
        match alike.iter_mut().find(same) {
            Some((_, services)) => services.push(service),
            None => alike.push((fault, vec![service])),
        }
    }
    let named = |(fault, services): (Fault, Vec<&str>)| {
        let detail = format!("{}: {}", services.join(", "), fault.detail);
        Fault { detail, ..fault }
    };
    alike.into_iter().map(named).collect()
}

/// A quota on its way to being told.
struct Draft {
    raw: RawQuota,
    counted: Option<Usage>,
    called: Option<Usage>,
    measured: Measured,
    past: Past,
}

/// The history of a quota's metric.
enum Past {
    /// Not wanted, or not to be had: why, where that says something.
    None(&'static str),
    Points(Points),
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
        Draft { raw, counted, called: None, measured: Measured::NotAsked, past: Past::None("") }
    }

    /// Whether its metric tells of something in use, which a history might lead somewhere.
    fn is_used(&self) -> bool {
        self.raw.limit > 0.0 && matches!(&self.measured, Measured::Usage(usage) if usage.value > 0.0)
    }

    /// The quota with the first figure there is: its own metric's, what was counted, what the service says of itself.
    /// One that says something else is told beside it. The trend is that of its own metric.
    fn settled(self, now: Timestamp) -> Quota {
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

/// Notes at each quota the increase that was asked for.
async fn note_increases(cx: &Cx, drafts: &mut [Draft], events: &Sender<Event>) {
    if drafts.is_empty() {
        return;
    }
    match increases::open(cx).await {
        Ok(open) => {
            for draft in drafts {
                let code = (draft.raw.service_code.clone(), draft.raw.quota_code.clone());
                draft.raw.pending = open.get(&code).cloned();
            }
        }
        // Where there are no quotas there are no requests.
        Err(fault) if fault.why == Why::NotOffered => {}
        Err(fault) => tell_gap(cx, fault, events).await,
    }
}

/// Asks for the metrics of the drafts that want one. Returns how many were asked for.
async fn measure(cx: &Cx, drafts: &mut [Draft], allowance: usize, events: &Sender<Event>) -> usize {
    let mut wanting: Vec<&mut Draft> = drafts.iter_mut().filter(|draft| draft.raw.usage_metric.is_some()).collect();
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

/// Asks for the histories of the drafts that have one and of which something is used. Returns how many were asked for.
async fn look_back(cx: &Cx, drafts: &mut [Draft], allowance: usize, events: &Sender<Event>) -> usize {
    let (mut wanting, queries, left_out) = wanting_history(drafts, allowance);
    if left_out > 0 {
        let detail = format!("{left_out} quota histories not read: over the spending cap");
        tell_gap(cx, Fault::new(Why::NotScanned, METRICS, detail), events).await;
    }
    if queries.is_empty() {
        return 0;
    }
    match metric::get(cx, &queries, cx.now()).await {
        Ok(answers) => {
            for (draft, points) in wanting.iter_mut().zip(answers) {
                draft.past = Past::Points(points);
            }
        }
        Err(fault) => {
            wanting.iter_mut().for_each(|draft| draft.past = Past::None(history::UNREAD));
            tell_gap(cx, fault, events).await;
        }
    }
    queries.len()
}

/// The drafts whose histories are asked for with the questions, and how many are left out. Those left out, and those on
/// calls, are told why they will have no trend.
fn wanting_history(drafts: &mut [Draft], allowance: usize) -> (Vec<&mut Draft>, Vec<MetricQuery>, usize) {
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

async fn tell_gap(cx: &Cx, fault: Fault, events: &Sender<Event>) {
    tell(Event::Missed { gap: fault.into_gap(cx.account(), cx.region(), &KIND) }, events).await;
}

async fn tell(event: Event, events: &Sender<Event>) {
    // A closed channel means the run is being torn down; there is nobody left to tell.
    let _ = events.send(event).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_that_say_the_same_are_one() {
        let absent = || Fault::new(Why::NotOffered, catalogue::APPLIED, "no quotas here");
        let late = Fault::new(Why::TimedOut, catalogue::APPLIED, "no answer in time");
        let told = gathered(vec![("kendra", absent()), ("lambda", late), ("mq", absent())]);
        let details: Vec<_> = told.iter().map(|fault| fault.detail.as_str()).collect();
        assert_eq!(details, ["kendra, mq: no quotas here", "lambda: no answer in time"]);
    }

    #[test]
    fn quotas_are_read_of_what_is_used_in_a_region() {
        use crate::model::Cell;
        let cluster = serde_json::from_value(serde_json::json!({
            "arn": "arn:aws:kafka:eu-west-1:111122223333:cluster/a", "id": "a", "kind": "kafka:cluster",
            "account": "111122223333", "region": "eu-west-1"
        }))
        .expect("a resource");
        let cells = ["eu-west-1", "us-east-1"].map(|region| Cell::new(Region::new(region), Kind::new("kafka:cluster")));
        let seen = Seen::new([&cluster], cells, true);
        assert!(services_in(&Region::new("eu-west-1"), &seen).contains(&"kafka"));
        assert_eq!(services_in(&Region::new("us-east-1"), &seen), EVERYWHERE);
    }

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

    #[test]
    fn services_of_no_region_are_among_those_that_are_read() {
        assert!(GLOBAL_SERVICES.iter().chain(EVERYWHERE).all(|service| SERVICES.contains(service)));
    }
}
