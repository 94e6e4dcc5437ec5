//! `closeout checklist` as it is typed: what it prints, what is kept by hand and for how long, and what is refused. None of
//! it asks AWS.

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use support::{Env, closeout};

/// Nothing listens there; a command that asks AWS would fail.
const NOWHERE: &str = "http://127.0.0.1:9";

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn recording() -> String {
    format!("{}/demo/recording.ndjson", env!("CARGO_MANIFEST_DIR"))
}

/// A home of its own, so that ticks of one test are none of another's.
struct Home {
    folder: tempfile::TempDir,
    env: Env,
}

impl Home {
    fn new() -> Home {
        let folder = tempfile::tempdir().expect("a folder");
        let state = folder.path().join("state");
        let env = support::env(NOWHERE).with("COLUMNS", "120").with("XDG_STATE_HOME", state.to_str().expect("UTF-8"));
        Home { folder, env }
    }

    fn run(&self, args: &[&str]) -> Output {
        let file = recording();
        let args: Vec<&str> = ["checklist", &file].into_iter().chain(args.iter().copied()).collect();
        let output = closeout(&args, &self.env);
        assert!(!text(&output.stderr).contains("panicked"), "{}", text(&output.stderr));
        output
    }

    fn json(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
        serde_json::from_slice(&self.run(&args).stdout).expect("JSON")
    }

    fn ticks(&self) -> PathBuf {
        self.folder.path().join("state/closeout/ticks/111122223333.toml")
    }
}

fn item<'a>(list: &'a Value, id: &str) -> &'a Value {
    let items = list["checklist"].as_array().expect("items");
    items.iter().find(|item| item["id"] == id).unwrap_or_else(|| panic!("no item {id}"))
}

#[test]
fn a_tick_is_kept_for_its_owner_alone_and_taken_back() {
    let home = Home::new();
    let before = home.json(&[]);
    assert_eq!(item(&before, "invoices")["state"], "open");
    let ticked = home.json(&["--tick", "invoices", "--why", "downloaded to the share"]);
    assert_eq!(item(&ticked, "invoices")["state"], "ticked");
    assert_eq!(item(&ticked, "invoices")["tick"]["note"], "downloaded to the share");
    assert_eq!(fs::metadata(home.ticks()).expect("a file").permissions().mode() & 0o777, 0o600);
    assert_eq!(item(&home.json(&[]), "invoices")["state"], "ticked", "the next run knows it");
    assert!(text(&home.run(&[]).stdout).contains("downloaded to the share"));
    let back = home.json(&["--untick", "invoices"]);
    assert_eq!(item(&back, "invoices")["state"], "open");
}

#[test]
fn what_cannot_be_ticked_is_refused_with_the_reason_and_nothing_is_written() {
    let home = Home::new();
    for (args, status, said) in [
        (vec!["--tick", "hosted-zones", "--why", "no"], 2, "not settled by hand: it is `blocker`"),
        (vec!["--tick", "invoces", "--why", "x"], 2, "did you mean `invoices`?"),
        (vec!["--tick", "invoices", "--why", "  "], 2, "--why takes what was checked"),
        (vec!["--tick", "invoices"], 2, "--why"),
        (vec!["--untick", "invoices"], 2, "nobody has ticked `invoices`"),
    ] {
        let output = home.run(&args);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(said), "{args:?}: {}", text(&output.stderr));
    }
    assert!(!home.ticks().exists());
}

#[test]
fn a_damaged_or_newer_file_of_ticks_is_said_so_and_left_as_it_is() {
    let home = Home::new();
    fs::create_dir_all(home.ticks().parent().expect("a folder")).expect("a folder");
    for (content, said) in
        [("version = 1\n[tick.invoices]\nnote = 3\n", "not a file of ticks"), ("version = 9\n", "update closeout")]
    {
        fs::write(home.ticks(), content).expect("a file");
        let output = home.run(&["--tick", "invoices", "--why", "x"]);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains(said) && text(&output.stderr).contains("left as it is"));
        assert_eq!(fs::read_to_string(home.ticks()).expect("a file"), content);
    }
}

#[test]
fn every_form_tells_the_verdict_and_a_page_needs_nothing_else() {
    let home = Home::new();
    let blocked = home.run(&[]);
    assert_eq!(blocked.status.code(), Some(3));
    let table = text(&blocked.stdout);
    assert!(table.contains("BLOCKED") && table.contains("Keeps billing after day 0"), "{table}");
    assert!(!table.contains("Passes") && text(&home.run(&["--all"]).stdout).contains("Passes"));
    let markdown = text(&home.run(&["--format", "markdown"]).stdout);
    assert!(markdown.contains("BLOCKED") && markdown.contains("| blocker |"), "{markdown}");
    let file = home.folder.path().join("closing.html");
    home.run(&["--format", "html", "--output", file.to_str().expect("UTF-8")]);
    let page = fs::read_to_string(&file).expect("a page");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("BLOCKED") && page.contains("default-src 'none'"));
    let acts = ["<script", " src=", "<link", "@import", "url("];
    assert!(acts.iter().all(|piece| !page.contains(piece)), "something is loaded");
    assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_report_without_its_inventory_is_refused_with_the_command_that_helps() {
    let home = Home::new();
    let file: &Path = &home.folder.path().join("audit.json");
    let recording = recording();
    let printed = closeout(&["open", &recording, "--format", "json"], &home.env);
    fs::write(file, &printed.stdout).expect("a file");
    let refused = closeout(&["checklist", file.to_str().expect("UTF-8")], &home.env);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("--format json --inventory"), "{}", text(&refused.stderr));
}
