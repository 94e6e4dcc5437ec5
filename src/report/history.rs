//! History on paper: audits by week, the life of a finding, and what changed between two audits.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::document::{SCHEMA_VERSION, Tool};
use super::page::{changes, history};
use super::{Options, json, markdown, table};
use crate::audit::changes::Changes;
use crate::audit::life::Life;
use crate::audit::past::Head;

/// Forms of the history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum HistoryFormat {
    /// Aligned columns for a terminal.
    #[default]
    Table,
    /// One JSON document.
    Json,
}

/// Forms of what changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ChangesFormat {
    /// Aligned columns for a terminal.
    #[default]
    Table,
    /// One JSON document.
    Json,
    /// The content of the table, for tickets and wikis.
    Markdown,
}

/// A JSON document of history. Field names are a contract.
#[derive(Serialize, JsonSchema)]
struct Document<T> {
    schema_version: u32,
    tool: Tool,
    #[serde(flatten)]
    what: T,
}

#[derive(Serialize)]
struct Audits<'a> {
    audits: &'a [Head],
}

#[derive(Serialize)]
struct Lives<'a> {
    findings: &'a [Life],
}

fn document<T: Serialize>(what: T, out: &mut dyn Write) -> io::Result<()> {
    let document = Document { schema_version: SCHEMA_VERSION, tool: Tool::this(), what };
    writeln!(out, "{}", json::inert(&serde_json::to_string_pretty(&document)?))
}

/// Writes the audits of a history, oldest first.
///
/// Errors when `out` does.
pub fn write_audits(format: HistoryFormat, audits: &[Head], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if format == HistoryFormat::Json {
        return document(Audits { audits }, out);
    }
    for (number, page) in history::pages(audits).iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        table::write_page(page, options, out)?;
    }
    Ok(())
}

/// Writes the lives of findings.
///
/// Errors when `out` does.
pub fn write_lives(format: HistoryFormat, lives: &[Life], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        HistoryFormat::Table => table::write_page(&history::lives(lives), options, out),
        HistoryFormat::Json => document(Lives { findings: lives }, out),
    }
}

/// Writes what changed between two audits.
///
/// Errors when `out` does.
pub fn write_changes(format: ChangesFormat, found: &Changes, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        ChangesFormat::Table => table::write_page(&changes::page(found), options, out),
        ChangesFormat::Json => document(found, out),
        ChangesFormat::Markdown => markdown::write_page(&changes::page(found), out),
    }
}
