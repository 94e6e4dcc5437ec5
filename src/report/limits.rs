//! Quotas on paper, for `closeout quotas`: how much is left of each, and who knows.

use std::io::{self, Write};

use ::csv::{QuoteStyle, WriterBuilder};
use jiff::Timestamp;
use serde::Serialize;

use super::csv::text;
use super::document::{GapEntry, SCHEMA_VERSION, Tool};
use super::page::quotas;
use super::{Options, json, openmetrics, table};
use crate::audit::Audit;
use crate::model::{Account, DaysAhead, Quota, Requests, TrendSource, UsageSource};

/// Forms of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LimitsFormat {
    /// Aligned columns for a terminal.
    #[default]
    Table,
    /// One JSON document.
    Json,
    /// A row a quota.
    Csv,
    /// OpenMetrics text, for a scraper to read from a file or a page.
    Openmetrics,
}

/// Which quotas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Which {
    /// Those of which nothing is used, or nobody knows the use, too.
    pub all: bool,
    /// Only those used to so many percent.
    pub at_least: Option<f64>,
    /// Only those of these services; all when empty.
    pub services: Vec<String>,
}

impl Which {
    /// The quotas of an audit, least headroom first.
    pub fn of<'a>(&self, audit: &'a Audit) -> Vec<&'a Quota> {
        let wanted = |quota: &&Quota| {
            let is_used = quota.usage.is_some_and(|usage| usage > 0.0);
            let is_near = self.at_least.is_none_or(|least| quota.used_percent.is_some_and(|used| used >= least));
            let is_of = self.services.is_empty() || self.services.contains(&quota.service_code);
            (self.all || is_used) && is_near && is_of
        };
        audit.quotas.iter().filter(wanted).collect()
    }
}

/// The JSON of the list. Field names are a contract.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    tool: Tool,
    account: &'a Account,
    scanned_at: Timestamp,
    quotas: Vec<&'a Quota>,
    gaps: Vec<GapEntry>,
    requests: &'a Requests,
}

/// Writes the quotas of an audit in a form. The same audit gives the same bytes.
///
/// Errors when `out` does.
pub fn write(
    format: LimitsFormat,
    audit: &Audit,
    which: &Which,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        LimitsFormat::Table => table::write_page(&quotas::page(audit, which), options, out),
        LimitsFormat::Json => {
            let document = Document {
                schema_version: SCHEMA_VERSION,
                tool: Tool::this(),
                account: &audit.account,
                scanned_at: audit.started_at,
                quotas: which.of(audit),
                gaps: audit.gaps().map(GapEntry::from).collect(),
                requests: &audit.requests,
            };
            writeln!(out, "{}", json::inert(&serde_json::to_string_pretty(&document)?))
        }
        LimitsFormat::Csv => rows(audit, which, out),
        LimitsFormat::Openmetrics => openmetrics::of_quotas(audit, &which.of(audit), out),
    }
}

/// Columns of the CSV. Names are a contract: added at the end, never renamed.
const COLUMNS: [&str; 25] = [
    "account",
    "service",
    "code",
    "name",
    "region",
    "limit",
    "default",
    "unit",
    "usage",
    "used_percent",
    "adjustable",
    "source",
    "source_detail",
    "exhausted_on",
    "freed_by_leftovers",
    "leftovers",
    "trend_per_week",
    "trend_source",
    "days_to_80_percent",
    "days_to_80_percent_earliest",
    "days_to_80_percent_latest",
    "days_to_exhaustion",
    "days_to_exhaustion_earliest",
    "days_to_exhaustion_latest",
    "trend_missing",
];

fn rows(audit: &Audit, which: &Which, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(out);
    writer.write_record(COLUMNS)?;
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for quota in which.of(audit) {
        let trend = quota.trend.as_ref();
        let [near, near_earliest, near_latest] = days(trend.and_then(|trend| trend.to_80_percent));
        let [full, full_earliest, full_latest] = days(trend.and_then(|trend| trend.to_exhaustion));
        writer.write_record([
            text(&audit.account.id),
            text(&quota.service_code),
            text(&quota.quota_code),
            text(&quota.name),
            text(quota.region.as_str()),
            quota.limit.to_string(),
            number(quota.default),
            text(&quota.unit),
            number(quota.usage),
            number(quota.used_percent),
            quota.adjustable.to_string(),
            source(quota.source).to_owned(),
            text(&quota.source_detail),
            quota.exhausted_on.clone().unwrap_or_default(),
            number(quota.freed),
            quota.freed_by.len().to_string(),
            number(trend.map(|trend| trend.per_week)),
            trend.map_or("", |trend| trend_source(trend.source)).to_owned(),
            near,
            near_earliest,
            near_latest,
            full,
            full_earliest,
            full_latest,
            text(&quota.trend_missing),
        ])?;
    }
    writer.flush()
}

/// Days ahead as the CSV writes them: likely, earliest, latest. Empty where there are none.
fn days(ahead: Option<DaysAhead>) -> [String; 3] {
    ahead.map_or_else(Default::default, |days| [days.likely, days.earliest, days.latest].map(|days| days.to_string()))
}

/// Where a history comes from, as the CSV writes it.
fn trend_source(source: TrendSource) -> &'static str {
    match source {
        TrendSource::Metric => "metric",
        TrendSource::Audits => "audits",
    }
}

/// Where a figure comes from, as the CSV writes it.
fn source(source: UsageSource) -> &'static str {
    match source {
        UsageSource::Metric => "metric",
        UsageSource::Scan => "scan",
        UsageSource::Call => "call",
        UsageSource::None => "none",
    }
}
