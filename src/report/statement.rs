//! One bill on paper, for `closeout bill`: what it says, what explains it, and what that means.

use std::io::{self, Write};

use ::csv::{QuoteStyle, WriterBuilder};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::csv::text;
use super::document::{GapEntry, SCHEMA_VERSION, Tool};
use super::page::statement;
use super::{Options, json, table};
use crate::audit::Audit;
use crate::model::{Account, Bill, Commitment, Reconciliation, Requests, ResourceId, Savings, Usd};

/// Forms of a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum StatementFormat {
    /// Aligned columns for a terminal.
    #[default]
    Table,
    /// One JSON document.
    Json,
    /// A row for each line of the bill, or for each resource with `--by resource`.
    Csv,
}

/// Which days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
#[value(rename_all = "kebab-case")]
pub enum Period {
    /// The thirty days before today.
    #[default]
    #[value(name = "30-days")]
    #[serde(rename = "30-days")]
    Days,
    /// The last full calendar month.
    LastMonth,
    /// The present month until yesterday.
    MonthToDate,
}

impl Period {
    /// As it stands at the beginning of a sentence.
    pub(super) fn word(self) -> &'static str {
        match self {
            Period::Days => "Last thirty days",
            Period::LastMonth => "Last full month",
            Period::MonthToDate => "Month to date",
        }
    }

    /// The bill over these days with what explains it. `None` when there is none: not read, or the month has no
    /// complete day yet.
    pub fn of(self, audit: &Audit) -> Option<(&Bill, Option<&Reconciliation>)> {
        audit.statement(match self {
            Period::Days => 0,
            Period::LastMonth => 1,
            Period::MonthToDate => 2,
        })
    }
}

/// What the rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "kebab-case")]
pub enum By {
    /// A row a service.
    #[default]
    Service,
    /// A row a region.
    Region,
    /// A row a usage type.
    UsageType,
    /// A row a resource.
    Resource,
}

/// One bill of an audit.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// Where it is from.
    pub audit: &'a Audit,
    /// Which days.
    pub period: Period,
    /// The bill. `None` when it could not be read.
    pub bill: Option<&'a Bill>,
    /// What explains it.
    pub said: Option<&'a Reconciliation>,
    /// What the rows are.
    pub by: By,
}

impl<'a> Statement<'a> {
    /// A bill of an audit.
    pub fn of(audit: &'a Audit, period: Period, by: By) -> Statement<'a> {
        let (bill, said) = period.of(audit).unzip();
        Statement { audit, period, bill, said: said.flatten(), by }
    }
}

/// The JSON of a statement. Field names are a contract.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    tool: Tool,
    account: &'a Account,
    scanned_at: Timestamp,
    period: Period,
    #[serde(skip_serializing_if = "Option::is_none")]
    bill: Option<&'a Bill>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reconciliation: Option<&'a Reconciliation>,
    resources: Vec<Billed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    savings: Option<&'a Savings>,
    commitments: &'a [Commitment],
    gaps: Vec<GapEntry>,
    requests: &'a Requests,
}

/// What a resource came to.
#[derive(Serialize)]
struct Billed {
    resource: ResourceId,
    usd: Usd,
}

/// Writes a statement in a form. The same audit gives the same bytes.
///
/// Errors when `out` does.
pub fn write(
    format: StatementFormat,
    statement: &Statement<'_>,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        StatementFormat::Table => table::write_page(&statement::page(statement), options, out),
        StatementFormat::Json => document(statement, out),
        StatementFormat::Csv if statement.by == By::Resource => resources(statement, out),
        StatementFormat::Csv => lines(statement, out),
    }
}

fn document(statement: &Statement<'_>, out: &mut dyn Write) -> io::Result<()> {
    let audit = statement.audit;
    let resources = statement.said.map(Reconciliation::by_resource).unwrap_or_default();
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tool: Tool::this(),
        account: &audit.account,
        scanned_at: audit.started_at,
        period: statement.period,
        bill: statement.bill,
        reconciliation: statement.said,
        resources: resources.into_iter().map(|(resource, usd)| Billed { resource, usd }).collect(),
        savings: audit.reckoning.savings.as_ref(),
        commitments: &audit.reckoning.commitments,
        gaps: audit.gaps().map(GapEntry::from).collect(),
        requests: &audit.requests,
    };
    writeln!(out, "{}", json::inert(&serde_json::to_string_pretty(&document)?))
}

const LINES: [&str; 16] = [
    "service",
    "region",
    "usage_type",
    "purchase",
    "quantity",
    "usd",
    "explained_usd",
    "known_usd",
    "unexplained_usd",
    "unexplained_from",
    "unexplained_to",
    "unexplained_days",
    "what",
    "kinds",
    "hidden_by",
    "resources",
];

/// A row a line; credits, tax and fees have their record type for a usage type and no explanation.
fn lines(statement: &Statement<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(out);
    writer.write_record(LINES)?;
    let Some(bill) = statement.bill else { return writer.flush() };
    for (at, line) in bill.lines.iter().enumerate() {
        let said = statement.said.and_then(|said| said.lines.get(at));
        let usd = |of: fn(&crate::model::Explained) -> Usd| said.map(|said| of(said).exact()).unwrap_or_default();
        let on = said.and_then(|said| said.unexplained_on.as_ref());
        writer.write_record([
            text(&line.service),
            text(&line.region),
            text(&line.usage_type),
            line.purchase.word().to_owned(),
            line.quantity.map(|quantity| quantity.to_string()).unwrap_or_default(),
            line.usd.exact(),
            usd(|said| said.explained_usd),
            usd(|said| said.known_usd),
            usd(|said| said.unexplained_usd),
            on.map(|days| days.first.clone()).unwrap_or_default(),
            on.map(|days| days.last.clone()).unwrap_or_default(),
            on.map(|days| days.count.to_string()).unwrap_or_default(),
            text(said.and_then(|said| said.what.as_deref()).unwrap_or_default()),
            said.map(|said| said.kinds.join(" ")).unwrap_or_default(),
            said.map(|said| said.hidden_by.join(" ")).unwrap_or_default(),
            said.map(|said| said.by.len().to_string()).unwrap_or_default(),
        ])?;
    }
    for charge in &bill.charges {
        let mut row = vec![String::new(); LINES.len()];
        (row[2], row[5]) = (text(&charge.record_type), charge.usd.exact());
        writer.write_record(row)?;
    }
    writer.flush()
}

/// A row a resource and usage type.
fn resources(statement: &Statement<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(out);
    writer.write_record(["resource", "kind", "region", "name", "usage_type", "usd", "known_by", "gone"])?;
    let (Some(bill), Some(said)) = (statement.bill, statement.said) else { return writer.flush() };
    for (line, said) in bill.lines.iter().zip(&said.lines) {
        for share in &said.by {
            let resource = statement.audit.resource(&share.resource);
            writer.write_record([
                text(share.resource.as_str()),
                resource.map(|resource| text(resource.kind.as_str())).unwrap_or_default(),
                text(&line.region),
                resource.map(|resource| text(resource.label())).unwrap_or_default(),
                text(&line.usage_type),
                share.usd.exact(),
                share.basis.word().to_owned(),
                share.gone.to_string(),
            ])?;
        }
    }
    writer.flush()
}
