//! Calls in which services tell their own quotas, played as recordings are: right, empty, refused, garbled, and against
//! what Service Quotas says.

use closeout::model::{Event, Gap, LimitSource, Quota, Region, UsageSource, Why};
use closeout::quota::{self, CALLS, Seen};
use serde_json::{Value, json};

use super::play::context;
use super::recording::{Exchange, Recording};
use super::replay::{Replay, Trick};

/// What came of reading the quotas of a service.
struct Read {
    quotas: Vec<Quota>,
    gaps: Vec<Gap>,
    exchanges: Vec<Value>,
}

impl Read {
    fn quota(&self, code: &str) -> &Quota {
        self.quotas.iter().find(|quota| quota.quota_code == code).unwrap_or_else(|| panic!("no {code}"))
    }

    /// Gaps that a call left.
    fn of(&self, action: &str) -> Vec<&Gap> {
        self.gaps.iter().filter(|gap| gap.action == action).collect()
    }
}

fn answer(ask: &str, answer: Value) -> Exchange {
    serde_json::from_value(json!({ "ask": ask, "answer": answer })).expect("an exchange")
}

fn refusal(ask: &str) -> Exchange {
    let (error, message) = ("AccessDeniedException", "not authorized");
    serde_json::from_value(json!({ "ask": ask, "error": error, "message": message, "status": 403 })).expect("an exchange")
}

const LISTS: [&str; 2] = ["ListServiceQuotas", "ListAWSDefaultServiceQuotas"];

/// Reads a service's quotas in the home region. No metric is asked for.
fn read(service: &str, lists: [Exchange; 2], calls: Vec<Exchange>, trick: Trick) -> Read {
    let mut exchanges = lists.to_vec();
    exchanges.extend(calls);
    let recording = Recording::of("service-quotas:quota", "us-east-1", exchanges);
    let replay = Replay::new(&recording, trick);
    let log = replay.seen.clone();
    let home = Region::new("us-east-1");
    let cx = context(replay, home.clone(), home);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let events = runtime.block_on(async {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(4_096);
        let seen = Seen::default();
        quota::read(&cx, &[service], &seen, 0, &sender).await;
        drop(sender);
        let mut events = Vec::new();
        while let Some(event) = receiver.recv().await {
            events.push(event);
        }
        events
    });
    let (mut quotas, mut gaps) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Event::QuotaRead { quota } => quotas.push(quota),
            Event::Missed { gap } => gaps.push(gap),
            _ => {}
        }
    }
    let exchanges = std::mem::take(&mut log.lock().expect("no panic while it is held").exchanges);
    Read { quotas, gaps, exchanges }
}

fn nothing_listed() -> [Exchange; 2] {
    LISTS.map(|ask| answer(ask, json!({ "Quotas": [] })))
}

fn listed(service: &str, code: &str, value: f64) -> [Exchange; 2] {
    let quota = json!({ "ServiceCode": service, "QuotaCode": code, "QuotaName": "As AWS names it", "Value": value,
        "Unit": "None", "Adjustable": true, "GlobalQuota": false });
    LISTS.map(|ask| answer(ask, json!({ "Quotas": [quota] })))
}

/// An answer of a service that is spoken to with forms.
fn form(operation: &str, inside: &str) -> Value {
    json!(format!("<{operation}Response><{operation}Result>{inside}</{operation}Result></{operation}Response>"))
}

fn account_quota(name: &str, used: u32, max: u32) -> String {
    let name = format!("<AccountQuotaName>{name}</AccountQuotaName>");
    format!("<AccountQuota>{name}<Used>{used}</Used><Max>{max}</Max></AccountQuota>")
}

fn summary(entries: &[(&str, u32)]) -> Value {
    let entry = |(key, value): &(&str, u32)| format!("<entry><key>{key}</key><value>{value}</value></entry>");
    let inside: String = entries.iter().map(entry).collect();
    form("GetAccountSummary", &format!("<SummaryMap>{inside}</SummaryMap>"))
}

fn account_limit(of: &str, used: u32, max: u32) -> Exchange {
    let limit = format!("<Limit><Type>{of}</Type><Value>{max}</Value></Limit>");
    let text = format!("<GetAccountLimitResponse>{limit}<Count>{used}</Count></GetAccountLimitResponse>");
    answer(&format!("GET /2013-04-01/accountlimit/{of}"), json!(text))
}

/// A whole answer to each call, by service.
fn recorded(service: &str) -> Vec<Exchange> {
    match service {
        "autoscaling" => {
            let groups = "<NumberOfAutoScalingGroups>12</NumberOfAutoScalingGroups><MaxNumberOfAutoScalingGroups>500</MaxNumberOfAutoScalingGroups>";
            let old = "<NumberOfLaunchConfigurations>3</NumberOfLaunchConfigurations><MaxNumberOfLaunchConfigurations>200</MaxNumberOfLaunchConfigurations>";
            vec![answer("DescribeAccountLimits", form("DescribeAccountLimits", &format!("{groups}{old}")))]
        }
        "cloudformation" => {
            let one = |name: &str, value: u32| format!("<member><Name>{name}</Name><Value>{value}</Value></member>");
            let inside = format!("{}{}", one("StackLimit", 2_000), one("StackOutputsLimit", 200));
            let inside = format!("<AccountLimits>{inside}</AccountLimits>");
            vec![answer("DescribeAccountLimits", form("DescribeAccountLimits", &inside))]
        }
        "dms" => {
            let one = |name: &str, used: u32, max: u32| json!({ "AccountQuotaName": name, "Used": used, "Max": max });
            let all = [one("ReplicationInstances", 1, 60), one("AllocatedStorage", 50, 30_000), one("Endpoints", 4, 1_000)];
            vec![answer("DescribeAccountAttributes", json!({ "AccountQuotas": all, "UniqueAccountIdentifier": "c1" }))]
        }
        "dynamodb" => {
            let limits = json!({ "AccountMaxReadCapacityUnits": 80000, "AccountMaxWriteCapacityUnits": 80000,
                "TableMaxReadCapacityUnits": 40000, "TableMaxWriteCapacityUnits": 40000 });
            vec![answer("DescribeLimits", limits)]
        }
        "iam" => {
            let all = [("Users", 32), ("UsersQuota", 5_000), ("Groups", 7), ("GroupsQuota", 300), ("Roles", 950),
                ("RolesQuota", 1_000), ("Policies", 80), ("PoliciesQuota", 1_500), ("InstanceProfiles", 9),
                ("InstanceProfilesQuota", 1_000), ("ServerCertificates", 0), ("ServerCertificatesQuota", 20),
                ("VersionsPerPolicyQuota", 5), ("AttachedPoliciesPerRoleQuota", 10)];
            vec![answer("GetAccountSummary", summary(&all))]
        }
        "kinesis" => {
            let limits = json!({ "ShardLimit": 500, "OpenShardCount": 42, "OnDemandStreamCount": 1,
                "OnDemandStreamCountLimit": 50 });
            vec![answer("DescribeLimits", limits)]
        }
        "lambda" => {
            let limit = json!({ "TotalCodeSize": 80530636800_u64, "CodeSizeUnzipped": 262144000,
                "ConcurrentExecutions": 1000 });
            let usage = json!({ "TotalCodeSize": 1610612736, "FunctionCount": 4 });
            vec![answer("GET /2016-08-19/account-settings", json!({ "AccountLimit": limit, "AccountUsage": usage }))]
        }
        "rds" => {
            let all = [account_quota("DBInstances", 3, 40), account_quota("DBParameterGroups", 0, 50),
                account_quota("ReadReplicasPerMaster", 2, 15)];
            let inside = format!("<AccountQuotas>{}</AccountQuotas>", all.concat());
            vec![answer("DescribeAccountAttributes", form("DescribeAccountAttributes", &inside))]
        }
        "route53" => [
            ("MAX_HOSTED_ZONES_BY_OWNER", 490, 500),
            ("MAX_HEALTH_CHECKS_BY_OWNER", 0, 200),
            ("MAX_REUSABLE_DELEGATION_SETS_BY_OWNER", 1, 100),
            ("MAX_TRAFFIC_POLICIES_BY_OWNER", 0, 50),
            ("MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER", 0, 5),
        ]
        .map(|(of, used, max)| account_limit(of, used, max))
        .to_vec(),
        "ses" => {
            let quota = json!({ "Max24HourSend": 50000.0, "MaxSendRate": 14.0, "SentLast24Hours": 1234.0 });
            vec![answer("GET /v2/email/account", json!({ "SendQuota": quota, "SendingEnabled": true }))]
        }
        other => panic!("no answer is recorded for {other}"),
    }
}

fn services() -> Vec<&'static str> {
    let mut services: Vec<&str> = CALLS.iter().map(|call| call.service).collect();
    services.dedup();
    services
}

/// What went over the wire for every call, for the check against the models.
pub fn exchanges() -> Vec<Value> {
    let read = |service: &&str| read(service, nothing_listed(), recorded(service), Trick::None).exchanges;
    services().iter().flat_map(read).collect()
}

#[test]
fn a_whole_answer_tells_use_and_value_of_what_nobody_listed() {
    for service in services() {
        let read = read(service, nothing_listed(), recorded(service), Trick::None);
        let calls: Vec<_> = CALLS.iter().filter(|call| call.service == service).collect();
        for call in &calls {
            assert!(read.of(&call.call.action()).is_empty(), "{service}: {:?}", read.gaps);
        }
        assert!(read.quotas.iter().any(|quota| quota.limit_source == LimitSource::Call), "{service}");
    }
    let users = |code: &str, quotas: &Read| (quotas.quota(code).usage, quotas.quota(code).limit);
    let iam = read("iam", nothing_listed(), recorded("iam"), Trick::None);
    assert_eq!((users("L-FE177D64", &iam), users("L-F55AF5E4", &iam)), ((Some(950.0), 1_000.0), (Some(32.0), 5_000.0)));
    assert_eq!(users("L-BF35879D", &iam), (Some(0.0), 20.0), "a zero that is told is a zero");
    assert!(iam.quota("L-FE177D64").region.is_global());
    assert_eq!(iam.quota("iam-versions-per-policy").limit_source, LimitSource::Call);
    let rds = read("rds", nothing_listed(), recorded("rds"), Trick::None);
    assert_eq!(users("L-7B6409FD", &rds), (Some(3.0), 40.0));
    assert_eq!(rds.quota("L-7B6409FD").source_detail, "rds:DescribeAccountAttributes DBInstances.Used");
    assert!(rds.quotas.iter().all(|quota| quota.quota_code != "L-9FA33840"), "option groups were not told");
    let zones = read("route53", nothing_listed(), recorded("route53"), Trick::None);
    assert_eq!(zones.quota("L-4EA4796A").used_percent, Some(98.0));
    assert_eq!(users("L-628D5A56", &zones), (Some(0.0), 5.0));
    assert_eq!(users("L-804C8AE8", &read("ses", nothing_listed(), recorded("ses"), Trick::None)), (Some(1_234.0), 50_000.0));
}

#[test]
fn an_answer_without_figures_is_a_gap_and_no_zero() {
    for (service, ask, empty) in [
        ("iam", "GetAccountSummary", summary(&[])),
        ("rds", "DescribeAccountAttributes", form("DescribeAccountAttributes", "<AccountQuotas/>")),
        ("kinesis", "DescribeLimits", json!({})),
    ] {
        let call = CALLS.iter().find(|call| call.service == service).expect("a call");
        let code = call.tells[0].code;
        let read = read(service, listed(service, code, 10.0), vec![answer(ask, empty)], Trick::None);
        assert_eq!((read.quota(code).usage, read.quota(code).source), (None, UsageSource::None), "{service}");
        assert_eq!(read.of(&call.call.action()).iter().map(|gap| gap.why).collect::<Vec<_>>(), [Why::Error], "{service}");
    }
}

#[test]
fn a_refused_call_is_a_gap_with_its_action_and_the_quota_stays() {
    for service in services() {
        let call = CALLS.iter().find(|call| call.service == service).expect("a call");
        let (code, ask) = (call.tells[0].code, recorded(service)[0].ask.clone());
        let read = read(service, listed(service, code, 10.0), recorded(service), Trick::Deny(ask));
        let why: Vec<_> = read.of(&call.call.action()).iter().map(|gap| gap.why).collect();
        assert_eq!(why, [Why::Denied], "{service}: {:?}", read.gaps);
        assert_eq!((read.quota(code).limit, read.quota(code).usage), (10.0, None), "{service}");
    }
}

#[test]
fn a_garbled_answer_is_a_gap_and_never_a_figure() {
    for service in services() {
        let call = CALLS.iter().find(|call| call.service == service).expect("a call");
        let code = call.tells[0].code;
        let mut garbled = recorded(service);
        let text = garbled[0].answer.as_str().map_or_else(|| garbled[0].answer.to_string(), str::to_owned);
        garbled[0].answer = json!(text[..text.len() / 2]);
        let read = read(service, listed(service, code, 10.0), garbled, Trick::None);
        let why: Vec<_> = read.of(&call.call.action()).iter().map(|gap| gap.why).collect();
        assert_eq!(why, [Why::Error], "{service}: {:?}", read.gaps);
        assert_eq!((read.quota(code).limit, read.quota(code).usage), (10.0, None), "{service}");
    }
}

#[test]
fn service_quotas_has_the_last_word_on_a_value_and_the_call_where_it_was_not_asked() {
    let said = read("kinesis", listed("kinesis", "L-0918CF54", 1_000.0), recorded("kinesis"), Trick::None);
    let shards = said.quota("L-0918CF54");
    assert_eq!((shards.limit, shards.limit_source, shards.usage), (1_000.0, LimitSource::Applied, Some(42.0)));
    assert_eq!(said.quotas.len(), 1, "not listed twice");
    let denied = read("kinesis", LISTS.map(refusal), recorded("kinesis"), Trick::None);
    let shards = denied.quota("L-0918CF54");
    assert_eq!((shards.limit, shards.limit_source, shards.usage), (500.0, LimitSource::Call, Some(42.0)));
    let [_, defaults] = listed("kinesis", "L-0918CF54", 200.0);
    let halfway = read("kinesis", [refusal(LISTS[0]), defaults], recorded("kinesis"), Trick::None);
    assert_eq!(halfway.quota("L-0918CF54").limit, 500.0, "a default is not this account's value");
}

#[test]
fn refused_lists_leave_gaps_that_name_the_day_of_the_values_shown() {
    let read = read("sns", LISTS.map(refusal), Vec::new(), Trick::None);
    let topics = read.quota("L-61103206");
    assert_eq!((topics.limit, topics.limit_source, topics.usage), (100_000.0, LimitSource::Catalogue, None));
    for action in ["servicequotas:ListServiceQuotas", "servicequotas:ListAWSDefaultServiceQuotas"] {
        let gaps = read.of(action);
        assert!(gaps.len() == 1 && gaps[0].why == Why::Denied && gaps[0].detail.contains("on 2026-11-22"), "{gaps:?}");
    }
}
