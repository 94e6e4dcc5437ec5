//! Quotas of the seeded account: limits, and what is used of them against a count of the same account by other means.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::ops::RangeInclusive;
use std::process::{Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use serde_json::{Value, json};

use super::report::Gap;
use super::stop::wait_for;
use super::support::{self, Call, Emulator, Env, Proxy, python};

/// The regions the seed fills.
const REGIONS: &str = "us-east-1,us-west-2,eu-west-1";

/// A pass over the quotas of one region that lists little else.
const SMALL: &[&str] = &["quotas", "--format", "json", "--all", "--region", "us-east-1", "--kind", "ec2:vpc"];

/// Service, code and region.
type Key<'a> = (&'a str, &'a str, &'a str);

/// Quotas whose use is told otherwise than the account has it, each with the reason.
const UNEQUAL: &[(Key, &str)] = &[
    (("sns", "L-61103206", "us-east-1"), "the seed makes the metric of topics wrong on purpose"),
    (("ecs", "L-9EF96962", "eu-west-1"), "the emulator's clusters say that they have no services"),
];

/// Quotas whose use is not told though the account tells it, each with the reason.
const UNKNOWN: &[(Key, &str)] =
    &[(("ec2", "L-1216C47A", "eu-west-1"), "the emulator says of no instance how many vCPUs it has")];

#[derive(Debug, Deserialize)]
struct Quotas {
    quotas: Vec<Quota>,
    gaps: Vec<Gap>,
}

#[derive(Debug, Deserialize)]
struct Quota {
    service_code: String,
    quota_code: String,
    name: String,
    region: String,
    limit: f64,
    limit_source: String,
    default: Option<f64>,
    adjustable: bool,
    usage: Option<f64>,
    used_percent: Option<f64>,
    source: String,
    source_detail: String,
    contradicted: Option<Value>,
    pending: Option<Value>,
    trend: Option<Value>,
    #[serde(default)]
    trend_missing: String,
    exhausted_on: Option<String>,
}

impl Quota {
    fn key(&self) -> Key<'_> {
        (&self.service_code, &self.quota_code, &self.region)
    }
}

impl Quotas {
    #[track_caller]
    fn read(output: &Output) -> Quotas {
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 4)), "{:?}: {stderr}", output.status);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"))
    }

    #[track_caller]
    fn of(&self, key: Key<'_>) -> &Quota {
        self.quotas.iter().find(|quota| quota.key() == key).unwrap_or_else(|| panic!("no {key:?}"))
    }
}

/// The quotas of the seeded regions, read once, and how long that took.
fn whole() -> &'static (Quotas, Duration) {
    static WHOLE: OnceLock<(Quotas, Duration)> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let env = support::env(Emulator::seeded().emulator.endpoint());
        let began = Instant::now();
        let output = support::closeout(&["quotas", "--format", "json", "--all", "--region", REGIONS], &env);
        (Quotas::read(&output), began.elapsed())
    })
}

/// What `quota_truth.py` says.
#[derive(Deserialize)]
struct Counted {
    uses: Vec<Use>,
    unlisted: Vec<String>,
}

#[derive(Deserialize)]
struct Use {
    service: String,
    code: String,
    region: String,
    #[serde(rename = "use")]
    amount: f64,
    how: String,
}

#[track_caller]
fn counted() -> Counted {
    let mut command = python::program("quota_truth.py");
    command.args(["--endpoint", Emulator::seeded().emulator.endpoint(), "--region", REGIONS]);
    let output = command.output().expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("uses")
}

/// Prints a line for people: the test harness swallows what the printing macros print.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[test]
fn the_use_of_every_quota_is_what_the_account_has() {
    let (counted, (report, took)) = (counted(), whole());
    assert!(counted.unlisted.is_empty(), "{:?}", counted.unlisted);
    let truth: BTreeMap<Key<'_>, &Use> =
        counted.uses.iter().map(|one| ((&*one.service, &*one.code, &*one.region), one)).collect();
    let (mut unequal, mut unknown, mut unchecked) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let (mut equal, mut in_use, mut told) = (0, 0, 0);
    for quota in &report.quotas {
        let known = truth.get(&quota.key());
        match (quota.usage, known) {
            (None, None) => {}
            (None, Some(_)) => drop(unknown.insert(quota.key())),
            (Some(_), None) => unchecked.push(quota),
            (Some(usage), Some(known)) if (usage - known.amount).abs() < 1e-9 => {
                equal += 1;
                in_use += usize::from(usage > 0.0);
                told += usize::from(known.how == "told");
            }
            (Some(_), Some(_)) => drop(unequal.insert(quota.key())),
        }
    }
    let with_usage: Vec<_> = report.quotas.iter().filter(|quota| quota.usage.is_some()).collect();
    let codes: BTreeSet<_> = with_usage.iter().map(|quota| (&quota.service_code, &quota.quota_code)).collect();
    let services: BTreeSet<_> = codes.iter().map(|(service, _)| service).collect();
    say(&format!(
        "accuracy of use: {equal} of {} quotas equal, {in_use} of them in use, {told} only the service itself tells; \
         {} differ and {} are unknown as is known; {} quotas of {} services in 3 regions, {} listed in all, {:.1} s",
        with_usage.len(),
        UNEQUAL.len(),
        UNKNOWN.len(),
        codes.len(),
        services.len(),
        report.quotas.len(),
        took.as_secs_f64(),
    ));
    assert!(unchecked.is_empty(), "nobody else counts {unchecked:?}");
    let keys = |list: &[(Key<'static>, &str)]| list.iter().map(|(key, _)| *key).collect::<BTreeSet<_>>();
    assert_eq!(unequal, keys(UNEQUAL), "use that differs from the account's");
    assert_eq!(unknown, keys(UNKNOWN), "use that is not told");
    assert!(codes.len() >= 40 && in_use >= 40, "{} quotas, {in_use} in use", codes.len());
}

#[test]
fn each_sort_of_source_is_used_and_what_has_none_has_no_use() {
    let (report, _) = whole();
    let by: BTreeMap<&str, usize> = report.quotas.iter().fold(BTreeMap::new(), |mut by, quota| {
        *by.entry(&*quota.source).or_default() += 1;
        by
    });
    say(&format!("sources of use: {by:?}"));
    assert_eq!(by.keys().copied().collect::<Vec<_>>(), ["call", "metric", "none", "scan"]);
    for quota in &report.quotas {
        assert_eq!(quota.usage.is_none(), quota.source == "none", "{quota:?}");
        assert_eq!(quota.usage.is_none(), quota.used_percent.is_none(), "{quota:?}");
    }
    let sourceless = report.of(("kinesis", "L-62F8A3AC", "us-east-1"));
    assert_eq!((sourceless.usage, sourceless.used_percent, sourceless.limit), (None, None, 6.0));
    let silent = report.of(("lambda", "L-B99A9384", "us-east-1"));
    assert_eq!((silent.usage, &*silent.source_detail), (None, "its metric has no data for a day"));
    let in_flight = report.of(("sqs", "sqs-in-flight-standard", "us-east-1"));
    assert_eq!((in_flight.limit, &*in_flight.limit_source, &*in_flight.source), (120_000.0, "catalogue", "scan"));
    assert!(!in_flight.adjustable && in_flight.usage.is_some());
}

#[test]
fn a_metric_that_contradicts_the_count_is_told_with_it() {
    let (report, _) = whole();
    let topics = report.of(("sns", "L-61103206", "us-east-1"));
    assert_eq!((topics.usage, &*topics.source), (Some(40.0), "metric"));
    let other = topics.contradicted.as_ref().expect("a contradiction");
    assert_eq!((&other["source"], &other["usage"]), (&json!("scan"), &json!(1.0)));
    // What services say of themselves is made up for them where the emulator lacks the call, so it may differ too.
    let by_call = |quota: &&Quota| quota.contradicted.as_ref().is_some_and(|other| other["source"] == "call");
    let contradicted = report.quotas.iter().filter(|quota| quota.contradicted.is_some());
    let listed: Vec<_> = contradicted.filter(|quota| !by_call(quota)).map(Quota::key).collect();
    assert_eq!(listed, [topics.key()], "a metric that says what was counted contradicts nothing");
    assert!(report.quotas.iter().filter(by_call).count() > 0);
}

/// The dates of days ago, in UTC.
fn days_ago(days: RangeInclusive<i64>) -> Vec<String> {
    let date =
        |day: i64| Timestamp::from_second(Timestamp::now().as_second() - day * 86_400).expect("a time").to_string();
    days.map(|day| date(day)[..10].to_owned()).collect()
}

#[test]
fn growth_leads_to_a_day_and_what_stands_still_or_jumped_does_not() {
    let (report, _) = whole();
    let growing = report.of(("ec2", "L-1216C47A", "us-east-1"));
    let trend = growing.trend.as_ref().expect("a trend");
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{trend}"));
    // From 4 to 8 vCPUs in 89 days.
    let (pace, full) = (number(&trend["per_week"]), &trend["to_exhaustion"]);
    assert!((pace - 28.0 / 89.0).abs() < 0.02, "{trend}");
    let [earliest, likely, latest] = ["earliest", "likely", "latest"].map(|which| number(&full[which]));
    assert!(0.0 < earliest && earliest < likely && likely < latest, "{trend}");
    let left = growing.limit - growing.usage.expect("a use");
    assert!((left / pace * 7.0 - likely).abs() < 0.1, "{trend}");
    assert!((earliest..=latest).contains(&(left / (28.0 / 89.0) * 7.0)), "the true day is in the range: {trend}");
    let date = growing.exhausted_on.as_deref().expect("a day");
    let ahead = days_ago(-likely as i64 - 1..=1 - likely as i64);
    assert!(ahead.iter().any(|day| day == date), "{date}, not one of {ahead:?}");
    say(&format!("trend: {} vCPUs left of {}, {trend}, full on {date}", left, growing.limit));

    let flat = report.of(("ebs", "L-309BACF6", "us-east-1"));
    let trend = flat.trend.as_ref().expect("a trend");
    assert_eq!((number(&trend["per_week"]), trend.get("to_exhaustion"), &flat.exhausted_on), (0.0, None, &None));

    let step = report.of(("dynamodb", "L-34F6A552", "us-east-1"));
    assert_eq!((step.usage, &*step.source, &step.trend, &step.exhausted_on), (Some(50.0), "metric", &None, &None));
    let said = days_ago(28..=31).into_iter().map(|day| format!("it rose in one step on {day}"));
    assert!(said.into_iter().any(|said| step.trend_missing == said), "{}", step.trend_missing);
}

#[test]
fn an_increase_that_is_asked_for_is_told() {
    let (report, _) = whole();
    let vpcs = report.of(("vpc", "L-F678F1CE", "us-east-1")).pending.as_ref().expect("a request");
    assert_eq!((&vpcs["desired"], &vpcs["status"]), (&json!(20.0), &json!("CASE_OPENED")));
    let gateways = report.of(("vpc", "L-A4707A72", "us-east-1"));
    assert_eq!(gateways.pending, None);
}

#[test]
fn limits_that_may_not_be_read_are_those_of_the_catalogue_and_a_gap_says_so() {
    let proxy = Proxy::start(&Emulator::seeded().emulator, &json!([{"service": "servicequotas", "fault": "denied"}]));
    let report = Quotas::read(&support::closeout(SMALL, &support::env(proxy.endpoint())));
    let vpcs = report.of(("vpc", "L-F678F1CE", "us-east-1"));
    assert_eq!((vpcs.limit, &*vpcs.limit_source, vpcs.usage), (5.0, "catalogue", Some(2.0)));
    // This account may run 32; what every account gets is less.
    let standard = report.of(("ec2", "L-1216C47A", "us-east-1"));
    assert_eq!((standard.limit, &*standard.limit_source, &*standard.source), (5.0, "catalogue", "metric"));
    let from_aws: Vec<_> =
        report.quotas.iter().filter(|one| matches!(&*one.limit_source, "applied" | "default")).collect();
    assert!(from_aws.is_empty(), "{from_aws:?}");
    let gaps: Vec<&Gap> = report.gaps.iter().filter(|gap| gap.kind == "service-quotas:quota").collect();
    let named = |gap: &&&Gap| gap.why == "denied" && gap.detail.contains("are those of every account on 20");
    let gap = gaps.iter().find(named).unwrap_or_else(|| panic!("{gaps:?}"));
    assert!(gap.action.starts_with("servicequotas:") && gap.detail.contains("vpc"), "{gap:?}");
    assert_eq!(gap.scope.region, "us-east-1");
}

fn listings(calls: &[Call]) -> usize {
    calls.iter().filter(|call| call.service == "servicequotas" && call.operation.starts_with("List")).count()
}

/// Begins a pass whose lists come slowly, and stops it once so many came. Gives its exit status.
#[track_caller]
fn stopped_after(lists: usize, proxy: &Proxy, env: &Env) -> Option<i32> {
    proxy.rules(&json!([{"service": "servicequotas", "latency_ms": 250}]));
    let err = File::create(env.home().join("err")).expect("a file");
    let mut command = env.command();
    command.args(SMALL).stdin(Stdio::null()).stdout(Stdio::null()).stderr(err);
    let mut child = command.spawn().expect("closeout starts");
    wait_for("the middle of the pass", || listings(&proxy.calls()) >= lists);
    kill_process(Pid::from_child(&child), Signal::INT).expect("the signal is sent");
    let mut status = None;
    wait_for("the end of the pass", || {
        status = child.try_wait().expect("the state of closeout");
        status.is_some()
    });
    proxy.rules(&json!([]));
    status.and_then(|status| status.code())
}

#[test]
fn a_pass_that_was_stopped_goes_on_where_it_was() {
    let proxy = Proxy::start(&Emulator::seeded().emulator, &json!([]));
    let env = support::env(proxy.endpoint());
    let status = stopped_after(40, &proxy, &env);
    assert_eq!(status, Some(4), "it says that it is not whole");
    let stopped = listings(&proxy.calls());
    let goes_on = Quotas::read(&support::closeout(SMALL, &env));
    let second = listings(&proxy.calls()) - stopped;
    // Once a pass has come to its end, the next one lists everything anew.
    let anew = Quotas::read(&support::closeout(SMALL, &env));
    let full = listings(&proxy.calls()) - stopped - second;
    say(&format!("a stopped pass: {stopped} lists, {second} to go on, {full} for a whole pass"));
    assert!(stopped < full && second < full, "{stopped} and {second} of {full}");
    assert!(second <= full - stopped + 12, "no more than was under way is listed twice: {stopped}, {second}, {full}");
    let limits = |report: &Quotas| -> Vec<_> {
        let told = |one: &Quota| (format!("{:?}", one.key()), one.name.clone(), one.limit, one.default);
        report.quotas.iter().map(told).collect()
    };
    assert_eq!(limits(&goes_on), limits(&anew), "it says what a whole pass says");
}
