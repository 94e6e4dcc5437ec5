//! What AWS's own indexes have and no scanner lists.

use serde_json::{Value, json};

use super::report::Report;
use super::runs::{EVERYTHING, Ran, scan, with};
use super::support::{self, Emulator, Proxy};

/// What Resource Explorer has, besides what its operations need to lead there.
fn explorer(emulator: &Emulator) {
    let said = |operation: &str, body: Value| emulator.canned("resource-explorer-2", operation, None, &body);
    let index = |region: &str, sort: &str| {
        let arn = format!("arn:aws:resource-explorer-2:{region}:123456789012:index/i");
        json!({ "Region": region, "Arn": arn, "Type": sort })
    };
    said("POST /ListIndexes", json!({ "Indexes": [index("us-east-1", "LOCAL"), index("eu-west-1", "AGGREGATOR")] }));
    let view = "arn:aws:resource-explorer-2:eu-west-1:123456789012:view/all/v";
    emulator.canned("resource-explorer-2", "POST /GetDefaultView", Some("eu-west-1"), &json!({ "ViewArn": view }));
    let resource = |arn: &str, sort: &str, account: &str| {
        json!({ "Arn": arn, "OwningAccountId": account, "Region": "us-east-1", "ResourceType": sort,
            "LastReportedAt": "2026-11-20T08:00:00Z" })
    };
    let resources = [
        resource("arn:aws:braket:us-east-1:123456789012:job/j-1", "braket:job", "123456789012"),
        resource("arn:aws:ec2:us-east-1:123456789012:volume/vol-gone", "ec2:volume", "123456789012"),
        resource("arn:aws:braket:us-east-1:999999999999:job/j-2", "braket:job", "999999999999"),
    ];
    said("POST /ListResources", json!({ "Resources": resources, "ViewArn": view }));
}

/// One region, the kinds that are asked of it, and what a rule of the proxy does to them.
fn swept(rules: &Value, more: &[&str]) -> Ran {
    let emulator = Emulator::start();
    explorer(&emulator);
    let proxy = Proxy::start(&emulator, rules);
    let args = with(&with(EVERYTHING, &["--region", "us-east-1", "--max-spend", "0"]), more);
    scan(&args, &support::env(proxy.endpoint()))
}

fn unscanned(report: &Report) -> Vec<(&str, &str, u64)> {
    report.unscanned.iter().map(|row| (row.sort.as_str(), row.region.as_str(), row.resources)).collect()
}

#[test]
fn what_an_index_has_and_no_scanner_lists_is_shown_as_unscanned() {
    let ran = swept(&json!([]), &[]);
    assert_eq!(unscanned(&ran.report), [("braket:job", "us-east-1", 1)]);
    let found: Vec<_> = ran.report.resources.iter().filter(|resource| resource.kind == "unscanned").collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].arn, "arn:aws:braket:us-east-1:123456789012:job/j-1");
}

#[test]
fn a_resource_whose_scanner_was_refused_is_seen_by_the_index_all_the_same() {
    let ran = swept(&json!([{"service": "ec2", "operation": "DescribeVolumes", "fault": "denied"}]), &[]);
    assert_eq!(unscanned(&ran.report), [("braket:job", "us-east-1", 1), ("ec2:volume", "us-east-1", 1)]);
}

#[test]
fn an_index_that_may_not_be_read_is_a_gap_with_its_action() {
    let ran = swept(&json!([{"service": "tagging", "fault": "denied"}]), &[]);
    let gap = ran.report.gaps_of("us-east-1", "unscanned").next().expect("a gap");
    assert_eq!((gap.why.as_str(), gap.action.as_str()), ("denied", "tag:GetResources"));
    assert!(ran.report.unseen().contains(&("us-east-1".to_owned(), "unscanned".to_owned())));
    assert_eq!(unscanned(&ran.report), [("braket:job", "us-east-1", 1)], "Resource Explorer was asked");
}

#[test]
fn a_scan_of_some_kinds_does_not_ask_for_all_the_others() {
    let ran = swept(&json!([]), &["--kind", "ec2:volume"]);
    assert!(ran.report.unscanned.is_empty());
    assert!(ran.report.coverage.iter().all(|cell| cell.kind == "ec2:volume"));
}
