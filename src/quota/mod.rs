//! Service quotas and what is used of them.
//!
//! - [`need`]: what is planned, against what is left
//! - [`leftovers`]: what of a quota is used up by what a rule calls left over
//! - [`listing`]: limits, from Service Quotas
//! - [`catalogue`]: limits and metrics known without asking, from `rules/quotas/catalogue.csv`
//! - [`calls`]: limits and use, from calls in which services tell their own figures; [`figures`] reads their answers
//! - [`rows`]: what counts against which quota, from `rules/quotas/`
//! - [`usage`]: read off the quota's own metric, or counted over what the scan listed
//! - [`sources`]: which quotas have which source of use

mod calls;
mod catalogue;
mod figures;
mod leftovers;
mod listing;
pub mod need;
#[cfg(test)]
mod precedence;
mod rows;
mod sources;
mod usage;

use futures_util::future::join_all;
use tokio::sync::mpsc::Sender;

use crate::aws::{Cx, Fault, metric};
use crate::model::{Contradiction, Event, Kind, Quota, Region, UsageSource, Why};

pub use calls::{AccountCall, CALLS, Told};
pub use catalogue::{Entry, entries, entry, is_aws_code};
pub use leftovers::{Freed, freed};
pub use listing::{Extent, Listing, RawQuota, UsageMetric, list};
pub use rows::{Row, Test, rows};
pub use sources::{Source, Sourced, sources};
pub use usage::{Seen, Usage, from_metric, from_scan, metric_queries};

/// IAM actions used here.
pub const ACTIONS: &[&str] = &[
    listing::APPLIED,
    listing::DEFAULTS,
    METRICS,
    "autoscaling:DescribeAccountLimits",
    "cloudformation:DescribeAccountLimits",
    "dms:DescribeAccountAttributes",
    "dynamodb:DescribeLimits",
    "iam:GetAccountSummary",
    "kinesis:DescribeLimits",
    "lambda:GetAccountSettings",
    "rds:DescribeAccountAttributes",
    "route53:GetAccountLimit",
    "ses:GetAccount",
];

const METRICS: &str = "cloudwatch:GetMetricData";

/// Services whose quotas are read, by their codes at Service Quotas: those with rows, those whose quotas have
/// metrics, and those that tell their own figures.
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
    "iam",
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
    "ses",
    "sns",
    "sqs",
    "states",
    "transfer",
    "vpc",
    "workspaces",
];

/// Services that nearly every account uses: their quotas are read in each region, whatever was found there.
const EVERYWHERE: &[&str] =
    &["autoscaling", "ebs", "ec2", "elasticloadbalancing", "iam", "logs", "monitoring", "rds", "s3", "vpc"];

/// Services whose quotas say something in a region: the usual ones, and those of which something was found, or something
/// that counts against their quotas. Of the rest nothing is used that anybody could count, and Service Quotas allows few calls a second.
pub fn services_in(region: &Region, seen: &Seen<'_>) -> Vec<&'static str> {
    let is_used = |service: &str| {
        let rows = rows().iter().filter(|row| row.service == service);
        let counts = |row: &Row| seen.listed(&row.kind, region, row.everywhere).is_some_and(|all| !all.is_empty());
        seen.has_any_of(service, region) || rows.into_iter().any(counts)
    };
    SERVICES.iter().copied().filter(|service| EVERYWHERE.contains(service) || is_used(service)).collect()
}

/// Those of them that live in no region: Service Quotas knows them in the home region only.
const GLOBAL_SERVICES: &[&str] = &["cloudfront", "globalaccelerator", "iam", "route53"];

/// Services whose quotas are listed at the same time in a region, few because Service Quotas allows few calls a second.
const TOGETHER: usize = 3;

/// What a gap in the quotas is called.
pub const KIND: Kind = Kind::new("service-quotas:quota");

/// Reads the quotas of services in the context's region, tells each with its use, and each failure as a gap.
///
/// `allowance` is the most metrics that may be asked for, since CloudWatch charges for each
/// ([`metric::price`]); quotas beyond it stay without a figure, and a gap says so. Returns how many were asked for.
pub async fn read(cx: &Cx, services: &[&str], seen: &Seen<'_>, allowance: usize, events: &Sender<Event>) -> usize {
    let is_home = listing::is_home(cx);
    let services: Vec<&str> =
        services.iter().copied().filter(|service| is_home || !GLOBAL_SERVICES.contains(service)).collect();
    let mut drafts = Vec::new();
    let mut faults = Vec::new();
    for some in services.chunks(TOGETHER) {
        let listings = join_all(some.iter().map(|service| list(cx, service))).await;
        for (service, mut listed) in some.iter().zip(listings) {
            let is_counted = |raw: &RawQuota| Draft::of(raw.clone(), seen).counted.is_some();
            catalogue::fill(&mut listed, service, cx.endpoint_region(), is_home, is_counted);
            faults.extend(listed.faults.into_iter().map(|fault| (*service, fault)));
            drafts.extend(listed.quotas.into_iter().map(|raw| Draft::of(raw, seen)));
        }
    }
    let failed = calls::fill(cx, &services, &mut drafts, seen, &faults).await;
    faults.extend(failed);
    // A service that AWS does not offer in a region has no quota there that could be missed.
    faults.retain(|(_, fault)| fault.why != Why::NotOffered);
    for fault in gathered(faults) {
        tell_gap(cx, fault, events).await;
    }
    let asked = measure(cx, &mut drafts, allowance, events).await;
    for draft in drafts {
        tell(Event::QuotaRead { quota: draft.settled() }, events).await;
    }
    asked
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
            // Several calls of one service may fail alike.
            Some((_, services)) if services.contains(&service) => {}
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
        Draft { raw, counted, called: None, measured: Measured::NotAsked }
    }

    /// The quota with the first figure there is: its own metric's, what was counted, what the service says of itself.
    /// One that says something else is told beside it.
    fn settled(self) -> Quota {
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
        Quota { contradicted, ..quota.with_usage(usage.value, source, usage.detail) }
    }
}

/// Whether two figures of the same use cannot both be right: they are apart by more than a thing or two that came or
/// went between the two looks.
fn differ(one: f64, other: f64) -> bool {
    (one - other).abs() > (one.abs().max(other.abs()) * 0.05).max(1.0)
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
        let absent = || Fault::new(Why::NotOffered, listing::APPLIED, "no quotas here");
        let late = Fault::new(Why::TimedOut, listing::APPLIED, "no answer in time");
        let told = gathered(vec![("kendra", absent()), ("lambda", late), ("mq", absent()), ("mq", absent())]);
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

    #[test]
    fn a_service_that_tells_its_own_figures_is_read_where_something_of_it_was_found() {
        let function = serde_json::from_value(serde_json::json!({
            "arn": "arn:aws:lambda:eu-west-1:111122223333:function:a", "id": "a", "kind": "lambda:function",
            "account": "111122223333", "region": "eu-west-1"
        }))
        .expect("a resource");
        let seen = Seen::new([&function], [], true);
        assert!(services_in(&Region::new("eu-west-1"), &seen).contains(&"lambda"));
        assert_eq!(services_in(&Region::new("us-east-1"), &seen), EVERYWHERE);
    }

    #[test]
    fn services_of_no_region_are_among_those_that_are_read() {
        assert!(GLOBAL_SERVICES.iter().chain(EVERYWHERE).all(|service| SERVICES.contains(service)));
    }
}
