//! The test support itself: the emulator starts, holds what the seed says, and the proxy breaks what it is told to.

mod support;

use std::time::Duration;

use serde_json::json;
use support::{Emulator, Proxy, http};

#[test]
fn the_emulator_answers_its_health_path() {
    let answer = Emulator::seeded().emulator.get("/_testbed/health").unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["ok"], true);
}

#[test]
fn the_seed_leaves_out_only_what_the_emulator_lacks() {
    let truth = &Emulator::seeded().truth;
    let skipped: Vec<&str> = truth.skipped.iter().map(|skipped| skipped.step.as_str()).collect();
    assert_eq!(skipped, ["mwaa:environment lab-mwaa"], "{:?}", truth.skipped);
    assert_eq!((truth.counts.total, truth.counts.leftover, truth.counts.types), (167, 115, 62));
    assert_eq!(truth.resources.len(), truth.counts.total);
    assert!(truth.of("ec2:nat-gateway").any(|row| row.is_leftover && row.region == "us-west-2"));
}

#[test]
fn the_seeded_account_is_reached_by_its_number() {
    let seeded = Emulator::seeded();
    let volume = &seeded.truth.of("ec2:volume").find(|row| row.region == "us-east-1").unwrap().id;
    let describe =
        |account| http::ec2(seeded.emulator.endpoint(), account, "us-east-1", "DescribeVolumes").unwrap().body;
    assert!(describe(Emulator::ACCOUNT).contains(volume));
    assert!(!describe(Emulator::DEMO_ACCOUNT).contains(volume));
}

#[test]
fn a_canned_answer_takes_the_place_of_a_missing_operation() {
    let emulator = Emulator::start();
    let ask = |region| http::ec2(emulator.endpoint(), Emulator::ACCOUNT, region, "DescribeReservedInstances").unwrap();
    let missing = ask("us-east-1");
    assert_eq!((missing.status, missing.header("x-testbed-unimplemented")), (400, Some("1")));

    emulator.canned("ec2", "DescribeReservedInstances", Some("us-east-1"), &json!("<Answer/>"));
    let canned = ask("us-east-1");
    assert_eq!((canned.status, canned.body.as_str()), (200, "<Answer/>"));
    assert_eq!(ask("eu-west-1").status, 400, "another region is left alone");
}

#[test]
fn the_proxy_breaks_one_operation_and_logs_every_call() {
    let emulator = &Emulator::seeded().emulator;
    let rules = json!([{"service": "ec2", "operation": "DescribeVolumes", "fault": "error", "status": 500}]);
    let proxy = Proxy::start(emulator, &rules);
    let ask = |operation| http::ec2(proxy.endpoint(), Emulator::ACCOUNT, "us-east-1", operation).unwrap();

    let broken = ask("DescribeVolumes");
    assert_eq!(broken.status, 500);
    assert!(broken.body.contains("<Code>InternalError</Code>"), "{}", broken.body);
    assert_eq!(ask("DescribeRegions").status, 200);
    proxy.rules(&json!([]));
    assert_eq!(ask("DescribeVolumes").status, 200);

    let calls = proxy.calls();
    let seen: Vec<_> = calls.iter().map(|c| (c.operation.as_str(), c.status, c.fault.as_deref())).collect();
    assert_eq!(
        seen,
        [("DescribeVolumes", 500, Some("error")), ("DescribeRegions", 200, None), ("DescribeVolumes", 200, None),]
    );
    assert!(calls.iter().all(|c| c.service == "ec2" && c.region == "us-east-1" && c.account == Emulator::ACCOUNT));
}

#[test]
fn a_dropped_emulator_no_longer_listens() {
    let emulator = Emulator::start();
    let endpoint = emulator.endpoint().to_owned();
    assert!(http::send(&endpoint, "GET", "/_testbed/health", &[], "").is_ok());
    drop(emulator);
    assert!(http::send(&endpoint, "GET", "/_testbed/health", &[], "").is_err());
}

#[test]
fn closeout_runs_in_a_home_of_its_own() {
    let env = support::env("http://127.0.0.1:9");
    let output = support::closeout_within(Duration::from_secs(30), &["--version"], &env);
    assert!(output.status.code().is_some());
    assert!(env.get("HOME").is_some_and(|home| env.home() == std::path::Path::new(home)));
}
