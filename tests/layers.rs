//! The arrows of the crate map hold: modules use only what lies below them, the SDK is named only by workers,
//! and only what takes leftovers away calls an operation that changes an account.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Module → modules it may use. The table of the crate docs, as data.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("audit", &["model"]),
    ("score", &["model"]),
    ("reconcile", &["model", "audit"]),
    ("rules", &["model", "audit", "score"]),
    ("checklist", &["model", "audit", "rules"]),
    ("plan", &["model", "audit"]),
    ("aws", &["model"]),
    ("scan", &["model", "aws"]),
    ("quota", &["model", "aws"]),
    ("bill", &["model", "aws"]),
    ("price", &["model", "aws"]),
    ("clean", &["model", "aws", "plan"]),
    ("report", &["model", "audit", "score"]),
    ("store", &["model", "audit"]),
    ("tui", &["model", "audit", "score", "plan"]),
    ("cli", &["report"]),
    ("settings", &["model", "aws", "cli", "rules", "scan"]),
    (
        "app",
        &[
            "model",
            "audit",
            "score",
            "reconcile",
            "rules",
            "checklist",
            "plan",
            "aws",
            "scan",
            "quota",
            "bill",
            "price",
            "clean",
            "report",
            "store",
            "tui",
            "cli",
            "settings",
        ],
    ),
];

/// The only modules that may name the SDK.
const WORKERS: &[&str] = &["aws", "scan", "quota", "bill", "price", "clean"];

/// First words of operations that only read. Client methods are named after operations.
const READING: &[&str] = &["describe_", "get_", "head_", "list_", "lookup_", "search_"];

/// How sources name what they call an operation on: a client in hand, or one fresh from the context.
const CLIENTS: &[&str] = &[
    "client.",
    "account_client().",
    "autoscaling().",
    "cloudwatch().",
    "costexplorer().",
    "ec2().",
    "elb().",
    "elbv2().",
    "iam().",
    "logs().",
    "pricing().",
    "rds().",
    "s3().",
    "servicequotas().",
    "Client::new(config).",
];

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a source folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Every source file with the module it belongs to.
fn modules() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files
        .into_iter()
        .filter_map(|path| {
            let inside = path.strip_prefix(&root).expect("under src");
            let first = inside.components().next()?.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).expect("a readable source");
            (!matches!(first.as_str(), "lib" | "main")).then_some((first, path, text))
        })
        .collect()
}

/// Modules of this crate a source names, in `use crate::…` and elsewhere.
fn used(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for rest in line.split("crate::").skip(1) {
            if let Some(list) = rest.strip_prefix('{') {
                names.extend(list.split(',').map(|part| word(part.trim())));
            } else {
                names.push(word(rest));
            }
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn every_arrow_points_down() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    for (module, path, text) in modules() {
        let Some(may) = allowed.get(module.as_str()) else {
            wrong.push(format!("{}: module `{module}` is not in the table", path.display()));
            continue;
        };
        for other in used(&text) {
            if allowed.contains_key(other.as_str()) && other != module && !may.contains(&other.as_str()) {
                wrong.push(format!("{}: {module} may not use {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn table_itself_has_no_arrow_up() {
    let order: Vec<&str> = MAY_USE.iter().map(|(module, _)| *module).collect();
    let place = |name: &str| order.iter().position(|other| *other == name).expect("a module of the table");
    for (module, may) in MAY_USE {
        for other in *may {
            assert!(place(other) < place(module), "{module} → {other}");
        }
    }
}

#[test]
fn only_workers_name_the_sdk() {
    for (module, path, text) in modules() {
        let names = text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("aws_sdk_"));
        assert!(!names || WORKERS.contains(&module.as_str()), "{} names the SDK", path.display());
    }
}

#[test]
fn only_the_rules_module_names_cel() {
    for (module, path, text) in modules() {
        let names = text.lines().any(|line| line.trim_start().starts_with("use cel"));
        assert!(!names || module == "rules", "{} names cel", path.display());
    }
}

#[test]
fn only_the_store_names_sqlite() {
    for (module, path, text) in modules() {
        let names = text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("rusqlite"));
        assert!(!names || module == "store", "{} names rusqlite", path.display());
    }
}

#[test]
fn core_does_no_io_and_reads_no_clock() {
    let forbidden = ["std::fs", "std::net", "tokio::", "Timestamp::now", "Instant::now", "SystemTime", "std::env"];
    for (module, path, text) in modules() {
        if !matches!(module.as_str(), "model" | "audit" | "score" | "plan") {
            continue;
        }
        for word in forbidden {
            assert!(!text.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn every_request_of_every_source_but_the_cleanup_only_reads() {
    let mut calls = 0;
    for (module, path, text) in modules() {
        if !WORKERS.contains(&module.as_str()) || module == "clean" {
            continue;
        }
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let mut called = Vec::new();
        for client in CLIENTS {
            for rest in code.split(client).skip(1) {
                let name = word(rest);
                if rest[name.len()..].starts_with("()") {
                    called.push(name);
                }
            }
        }
        for name in &called {
            let reads = READING.iter().any(|verb| name.starts_with(verb));
            assert!(reads, "{}: `{name}` does not look like reading", path.display());
        }
        let sent = code.matches(".send().await").count() + code.matches(".into_paginator()").count();
        assert!(called.len() >= sent, "{}: a request whose operation this test cannot see", path.display());
        calls += called.len();
    }
    assert!(calls >= 40, "only {calls} requests seen: the sources name their clients otherwise");
}

#[test]
fn only_the_cleanup_makes_requests_that_change_something() {
    let mut made = 0;
    for (module, path, text) in modules() {
        // The tests beside the code write requests down and send none.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let acts = code.matches(".act(").count();
        let is_definition = path.ends_with("aws/api/call.rs") || path.ends_with("aws/api/send.rs");
        assert!(acts == 0 || module == "clean" || is_definition, "{}: an act outside of clean", path.display());
        made += if module == "clean" { acts } else { 0 };
    }
    assert!(made > 0, "the cleanup names its requests otherwise");
}
