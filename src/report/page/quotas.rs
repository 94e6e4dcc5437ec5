use super::{Cells, Column, Grid, Page, Section, count, figure, head, sentence};
use crate::audit::Audit;
use crate::model::{Quota, UsageSource};
use crate::report::limits::Which;

const TITLE: &str = "Quotas used to 80 % or more";

/// Percent used from which a quota is shown.
const NEAR: f64 = 80.0;

const COLUMNS: &[Column] = &[
    Column::new("used", Cells::Figure),
    Column::new("usage / value", Cells::Figure),
    Column::new("quota", Cells::Prose),
    Column::new("code", Cells::Code).under_if_narrow(2),
    Column::new("region", Cells::Word),
    Column::new("may be raised", Cells::Word).under_if_narrow(4),
    Column::new("measured by", Cells::Prose).under(2),
];

/// Quotas of which 80 % or more are used, least headroom first.
pub(super) fn section(audit: &Audit) -> Section {
    let near: Vec<&Quota> = audit.quotas.iter().filter(|q| q.used_percent.is_some_and(|used| used >= NEAR)).collect();
    let unknown = audit.quotas.iter().filter(|quota| quota.used_percent.is_none()).count();
    if audit.quotas.is_empty() {
        return Section::empty(TITLE, why_none(audit));
    }
    let read = format!("{} read", count(audit.quotas.len(), "quota"));
    let blind = match unknown {
        0 => String::new(),
        n => format!(" For {n} of them nothing tells the usage."),
    };
    if near.is_empty() {
        return Section::empty(TITLE, format!("{read}, none known to be at {NEAR} % or more.{blind}"));
    }
    let rows = near.iter().map(|quota| row(quota)).collect();
    Section {
        lead: vec![format!("{read}, {} at {NEAR} % or more.{blind}", near.len())],
        grid: Some(Grid { columns: COLUMNS, rows }),
        ..Section::new(TITLE)
    }
}

/// The page of `closeout quotas`: those asked for, least headroom first.
pub(in crate::report) fn page(audit: &Audit, which: &Which) -> Page {
    let shown = which.of(audit);
    let mut counts = [0_usize; 4];
    for quota in &audit.quotas {
        counts[match quota.source {
            UsageSource::Metric => 0,
            UsageSource::Scan => 1,
            UsageSource::Call => 2,
            UsageSource::None => 3,
        }] += 1;
    }
    let [metric, scan, call, none] = counts;
    let sources = format!(
        "{} read: the use of {metric} by their own metric, of {scan} counted over what was found, of {call} by the \
         service's own word, of {none} nobody knows.",
        count(audit.quotas.len(), "quota")
    );
    let title = "Quotas, least headroom first";
    let section = match (audit.quotas.is_empty(), shown.is_empty()) {
        (true, _) => Section::empty(title, why_none(audit)),
        (_, true) => Section { tail: vec![sources], ..Section::empty(title, "None is as was asked for.") },
        _ => Section {
            lead: vec![sources],
            grid: Some(Grid { columns: COLUMNS, rows: shown.into_iter().map(row).collect() }),
            ..Section::new(title)
        },
    };
    Page { title: head::title(audit), head: head::lines_of_account(audit), sections: vec![section] }
}

fn why_none(audit: &Audit) -> String {
    match audit.gaps().find(|gap| gap.kind.service() == "service-quotas") {
        Some(gap) => format!("Could not be read ({}): {}", gap.why, sentence(&gap.detail)),
        None => "Not read in this run.".to_owned(),
    }
}

fn row(quota: &Quota) -> Vec<String> {
    vec![
        quota.used_percent.map_or("—".to_owned(), |used| format!("{used:.0} %")),
        format!("{} / {}", quota.usage.map_or("—".to_owned(), figure), figure(quota.limit)),
        format!("{}: {}", quota.service_code, quota.name),
        quota.quota_code.clone(),
        quota.region.as_str().to_owned(),
        if quota.adjustable { "yes" } else { "no, hard" }.to_owned(),
        measured(quota),
    ]
}

fn measured(quota: &Quota) -> String {
    let by = match quota.source {
        UsageSource::Metric => "CloudWatch",
        UsageSource::Scan => "this scan",
        UsageSource::Call => "the service",
        UsageSource::None => "no usage source",
    };
    let mut text = [by, &quota.source_detail].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(": ");
    if let (Some(freed), Some(percent)) = (quota.freed, quota.freed_percent()) {
        text.push_str(&format!("; {} of it leftovers: deleting them frees {percent:.0} %", figure(freed)));
    }
    if let Some(trend) = quota.trend_text() {
        text.push_str(&format!("; {trend}"));
    }
    if let Some(day) = &quota.exhausted_on {
        text.push_str(&format!("; full on {day} at the present trend"));
    }
    text
}
