//! Reports and recordings as files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;

use super::report::Report;
use super::runs::{SMALL, TWO_REGIONS, string, with};
use super::support::{self, Emulator, Env, Proxy, names};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

fn seeded() -> Env {
    support::env(Emulator::seeded().emulator.endpoint())
}

/// What `open` prints, and its exit status.
#[track_caller]
fn open(file: &Path, more: &[&str], env: &Env) -> (String, Option<i32>) {
    let name = file.to_str().expect("UTF-8");
    let output = support::closeout(&with(&["open", name], more), env);
    assert_eq!(string(output.stderr), "");
    (string(output.stdout), output.status.code())
}

#[test]
fn a_written_report_can_be_read_by_its_owner_alone() {
    let env = seeded();
    let file = env.home().join("reports").join("audit.json");
    fs::create_dir(env.home().join("reports")).expect("a folder");
    fs::write(&file, "an earlier one").expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("a mode");

    let output = support::closeout(&with(SMALL, &["--format", "json", "--output", "reports/audit.json"]), &env);
    assert_eq!(output.status.code(), Some(4), "{}", string(output.stderr));
    assert!(output.stdout.is_empty(), "the report goes to the file only");
    assert_eq!(mode(&file), 0o600);
    Report::read(&fs::read_to_string(&file).expect("a report"));
    assert_eq!(names(file.parent().expect("a folder")), ["audit.json"], "nothing is left beside it");
}

#[test]
fn a_scan_that_is_refused_leaves_the_earlier_files_alone() {
    let env = seeded();
    let folder = env.home().join("reports");
    fs::create_dir(&folder).expect("a folder");
    for name in ["audit.json", "run.ndjson"] {
        fs::write(folder.join(name), "an earlier one").expect("a file");
    }
    let files = ["--output", "reports/audit.json", "--record", "reports/run.ndjson"];
    let output = support::closeout(&with(SMALL, &with(&files, &["--profile", "nosuch"])), &env);
    assert_eq!(output.status.code(), Some(2));
    for name in ["audit.json", "run.ndjson"] {
        assert_eq!(fs::read_to_string(folder.join(name)).expect("a file"), "an earlier one");
    }
    assert_eq!(names(&folder), ["audit.json", "run.ndjson"]);
}

#[test]
fn a_report_with_no_place_to_go_is_told_before_anything_is_asked() {
    let proxy = Proxy::start(&Emulator::seeded().emulator, &json!([]));
    let env = support::env(proxy.endpoint());
    fs::create_dir(env.home().join("folder")).expect("a folder");
    for (flag, place) in
        [("--output", "missing/audit.json"), ("--record", "missing/run.ndjson"), ("--output", "folder")]
    {
        let output = support::closeout(&with(SMALL, &[flag, place]), &env);
        let said = string(output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(place.split('/').next().expect("a name")), "{said}");
    }
    assert_eq!(proxy.calls().len(), 0);
}

#[test]
fn a_recording_shows_the_very_table_the_scan_printed() {
    let env = seeded();
    let two_regions = &["scan", "--region", "us-east-1,eu-west-1"];
    let output = support::closeout(&with(two_regions, &["--record", "run.ndjson"]), &env);
    let table = string(output.stdout);
    assert!(table.lines().count() > 20, "{table}");
    let recording = env.home().join("run.ndjson");
    assert_eq!(mode(&recording), 0o600);
    assert_eq!(open(&recording, &[], &env), (table, output.status.code()));
}

#[test]
fn a_report_and_the_recording_of_its_scan_show_the_same() {
    let env = seeded();
    for inventory in [&["--inventory"][..], &[]] {
        let files = ["--output", "audit.json", "--record", "run.ndjson"];
        let args = with(&["scan", "--format", "json", "--region", "us-east-1,eu-west-1"], &files);
        let output = support::closeout(&with(&args, inventory), &env);
        assert_eq!(output.status.code(), Some(4), "{}", string(output.stderr));
        let (report, recording) = (env.home().join("audit.json"), env.home().join("run.ndjson"));
        assert_eq!(open(&report, &[], &env), open(&recording, &[], &env));
        for format in ["csv", "markdown", "ndjson"] {
            assert_eq!(open(&report, &["--format", format], &env), open(&recording, &["--format", format], &env));
        }
        if inventory.is_empty() {
            let replayed = open(&recording, &["--format", "json"], &env).0;
            assert_eq!(replayed, fs::read_to_string(&report).expect("a report"), "the whole document");
        }
    }
}

/// A recording of a scan of two regions.
fn recorded(env: &Env) -> String {
    let output = support::closeout(&with(TWO_REGIONS, &["--record", "run.ndjson"]), env);
    assert_eq!(output.status.code(), Some(4), "{}", string(output.stderr));
    fs::read_to_string(env.home().join("run.ndjson")).expect("a recording")
}

#[test]
fn a_damaged_recording_is_refused_by_file_and_line() {
    let env = seeded();
    let recording = recorded(&env);
    let mut lines: Vec<&str> = recording.lines().collect();
    let half = &lines[6][..lines[6].len() / 2];
    lines[6] = half;
    fs::write(env.home().join("broken.ndjson"), lines.join("\n")).expect("a file");
    let output = support::closeout(&["open", "broken.ndjson"], &env);
    let said = string(output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("closeout: broken.ndjson:7: not a recorded event"), "{said}");
    assert_eq!((said.lines().count(), output.stdout.len()), (1, 0), "{said}");
}

#[test]
fn a_recording_that_lost_its_end_names_what_it_does_not_hold() {
    let env = seeded();
    let recording = recorded(&env);
    let lines: Vec<&str> = recording.lines().collect();
    fs::write(env.home().join("half.ndjson"), lines[..lines.len() / 2].join("\n")).expect("a file");
    let whole = Report::read(&open(&env.home().join("run.ndjson"), &["--format", "json"], &env).0);
    let (text, status) = open(&env.home().join("half.ndjson"), &["--format", "json"], &env);
    let half = Report::read(&text);
    assert_eq!(status, Some(4));
    assert!(half.interrupted);
    assert_eq!(half.coverage.len(), whole.coverage.len());
    for cell in half.coverage.iter().filter(|cell| !cell.is_listed()) {
        assert!(half.gaps_of(&cell.region, &cell.kind).next().is_some(), "{cell:?}");
    }
    let unread = half.coverage.iter().filter(|cell| !cell.is_listed()).count();
    assert!(unread > 0 && half.findings.len() < whole.findings.len());
}
