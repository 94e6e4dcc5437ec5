use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::document::{Document, Scope, Tool};
use super::json::inert;
use crate::audit::Summary;
use crate::model::{Account, Bill};

/// Writes a document as one object a line: the audit's head, then whatever it holds.
pub(super) fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    line("audit", &Head::of(document), out)?;
    lines("finding", &document.findings, out)?;
    lines("resource", document.resources.as_deref().unwrap_or_default(), out)?;
    lines("measurement", &document.measurements, out)?;
    lines("quota", &document.quotas, out)?;
    if let Some(bill) = &document.bill {
        line::<Bill>("bill", bill, out)?;
    }
    lines("gap", &document.gaps, out)?;
    lines("unscanned", &document.unscanned, out)?;
    lines("coverage", &document.coverage, out)?;
    line("requests", &document.requests, out)
}

/// What stands before the lists.
#[derive(Serialize)]
struct Head<'a> {
    schema_version: u32,
    tool: &'a Tool,
    started_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Timestamp>,
    interrupted: bool,
    account: &'a Account,
    scope: &'a Scope,
    summary: &'a Summary,
}

impl<'a> Head<'a> {
    fn of(document: &'a Document) -> Head<'a> {
        Head {
            schema_version: document.schema_version,
            tool: &document.tool,
            started_at: document.started_at,
            finished_at: document.finished_at,
            interrupted: document.interrupted,
            account: &document.account,
            scope: &document.scope,
            summary: &document.summary,
        }
    }
}

#[derive(Serialize)]
struct Line<'a, T> {
    r#type: &'static str,
    #[serde(flatten)]
    body: &'a T,
}

fn lines<T: Serialize>(name: &'static str, items: &[T], out: &mut dyn Write) -> io::Result<()> {
    items.iter().try_for_each(|item| line(name, item, out))
}

fn line<T: Serialize>(name: &'static str, body: &T, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string(&Line { r#type: name, body })?;
    writeln!(out, "{}", inert(&text))
}
