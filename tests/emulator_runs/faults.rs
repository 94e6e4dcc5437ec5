//! What a scan makes of an AWS that misbehaves: it tries again, and what it could not read it names.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use super::report::{Report, Square};
use super::runs::{disturbed, undisturbed};
use super::support::{self, Call};

/// The squares of a service in a region.
fn squares(service: &str, region: &str) -> BTreeSet<Square> {
    let all = undisturbed().coverage.iter().map(|cell| cell.square());
    all.filter(|(place, kind)| place == region && kind.starts_with(&format!("{service}:"))).collect()
}

fn square(region: &str, kind: &str) -> BTreeSet<Square> {
    BTreeSet::from([(region.to_owned(), kind.to_owned())])
}

/// Exactly these squares are not seen, for this reason, and the rest is as in the undisturbed scan.
#[track_caller]
fn assert_unseen(report: &Report, squares: &BTreeSet<Square>, why: &str) {
    report.assert_honest(undisturbed());
    assert_eq!(&report.unseen(), squares);
    for (region, kind) in squares {
        let whys: Vec<_> = report.gaps_of(region, kind).map(|gap| (gap.why.as_str(), gap.detail.as_str())).collect();
        assert!(whys.iter().any(|(known, _)| *known == why), "{kind} in {region}: {whys:?}");
    }
}

fn faulted(calls: &[Call]) -> usize {
    calls.iter().filter(|call| call.fault.is_some()).count()
}

#[test]
fn a_scan_that_is_throttled_for_a_while_tries_again_and_misses_nothing() {
    let rules = json!([{"service": "ec2", "region": "eu-west-1", "fault": "throttle", "times": 10}]);
    let (ran, calls) = disturbed(&rules, &[]);
    assert_eq!(faulted(&calls), 10);
    ran.report.assert_honest(undisturbed());
    assert!(ran.report.unseen().is_empty(), "{:?}", ran.report.unseen());
    assert_eq!(ran.report.findings.len(), undisturbed().findings.len());
    assert!(ran.report.requests.retries >= 10, "{:?}", ran.report.requests);
    assert_eq!(ran.report.requests.total as usize, calls.len(), "every attempt is counted");
}

#[test]
fn a_service_that_keeps_throttling_is_named_as_throttled() {
    let rules = json!([{"service": "autoscaling", "region": "eu-west-1", "fault": "throttle"}]);
    let (ran, _) = disturbed(&rules, &[]);
    assert_unseen(&ran.report, &squares("autoscaling", "eu-west-1"), "throttled");
}

#[test]
fn a_service_that_answers_500_is_asked_again_and_then_named_in_that_region_only() {
    let rules = json!([{"service": "rds", "region": "eu-west-1", "fault": "error", "status": 500}]);
    let (ran, calls) = disturbed(&rules, &[]);
    assert_eq!(ran.status, 4);
    assert_unseen(&ran.report, &squares("rds", "eu-west-1"), "error");
    let listing = |call: &&Call| call.operation == "DescribeDBInstances" && call.region == "eu-west-1";
    let attempts: Vec<_> = calls.iter().filter(listing).filter_map(|call| call.attempt).collect();
    assert_eq!(attempts, [1, 2, 3, 4]);
    let details: Vec<_> = ran.report.gaps_of("eu-west-1", "rds:db").map(|gap| gap.detail.as_str()).collect();
    assert!(details.iter().any(|detail| detail.contains("internal error")), "{details:?}");
}

#[test]
fn a_connection_that_breaks_for_a_while_costs_only_another_try() {
    let rules = json!([{"service": "ec2", "region": "eu-west-1", "fault": "reset", "times": 6}]);
    let (ran, calls) = disturbed(&rules, &[]);
    assert_eq!(faulted(&calls), 6);
    ran.report.assert_honest(undisturbed());
    assert!(ran.report.unseen().is_empty(), "{:?}", ran.report.unseen());
    assert!(ran.report.requests.retries >= 6, "{:?}", ran.report.requests);
}

#[test]
fn a_connection_that_always_breaks_is_named_as_unreachable() {
    let rules = json!([{"service": "logs", "region": "us-east-1", "fault": "reset"}]);
    let (ran, _) = disturbed(&rules, &[]);
    assert_unseen(&ran.report, &squares("logs", "us-east-1"), "unreachable");
}

#[test]
fn an_answer_that_breaks_off_is_not_taken_for_a_short_list() {
    let rules = json!([
        {"service": "ec2", "operation": "DescribeVolumes", "region": "us-east-1", "fault": "truncate"},
        {"service": "rds", "operation": "DescribeDBInstances", "region": "us-east-1", "fault": "garbage"},
    ]);
    let (ran, _) = disturbed(&rules, &[]);
    let mut unread = square("us-east-1", "ec2:volume");
    unread.append(&mut square("us-east-1", "rds:db"));
    ran.report.assert_honest(undisturbed());
    assert_eq!(ran.report.unseen(), unread);
    for cell in ran.report.coverage.iter().filter(|cell| unread.contains(&cell.square())) {
        assert_eq!((cell.state.as_str(), cell.resources), ("missed", 0), "{cell:?}");
    }
    let volumes = |report: &Report| report.findings.iter().filter(|f| f.rule == "unattached-volume").count();
    assert!(volumes(&ran.report) < volumes(undisturbed()), "volumes of us-east-1 are not judged");
}

#[test]
fn a_denied_service_is_named_with_the_missing_action_and_changes_nothing_else() {
    let rules = json!([{"service": "rds", "region": "us-east-1", "fault": "denied"}]);
    let (ran, calls) = disturbed(&rules, &[]);
    assert_eq!(ran.status, 4);
    assert_unseen(&ran.report, &squares("rds", "us-east-1"), "denied");
    let policy = support::closeout(&["policy"], &support::env("http://127.0.0.1:9"));
    let policy = String::from_utf8(policy.stdout).expect("UTF-8");
    for (region, kind) in squares("rds", "us-east-1") {
        for gap in ran.report.gaps_of(&region, &kind) {
            assert!(gap.action.starts_with("rds:Describe") && policy.contains(&gap.action), "{gap:?}");
            assert!(gap.detail.contains(&gap.action) && gap.detail.contains("closeout policy"), "{gap:?}");
        }
    }
    let asked_twice = calls.iter().filter(|call| call.fault.is_some() && call.attempt != Some(1)).count();
    assert_eq!(asked_twice, 0, "a refusal is final");
}

#[test]
fn a_listing_that_is_denied_makes_no_finding_out_of_what_it_does_not_show() {
    // One listing in each region at a time: what other rules look things up in.
    let listings = ["DescribeInstances", "DescribeVolumes", "DescribeNetworkInterfaces", "DescribeImages"];
    for (index, operation) in listings.iter().enumerate() {
        let other = listings[(index + 1) % listings.len()];
        let rules = json!([
            {"service": "ec2", "operation": operation, "region": "us-east-1", "fault": "denied"},
            {"service": "ec2", "operation": other, "region": "eu-west-1", "fault": "denied"},
        ]);
        let (ran, _) = disturbed(&rules, &[]);
        ran.report.assert_honest(undisturbed());
        assert_eq!(ran.report.unseen().len(), 2, "{:?}", ran.report.unseen());
    }
}

#[test]
fn a_denied_detail_leaves_the_listing_whole() {
    let rules = json!([
        {"service": "ec2", "operation": "DescribeInstanceAttribute", "fault": "denied"},
        {"service": "elasticloadbalancing", "operation": "DescribeTags", "fault": "denied"},
    ]);
    let (ran, _) = disturbed(&rules, &[]);
    ran.report.assert_honest(undisturbed());
    assert!(!ran.report.unseen().is_empty());
    assert!(ran.report.coverage.iter().all(|cell| cell.is_listed()), "{:?}", ran.report.unseen());
}

#[test]
fn an_endpoint_that_never_answers_holds_up_nothing_but_its_own_cells() {
    let hang = json!([{"service": "elasticloadbalancing", "region": "eu-west-1", "fault": "hang", "seconds": 60}]);
    let (ran, _) = disturbed(&hang, &["--call-timeout", "1"]);
    assert!(ran.took < Duration::from_secs(40), "{:?}", ran.took);
    assert_unseen(&ran.report, &squares("elasticloadbalancing", "eu-west-1"), "timed-out");
}

#[test]
fn credentials_that_run_out_in_mid_scan_end_it_with_what_it_has() {
    let rules = json!([{"fault": "expired", "skip": 60}]);
    let (ran, calls) = disturbed(&rules, &[]);
    let report = &ran.report;
    assert_eq!(ran.status, 4);
    assert!(ran.took < Duration::from_secs(20), "{:?}", ran.took);
    report.assert_honest(undisturbed());
    assert!(!report.resources.is_empty(), "what was read is kept");
    assert!(report.coverage.iter().any(|cell| cell.state == "missed" && cell.why.as_deref() == Some("expired")));
    let detail = report.gaps.iter().find(|gap| gap.why == "expired").map_or("", |gap| gap.detail.as_str());
    assert!(detail.contains("log in again"), "{detail}");
    // Requests that were under way together may each hear of it; after that nobody asks any more.
    assert!(faulted(&calls) <= 40, "{} requests with expired credentials", faulted(&calls));
}
