//! Ways of not getting into an account: each is one sentence, and scans nothing.

use std::net::TcpListener;
use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::json;

use super::runs::{SMALL, with};
use super::support::{self, Emulator, Env, Proxy};

/// Runs a scan that must be refused. Gives what it says.
#[track_caller]
fn refusal(more: &[&str], env: &Env, status: i32) -> String {
    let output = support::closeout(&with(SMALL, more), env);
    refused(&output, status)
}

#[track_caller]
fn refused(output: &Output, status: i32) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(status), "{stderr}");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("closeout: "), "{stderr}");
    for noise in ["panicked", "backtrace", "SdkError", "DispatchFailure", "Unhandled", "{ "] {
        assert!(!stderr.contains(noise), "{stderr}");
    }
    stderr
}

/// The environment with the seeded account.
fn seeded() -> Env {
    support::env(Emulator::seeded().emulator.endpoint())
}

/// An endpoint where nobody listens.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

#[test]
fn without_credentials_the_ways_to_get_some_are_told() {
    let env = seeded().without("AWS_ACCESS_KEY_ID").without("AWS_SECRET_ACCESS_KEY");
    let said = refusal(&[], &env, 1);
    assert!(said.contains("no AWS credentials") && said.contains("closeout demo"), "{said}");
}

#[test]
fn an_unknown_profile_is_wrong_usage_and_named() {
    let said = refusal(&["--profile", "nosuch"], &seeded(), 2);
    assert!(said.contains("`nosuch`"), "{said}");
    let said = refusal(&[], &seeded().with("AWS_PROFILE", "elsewhere").without("AWS_ACCESS_KEY_ID"), 2);
    assert!(said.contains("`elsewhere`"), "{said}");
}

#[test]
fn a_misspelt_region_is_wrong_usage_and_answered_with_the_right_one() {
    let said = refusal(&["--region", "us-esat-1"], &seeded(), 2);
    assert!(said.contains("`us-esat-1`") && said.contains("did you mean `us-east-1`"), "{said}");
}

#[test]
fn an_endpoint_where_nobody_listens_is_told_in_bounded_time() {
    let began = Instant::now();
    let said = refusal(&[], &support::env(&nowhere()), 1);
    assert!(said.contains("cannot be reached"), "{said}");
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
}

#[test]
fn an_expired_token_is_told_with_the_way_out() {
    let proxy = Proxy::start(&Emulator::seeded().emulator, &json!([{"service": "sts", "fault": "expired"}]));
    let said = refusal(&[], &support::env(proxy.endpoint()), 1);
    assert!(said.contains("expired") && said.contains("log in again"), "{said}");
    assert_eq!(proxy.calls().len(), 1, "nothing else is asked");
}

#[test]
fn a_key_that_aws_does_not_know_is_told_as_such() {
    let rules = json!([{"service": "sts", "fault": "denied", "code": "InvalidClientTokenId"}]);
    let proxy = Proxy::start(&Emulator::seeded().emulator, &rules);
    let said = refusal(&[], &support::env(proxy.endpoint()), 1);
    assert!(said.contains("does not accept these credentials (InvalidClientTokenId)"), "{said}");
}

#[test]
fn regions_that_may_not_be_listed_have_to_be_named() {
    let rules = json!([
        {"service": "account", "fault": "denied"},
        {"service": "ec2", "operation": "DescribeRegions", "fault": "denied"},
    ]);
    let proxy = Proxy::start(&Emulator::seeded().emulator, &rules);
    let env = support::env(proxy.endpoint());
    let said = refused(&support::closeout(&["scan", "--kind", "ec2:volume"], &env), 1);
    assert!(said.contains("ec2:DescribeRegions") && said.contains("--region"), "{said}");
    let named = support::closeout(SMALL, &env);
    assert_eq!(named.status.code(), Some(4), "{}", String::from_utf8_lossy(&named.stderr));
}

#[test]
fn a_role_that_cannot_be_assumed_is_named() {
    let rules = json!([{"service": "sts", "operation": "AssumeRole", "fault": "denied"}]);
    let proxy = Proxy::start(&Emulator::seeded().emulator, &rules);
    let role = "arn:aws:iam::123456789012:role/auditor";
    let said = refusal(&["--role-arn", role], &support::env(proxy.endpoint()), 1);
    assert!(said.contains(role) && said.contains("not authorized"), "{said}");
}

#[test]
fn a_role_that_can_be_assumed_is_the_one_that_scans() {
    let role = "arn:aws:iam::123456789012:role/course-role";
    let output = support::closeout(&with(SMALL, &["--role-arn", role]), &seeded());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("assumed-role/course-role/closeout"), "{stderr}");
}
