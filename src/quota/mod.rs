//! Service quotas and what is used of them.
//!
//! - [`need`]: what is planned, against what is left
//! - [`leftovers`]: what of a quota is used up by what a rule calls left over
//! - [`listing`]: limits, from Service Quotas
//! - [`services`]: whose quotas are read where
//! - [`draft`]: a quota on its way to being told: of several figures the first, the others beside it
//! - [`catalogue`]: limits and metrics known without asking, from `rules/quotas/catalogue.csv`
//! - [`calls`]: limits and use, from calls in which services tell their own figures; [`figures`] reads their answers
//! - [`rows`]: what counts against which quota, from `rules/quotas/`
//! - [`usage`]: read off the quota's own metric, or counted over what the scan listed
//! - [`sources`]: which quotas have which source of use
//! - [`history`]: what its use was, by its own metric or by earlier audits
//! - [`increases`]: higher values that were asked for and are not yet decided
//! - [`pass`]: a pass that was stopped goes on where it was
//! - [`trend`]: where a history leads, or why nothing is said about that

mod calls;
mod catalogue;
mod draft;
mod figures;
mod history;
mod increases;
mod leftovers;
mod listing;
pub mod need;
mod pass;
#[cfg(test)]
mod precedence;
mod rows;
mod services;
mod sources;
mod trend;
mod usage;

use futures_util::future::join_all;
use tokio::sync::mpsc::Sender;

use crate::aws::{Cx, Fault, metric};
use draft::{Draft, Measured, Past, wanting_history};

use crate::model::{Event, Kind, Why};

pub use calls::{AccountCall, CALLS, Told};
pub use catalogue::{Entry, entries, entry, is_aws_code};
pub use history::{Earlier, from_audits};
pub use leftovers::{Freed, freed};
pub use listing::{Extent, Listing, RawQuota, UsageMetric, list};
pub use pass::{Pass, ended};
pub use rows::{Row, Test, rows};
pub use services::{SERVICES, services_in};
pub use sources::{Source, Sourced, sources};
pub use usage::{Seen, Usage, from_metric, from_scan, metric_queries};

/// IAM actions used here.
pub const ACTIONS: &[&str] = &[
    listing::APPLIED,
    listing::DEFAULTS,
    increases::ACTION,
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
    let is_home = listing::is_home(cx);
    let services: Vec<&str> =
        services.iter().copied().filter(|service| is_home || !services::GLOBAL.contains(service)).collect();
    let mut drafts = Vec::new();
    let mut faults = Vec::new();
    for some in services.chunks(TOGETHER) {
        let listings = join_all(some.iter().map(|service| pass.list(cx, service))).await;
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
}
