//! What the program itself prints, out of reach of the caller's settings.

use std::path::Path;
use std::process::Command;

use clap::Parser;
use closeout::cli::Cli;

use super::blocks::fenced;

/// Findings of the table that are shown.
const FINDINGS: usize = 3;
/// Actions of the policy that are shown at its beginning.
const ACTIONS: usize = 8;
/// Parts of the JSON report that are shown without what is in them.
const FOLDED: &[&str] = &[
    "scope",
    "score_parts",
    "cost",
    "docs",
    "quotas",
    "bill",
    "reconciliation",
    "months",
    "keeps_billing",
    "procedure",
    "checklist",
    "gaps",
    "coverage",
];

/// Standard output of the program, whatever its exit status: an incomplete audit is still printed.
///
/// # Panics
///
/// Panics when it says something on standard error.
pub fn printed(arguments: &[&str]) -> String {
    let home = tempfile::tempdir().expect("a home");
    let mut command = Command::new(env!("CARGO_BIN_EXE_closeout"));
    let output = command.args(arguments).env_clear().env("HOME", home.path()).env("TZ", "UTC").output();
    let output = output.expect("closeout starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.is_empty(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Whether a command line is one the program takes.
pub fn parses(words: &[&str]) -> Result<(), clap::Error> {
    match Cli::try_parse_from(words) {
        Ok(_) => Ok(()),
        Err(error) if !error.use_stderr() => Ok(()),
        Err(error) => Err(error),
    }
}

/// The beginning and the end of the policy.
pub fn policy() -> String {
    let text = printed(&["policy"]);
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().position(|line| line.contains("\"Action\"")).expect("a list of actions") + 1;
    let last = lines.iter().position(|line| line.trim() == "],").expect("its end");
    let left = format!("        … {} more", last - first - ACTIONS);
    let shown = [&lines[..first + ACTIONS], &[left.as_str()], &lines[last..]].concat();
    fenced("json", &shown.join("\n"))
}

/// The head of the demo's table and its first findings.
pub fn table() -> String {
    let text = printed(&["demo"]);
    let is_finding = |line: &&str| line.chars().take(6).any(|c| c.is_ascii_digit()) && line.starts_with("  ");
    let mut shown = Vec::new();
    let mut findings = 0;
    for line in text.lines() {
        findings += usize::from(is_finding(&line));
        if findings > FINDINGS {
            break;
        }
        shown.push(line);
    }
    shown.push("…");
    fenced("text", &shown.join("\n"))
}

/// Lists of which the first thing is enough.
const CUT: &[&str] = &["checklist", "findings"];

/// The demo's JSON report with one finding, and the long parts folded.
pub fn json() -> String {
    let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/recording.ndjson");
    let text = printed(&["open", recording.to_str().expect("a path in UTF-8"), "--format", "json"]);
    let mut shown = Vec::new();
    let mut lines = text.lines();
    let mut in_list = false;
    while let Some(line) = lines.next() {
        let key = line.trim_start().trim_start_matches('"').split('"').next().unwrap_or_default();
        let opens = line.ends_with('{') || line.ends_with('[');
        if opens && FOLDED.contains(&key) {
            let end = skip_to_end(&mut lines, line);
            shown.push(format!("{line} … {}", end.trim_start()));
            continue;
        }
        shown.push(line.to_owned());
        in_list |= CUT.contains(&key) && opens;
        if in_list && line == "    }," {
            // The end of the first one: the others are passed over.
            shown.push("    …".to_owned());
            shown.push(skip_to_end(&mut lines, "  [").to_owned());
            in_list = false;
        }
    }
    fenced("json", &shown.join("\n"))
}

/// Passes over lines to the one that closes what `opening` opened, and gives it.
fn skip_to_end<'t>(lines: &mut impl Iterator<Item = &'t str>, opening: &str) -> &'t str {
    let indent = opening.len() - opening.trim_start().len();
    let closes =
        |line: &&str| line.len() > indent && line[..indent].trim().is_empty() && line[indent..].starts_with(['}', ']']);
    lines.find(closes).expect("an end")
}
