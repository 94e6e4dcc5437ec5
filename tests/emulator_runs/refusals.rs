//! What a scan makes of an AWS that refuses: it does not insist, it says what is missing, and it takes nothing it was
//! not shown for absent.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use super::report::Square;
use super::runs::{assert_unseen, disturbed, faulted, square, squares, undisturbed};
use super::support;

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
fn a_listing_of_which_one_part_is_denied_is_not_called_complete() {
    let rules = json!([
        {"service": "s3", "operation": "GET /prod-lake*", "query": "uploads*", "fault": "denied"},
        {"service": "rds", "operation": "DescribeDBClusterAutomatedBackups", "region": "eu-west-1", "fault": "denied"},
    ]);
    let (ran, _) = disturbed(&rules, &[]);
    let mut unread = square("global", "s3:multipart-upload");
    unread.append(&mut square("eu-west-1", "rds:auto-backup"));
    assert_unseen(&ran.report, &unread, "denied");
    assert!(!ran.report.coverage.iter().any(|cell| unread.contains(&cell.square()) && cell.is_listed()));
    let uploads: Vec<_> = ran.report.gaps_of("global", "s3:multipart-upload").collect();
    assert_eq!(uploads.len(), 1, "{uploads:?}");
    assert_eq!(uploads[0].action, "s3:ListBucketMultipartUploads");
    assert!(uploads[0].detail.starts_with("prod-lake-"), "the bucket is named: {}", uploads[0].detail);
}

#[test]
fn a_listing_that_breaks_off_keeps_what_it_has_and_is_called_cut() {
    let rules = json!([{
        "service": "rds", "operation": "DescribeDBSnapshots", "region": "us-east-1", "fault": "denied", "skip": 1,
    }]);
    let (ran, _) = disturbed(&rules, &[]);
    assert_unseen(&ran.report, &square("us-east-1", "rds:snapshot"), "denied");
    let cut = ran.report.coverage.iter().find(|cell| cell.state == "cut");
    assert!(cut.is_some_and(|cell| cell.resources > 0), "{cut:?}");
}

#[test]
fn a_region_that_is_not_switched_on_is_told_at_once() {
    let (ran, calls) = disturbed(&json!([{"region": "eu-west-1", "fault": "optin"}]), &[]);
    let all = undisturbed().coverage.iter().map(|cell| cell.square());
    let of_region: BTreeSet<Square> = all.filter(|(region, _)| region == "eu-west-1").collect();
    ran.report.assert_honest(undisturbed());
    assert!(ran.report.unseen().is_superset(&of_region));
    for (region, kind) in &of_region {
        assert!(ran.report.gaps_of(region, kind).all(|gap| gap.why == "disabled"), "{kind}");
    }
    assert!(!calls.iter().any(|call| call.fault.is_some() && call.attempt != Some(1)), "a refusal is final");
}

#[test]
fn what_may_be_kept_by_a_tag_nobody_could_read_is_no_open_finding() {
    let rules = json!([{"service": "s3", "query": "tagging*", "fault": "denied"}]);
    let (ran, _) = disturbed(&rules, &[]);
    ran.report.assert_honest(undisturbed());
    let buckets: Vec<_> = ran.report.findings.iter().filter(|finding| finding.resource.kind == "s3:bucket").collect();
    assert!(buckets.len() > 1, "{} findings", buckets.len());
    assert!(buckets.iter().all(|finding| !finding.is_open()), "a bucket counts as waste although its tags are unread");
}

#[test]
fn an_account_that_may_not_be_read_at_all_is_a_report_of_gaps_and_not_of_an_empty_account() {
    // Everything but STS.
    let rules = json!([
        {"service": "[!s]*", "fault": "denied"},
        {"service": "s[!t]*", "fault": "denied"},
        {"service": "st[!s]*", "fault": "denied"},
    ]);
    let (ran, _) = disturbed(&rules, &[]);
    assert_eq!(ran.status, 4);
    ran.report.assert_honest(undisturbed());
    assert_eq!(ran.report.unseen().len(), undisturbed().coverage.len());
    assert!(ran.report.resources.is_empty() && ran.report.findings.is_empty());
    assert_eq!(ran.report.summary.score, None, "nothing seen is no tidy account");
}

#[test]
fn credentials_that_run_out_in_mid_scan_end_it_with_what_it_has() {
    let (ran, calls) = disturbed(&json!([{"fault": "expired", "skip": 60}]), &[]);
    let report = &ran.report;
    assert_eq!(ran.status, 4);
    assert!(ran.took < Duration::from_secs(20), "{:?}", ran.took);
    report.assert_honest(undisturbed());
    assert!(!report.resources.is_empty(), "what was read is kept");
    assert!(report.coverage.iter().any(|cell| cell.state == "missed" && cell.why.as_deref() == Some("expired")));
    let mut expired = report.gaps.iter().filter(|gap| gap.why == "expired");
    assert!(expired.any(|gap| gap.detail.contains("log in again")), "{:?}", report.gaps);
    // Requests that were under way together may each hear of it; after that nobody asks any more.
    assert!(faulted(&calls) <= 40, "{} requests with expired credentials", faulted(&calls));
}

#[test]
fn it_does_not_matter_when_the_credentials_run_out() {
    // Right after the session was opened, among the details, and when everything is listed.
    for skip in [5, 20, 40, 90, 130] {
        let (ran, _) = disturbed(&json!([{"fault": "expired", "skip": skip}]), &[]);
        ran.report.assert_honest(undisturbed());
        assert!(ran.report.gaps.iter().any(|gap| gap.why == "expired"), "after {skip} requests");
    }
}
