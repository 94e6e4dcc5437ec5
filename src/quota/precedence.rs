//! Of several sources of the same figure: which one is taken, and when the others are told.

use super::draft::{Draft, Measured, Past};
use super::usage::Usage;
use super::*;
use crate::model::{LimitSource, Quota, Region, UsageSource};

fn said(value: f64, by: &str) -> Usage {
    Usage { value, detail: by.to_owned() }
}

/// The quota of a draft with these figures of its metric, of what was counted, and of a call.
fn settled(measured: Measured, counted: Option<f64>, called: Option<f64>) -> Quota {
    let entry = entry("ec2", "L-0263D0A3").expect("EC2-VPC Elastic IPs");
    let raw = entry.with_limit(20.0, LimitSource::Applied, &Region::new("eu-west-1"));
    let counted = counted.map(|value| said(value, "counted"));
    let called = called.map(|value| said(value, "called"));
    let now = "2026-11-27T10:00:00Z".parse().expect("a literal time");
    Draft { raw, counted, called, measured, past: Past::None("") }.settled(now)
}

fn metric(value: f64) -> Measured {
    Measured::Usage(said(value, "measured"))
}

#[test]
fn the_first_source_that_answers_is_taken() {
    let source = |quota: Quota| (quota.usage, quota.source, quota.source_detail);
    let cases = [
        (settled(metric(12.0), Some(12.0), Some(12.0)), (Some(12.0), UsageSource::Metric, "measured")),
        (settled(Measured::NoData, Some(12.0), Some(12.0)), (Some(12.0), UsageSource::Scan, "counted")),
        (settled(Measured::NotAsked, None, Some(12.0)), (Some(12.0), UsageSource::Call, "called")),
        (settled(Measured::NotAsked, None, None), (None, UsageSource::None, "")),
        (settled(Measured::NoData, None, None), (None, UsageSource::None, "its metric has no data for a day")),
        (settled(metric(0.0), None, None), (Some(0.0), UsageSource::Metric, "measured")),
    ];
    for (quota, (usage, by, detail)) in cases {
        assert_eq!(source(quota), (usage, by, detail.to_owned()));
    }
}

#[test]
fn a_source_that_says_something_else_is_told_beside_the_one_that_is_taken() {
    let quota = settled(metric(12.0), Some(15.0), None);
    let other = quota.contradicted.expect("a count that contradicts");
    assert_eq!((quota.usage, other.source, other.usage), (Some(12.0), UsageSource::Scan, 15.0));
    let quota = settled(Measured::NoData, Some(15.0), Some(40.0));
    let other = quota.contradicted.expect("a call that contradicts");
    assert_eq!((quota.usage, other.source, other.detail.as_str()), (Some(15.0), UsageSource::Call, "called"));
    let quota = settled(metric(12.0), Some(12.0), Some(40.0));
    assert_eq!(quota.contradicted.map(|other| other.source), Some(UsageSource::Call), "the first that differs");
}

#[test]
fn what_comes_and_goes_between_two_looks_is_no_contradiction() {
    for (one, other) in [(12.0, 12.0), (12.0, 13.0), (0.0, 1.0), (1_000.0, 1_050.0)] {
        assert_eq!(settled(metric(one), Some(other), None).contradicted, None, "{one} and {other}");
    }
    for (one, other) in [(0.0, 2.0), (12.0, 14.0), (1_000.0, 1_060.0)] {
        assert!(settled(metric(one), Some(other), None).contradicted.is_some(), "{one} and {other}");
    }
}

#[test]
fn messages_in_flight_are_those_of_the_fullest_queue_of_a_sort_and_unknown_when_one_is() {
    use crate::model::{Cell, Resource};
    let queue = |name: &str, fifo: bool, in_flight: Option<f64>| -> Resource {
        serde_json::from_value(serde_json::json!({
            "arn": format!("arn:aws:sqs:eu-west-1:111122223333:{name}"), "id": name, "kind": "sqs:queue",
            "account": "111122223333", "region": "eu-west-1", "facts": { "fifo": fifo, "in_flight": in_flight }
        }))
        .expect("a resource")
    };
    let here = Region::new("eu-west-1");
    let used = |queues: &[Resource], code: &str| {
        let seen = Seen::new(queues, [Cell::new(here.clone(), Kind::new("sqs:queue"))], true);
        let raw = entry("sqs", code).expect("a built-in quota").with_limit(120_000.0, LimitSource::Catalogue, &here);
        let quota = Draft::of(raw, &seen).settled("2026-11-27T10:00:00Z".parse().expect("a literal time"));
        (quota.usage, quota.source)
    };
    let known = [queue("a", false, Some(90.0)), queue("b", false, Some(115_000.0)), queue("c.fifo", true, Some(7.0))];
    assert_eq!(used(&known, "sqs-in-flight-standard"), (Some(115_000.0), UsageSource::Scan));
    assert_eq!(used(&known, "sqs-in-flight-fifo"), (Some(7.0), UsageSource::Scan));
    let unread = [queue("a", false, Some(90.0)), queue("b", false, None)];
    assert_eq!(used(&unread, "sqs-in-flight-standard"), (None, UsageSource::None), "the other one may be full");
}
