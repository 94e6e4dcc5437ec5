//! Calls in which services tell their own quotas, played as recordings are: right, empty, refused, garbled, and against
//! what Service Quotas says.

use closeout::model::{Event, Gap, LimitSource, Quota, Region, UsageSource, Why};
use closeout::quota::{self, CALLS, Seen};
use serde_json::{Value, json};

use super::play::context;
use super::recording::{Exchange, Recording};
use super::replay::{Replay, Trick};

/// Made up after AWS's models, as all recordings are.
const RECORDED: &str = include_str!("../fixtures/account-calls.json");

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
    serde_json::from_value(json!({ "ask": ask, "error": error, "message": message, "status": 403 }))
        .expect("an exchange")
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
        quota::read(&cx, &[service], &quota::Pass::unkept(), &seen, 0, &sender).await;
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

/// A whole answer to each call of a service.
fn recorded(service: &str) -> Vec<Exchange> {
    let all: Vec<Value> = serde_json::from_str(RECORDED).expect("JSON");
    let of_service = all.iter().filter(|one| one["service"] == service);
    of_service.map(|one| answer(one["ask"].as_str().unwrap_or_default(), one["answer"].clone())).collect()
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
    assert_eq!(
        users("L-804C8AE8", &read("ses", nothing_listed(), recorded("ses"), Trick::None)),
        (Some(1_234.0), 50_000.0)
    );
}

#[test]
fn an_answer_without_figures_is_a_gap_and_no_zero() {
    for (service, ask, empty) in [
        ("iam", "GetAccountSummary", form("GetAccountSummary", "<SummaryMap/>")),
        ("rds", "DescribeAccountAttributes", form("DescribeAccountAttributes", "<AccountQuotas/>")),
        ("kinesis", "DescribeLimits", json!({})),
    ] {
        let call = CALLS.iter().find(|call| call.service == service).expect("a call");
        let code = call.tells[0].code;
        let read = read(service, listed(service, code, 10.0), vec![answer(ask, empty)], Trick::None);
        assert_eq!((read.quota(code).usage, read.quota(code).source), (None, UsageSource::None), "{service}");
        assert_eq!(
            read.of(&call.call.action()).iter().map(|gap| gap.why).collect::<Vec<_>>(),
            [Why::Error],
            "{service}"
        );
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
