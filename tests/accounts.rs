//! Several accounts with the binary against an emulated organization: parts, their merge, a role that is denied, an
//! account with two profiles.
//!
//! The emulator takes any role for one that may be assumed, so a refusal comes from the proxy in front of it.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use std::sync::OnceLock;

use serde_json::{Value, json};
use support::{Emulator, Env, Proxy, closeout, http};

/// As little as tells accounts apart.
const SMALL: [&str; 7] = ["scan", "--kind", "ec2:volume", "--region", "us-east-1", "--max-spend", "0"];

/// An organization: the account that manages it, and three members with a leftover volume each.
struct Organization {
    emulator: Emulator,
    members: Vec<String>,
}

fn call(emulator: &Emulator, operation: &str, body: &Value) -> Value {
    let credential = format!("Credential={}/20261127/us-east-1/organizations/aws4_request", Emulator::ACCOUNT);
    let signature = format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=x");
    let target = format!("AWSOrganizationsV20161128.{operation}");
    let headers = [
        ("Authorization", signature.as_str()),
        ("X-Amz-Target", target.as_str()),
        ("Content-Type", "application/x-amz-json-1.1"),
    ];
    let answer = http::send(emulator.endpoint(), "POST", "/", &headers, &body.to_string()).expect("an answer");
    assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
    answer.json()
}

fn organization() -> &'static Organization {
    static MADE: OnceLock<Organization> = OnceLock::new();
    MADE.get_or_init(|| {
        let emulator = Emulator::start();
        call(&emulator, "CreateOrganization", &json!({ "FeatureSet": "ALL" }));
        emulator.control("clock", &json!({ "days_ago": 90 }));
        let mut members: Vec<String> = ["data lake", "lab", "sandbox"]
            .iter()
            .map(|name| {
                let email = format!("{}@example.com", name.replace(' ', "-"));
                let made = call(&emulator, "CreateAccount", &json!({ "Email": email, "AccountName": name }));
                made["CreateAccountStatus"]["AccountId"].as_str().expect("an account").to_owned()
            })
            .collect();
        for account in members.iter().map(String::as_str).chain([Emulator::ACCOUNT]) {
            let volume = "CreateVolume&AvailabilityZone=us-east-1a&Size=100";
            let answer = http::ec2(emulator.endpoint(), account, "us-east-1", volume).expect("an answer");
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
        emulator.control("clock", &json!({ "days_ago": 0 }));
        members.sort();
        Organization { emulator, members }
    })
}

fn scan(env: &Env, more: &[&str]) -> Output {
    closeout(&[&SMALL[..], more].concat(), env)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

fn ids(rollup: &Value) -> Vec<String> {
    let entries = rollup["accounts"].as_array().expect("accounts");
    entries.iter().map(|entry| entry["account"]["id"].as_str().expect("an id").to_owned()).collect()
}

/// Without what differs from run to run.
fn timeless(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| name != "started_at" && name != "finished_at");
            fields.values_mut().for_each(timeless);
        }
        Value::Array(items) => items.iter_mut().for_each(timeless),
        _ => {}
    }
}

#[test]
fn the_parts_of_an_organization_merge_into_the_whole() {
    let organization = organization();
    let env = support::env(organization.emulator.endpoint());
    let org = ["--org", "--role-name", "auditor", "--output-dir"];
    let output = scan(&env, &[&org[..], &["whole"]].concat());
    assert_eq!(output.status.code(), Some(4), "the bill is a gap at --max-spend 0: {}", said(&output));
    let mut whole = read(&env.home().join("whole/rollup.json"));
    let mut all = organization.members.clone();
    all.push(Emulator::ACCOUNT.to_owned());
    all.sort();
    assert_eq!(ids(&whole), all);
    assert_eq!((&whole["total"]["findings"], &whole["total"]["failed"]), (&json!(4), &json!(0)));
    let managing = whole["accounts"].as_array().expect("accounts").iter().filter(|entry| entry["manages"] == true);
    assert_eq!(managing.map(|entry| &entry["account"]["id"]).collect::<Vec<_>>(), [Emulator::ACCOUNT]);
    for id in &all {
        let file = env.home().join(format!("whole/{id}.json"));
        assert_eq!(read(&file)["account"]["id"], json!(id));
        assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
    }

    for part in ["0/3", "1/3", "2/3"] {
        let output = scan(&env, &[&org[..], &["parts", "--shard", part]].concat());
        assert!(matches!(output.status.code(), Some(0 | 4)), "{part}: {}", said(&output));
    }
    let parts = ["merge", "parts/rollup-0-of-3.json", "parts/rollup-1-of-3.json", "parts/rollup-2-of-3.json"];
    let output = closeout(&[&parts[..], &["--format", "json"]].concat(), &env);
    let mut merged: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    timeless(&mut whole);
    timeless(&mut merged);
    assert_eq!(merged, whole);
    let output = closeout(&parts[..3], &env);
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.code() == Some(4) && table.contains("shard 2/3"), "{table}");

    let schema = closeout(&["schema", "rollup"], &env);
    let schema: Value = serde_json::from_slice(&schema.stdout).expect("a schema");
    let checker = jsonschema::validator_for(&schema).expect("a schema");
    let rollup = read(&env.home().join("whole/rollup.json"));
    let mistakes: Vec<String> = checker.iter_errors(&rollup).map(|error| error.to_string()).collect();
    assert!(mistakes.is_empty(), "{mistakes:?}");
}

#[test]
fn one_denied_role_is_a_gap_of_its_account_and_the_others_are_read() {
    let organization = organization();
    let rules = json!([{ "service": "sts", "operation": "AssumeRole", "fault": "denied", "times": 1 }]);
    let proxy = Proxy::start(&organization.emulator, &rules);
    let env = support::env(proxy.endpoint());
    fs::write(env.home().join("accounts.txt"), organization.members.join(" of ours # a member\n")).expect("a file");
    let list = ["--accounts", "accounts.txt", "--role-name", "auditor", "--accounts-at-once", "1"];
    let output = scan(&env, &[&list[..], &["--format", "json", "--fail-on", "waste>=1000"]].concat());
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    let rollup: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let failed = rollup["failed"].as_array().expect("failed");
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!((&failed[0]["account"], &failed[0]["why"]), (&json!(organization.members[0]), &json!("denied")));
    assert_eq!(failed[0]["action"], "sts:AssumeRole");
    assert_eq!(ids(&rollup), organization.members[1..]);
    assert_eq!(rollup["accounts"][0]["name"], "of ours");

    proxy.rules(&json!([{ "service": "sts", "operation": "AssumeRole", "fault": "denied" }]));
    let output = scan(&env, &list);
    assert_eq!(output.status.code(), Some(1), "nothing was read: {}", said(&output));
}

#[test]
fn an_account_with_two_profiles_is_read_once() {
    let organization = organization();
    let env = support::env(organization.emulator.endpoint());
    let credentials: String = [("a", Emulator::ACCOUNT), ("b", &organization.members[0]), ("c", Emulator::ACCOUNT)]
        .map(|(name, id)| format!("[{name}]\naws_access_key_id = {id}\naws_secret_access_key = x\n"))
        .concat();
    fs::write(env.home().join("no-credentials"), credentials).expect("a file");
    let output = scan(&env, &["--profile", "a,b", "--profile", "c", "--format", "json"]);
    let rollup: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    let mut both = vec![Emulator::ACCOUNT.to_owned(), organization.members[0].clone()];
    both.sort();
    assert_eq!(ids(&rollup), both);
    assert_eq!(rollup["left_out"][0]["name"], "c");
    assert!(said(&output).contains("the same account as profile a"), "{}", said(&output));
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_asked() {
    let env = support::env("http://127.0.0.1:9");
    fs::write(env.home().join("twice.txt"), "111122223333\n111122223333\n").expect("a file");
    for (args, words) in [
        (&["scan", "--org"][..], "--role-name"),
        (&["scan", "--shard", "0/2"], "--accounts FILE or --org"),
        (&["scan", "--shard", "2/2"], "0/8"),
        (&["scan", "--accounts", "twice.txt", "--role-name", "x"], "twice.txt:2"),
        (&["scan", "--profile", "a,b", "--format", "csv"], "table, json or markdown"),
        (&["scan", "--profile", "a,b", "--record", "x"], "--record goes with one account"),
        (&["bill", "--profile", "a,b"], "about one account"),
    ] {
        let output = closeout(args, &env);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{args:?}: {}", said(&output));
    }
}
