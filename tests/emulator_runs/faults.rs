//! What a scan makes of an AWS that misbehaves: it tries again, and what it could not read it names.

use std::time::Duration;

use serde_json::json;

use super::report::Report;
use super::runs::{SMALL, assert_unseen, disturbed, faulted, scan, square, squares, undisturbed, with};
use super::support::{self, Call, Emulator, Proxy};

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
fn a_call_that_is_throttled_five_times_in_a_row_is_answered_the_sixth_time() {
    let rules = json!([
        {"service": "ec2", "operation": "DescribeInstances", "region": "eu-west-1", "fault": "throttle", "times": 5},
    ]);
    let (ran, calls) = disturbed(&rules, &[]);
    assert_eq!(faulted(&calls), 5);
    ran.report.assert_honest(undisturbed());
    assert!(ran.report.unseen().is_empty(), "{:?}", ran.report.unseen());
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
    assert_eq!(attempts, [1, 2, 3, 4, 5, 6]);
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
fn a_long_listing_is_read_page_by_page_and_never_passes_for_whole_without_its_last() {
    let emulator = Emulator::start();
    emulator.control("scale", &json!({"n": 1100, "region": "us-east-1", "kinds": ["volumes"]}));
    let proxy = Proxy::start(&emulator, &json!([]));
    let args = with(SMALL, &["--format", "json", "--inventory"]);
    let volumes = |report: &Report| (report.coverage[0].state.clone(), report.coverage[0].resources);

    let whole = scan(&args, &support::env(proxy.endpoint())).report;
    assert_eq!(volumes(&whole), ("seen".to_owned(), 1100));
    let pages = proxy.calls().iter().filter(|call| call.operation == "DescribeVolumes").count();
    assert!(pages > 1, "{pages} page");

    let last = json!({"operation": "DescribeVolumes", "fault": "denied", "skip": pages - 1});
    proxy.rules(&json!([last]));
    let cut = scan(&args, &support::env(proxy.endpoint())).report;
    let (state, count) = volumes(&cut);
    assert!(state == "cut" && 0 < count && count < 1100, "{state} {count}");
    cut.assert_honest(&whole);
}

#[test]
fn an_endpoint_that_never_answers_holds_up_nothing_but_its_own_cells() {
    let hang = json!([{"service": "elasticloadbalancing", "region": "eu-west-1", "fault": "hang", "seconds": 60}]);
    let (ran, _) = disturbed(&hang, &["--call-timeout", "1"]);
    assert!(ran.took < Duration::from_secs(40), "{:?}", ran.took);
    assert_unseen(&ran.report, &squares("elasticloadbalancing", "eu-west-1"), "timed-out");
}
