use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Cells, Column, Grid, Section, count, rounding, sentence};
use crate::audit::{Audit, Digest};
use crate::model::{Evidence, Finding, Ignored, Owner, Protection, Usd};

const COLUMNS: &[Column] = &[
    Column::new("score", Cells::Figure),
    Column::new("$/mo", Cells::Figure),
    Column::new("finding", Cells::Prose),
    Column::new("resource", Cells::Code),
    Column::new("name", Cells::Code).under(3),
    Column::new("region", Cells::Word).under_if_narrow(3),
    Column::new("since", Cells::Word).under_if_narrow(3),
    Column::new("why", Cells::Prose).under(2),
];

/// Findings whose money counts, with rows that add up to the waste total.
pub(super) fn counted(audit: &Audit, digest: &Digest) -> Section {
    const TITLE: &str = "Findings";
    let findings: Vec<&Finding> = audit.findings.iter().filter(|finding| finding.counts()).collect();
    if findings.is_empty() {
        return Section::empty(TITLE, why_none(digest));
    }
    let mut rows: Vec<Vec<String>> = findings.iter().map(|finding| row(audit, finding, why(finding))).collect();
    let shown = findings.iter().filter_map(|finding| finding.monthly_usd);
    if let Some(difference) = rounding(shown, digest.waste) {
        rows.push(sum(Some(difference), "rounding: rows are shown to the cent"));
    }
    let blind = match digest.gaps {
        0 => String::new(),
        gaps => format!(", without what {} may hide", count(gaps, "gap")),
    };
    let priced = findings.iter().any(|finding| finding.monthly_usd.is_some());
    rows.push(sum(priced.then_some(digest.waste), &format!("total of the rows above{blind}")));
    Section { grid: Some(Grid { columns: COLUMNS, rows }), tail: footnotes(&findings), ..Section::new(TITLE) }
}

/// Findings that somebody keeps or something manages. `None` when there are none.
pub(super) fn locked(audit: &Audit) -> Option<Section> {
    let rows: Vec<Vec<String>> = audit
        .findings
        .iter()
        .filter(|finding| !finding.counts())
        .map(|finding| row(audit, finding, lock(finding)))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let (title, lead) = match audit.findings.iter().any(|finding| finding.ignored.is_some()) {
        true => (
            "Kept, managed or ignored",
            "Found, but kept or set aside by somebody, or managed by something; in no total above.",
        ),
        false => ("Kept or managed", "Found, but kept by somebody or managed by something; in no total above."),
    };
    Some(Section { lead: vec![lead.to_owned()], grid: Some(Grid { columns: COLUMNS, rows }), ..Section::new(title) })
}

fn why_none(digest: &Digest) -> String {
    let cells = &digest.cells;
    let mut text = match (cells.wanted, digest.locked) {
        (0, _) => "Not known: nothing was scanned.".to_owned(),
        (_, 0) if cells.seen == 0 => format!("Not known: none of {} cells has been seen.", cells.wanted),
        (_, 0) => format!("No rule matched anything in the {} of {} cells seen.", cells.seen, cells.wanted),
        (_, locked) => format!("None that counts: {locked} found, all of them kept or managed."),
    };
    if digest.gaps > 0 {
        text.push_str(" What could not be looked at may hide some; it is listed below.");
    }
    text
}

fn row(audit: &Audit, finding: &Finding, why: String) -> Vec<String> {
    let resource = &finding.resource;
    vec![
        finding.score.to_string(),
        money(finding.monthly_usd),
        finding.title.clone(),
        resource.id.clone(),
        resource.name.clone().filter(|name| *name != resource.id).unwrap_or_default(),
        resource.region.as_str().to_owned(),
        since(finding, audit.started_at),
        why,
    ]
}

fn sum(usd: Option<Usd>, label: &str) -> Vec<String> {
    let mut cells = vec![String::new(); COLUMNS.len()];
    cells[1] = money(usd);
    cells[2] = label.to_owned();
    cells
}

fn money(usd: Option<Usd>) -> String {
    usd.map_or("—".to_owned(), |usd| usd.to_string())
}

/// How long it has been as it is, else how old it is.
fn since(finding: &Finding, now: Timestamp) -> String {
    const DAY: i64 = 86_400;
    match (finding.dormant_days, finding.resource.created_at) {
        (Some(days), _) => format!("{days} d"),
        (None, Some(created)) => format!("{} d old", (now.as_second() - created.as_second()).max(0) / DAY),
        (None, None) => String::new(),
    }
}

fn why(finding: &Finding) -> String {
    let mut said: Vec<String> = finding.evidence.iter().map(Evidence::line).map(|line| sentence(&line)).collect();
    if let Some(rule) = &finding.counted_under {
        said.push(format!("Its money is counted under {rule}."));
    }
    if let Some(over) = &finding.ignore_expired {
        said.push(sentence(&format!("It was {}", over.label())));
    }
    said.join(" ")
}

fn lock(finding: &Finding) -> String {
    let kept = finding.protected.as_ref().map(Protection::label).map(|label| sentence(&capital(&label)));
    let managed = finding.managed_by.as_ref().map(managed);
    let ignored = finding.ignored.as_ref().map(Ignored::label).map(|label| sentence(&capital(&label)));
    let mut said: Vec<String> = kept.into_iter().chain(managed).chain(ignored).collect();
    said.extend(finding.evidence.first().map(|evidence| sentence(&evidence.line())));
    said.join(" ")
}

fn managed(owner: &Owner) -> String {
    format!("Managed by {} ({}): act on that, not on this.", owner.label(), owner.evidence)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Which price lists the money rests on, and what a dash means.
fn footnotes(findings: &[&Finding]) -> Vec<String> {
    let sources: BTreeSet<&str> = findings.iter().filter_map(|finding| finding.price_source.as_deref()).collect();
    let mut notes = Vec::new();
    if !sources.is_empty() {
        let list: Vec<&str> = sources.into_iter().collect();
        notes.push(format!("Dollars are estimates for a month of 730 hours at list price: {}.", list.join("; ")));
    }
    if findings.iter().any(|finding| finding.monthly_usd.is_none()) {
        notes.push("— means no price is known, not that it is free.".to_owned());
    }
    notes
}
