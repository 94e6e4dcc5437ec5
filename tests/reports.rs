//! Reports of made-up audits: what each format looks like, that none loses or invents anything, and that
//! hostile text acts in none of them.

#[path = "fixtures/audits.rs"]
mod audits;

use std::collections::BTreeSet;

use audits::{begun, empty_account, gaps_only, hostile, sandbox, usd};
use clap::ValueEnum;
use closeout::audit::Audit;
use closeout::model::{CellState, Coverage, Event, Usd, clean};
use closeout::report::{
    By, Document, Format, Options, Period, Statement, StatementFormat, schema, write, write_statement,
};
use serde_json::Value;

const FORMATS: &[Format] = &[
    Format::Table,
    Format::Json,
    Format::Ndjson,
    Format::Csv,
    Format::Markdown,
    Format::Html,
    Format::Sarif,
    Format::Openmetrics,
];

#[test]
fn every_format_is_tested() {
    assert_eq!(FORMATS, Format::value_variants());
}

fn printed(format: Format, audit: &Audit, options: &Options) -> String {
    let mut out = Vec::new();
    write(format, audit, options, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("text")
}

fn print(format: Format, audit: &Audit) -> String {
    printed(format, audit, &Options::default())
}

fn table(audit: &Audit, width: u16) -> String {
    printed(Format::Table, audit, &Options { width, ..Options::default() })
}

/// Without the program's version, which would change every snapshot with every release.
fn stable(text: &str) -> String {
    text.replace(env!("CARGO_PKG_VERSION"), "[version]")
}

macro_rules! snapshot {
    ($name:literal, $text:expr) => {
        insta::assert_snapshot!($name, stable(&$text))
    };
}

#[test]
fn table_120_columns() {
    snapshot!("table_120", table(&sandbox(), 120));
}

#[test]
fn table_80_columns() {
    snapshot!("table_80", table(&sandbox(), 80));
}

#[test]
fn markdown() {
    snapshot!("markdown", print(Format::Markdown, &sandbox()));
}

#[test]
fn csv() {
    snapshot!("csv", print(Format::Csv, &sandbox()));
}

#[test]
fn ndjson() {
    snapshot!("ndjson", print(Format::Ndjson, &sandbox()));
}

#[test]
fn json() {
    snapshot!("json", print(Format::Json, &sandbox()));
}

/// Names others build on: fields may be added, none of these may go.
const CONTRACT: &[(&str, &[&str])] = &[
    (
        "Document",
        &[
            "schema_version",
            "tool",
            "started_at",
            "finished_at",
            "account",
            "scope",
            "summary",
            "findings",
            "resources",
            "quotas",
            "bill",
            "gaps",
            "coverage",
            "requests",
        ],
    ),
    ("Tool", &["name", "version"]),
    ("Account", &["id", "alias", "partition", "caller_arn"]),
    ("Scope", &["regions", "kinds"]),
    ("Summary", &["monthly_waste_usd", "findings", "by_category", "by_severity", "score", "gaps", "bill_usd"]),
    (
        "Finding",
        &[
            "id",
            "rule",
            "title",
            "category",
            "severity",
            "score",
            "score_parts",
            "certainty",
            "closure",
            "resource",
            "monthly_usd",
            "price_source",
            "evidence",
            "remedy",
            "protected",
            "managed_by",
            "first_seen",
            "refs",
        ],
    ),
    ("Resource", &["arn", "id", "kind", "name", "region", "account", "tags", "created_at"]),
    (
        "Quota",
        &[
            "service_code",
            "quota_code",
            "name",
            "region",
            "limit",
            "default",
            "usage",
            "used_percent",
            "adjustable",
            "source",
            "exhausted_on",
        ],
    ),
    ("Bill", &["period", "currency", "lines", "credits_usd", "forecast_usd"]),
    ("BillLine", &["service", "region", "usage_type", "usd"]),
    ("GapEntry", &["scope", "kind", "action", "why", "detail"]),
    ("GapScope", &["account", "region"]),
    ("Coverage", &["region", "kind", "state", "resources", "requests", "seconds"]),
    ("Requests", &["total", "by_service", "retries", "billable_usd"]),
];

#[test]
fn schema_has_every_name_of_the_contract() {
    let schema = serde_json::to_value(schema()).expect("a schema is JSON");
    for (name, fields) in CONTRACT {
        let object = if *name == "Document" { &schema } else { &schema["$defs"][name] };
        for field in *fields {
            assert!(object["properties"][field].is_object(), "{name}.{field}");
        }
    }
}

#[test]
fn empty_account_says_what_was_seen() {
    snapshot!("empty_table", table(&empty_account(), 80));
    snapshot!("empty_markdown", print(Format::Markdown, &empty_account()));
    snapshot!("empty_csv", print(Format::Csv, &empty_account()));
}

#[test]
fn account_with_gaps_only_claims_nothing() {
    snapshot!("gaps_only_table", table(&gaps_only(), 80));
    snapshot!("gaps_only_markdown", print(Format::Markdown, &gaps_only()));
}

#[test]
fn run_that_has_just_begun_and_run_of_nothing() {
    snapshot!("begun_table", table(&begun(), 80));
    snapshot!("nothing_table", table(&Audit::default(), 80));
}

#[test]
fn gaps_are_never_called_clean() {
    for audit in [gaps_only(), sandbox(), hostile()] {
        for format in [Format::Table, Format::Markdown] {
            let text = print(format, &audit).to_lowercase();
            for word in ["clean", "all good", "ready", "no problem", "nothing:"] {
                assert!(!text.contains(word), "{format:?} says {word}");
            }
            assert!(text.contains("could not be looked at"));
        }
    }
}

/// The money column of the findings table: the rows, then the total.
fn money(table: &str) -> (Vec<Usd>, Usd) {
    let findings = table.split("\n\n").find(|part| part.starts_with("Findings\n")).expect("a findings section");
    let mut rows: Vec<Usd> = Vec::new();
    for line in findings.lines().skip(3) {
        let total = line.contains("total of the rows above");
        let figure = line.split_whitespace().take(2).find(|word| word.contains('.') && word.parse::<Usd>().is_ok());
        match figure {
            Some(figure) if total => return (rows, usd(figure)),
            Some(figure) if line.len() > 20 && line[..18].contains(figure) => rows.push(usd(figure)),
            _ => {}
        }
    }
    panic!("no total line");
}

#[test]
fn total_equals_the_sum_of_the_rows_shown() {
    for width in [80, 100, 120, 200] {
        let (rows, total) = money(&table(&sandbox(), width));
        assert_eq!(rows.iter().copied().sum::<Usd>(), total, "{width} {rows:?}");
        assert_eq!(total.to_string(), sandbox().waste().to_string());
        assert!(rows.len() >= 5, "{rows:?}");
    }
}

#[test]
fn csv_rows_that_count_add_up_to_the_waste() {
    let text = print(Format::Csv, &sandbox());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().expect("a head").clone();
    let column = |name: &str| head.iter().position(|head| head == name).expect("the column");
    let (money, counts) = (column("monthly_usd"), column("counts"));
    let sum: Usd = reader
        .records()
        .map(|row| row.expect("a row"))
        .filter(|row| &row[counts] == "true" && !row[money].is_empty())
        .map(|row| usd(&row[money]))
        .sum();
    assert_eq!(sum, sandbox().waste());
}

#[test]
fn same_audit_gives_the_same_bytes() {
    for &format in FORMATS {
        for inventory in [false, true] {
            let options = Options { inventory, ..Options::default() };
            assert_eq!(printed(format, &sandbox(), &options), printed(format, &sandbox(), &options), "{format:?}");
        }
    }
}

#[test]
fn every_ndjson_line_has_a_type() {
    let text = printed(Format::Ndjson, &sandbox(), &Options { inventory: true, ..Options::default() });
    let types: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["type"].as_str().expect("a type").to_owned())
        .collect();
    assert_eq!((types[0].as_str(), types[types.len() - 1].as_str()), ("audit", "requests"));
    let all: BTreeSet<&str> = types.iter().map(String::as_str).collect();
    let known = ["audit", "bill", "coverage", "finding", "gap", "measurement", "quota", "requests", "resource"];
    assert_eq!(all.into_iter().collect::<Vec<_>>(), known);
}

#[test]
fn only_colour_brings_escapes_into_a_table() {
    assert!(!table(&sandbox(), 120).contains('\u{1b}'));
    let coloured = printed(Format::Table, &sandbox(), &Options { color: true, ..Options::default() });
    assert!(coloured.contains("\u{1b}["));
}

#[test]
fn reports_keep_their_width() {
    use unicode_width::UnicodeWidthStr;
    for audit in [sandbox(), empty_account(), gaps_only(), hostile(), Audit::default()] {
        for width in [60, 80, 100, 120, 200] {
            for line in table(&audit, width).lines() {
                assert!(line.width() <= usize::from(width), "{width}: {line}");
            }
        }
    }
}

// Reading back.

fn round_trip(audit: &Audit, inventory: bool) {
    let text = printed(Format::Json, audit, &Options { inventory, ..Options::default() });
    let document = Document::read(&text).expect("own report");
    assert_eq!(document, Document::of(audit, inventory));
    let again = Document::of(&document.clone().into_audit(), inventory);
    assert_eq!(again, document);
}

#[test]
fn report_read_back_is_the_same_report() {
    for audit in [Audit::default(), begun(), empty_account(), gaps_only(), sandbox(), hostile()] {
        round_trip(&audit, false);
        round_trip(&audit, true);
    }
}

#[test]
fn opened_report_prints_what_the_scan_printed() {
    for audit in [empty_account(), gaps_only(), sandbox()] {
        let opened = Document::of(&audit, false).into_audit();
        for &format in FORMATS {
            assert_eq!(print(format, &opened), print(format, &audit), "{format:?}");
        }
    }
}

/// Numbers that look random and are the same in every run (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn some_of<T>(&mut self, items: &mut Vec<T>) {
        items.retain(|_| self.roll(3) > 0);
    }
}

/// A document with parts left out, doubled, and changed at random.
fn shaken(dice: &mut Dice) -> Document {
    let mut document = Document::of(&if dice.roll(2) == 0 { sandbox() } else { hostile() }, dice.roll(2) == 0);
    dice.some_of(&mut document.findings);
    dice.some_of(&mut document.quotas);
    dice.some_of(&mut document.gaps);
    dice.some_of(&mut document.coverage);
    document.bill = document.bill.filter(|_| dice.roll(2) == 0);
    document.finished_at = document.finished_at.filter(|_| dice.roll(2) == 0);
    document.interrupted = dice.roll(2) == 0;
    document.requests.total = dice.roll(10_000) as u64;
    for Coverage { state, resources, seconds, .. } in &mut document.coverage {
        *state = [CellState::Seen, CellState::Cut, CellState::Off, CellState::Partly][dice.roll(4)];
        *resources = dice.roll(50) as u64;
        *seconds = dice.roll(100_000) as f64 / 1000.0;
    }
    for finding in &mut document.findings {
        finding.monthly_usd = (dice.roll(4) > 0).then(|| Usd::from_micros(dice.roll(1_000_000_000) as i64));
        finding.score = dice.roll(101) as u8;
        finding.dormant_days = (dice.roll(2) > 0).then(|| dice.roll(4_000) as u32);
    }
    // Through an audit once, for the order and the sums; what comes out has to stay as it is.
    let inventory = document.resources.is_some();
    Document::of(&document.into_audit(), inventory)
}

#[test]
fn any_report_survives_becoming_an_audit_and_a_report_again() {
    let mut dice = Dice(20_261_122);
    for _ in 0..200 {
        let document = shaken(&mut dice);
        let inventory = document.resources.is_some();
        let text = serde_json::to_string(&document).expect("JSON");
        let read = Document::read(&text).expect("own report");
        assert_eq!(read, document);
        assert_eq!(Document::of(&read.into_audit(), inventory), document);
    }
}

// Hostile text.

#[test]
fn hostile_text_moves_no_cursor_in_any_format() {
    for &format in FORMATS {
        for inventory in [false, true] {
            let text = printed(format, &hostile(), &Options { inventory, ..Options::default() });
            for line in text.split('\n') {
                assert_eq!(clean(line), line, "{format:?}");
            }
        }
    }
}

/// A bill by itself, held against what was found.
fn statement(format: StatementFormat, by: By, audit: &Audit) -> String {
    let mut audit = audit.clone();
    let reckoning = Box::new(closeout::reconcile::of(&audit, &[]));
    audit.apply(Event::Reconciled { reckoning });
    let mut out = Vec::new();
    let statement = Statement::of(&audit, Period::Days, by);
    write_statement(format, &statement, &Options::default(), &mut out).expect("a buffer takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn hostile_text_moves_no_cursor_in_a_bill() {
    for format in StatementFormat::value_variants() {
        for by in By::value_variants() {
            for line in statement(*format, *by, &hostile()).split('\n') {
                assert_eq!(clean(line), line, "{format:?} {by:?}");
            }
        }
    }
}

#[test]
fn a_bill_without_a_bill_says_why_in_every_form() {
    for by in By::value_variants() {
        let table = statement(StatementFormat::Table, *by, &gaps_only());
        assert!(table.contains("Could not be read") || table.contains("Not read in this run"), "{table}");
        assert!(!table.contains("0.00"), "nothing read is not nothing billed: {table}");
        let csv = statement(StatementFormat::Csv, *by, &gaps_only());
        assert_eq!(csv.lines().count(), 1, "{csv}");
        let json: serde_json::Value =
            serde_json::from_str(&statement(StatementFormat::Json, *by, &gaps_only())).expect("JSON");
        assert!(json.get("bill").is_none() && json["gaps"].as_array().is_some_and(|gaps| !gaps.is_empty()), "{json}");
    }
}

#[test]
fn hostile_text_reaches_json_readers_unchanged() {
    let text = print(Format::Json, &hostile());
    let names: BTreeSet<String> =
        Document::read(&text).expect("own report").findings.into_iter().map(|f| f.resource.id).collect();
    for text in audits::HOSTILE {
        assert!(names.contains(*text), "{text:?}");
    }
}

#[test]
fn hostile_text_is_no_formula_and_no_extra_cell_in_csv() {
    let text = print(Format::Csv, &hostile());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let width = reader.headers().expect("a head").len();
    let mut rows = 0;
    for row in reader.records() {
        let row = row.expect("rows of equal length");
        assert_eq!(row.len(), width);
        for cell in row.iter() {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
        rows += 1;
    }
    assert_eq!(rows, hostile().findings.len());
}

#[test]
fn hostile_text_is_no_markup_in_markdown() {
    let text = print(Format::Markdown, &hostile());
    let mut columns = 0;
    for line in text.lines() {
        let outside = outside_code(line);
        for markup in ["<", ">", "](", "://", "@", "www."] {
            assert!(!outside.contains(markup), "{markup}: {line}");
        }
        let bars = line.matches('|').count();
        if line.starts_with("| ---") || line.starts_with("| score") || line.starts_with("| why") {
            columns = bars;
        }
        assert!(bars == 0 || bars == columns || line.starts_with("| "), "{line}");
        if line.starts_with("| ") && columns > 0 && !is_head(line) {
            assert_eq!(bars, columns, "{line}");
        }
    }
}

fn is_head(line: &str) -> bool {
    ["| score ", "| billed ", "| used ", "| why ", "| ---"].iter().any(|head| line.starts_with(head))
}

/// A line without its code spans, all of which this program writes with single backticks, and without what a
/// backslash makes harmless.
fn outside_code(line: &str) -> String {
    let mut text: String = line.split('`').step_by(2).collect();
    while let Some(at) = text.find('\\') {
        text.replace_range(at..(at + 2).min(text.len()), " ");
    }
    text
}
