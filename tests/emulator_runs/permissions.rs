//! What a scan asks AWS for, as seen on the wire.

use std::collections::BTreeSet;

use closeout::aws::api::{Service, services};
use serde_json::{Value, json};

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
const READING: &[&str] = &["BatchGet", "Describe", "GET", "Get", "List", "Lookup", "Search", "View"];

/// IAM actions that have another name than their operation.
const RENAMED: &[(&str, &str)] = &[
    ("apigateway:GetApis", "apigateway:GET"),
    ("apigateway:GetRestApis", "apigateway:GET"),
    ("apigateway:GetStages", "apigateway:GET"),
    ("budgets:DescribeBudgets", "budgets:ViewBudget"),
    ("tagging:GetResources", "tag:GetResources"),
];

/// The IAM action of each request. Operations that have but a method and a path are named by AWS's models.
fn actions(calls: &[Call]) -> Vec<String> {
    let unnamed: Vec<&Call> = calls.iter().filter(|call| is_unnamed(call)).collect();
    let mut names = operations(&unnamed).into_iter();
    let named = calls.iter().map(|call| {
        let operation = if is_unnamed(call) { names.next().unwrap_or_default() } else { call.operation.clone() };
        action(call, &operation)
    });
    named.collect()
}

fn is_unnamed(call: &Call) -> bool {
    call.service != "s3" && call.operation.contains(" /")
}

/// The operations of requests, by AWS's models of the services that sign as theirs does.
fn operations(calls: &[&Call]) -> Vec<String> {
    let requests: Vec<Value> = calls
        .iter()
        .map(|call| {
            let signing = |service: &&&Service| service.signing == call.service;
            let mut services: Vec<&str> = services::ALL.iter().filter(signing).map(|service| service.name).collect();
            services.push(&call.service);
            let (method, path) = call.operation.split_once(' ').unwrap_or_default();
            let path = if call.query.is_empty() { path.to_owned() } else { format!("{path}?{}", call.query) };
            json!({ "services": services, "method": method, "path": path, "form": false })
        })
        .collect();
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), json!(requests).to_string()).expect("a temporary file");
    let mut command = support::python::program("api_model.py");
    let output = command.arg("names").arg(file.path()).output().expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

fn action(call: &Call, operation: &str) -> String {
    let service = services::ALL.iter().find(|service| service.signing == call.service);
    let name = match call.service.as_str() {
        "monitoring" => format!("cloudwatch:{operation}"),
        "s3" if operation == "GET /" => "s3:ListAllMyBuckets".to_owned(),
        "s3" if operation.starts_with("GET /") => {
            let names = |name: &str| call.query.split('&').any(|part| part.split('=').next() == Some(name));
            let known = S3.iter().find(|(name, _)| names(name));
            known.map_or_else(|| format!("s3:{operation}?{}", call.query), |(_, action)| (*action).to_owned())
        }
        signing => format!("{}:{operation}", service.map_or(signing, |service| service.iam)),
    };
    let renamed = RENAMED.iter().find(|(known, _)| *known == name);
    renamed.map_or(name, |(_, action)| (*action).to_owned())
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
    let (asked, allowed) = (BTreeSet::from_iter(actions(&whole().calls)), policy());
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
    let asked = actions(&whole().calls);
    let writing: BTreeSet<_> = asked.iter().filter(|action| !is_reading(action)).collect();
    assert!(writing.is_empty(), "{writing:?}");
    assert!(whole().calls.len() > 1000);
}

#[test]
fn every_request_of_a_whole_scan_is_counted() {
    let requests = &whole().ran.report.requests;
    assert_eq!(requests.total as usize, whole().calls.len());
    assert_eq!(requests.retries, 0);
}
