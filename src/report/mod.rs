//! An audit on paper: JSON for programs, tables, Markdown and HTML for people, CSV for spreadsheets, SARIF and
//! OpenMetrics for dashboards.
//!
//! Every format is a view of the same [`Audit`]; none computes a figure of its own. Text from AWS is made
//! harmless here at the latest: JSON escapes it and loses nothing, the others replace what could act by `·`.

mod csv;
mod document;
mod gate;
mod history;
mod html;
mod json;
mod limits;
mod markdown;
mod ndjson;
mod openmetrics;
mod page;
mod policy;
mod read;
mod redact;
pub mod rollup;
mod sarif;
mod statement;
mod table;

use std::io;

use clap::ValueEnum;

use crate::audit::Audit;

pub use document::{Document, GapEntry, GapScope, SCHEMA_VERSION, Scope, Tool, schema};
pub use gate::{Gate, ParseGateError};
pub use history::{ChangesFormat, HistoryFormat, write_audits, write_changes, write_lives};
pub use limits::{LimitsFormat, Which, write as write_limits};
pub use policy::{policy, policy_for_accounts};
pub use read::ReadError;
pub use redact::{RedactError, redacted};
pub use rollup::{Rollup, Shard};
pub use statement::{By, Period, Statement, StatementFormat, write as write_statement};

/// Formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned columns for a terminal.
    Table,
    /// One JSON document, described by `closeout schema`.
    Json,
    /// One JSON object a line, each with a `type`.
    Ndjson,
    /// Findings only, one a row, for spreadsheets.
    Csv,
    /// The content of the table, for tickets and wikis.
    Markdown,
    /// One page to mail, print or keep; no script, nothing loaded.
    Html,
    /// SARIF 2.1.0, for code-scanning dashboards.
    Sarif,
    /// Figures for a metrics scraper.
    Openmetrics,
}

/// Formats of the closing checklist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ChecklistFormat {
    /// Aligned columns for a terminal.
    #[default]
    Table,
    /// The verdict and every item, as in the report.
    Json,
    /// The content of the table, for tickets and wikis.
    Markdown,
    /// One page to attach, print or keep; no script, nothing loaded.
    Html,
}

/// Formats of a roll-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RollupFormat {
    /// Aligned columns for a terminal.
    #[default]
    Table,
    /// One JSON document, described by `closeout schema rollup`.
    Json,
    /// The content of the table, for tickets and wikis.
    Markdown,
}

/// How a report is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Columns of the terminal. Only the table cares.
    pub width: u16,
    /// Whether the table may use colour.
    pub color: bool,
    /// Whether JSON and NDJSON hold every resource with its facts, not only those of findings.
    pub inventory: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { width: 120, color: false, inventory: false }
    }
}

/// Writes an audit in a format. The same audit and options give the same bytes.
///
/// Errors when `out` does.
pub fn write(format: Format, audit: &Audit, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(audit, options, out),
        Format::Json => json::write(&Document::of(audit, options.inventory), out),
        Format::Ndjson => ndjson::write(&Document::of(audit, options.inventory), out),
        Format::Csv => csv::write(audit, out),
        Format::Markdown => markdown::write(audit, out),
        Format::Html => html::write(audit, out),
        Format::Sarif => sarif::write(audit, out),
        Format::Openmetrics => openmetrics::write(audit, out),
    }
}

/// Writes the closing checklist of an audit; with `all` also what passes. JSON always has every item.
///
/// Errors when `out` does.
pub fn write_checklist(
    format: ChecklistFormat,
    audit: &Audit,
    all: bool,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    #[derive(serde::Serialize)]
    struct Checklist<'a> {
        schema_version: u32,
        tool: Tool,
        started_at: jiff::Timestamp,
        account: &'a crate::model::Account,
        closure: Option<&'a crate::model::Closure>,
        checklist: &'a [crate::model::ChecklistItem],
    }
    match format {
        ChecklistFormat::Table => table::write_page(&page::checklist::page(audit, all), options, out),
        ChecklistFormat::Markdown => markdown::write_page(&page::checklist::page(audit, all), out),
        ChecklistFormat::Html => html::write_page(&page::checklist::page(audit, all), out),
        ChecklistFormat::Json => {
            let checklist = Checklist {
                schema_version: SCHEMA_VERSION,
                tool: Tool::this(),
                started_at: audit.started_at,
                account: &audit.account,
                closure: audit.closure.as_ref(),
                checklist: &audit.checklist,
            };
            writeln!(out, "{}", json::inert(&serde_json::to_string_pretty(&checklist)?))
        }
    }
}

/// Writes a roll-up in a format. The same roll-up and options give the same bytes.
///
/// Errors when `out` does.
pub fn write_rollup(
    format: RollupFormat,
    rollup: &Rollup,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        RollupFormat::Table => table::write_page(&page::rollup::page(rollup), options, out),
        RollupFormat::Json => writeln!(out, "{}", json::inert(&serde_json::to_string_pretty(rollup)?)),
        RollupFormat::Markdown => markdown::write_page(&page::rollup::page(rollup), out),
    }
}
