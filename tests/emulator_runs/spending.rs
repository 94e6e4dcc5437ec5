//! What asking costs, and who decides it.

use serde_json::json;

use super::runs::{disturbed, scan, undisturbed};
use super::support::{self, Call, Emulator, Proxy};

/// What bills for being asked, and is capped by --max-spend: the Cost Explorer, and CloudWatch for metrics. The first
/// million of CloudWatch's other requests in a month is free.
fn is_billed(call: &Call) -> bool {
    call.service == "ce" || (call.service == "monitoring" && call.operation == "GetMetricData")
}

/// What the requests to S3 cost at most, in dollars: they are counted, and no cap is laid on them.
fn spent_on_s3(calls: &[Call]) -> f64 {
    calls.iter().filter(|call| call.service == "s3").count() as f64 * 0.000_005
}

fn billed(calls: &[Call]) -> Vec<&str> {
    calls.iter().filter(|call| is_billed(call)).map(|call| call.service.as_str()).collect()
}

#[test]
fn a_scan_that_may_spend_nothing_asks_nothing_that_bills_and_names_what_it_left_out() {
    let (ran, calls) = disturbed(&json!([]), &[]);
    assert_eq!(billed(&calls), Vec::<&str>::new());
    let report = &ran.report;
    report.assert_honest(undisturbed());
    let spent: f64 = report.requests.billable_usd.parse().expect("dollars");
    assert!((spent - spent_on_s3(&calls)).abs() < 1e-9, "{spent}");
    assert!(report.bill.is_none());
    let left_out = |kind: &str| {
        let gap = report.gaps.iter().find(|gap| gap.kind == kind && gap.why == "not-scanned");
        gap.map(|gap| gap.action.as_str())
    };
    assert_eq!(left_out("cost-explorer:bill"), Some("ce:GetCostAndUsage"));
    assert_eq!(left_out("ec2:instance"), Some("cloudwatch:GetMetricData"));
    assert_eq!(left_out("service-quotas:quota"), Some("cloudwatch:GetMetricData"));
    assert_eq!(left_out("rule:idle-instance"), Some("judge"));
    assert_eq!(ran.status, 4);
    assert!(ran.stderr.contains("--max-spend 0"), "{}", ran.stderr);
}

#[test]
fn the_bill_is_paid_for_once_a_day() {
    let proxy = Proxy::start(&Emulator::seeded().emulator, &json!([]));
    let env = support::env(proxy.endpoint());
    let args = ["scan", "--format", "json", "--region", "us-east-1", "--kind", "logs:log-group"];
    let bills = || proxy.calls().iter().filter(|call| call.service == "ce").count();

    let first = scan(&args, &env);
    let asked = bills();
    assert!(asked > 0 && first.report.bill.is_some());
    let second = scan(&args, &env);
    assert_eq!(bills(), asked, "the second scan of the day asks nothing");
    assert_eq!(second.report.bill, first.report.bill);
    assert!(second.stderr.contains("today's bill is at hand"), "{}", second.stderr);

    let free = scan(&[&args[..], &["--max-spend", "0"]].concat(), &env);
    assert_eq!(free.report.bill, first.report.bill, "what is at hand costs nothing");
    assert_eq!(bills(), asked);
}

#[test]
fn a_bill_says_what_asking_took_and_takes_nothing_the_second_time() {
    let proxy = Proxy::start(&Emulator::seeded().emulator, &json!([]));
    let env = support::env(proxy.endpoint());
    let args = ["bill", "--format", "json", "--region", "us-west-2", "--kind", "redshift"];
    let asked = || proxy.calls().iter().filter(|call| call.service == "ce").count() as u64;
    let bill = |args: &[&str]| {
        let output = support::closeout(args, &env);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let told: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        (told, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (first, said) = bill(&args);
    assert!(said.contains("Cost Explorer: 4 requests or more, $0.04"), "{said}");
    // What was refused for want of data is counted as sent, and costs nothing.
    assert_eq!(first["requests"]["by_service"]["ce"], asked());
    let usage = first["bill"]["usage_usd"].as_str().expect("usage").to_owned();
    let redshift = first["bill"]["lines"].as_array().expect("lines").iter();
    let at =
        redshift.clone().position(|line| line["usage_type"] == "USW2-Node:ra3.xlplus").expect("the cluster's line");
    assert_eq!(first["reconciliation"]["lines"][at]["unexplained_usd"], "0.00");
    let before = asked();
    let (second, said) = bill(&[&args[..], &["--by", "resource"]].concat());
    assert!(said.contains("today's bill is at hand"), "{said}");
    assert_eq!((asked(), second["bill"]["usage_usd"].as_str()), (before, Some(usage.as_str())));
    // Amounts after discounts were not asked for, so they are not at hand.
    let (net, _) = bill(&[&args[..], &["--view", "net-amortized"]].concat());
    assert!(asked() > before && net["bill"]["view"] == "net-amortized", "{}", net["bill"]["view"]);
}

#[test]
fn a_scan_never_spends_more_than_it_may() {
    let proxy = Proxy::start(&Emulator::seeded().emulator, &json!([]));
    let args = ["scan", "--format", "json", "--region", "us-east-1,eu-west-1", "--max-spend", "0.0001"];
    let ran = scan(&args, &support::env(proxy.endpoint()));
    let spent: f64 = ran.report.requests.billable_usd.parse().expect("dollars");
    let capped = spent - spent_on_s3(&proxy.calls());
    assert!(capped > 0.0 && capped <= 0.0001 + 1e-9, "{capped}");
    assert!(ran.report.bill.is_none(), "the bill would cost more");
}
