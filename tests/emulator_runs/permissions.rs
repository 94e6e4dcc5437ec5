//! What a scan asks AWS for, as seen on the wire.

use std::collections::BTreeSet;

use serde_json::Value;

use super::runs::whole;
use super::support::{self, Call};

/// S3 tells its operations apart by the query: the parameter that names one, and its IAM action.
const S3: &[(&str, &str)] = &[
    ("lifecycle", "s3:GetLifecycleConfiguration"),
    ("location", "s3:GetBucketLocation"),
    ("object-lock", "s3:GetBucketObjectLockConfiguration"),
    ("tagging", "s3:GetBucketTagging"),
    ("uploadId", "s3:ListMultipartUploadParts"),
    ("uploads", "s3:ListBucketMultipartUploads"),
    ("versioning", "s3:GetBucketVersioning"),
    ("versions", "s3:ListBucketVersions"),
];

/// Beginnings of the names of actions that read.
const READING: &[&str] = &["Describe", "Get", "List", "Lookup"];

/// The IAM action of a request.
fn action(call: &Call) -> String {
    match (call.service.as_str(), call.operation.as_str()) {
        ("account", "POST /listRegions") => "account:ListRegions".to_owned(),
        ("monitoring", operation) => format!("cloudwatch:{operation}"),
        ("s3", "GET /") => "s3:ListAllMyBuckets".to_owned(),
        ("s3", operation) if operation.starts_with("GET /") => {
            let names = |name: &str| call.query.split('&').any(|part| part.split('=').next() == Some(name));
            let known = S3.iter().find(|(name, _)| names(name));
            known.map_or_else(|| format!("s3:{operation}?{}", call.query), |(_, action)| (*action).to_owned())
        }
        (service, operation) => format!("{service}:{operation}"),
    }
}

fn is_reading(action: &str) -> bool {
    let name = action.split(':').nth(1).unwrap_or_default();
    READING.iter().any(|verb| name.starts_with(verb))
}

/// The actions `closeout policy` prints.
fn policy() -> BTreeSet<String> {
    let output = support::closeout(&["policy"], &support::env("http://127.0.0.1:9"));
    let policy: Value = serde_json::from_slice(&output.stdout).expect("a policy");
    let statements = policy["Statement"].as_array().expect("statements");
    assert!(statements.iter().all(|statement| statement["Effect"] == "Allow"));
    let actions = statements.iter().flat_map(|statement| statement["Action"].as_array().expect("actions"));
    actions.map(|action| action.as_str().expect("a name").to_owned()).collect()
}

#[test]
fn the_printed_policy_allows_every_request_of_a_whole_scan() {
    let (asked, allowed) = (whole().calls.iter().map(action).collect::<BTreeSet<_>>(), policy());
    let missing: Vec<_> = asked.difference(&allowed).collect();
    assert!(missing.is_empty(), "asked for but not printed: {missing:?}");
    assert!(asked.len() > 40, "{asked:?}");
}

#[test]
fn the_printed_policy_allows_nothing_that_writes() {
    let writing: Vec<_> = policy().into_iter().filter(|action| !is_reading(action)).collect();
    assert!(writing.is_empty(), "{writing:?}");
    assert!(!policy().iter().any(|action| action.contains('*')), "each action is named");
}

#[test]
fn a_whole_scan_sends_no_request_that_writes() {
    let writing: Vec<_> = whole().calls.iter().filter(|call| !is_reading(&action(call))).collect();
    assert!(writing.is_empty(), "{writing:?}");
    assert!(whole().calls.len() > 1000);
}

#[test]
fn every_request_of_a_whole_scan_is_counted() {
    let requests = &whole().ran.report.requests;
    assert_eq!(requests.total as usize, whole().calls.len());
    assert_eq!(requests.retries, 0);
}
