//! `closeout plan` as it is typed: what it writes, what it refuses, and what it says then. None of it asks AWS.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use support::closeout;

/// Nothing listens there; a command that asks AWS would fail.
const NOWHERE: &str = "http://127.0.0.1:9";

fn run(args: &[&str]) -> Output {
    closeout(args, &support::env(NOWHERE).with("COLUMNS", "100"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// The recorded account, as a file.
fn recording() -> String {
    format!("{}/demo/recording.ndjson", env!("CARGO_MANIFEST_DIR"))
}

/// What a command says on standard error, and its exit status.
fn said(args: &[&str]) -> (String, Option<i32>) {
    let output = run(args);
    let said = text(&output.stderr);
    assert!(!said.contains("panicked"), "{said}");
    (said.trim_end().to_owned(), output.status.code())
}

/// The plan of every finding on an unattached volume, in a file.
fn saved(folder: &Path) -> String {
    let file = folder.join("plan.json").display().to_string();
    let select = "finding.rule == 'unattached-volume'";
    let output = run(&["plan", &recording(), "--select", select, "-o", &file]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    file
}

#[test]
fn help_of_plan_shows_examples() {
    let help = run(&["plan", "--help"]);
    insta::assert_snapshot!(text(&help.stdout));
}

#[test]
fn plan_is_written_for_its_owner_alone_and_is_the_same_every_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = saved(folder.path());
    let first = fs::read_to_string(&file).expect("the plan");
    assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
    saved(folder.path());
    assert_eq!(fs::read_to_string(&file).expect("the plan"), first);
    let shown = run(&["plan", &file, "--format", "json"]);
    assert_eq!((shown.status.code(), text(&shown.stdout)), (Some(0), first.clone()));
    let plan = closeout::plan::Plan::read(&first).expect("a plan");
    assert!(plan.steps.len() >= 2, "{}", plan.steps.len());
    let script = folder.path().join("cleanup.sh").display().to_string();
    let table = run(&["plan", &file, "--script", &script]);
    assert!(text(&table.stdout).contains(&plan.hash));
    let script_text = fs::read_to_string(&script).expect("the script");
    for step in &plan.steps {
        assert!(script_text.contains(&step.commands.join("\n")), "{:?}", step.commands);
    }
    let checked = std::process::Command::new("sh").args(["-n", &script]).status().expect("a shell");
    assert!(checked.success());
}

#[test]
fn changed_plan_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = saved(folder.path());
    let whole = fs::read_to_string(&file).expect("the plan");
    fs::write(&file, whole.replacen("\"minutes\": 10", "\"minutes\": 11", 1)).expect("a file");
    let (why, status) = said(&["plan", &file]);
    assert!(status == Some(1) && why.contains("was changed after it was made"), "{why}");
    fs::write(&file, whole.replacen("\"schema_version\": 1", "\"schema_version\": 9", 1)).expect("a file");
    let (why, status) = said(&["plan", &file]);
    assert!(status == Some(1) && why.contains("schema_version 9") && why.contains("update closeout"), "{why}");
    fs::write(&file, whole).expect("a file");
    let (why, status) = said(&["plan", &file, "--id", "vol-1"]);
    assert!(status == Some(2) && why.contains("not from a plan"), "{why}");
}

#[test]
fn mistake_in_an_expression_names_the_nearest_right_word() {
    let select = |text: &str| {
        let (why, status) = said(&["plan", &recording(), "--select", text]);
        assert_eq!(status, Some(2), "{why}");
        why
    };
    assert!(select("finding.scor > 5").contains("did you mean `score`?"));
    assert!(select("score > 5").contains("did you mean `finding.score`?"));
    assert!(select("resource.size_gb > 5.0").contains("did you mean `size_gib`?"));
    assert!(select("finding.monthly >= 5").contains("write 0.0, not 0"));
    assert!(select("finding.rule == 'unatached-volume'").contains("did you mean `unattached-volume`?"));
    assert!(select("finding.category == 'orphan'").contains("did you mean `orphaned`?"));
    assert!(select("finding.score >").contains("not an expression"));
}

#[test]
fn finding_that_cannot_be_asked_is_no_no() {
    let output = run(&["plan", &recording(), "--select", "resource.size_gib >= 1.0"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(text(&output.stderr).contains("--select: cannot be asked of"), "{}", text(&output.stderr));
    let asked = "resource.kind == 'ec2:volume' && resource.size_gib >= 1.0";
    let output = run(&["plan", &recording(), "--select", asked]);
    assert!(!text(&output.stderr).contains("cannot be asked"), "{}", text(&output.stderr));
}

#[test]
fn nothing_chosen_unknown_ids_and_reports_without_inventory_are_refused() {
    let (why, status) = said(&["plan", &recording()]);
    assert!(status == Some(2) && why.contains("--select") && why.contains("--id"), "{why}");
    let (why, status) = said(&["plan", &recording(), "--id", "vol-10cb160457a582dbb"]);
    assert!(status == Some(2) && why.contains("did you mean `vol-10cb160457a582dba`?"), "{why}");
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("audit.json");
    let bare = run(&["open", &recording(), "--format", "json"]);
    fs::write(&report, &bare.stdout).expect("a file");
    let (why, status) = said(&["plan", &report.display().to_string(), "--id", "vol-10cb160457a582dba"]);
    assert!(status == Some(2) && why.contains("closeout scan --format json --inventory"), "{why}");
    let (why, status) = said(&["plan", "/nowhere/audit.json", "--id", "x"]);
    assert!(status == Some(1) && why.contains("/nowhere/audit.json"), "{why}");
}
