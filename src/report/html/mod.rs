//! A report as one HTML file, to be mailed, printed or kept: no script, nothing loaded, text as text.

mod frame;

use std::collections::BTreeMap;
use std::io::{self, Write};

use maud::{Markup, html};

use super::page::{Cells, Column, Grid, Page, Section};
use crate::audit::Audit;
use crate::model::{CellState, Finding, Usd, truncate};

/// Longest identifier or command, in columns.
const CODE: usize = 400;

/// Longest text, in columns: room for a list of every region and kind.
const PROSE: usize = 1_500;

/// Writes the page of an audit, with what only a page has room for: what to do, and what was read.
pub(super) fn write(audit: &Audit, out: &mut dyn Write) -> io::Result<()> {
    let page = Page::of(audit);
    let body = html! {
        h1 { (prose(&page.title)) }
        p.verdict { (prose(&verdict(audit))) }
        dl {
            @for (name, value) in &page.head { dt { (*name) } dd { (prose(value)) } }
        }
        @for section in &page.sections { (self::section(section)) }
        (remedies(audit))
        (coverage(audit))
    };
    writeln!(out, "{}", frame::page(&page.title, &body).into_string())
}

/// Writes a page that holds nothing but what stands in it.
pub(super) fn write_page(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let body = html! {
        h1 { (prose(&page.title)) }
        dl {
            @for (name, value) in &page.head { dt { (*name) } dd { (prose(value)) } }
        }
        @for section in &page.sections { (self::section(section)) }
    };
    writeln!(out, "{}", frame::page(&page.title, &body).into_string())
}

/// The one sentence for who reads no further. What could not be seen stands beside what was.
fn verdict(audit: &Audit) -> String {
    let summary = audit.summary();
    let gaps = match summary.gaps {
        0 => "everything was seen".to_owned(),
        1 => "1 thing could not be looked at".to_owned(),
        gaps => format!("{gaps} things could not be looked at"),
    };
    let counted = summary.findings.saturating_sub(summary.locked);
    let money = match audit.findings.iter().any(|finding| finding.counts() && finding.monthly_usd.is_some()) {
        true => format!("{} a month in ", summary.monthly_waste_usd.pretty()),
        false => String::new(),
    };
    let unseen = audit.coverage.is_empty() || (counted == 0 && summary.score.is_none());
    match (unseen, counted) {
        (true, _) => format!("Nothing is known of this account: {gaps}."),
        (false, 1) => format!("{money}1 finding; {gaps}."),
        (false, counted) => format!("{money}{counted} findings; {gaps}."),
    }
}

fn section(section: &Section) -> Markup {
    html! {
        section {
            h2.alarm[section.alarm] { (section.title) }
            @for text in &section.lead { p { (prose(text)) } }
            @if let Some(grid) = &section.grid { (self::grid(grid)) }
            @for text in &section.tail { p { (prose(text)) } }
        }
    }
}

fn grid(grid: &Grid) -> Markup {
    html! {
        table {
            thead { tr { @for column in grid.columns { th class=[class(column)] { (column.name) } } } }
            tbody {
                @for row in &grid.rows {
                    tr { @for (column, text) in grid.columns.iter().zip(row) { td class=[class(column)] { (cell(column, text)) } } }
                }
            }
        }
    }
}

fn class(column: &Column) -> Option<&'static str> {
    match column.cells {
        Cells::Figure => Some("figure"),
        Cells::Word => Some("word"),
        Cells::Code | Cells::Prose => None,
    }
}

fn cell(column: &Column, text: &str) -> Markup {
    match column.cells {
        Cells::Code => code(text),
        Cells::Figure | Cells::Word | Cells::Prose => html! { (prose(text)) },
    }
}

/// What each finding asks for. The command is there to be read.
fn remedies(audit: &Audit) -> Markup {
    html! {
        section {
            h2 { "What to do" }
            @if audit.findings.is_empty() { p { "No finding asks for anything." } }
            @else {
                table {
                    thead { tr { th { "resource" } th { "remedy" } th { "command" } th { "documentation" } } }
                    tbody { @for finding in &audit.findings { (remedy(finding)) } }
                }
            }
        }
    }
}

fn remedy(finding: &Finding) -> Markup {
    html! {
        tr {
            td { (code(&finding.resource.id)) }
            td {
                (prose(&finding.remedy))
                @if !finding.counts() { " (kept or managed: leave it)" }
            }
            td { @if let Some(command) = &finding.command { (code(command)) } }
            td {
                @for (number, link) in finding.docs.iter().filter(|link| is_link(link)).enumerate() {
                    @if number > 0 { ", " }
                    a href=(link) rel="noopener noreferrer" { (prose(&place(link))) }
                }
            }
        }
    }
}

/// Whether a rule's documentation may become a link: HTTPS and nothing in it that is no part of an address.
fn is_link(link: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&()*+,;=%".contains(c);
    link.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && rest.chars().all(allowed))
}

/// The last part of an address, without its extension.
fn place(link: &str) -> String {
    let path = link.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    last.strip_suffix(".html").unwrap_or(last).to_owned()
}

/// How far the reading came: cells by their state.
fn coverage(audit: &Audit) -> Markup {
    let mut cells: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for coverage in audit.coverage.values() {
        let entry = cells.entry(state(coverage.state)).or_default();
        *entry = (entry.0 + 1, entry.1 + coverage.resources);
    }
    html! {
        section {
            h2 { "Coverage" }
            @if cells.is_empty() { p { "Nothing was scanned." } }
            @else {
                table {
                    thead { tr { th { "state" } th.figure { "cells (kind × region)" } th.figure { "resources" } } }
                    tbody {
                        @for (state, (cells, resources)) in cells {
                            tr { td { (state) } td.figure { (cells) } td.figure { (resources) } }
                        }
                    }
                }
            }
            p { "AWS billed " (audit.requests.billable_usd.max(Usd::ZERO).pretty()) " for the " (audit.requests.total) " requests of this run." }
        }
    }
}

fn state(state: CellState) -> &'static str {
    match state {
        CellState::Queued | CellState::Running => "not read yet",
        CellState::Seen => "seen",
        CellState::Partly => "seen, some details refused",
        CellState::Cut => "broke off",
        CellState::Missed => "could not be looked at",
        CellState::Off => "region not switched on",
        CellState::NotOffered => "not offered there",
    }
}

fn code(text: &str) -> Markup {
    let text = truncate(text.trim(), CODE);
    html! { @if !text.is_empty() { code { (text) } } }
}

fn prose(text: &str) -> String {
    truncate(text, PROSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_become_links() {
        assert!(is_link("https://docs.aws.amazon.com/ebs/latest/userguide/a.html#b"));
        for bad in ["http://a", "javascript:alert(1)", "https://", "https://a\" onclick=\"x", "https://a b", "data:x"] {
            assert!(!is_link(bad), "{bad}");
        }
        assert_eq!(place("https://docs.aws.amazon.com/ebs/ebs-volumes.html#x"), "ebs-volumes");
    }

    #[test]
    fn text_is_text() {
        let page = frame::page("<b>", &code("</code><script>1</script>")).into_string();
        assert!(page.contains("<title>&lt;b&gt;</title>"));
        assert!(page.contains("<code>&lt;/code&gt;&lt;script&gt;1&lt;/script&gt;</code>"));
    }
}
