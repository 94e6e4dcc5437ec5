//! A finding that is set aside is shown and counts in no total, until its day is over; the file keeps what people wrote.

mod support;

use std::fs;
use std::path::PathBuf;

use closeout::model::Usd;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use support::{Env, closeout};

fn env() -> Env {
    support::env("http://127.0.0.1:9").with("COLUMNS", "120").with("USER", "kim")
}

fn run(env: &Env, args: &[&str]) -> (String, String, Option<i32>) {
    let output = closeout(args, env);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

fn recording() -> String {
    format!("{}/demo/recording.ndjson", env!("CARGO_MANIFEST_DIR"))
}

/// The recorded account, judged now.
fn report(env: &Env) -> Value {
    let (report, said, _) = run(env, &["open", &recording(), "--format", "json"]);
    serde_json::from_str(&report).unwrap_or_else(|error| panic!("{error}: {said}"))
}

fn waste(report: &Value) -> Usd {
    report["summary"]["monthly_waste_usd"].as_str().expect("waste").parse().expect("dollars")
}

fn finding(report: &Value, id: &str) -> Value {
    let findings = report["findings"].as_array().expect("findings");
    findings.iter().find(|finding| finding["id"] == id).expect("the finding").clone()
}

/// The dearest finding that counts: its id and its dollars.
fn dearest(report: &Value) -> (String, Usd) {
    let counts = |finding: &&Value| ["protected", "managed_by"].iter().all(|field| finding.get(field).is_none());
    let money = |finding: &Value| finding["monthly_usd"].as_str().and_then(|usd| usd.parse::<Usd>().ok());
    let findings = report["findings"].as_array().expect("findings").iter().filter(counts);
    let best = findings.max_by_key(|finding| money(finding)).expect("a finding");
    (best["id"].as_str().expect("an id").to_owned(), money(best).expect("dollars"))
}

fn days_ahead(days: i64) -> String {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    today.checked_add(jiff::Span::new().days(days)).expect("a day").to_string()
}

fn file(env: &Env) -> PathBuf {
    env.home().join("config/closeout/ignores.toml")
}

fn write(env: &Env, text: &str) {
    fs::create_dir_all(env.home().join("config/closeout")).expect("a folder");
    fs::write(file(env), text).expect("a file");
}

#[test]
fn what_is_set_aside_is_shown_and_counts_in_no_total() {
    let env = env();
    let before = report(&env);
    let (id, usd) = dearest(&before);
    let until = days_ahead(30);
    let (_, said, status) = run(&env, &["ignore", &id, "--until", &until, "--why", "it | ends soon"]);
    assert_eq!(status, Some(0), "{said}");
    let after = report(&env);
    let told = &finding(&after, &id)["ignored"];
    assert_eq!(
        (told["why"].as_str(), told["until"].as_str(), told["by"].as_str()),
        (Some("it | ends soon"), Some(&*until), Some("kim"))
    );
    assert_eq!(waste(&after), waste(&before) - usd);
    assert_eq!(after["summary"]["findings"], before["summary"]["findings"], "it is still there");
    for format in ["table", "markdown", "csv"] {
        let (page, ..) = run(&env, &["open", &recording(), "--format", format]);
        assert!(page.to_lowercase().contains(&format!("ignored until {until}")), "{format}");
    }
    let (list, ..) = run(&env, &["ignore", "--list"]);
    assert!(list.contains(&id) && list.contains(&until) && list.contains("ends soon"), "{list}");
    let (_, _, status) = run(&env, &["ignore", "--remove", &id]);
    assert_eq!((status, waste(&report(&env))), (Some(0), waste(&before)));
    let (_, said, status) = run(&env, &["ignore", "--remove", &id]);
    assert!(status == Some(2) && said.contains(&id), "{said}");
}

#[test]
fn what_is_over_is_back_by_itself_and_said() {
    let env = env();
    let before = report(&env);
    let (id, _) = dearest(&before);
    write(&env, &format!("[[ignore]]\nid = \"{id}\"\nuntil = 2026-10-01\nwhy = \"for a while\"\n"));
    let (text, said, _) = run(&env, &["open", &recording(), "--format", "json"]);
    let after: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(said.matches("back, because").count(), 1, "{said}");
    assert!(said.contains(&id) && said.contains("2026-10-01"), "{said}");
    let told = finding(&after, &id);
    assert_eq!((told.get("ignored"), told["ignore_expired"]["why"].as_str()), (None, Some("for a while")));
    assert_eq!(waste(&after), waste(&before));
}

#[test]
fn a_resource_is_set_aside_with_every_finding_on_it() {
    let env = env();
    let before = report(&env);
    let (id, _) = dearest(&before);
    let arn = finding(&before, &id)["resource"]["arn"].as_str().expect("an ARN").to_owned();
    run(&env, &["ignore", &arn, "--until", &days_ahead(1), "--why", "ours"]);
    let after = report(&env);
    for finding in after["findings"].as_array().expect("findings") {
        let is_meant = finding["resource"]["arn"] == arn.as_str();
        assert_eq!(finding.get("ignored").is_some(), is_meant, "{}", finding["id"]);
    }
}

#[test]
fn the_file_keeps_comments_and_its_order() {
    let env = env();
    let text = "# Agreed with the platform team.\n\n# ends with the lease\n[[ignore]]\nid = \"mmm\"\nuntil = 2027-01-31 # a Sunday\nwhy = 'lease'\n";
    write(&env, text);
    for id in ["zzz", "aaa"] {
        run(&env, &["ignore", id, "--until", &days_ahead(9), "--why", "x"]);
    }
    let written = fs::read_to_string(file(&env)).expect("a file");
    let at = |id: &str| written.find(id).unwrap_or_else(|| panic!("no {id}: {written}"));
    assert!(at("aaa") < at("mmm") && at("mmm") < at("zzz"), "{written}");
    assert!(text.lines().all(|line| written.contains(line)), "{written}");
    for id in ["zzz", "aaa"] {
        run(&env, &["ignore", "--remove", id]);
    }
    assert_eq!(fs::read_to_string(file(&env)).expect("a file"), text);
}

#[test]
fn a_damaged_file_stops_and_is_left_as_it_is() {
    let env = env();
    let text = "[[ignore]]\nid = \"a\"\nunitl = 2027-01-31\nwhy = \"x\"\n";
    write(&env, text);
    for args in [
        &["ignore", "b", "--until", &days_ahead(3), "--why", "x"][..],
        &["ignore", "--list"],
        &["ignore", "--remove", "a"],
        &["open", &recording(), "--format", "json"],
    ] {
        let (_, said, status) = run(&env, args);
        assert!(status == Some(1) && said.contains("ignores.toml:3") && said.contains("`until`"), "{args:?} {said}");
    }
    assert_eq!(fs::read_to_string(file(&env)).expect("a file"), text);
}

#[test]
fn a_day_that_is_past_or_far_and_no_reason_are_refused() {
    let env = env();
    for (until, why) in [(days_ahead(-1), "x"), (days_ahead(400), "x"), (days_ahead(9), " ")] {
        let (_, said, status) = run(&env, &["ignore", "a", "--until", &until, "--why", why]);
        assert!(status == Some(2) && said.contains("--"), "{until} {said}");
    }
    let (_, _, status) = run(&env, &["ignore", "a", "--until", &days_ahead(9)]);
    assert_eq!(status, Some(2), "a reason is wanted");
    assert!(!file(&env).exists());
}
