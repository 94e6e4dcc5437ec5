//! The account at a glance, once the scan is over; the scan itself while it runs.
//!
//! ```text
//! ┌─ Waste ──────────┬─ Bill ───────────┐
//! ├─ by service ─────┼─ by region ──────┤
//! ├─ Top findings ───┴──────────────────┤
//! ├─ Quotas ─────────┬─ Coverage gaps ──┤
//! └──────────────────┴──────────────────┘
//! ```

mod money;
mod trouble;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::checklist;
use super::scan;
use super::screen::{Hit, Screen, inside, pane_at};
use super::table::{self, Column, Row};
use crate::audit::Audit;
use crate::model::Evidence;
use crate::tui::action::Action;
use crate::tui::filter::Filter;
use crate::tui::look::Role;
use crate::tui::pane::Pane;

/// Panes: top findings, waste, bill, waste by service, waste by region, quotas, coverage gaps.
pub const PANES: usize = 7;

/// Nothing here is sorted or filtered.
pub const COLUMNS: &[&str] = &[];

/// Findings worth listing here; the others are on their own screen.
const TOP: usize = 100;

/// From this inner width on there is room for a finding's reason beside what it is.
const ROOMY: u16 = 140;

/// Columns of the findings on top. What was found comes before why: half of each would tell neither.
fn columns(cx: &Screen<'_>, width: u16) -> Vec<Column> {
    let what = Column::text("", "what", 24, Column::ALWAYS);
    let mut columns = vec![
        Column::number("", "score", 5, 5),
        Column::number("", "$/mo", 9, Column::ALWAYS),
        if width < ROOMY { what.growing() } else { Column { width: 62, ..what } },
        Column::text("", "where", cx.region_width(), 4),
        Column::number("", "age", 6, 3),
    ];
    if width >= ROOMY {
        columns.push(Column::text("", "why", 22, 2).growing());
    }
    columns
}

/// Findings on top, dollars times score; while a scan runs, the regions of its matrix.
pub fn rows(audit: &Audit, pane: &Pane, filter: &Filter) -> Vec<usize> {
    if is_scanning(audit) {
        return scan::rows(audit, pane, filter);
    }
    let mut rows = audit.findings_by_weight();
    rows.truncate(TOP);
    rows
}

/// Whether the scan is shown in place of the figures.
pub fn is_scanning(audit: &Audit) -> bool {
    audit.finished_at.is_none()
}

/// How many panes there are at present.
pub fn panes(audit: &Audit) -> usize {
    if is_scanning(audit) { scan::PANES } else { PANES }
}

/// The action that opens what a pane is about.
pub fn leads_to(audit: &Audit, focus: usize) -> Action {
    match focus {
        _ if is_scanning(audit) => Action::Findings,
        2 => Action::Bill,
        5 => Action::Quotas,
        6 => Action::Coverage,
        _ => Action::Findings,
    }
}

fn areas(area: Rect, cx: &Screen<'_>) -> [Rect; PANES] {
    let mut panes = [Rect::ZERO; PANES];
    if cx.is_single(area) {
        panes[cx.focus.min(PANES - 1)] = area;
        return panes;
    }
    let [head, sums, top, foot] = heights(area.height, money::rows(cx) + 2, trouble::rows(cx) + 2);
    let mut y = area.y;
    let mut next = |height: u16| {
        let slice = Rect { y, height, ..area };
        y += height;
        slice
    };
    (panes[1], panes[2]) = scan::halves(next(head));
    (panes[3], panes[4]) = scan::halves(next(sums));
    panes[0] = next(top);
    (panes[5], panes[6]) = scan::halves(next(foot));
    panes
}

/// Heights of the four rows of panes; they add up to the whole. The sums and the quotas get what they need of
/// what a tall screen has to spare, the findings all the rest.
fn heights(height: u16, sums: u16, foot: u16) -> [u16; 4] {
    if height < 24 {
        let [head, sums, foot] = [5, 5, 4];
        return [head, sums, height.saturating_sub(head + sums + foot), foot];
    }
    let spare = height - 24;
    let (sums, foot) = (sums.clamp(5, 8 + spare / 5), foot.clamp(4, 4 + spare / 4));
    [6, sums, height - 6 - sums - foot, foot]
}

/// Rows the list has room for.
pub fn height(area: Rect, cx: &Screen<'_>) -> usize {
    if is_scanning(cx.audit) { scan::height(area, cx) } else { table::height(inside(areas(area, cx)[0])) }
}

/// What lies at a place.
pub fn hit(area: Rect, cx: &Screen<'_>, column: u16, row: u16) -> Hit {
    if is_scanning(cx.audit) {
        return scan::hit(area, cx, column, row);
    }
    let panes = areas(area, cx);
    match pane_at(&panes, column, row) {
        Hit::Pane(0) => {
            let inner = inside(panes[0]);
            table::hit(inner, cx, &columns(cx, inner.width), COLUMNS, column, row)
        }
        other => other,
    }
}

/// The line that says what the figures are.
pub fn hint(cx: &Screen<'_>) -> String {
    if is_scanning(cx.audit) {
        return scan::hint(cx);
    }
    "Prices are the account's own where its bill tells them, else public on-demand ones.".to_owned()
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    if is_scanning(cx.audit) {
        return scan::draw(frame, area, cx);
    }
    let panes = areas(area, cx);
    let mut boxed = |pane: usize, title: &str, remark: &str, lines: &dyn Fn(Rect) -> Vec<Line<'static>>| {
        if !panes[pane].is_empty() {
            cx.boxed(frame, panes[pane], pane, title, remark, lines(inside(panes[pane])));
        }
    };
    let source = if cx.audit.bill.is_some() { "Cost Explorer" } else { "" };
    boxed(1, "Waste", "estimate", &|inner| money::waste(cx, inner));
    boxed(2, &money::bill_title(cx), source, &|inner| money::bill(cx, inner));
    boxed(3, "Waste by service, $/mo", "", &|inner| money::bars(cx, &cx.digest.by_service, inner));
    boxed(4, "Waste by region, $/mo", "", &|inner| money::bars(cx, &cx.digest.by_region, inner));
    boxed(5, "Quotas near the limit", "", &|inner| trouble::quotas(cx, inner));
    boxed(6, "Coverage gaps", "", &|inner| trouble::gaps(cx, inner));
    draw_top(frame, panes[0], cx);
    draw_verdict(frame, panes[0], cx);
}

/// Whether the account may be closed, on the lower edge of the findings: a line of its own would cost one of them.
fn draw_verdict(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    let Some((text, role)) = checklist::verdict(cx) else { return };
    let line = Line::from(vec![Span::raw(" Closing: "), cx.span(text, role), Span::raw(" ")]);
    let width = u16::try_from(line.width()).unwrap_or(u16::MAX);
    if area.height > 1 && width.saturating_add(4) <= area.width {
        frame.render_widget(line, Rect { x: area.x + 2, y: area.bottom() - 1, width, height: 1 });
    }
}

fn draw_top(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    if area.is_empty() {
        return;
    }
    let inner = inside(area);
    if cx.rows.is_empty() {
        return cx.boxed(frame, area, 0, "Top findings", "", trouble::no_findings(cx));
    }
    let title = format!("Top findings, dollars {} score", cx.look.glyphs.times);
    let remark = format!("{}: all {}", cx.key(Action::Findings), cx.digest.findings);
    frame.render_widget(cx.block(area, 0, &title, &remark), area);
    table::draw(frame, inner, cx, &columns(cx, inner.width), COLUMNS, &|index| row(cx, index));
}

fn row(cx: &Screen<'_>, index: usize) -> Row {
    let blank = (" ".to_owned(), Role::Default);
    let Some(finding) = cx.audit.findings.get(index) else { return Row { sign: blank, cells: Vec::new() } };
    let dash = cx.look.glyphs.dash;
    let sign = match (finding.counts(), finding.monthly_usd) {
        (false, _) => ("L".to_owned(), Role::Off),
        (true, None) => (cx.look.glyphs.unknown.to_owned(), Role::Unknown),
        (true, Some(_)) => blank,
    };
    let cost = match finding.monthly_usd {
        Some(usd) => (usd.pretty().replacen('$', "", 1), Role::Money),
        None => (dash.to_owned(), Role::Unknown),
    };
    let age = finding.dormant_days.map_or(dash.to_owned(), |days| format!("{days} d"));
    let why = finding.evidence.first().map(Evidence::line).unwrap_or_default();
    let what = format!("{} {} {}", finding.title, cx.look.glyphs.dot, finding.resource.label());
    Row {
        sign,
        cells: vec![
            (finding.score.to_string(), Role::Default),
            cost,
            (cx.text(&what, 300), Role::Default),
            (cx.text(finding.resource.region.as_str(), 20), Role::Default),
            (age, Role::Default),
            (cx.text(&why, 300), Role::Dim),
        ],
    }
}
