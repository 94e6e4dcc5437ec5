//! Reports for other programs: each holds against the schema or the grammar of its form, whatever the account holds.

#[path = "fixtures/audits.rs"]
mod audits;
#[path = "dashboards_support/metrics.rs"]
mod metrics;
#[path = "dashboards_support/pages.rs"]
mod pages;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use audits::{begun, empty_account, gaps_only, hostile, sandbox};
use closeout::audit::Audit;
use closeout::model::{Event, Severity, clean};
use closeout::report::{Document, Format, Options, redacted, schema, write};
use serde_json::Value;

fn print(format: Format, audit: &Audit, inventory: bool) -> String {
    let mut out = Vec::new();
    write(format, audit, &Options { inventory, ..Options::default() }, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("text")
}

fn json(format: Format, audit: &Audit, inventory: bool) -> Value {
    serde_json::from_str(&print(format, audit, inventory)).expect("JSON")
}

/// A name for the message of a failed test, and the audit.
fn all() -> Vec<(&'static str, Audit)> {
    let recorded = closeout::app::recorded().expect("the built-in recording");
    vec![
        ("nothing", Audit::default()),
        ("begun", begun()),
        ("empty", empty_account()),
        ("gaps only", gaps_only()),
        ("sandbox", sandbox()),
        ("hostile", hostile()),
        ("recorded", recorded),
    ]
}

fn holds(validator: &jsonschema::Validator, document: &Value, what: &str) {
    let mistakes: Vec<String> =
        validator.iter_errors(document).take(5).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(mistakes.is_empty(), "{what}: {mistakes:#?}");
}

#[test]
fn every_report_holds_against_its_own_schema() {
    let schema = serde_json::to_value(schema()).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for (what, audit) in all() {
        for inventory in [false, true] {
            holds(&validator, &json(Format::Json, &audit, inventory), what);
        }
    }
    let mut wrong = json(Format::Json, &sandbox(), false);
    wrong["findings"][0]["score"] = "high".into();
    assert!(!validator.is_valid(&wrong), "the schema takes anything");
}

#[test]
fn every_log_holds_against_the_schema_of_sarif() {
    let mut schema: Value =
        serde_json::from_str(include_str!("fixtures/sarif/sarif-2.1.0.schema.json")).expect("a schema is JSON");
    // A bracket too many in the committee's schema, which makes it no regular expression; no report has a `language`.
    for place in ["run", "toolComponent"] {
        let pattern = &mut schema["definitions"][place]["properties"]["language"]["pattern"];
        assert_eq!(*pattern, "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "{place}");
        *pattern = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for (what, audit) in all() {
        holds(&validator, &json(Format::Sarif, &audit, false), what);
    }
    let mut wrong = json(Format::Sarif, &sandbox(), false);
    wrong["runs"][0]["results"][0]["level"] = "grave".into();
    assert!(!validator.is_valid(&wrong), "the schema takes anything");
}

#[test]
fn a_log_has_every_finding_and_every_gap() {
    for (what, audit) in all() {
        let log = json(Format::Sarif, &audit, false);
        let run = &log["runs"][0];
        let results = run["results"].as_array().expect("results");
        assert_eq!(results.len(), audit.findings.len(), "{what}");
        for (result, finding) in results.iter().zip(&audit.findings) {
            let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("an index") as usize];
            assert_eq!(rule["id"], *clean(&finding.rule), "{what}");
            assert_eq!(result["ruleId"], rule["id"], "{what}");
            assert_eq!(result.get("suppressions").is_none(), finding.counts(), "{what}");
            assert_eq!(result["level"] == "error", finding.severity == Severity::High, "{what}");
        }
        let places: BTreeSet<String> = results.iter().map(|result| result["partialFingerprints"].to_string()).collect();
        let ids: BTreeSet<&str> = audit.findings.iter().map(|finding| finding.id.as_str()).collect();
        assert_eq!(places.len(), ids.len(), "{what}: as many fingerprints as findings");
        let invocation = &run["invocations"][0];
        assert_eq!(
            invocation["toolExecutionNotifications"].as_array().map(Vec::len),
            Some(audit.gap_count()),
            "{what}"
        );
        assert_eq!(invocation["executionSuccessful"], audit.finished_at.is_some() && !audit.interrupted, "{what}");
    }
}

#[test]
fn no_name_is_a_link_a_placeholder_or_a_path_in_a_log() {
    for result in json(Format::Sarif, &hostile(), false)["runs"][0]["results"].as_array().expect("results") {
        let text = result["message"]["text"].as_str().expect("a text");
        assert!(!text.contains("](") && !text.replace("{{", "").contains('{'), "{text}");
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("an address");
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%/".contains(c);
        assert!(uri.starts_with("aws/") && uri.chars().all(plain), "{uri}");
        assert!(uri.split('/').all(|part| !part.is_empty() && part != "." && part != ".."), "{uri}");
    }
}

#[test]
fn metrics_hold_against_the_grammar() {
    for (what, audit) in all() {
        let families = metrics::read(&print(Format::Openmetrics, &audit, false)).unwrap_or_else(|mistake| {
            panic!("{what}: {mistake}");
        });
        let sum = |family: &str| families[family].iter().map(|(_, value)| value).sum::<f64>();
        assert_eq!(sum("closeout_findings") as usize, audit.findings.len(), "{what}");
        assert_eq!(sum("closeout_gaps") as usize, audit.gap_count(), "{what}");
        assert_eq!(sum("closeout_gaps_by_reason") as usize, audit.gap_count(), "{what}");
        let waste = audit.waste().exact().parse::<f64>().expect("dollars");
        assert!((sum("closeout_waste_usd") - waste).abs() < 1e-9, "{what}");
        assert_eq!(families["closeout_bill_usage"].is_empty(), audit.bill.is_none(), "{what}: unknown is not zero");
    }
    assert!(
        metrics::read(&print(Format::Openmetrics, &Audit::default(), false)).expect("metrics")["closeout_waste_usd"]
            .is_empty()
    );
}

#[test]
fn the_grammar_refuses_what_a_scraper_would() {
    for wrong in [
        "a 1\n",
        "# TYPE a gauge\na 1\na 1\n# EOF\n",
        "# TYPE a gauge\na{b=\"x\"y\"} 1\n# EOF\n",
        "# TYPE a gauge\na{b=\"x\\q\"} 1\n# EOF\n",
        "# TYPE a gauge\n# UNIT a usd\na 1\n# EOF\n",
        "# TYPE a gauge\na 1\n# TYPE a gauge\n# EOF\n",
        "# TYPE a gauge\na $1\n# EOF\n",
        "# TYPE a gauge\na 1\n# EOF\na 2\n",
    ] {
        assert!(metrics::read(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_page_has_no_element_and_no_attribute_but_its_own() {
    for (what, audit) in all() {
        let page = print(Format::Html, &audit, false);
        let read = pages::read(&page).unwrap_or_else(|mistake| panic!("{what}: {mistake}\n{page}"));
        for link in &read.links {
            assert!(link.starts_with("https://"), "{what}: {link}");
        }
        let text = read.text.replace(char::is_whitespace, "");
        for finding in &audit.findings {
            let title: String = clean(&finding.title).split_whitespace().collect::<String>().chars().take(60).collect();
            assert!(text.contains(&title), "{what}: {title}");
        }
        assert!(page.contains("default-src 'none'"), "{what}: without a policy");
        assert!(!audit.is_running() || read.text.contains("not read yet"), "{what}");
    }
}

/// Every text of a document that a tag could have too.
fn short_texts(value: &Value, texts: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.len() <= 40 => _ = texts.insert(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| short_texts(item, texts)),
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            texts.insert(name.clone());
            short_texts(member, texts);
        }),
        _ => {}
    }
}

#[test]
fn tags_that_are_words_of_the_report_break_no_redacted_one() {
    for (what, audit) in all().into_iter().filter(|(_, audit)| !audit.findings.is_empty()) {
        let mut document = json(Format::Json, &audit, false);
        let mut texts = BTreeSet::new();
        short_texts(&document, &mut texts);
        document["findings"][0]["resource"]["tags"] =
            texts.iter().enumerate().map(|(n, text)| (format!("{n}"), Value::from(text.as_str()))).collect();
        let named = Document::read(&document.to_string()).expect("a report").into_audit();
        let hidden = redacted(&named, b"a key").unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!((hidden.waste(), hidden.gap_count()), (audit.waste(), audit.gap_count()), "{what}");
        let words = |audit: &Audit| audit.findings.iter().map(|finding| finding.rule.clone()).collect::<Vec<_>>();
        assert_eq!(words(&hidden), words(&audit), "{what}");
    }
}

/// Pages as the program writes them, for `tests/pages/browser.py`, which opens them in a browser.
#[test]
fn the_program_writes_the_page_of_a_saved_report() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).expect("a folder");
    let recorded = closeout::app::recorded().expect("the built-in recording");
    for (name, audit) in [("hostile", hostile()), ("recorded", recorded)] {
        let (report, page) = (folder.join(format!("{name}.json")), folder.join(format!("{name}.html")));
        fs::write(&report, print(Format::Json, &audit, false)).expect("a report");
        let mut program = Command::new(env!("CARGO_BIN_EXE_closeout"));
        program.arg("open").arg(&report).args(["--format", "html", "--output"]).arg(&page);
        let output = program.env("HOME", &folder).output().expect("closeout starts");
        assert_eq!(output.status.code(), Some(4), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stdout.is_empty(), "{name}: the page goes to the file only");
        let page = fs::read_to_string(&page).expect("a page");
        assert!(page == print(Format::Html, &audit, false), "{name}: the page of a saved report is another one");
    }
}

#[test]
fn the_reader_of_pages_refuses_what_acts() {
    let page = |body: &str| format!("<!DOCTYPE html><html lang=\"en\"><body>{body}</body></html>");
    assert!(pages::read(&page("<p>a &lt;b&gt;</p>")).is_ok());
    for wrong in [
        "<script>1</script>",
        "<img src=x>",
        "<p onclick=\"x\">",
        "<p style=\"x\">",
        "<a href=\"javascript:1\">x</a>",
        "a > b",
    ] {
        assert!(pages::read(&page(wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn the_order_of_arrival_does_not_show() {
    let text = include_str!("../demo/recording.ndjson");
    let lines: Vec<&str> = text.lines().collect();
    // Each kind is listed by workers of its own, so their turns may come in any order; one kind's events stay in theirs.
    let kind = |line: &str| match serde_json::from_str::<Event>(line).expect("an event") {
        Event::Started { cell } | Event::Finished { cell, .. } => Some(cell.kind),
        Event::Found { resource } => Some(resource.kind.clone()),
        Event::Missed { gap } => Some(gap.kind),
        _ => None,
    };
    let (mut listed, rest): (Vec<&str>, Vec<&str>) = lines[1..].iter().partition(|line| kind(line).is_some());
    listed.sort_by_cached_key(|line| std::cmp::Reverse(kind(line)));
    let (mut quotas, rest): (Vec<&str>, Vec<&str>) =
        rest.into_iter().partition(|line| matches!(serde_json::from_str(line), Ok(Event::QuotaRead { .. })));
    assert!(listed.len() > 1_000 && quotas.len() > 10, "{} {}", listed.len(), quotas.len());
    quotas.reverse();
    let other = [vec![lines[0]], listed, quotas, rest].concat();
    assert_ne!(lines, other);
    let audit = |lines: &[&str]| closeout::app::replayed(&lines.join("\n")).expect("a recording");
    let (one, two) = (audit(&lines), audit(&other));
    for format in
        [Format::Json, Format::Ndjson, Format::Csv, Format::Markdown, Format::Html, Format::Sarif, Format::Openmetrics]
    {
        let (one, two) = (print(format, &one, true), print(format, &two, true));
        let differ = one.lines().zip(two.lines()).find(|(one, two)| one != two);
        assert!(one == two, "{format:?} shows the order of arrival: {differ:?}");
    }
}
