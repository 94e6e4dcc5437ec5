//! The scan while it runs: how far it is, what it found, what is slow or refused.
//!
//! ```text
//! ┌─ Scan ──────────────────── running ┐
//! ├─ region × service ─────────────────┤
//! ├─ Found so far ──┬─ Slow, waiting … ┤
//! └─────────────────┴──────────────────┘
//! ```

mod clock;
mod heads;
pub(super) mod matrix;
pub(super) mod news;
mod progress;
pub(super) mod square;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use self::matrix::Plan;
use self::square::Square;
use super::screen::{Hit, Screen, inside, pane_at};
use crate::audit::Audit;
use crate::model::{CellState, Region, Why};
use crate::tui::filter::Filter;
use crate::tui::look::Role;
use crate::tui::pane::Pane;

/// Panes `Tab` goes through: matrix, findings so far, what is slow.
pub const PANES: usize = 3;

/// Columns to sort and filter by; the order is always the matrix's own.
pub const COLUMNS: &[&str] = &["region"];

/// Regions on screen: indexes into [`Audit::rows`].
pub fn rows(audit: &Audit, _pane: &Pane, filter: &Filter) -> Vec<usize> {
    let regions = audit.rows();
    let texts = |region: &Region| vec![region.as_str().to_owned()];
    (0..regions.len()).filter(|i| filter.matches(&|_| texts(&regions[*i]), &|_| None)).collect()
}

/// What a filter looks at in a row.
pub fn row_text(audit: &Audit, index: usize) -> Vec<(&'static str, String)> {
    audit.rows().get(index).map(|region| ("region", region.as_str().to_owned())).into_iter().collect()
}

/// Where everything lies. Panes that are not drawn are empty.
struct Areas {
    head: Rect,
    panes: [Rect; PANES],
}

fn areas(area: Rect, cx: &Screen<'_>) -> Areas {
    let head_height = if progress::phases(cx).is_empty() { 4 } else { 5 };
    let slice = |y: u16, height: u16| Rect {
        y: area.y.saturating_add(y).min(area.bottom()),
        height: height.min(area.height.saturating_sub(y)),
        ..area
    };
    if cx.is_single(area) {
        let mut panes = [Rect::ZERO; PANES];
        let bar = area.height.min(1);
        panes[cx.focus.min(PANES - 1)] = slice(bar, area.height - bar);
        return Areas { head: slice(0, bar), panes };
    }
    let least = if area.height >= 24 { 9 } else { 6 };
    let wanted = u16::try_from(cx.rows.len()).unwrap_or(u16::MAX).saturating_add(3);
    let matrix = area.height.saturating_sub(head_height + least).min(wanted);
    let foot = slice(head_height + matrix, area.height);
    let (left, right) = if area.width >= 100 { halves(foot) } else { (foot, Rect::ZERO) };
    Areas { head: slice(0, head_height), panes: [slice(head_height, matrix), left, right] }
}

/// Two panes side by side; the left one is the smaller when the width is odd.
pub(super) fn halves(area: Rect) -> (Rect, Rect) {
    let left = area.width / 2;
    (Rect { width: left, ..area }, Rect { x: area.x + left, width: area.width - left, ..area })
}

/// Regions there is room for.
pub fn height(area: Rect, cx: &Screen<'_>) -> usize {
    usize::from(inside(areas(area, cx).panes[0]).height.saturating_sub(1))
}

/// What lies at a place.
pub fn hit(area: Rect, cx: &Screen<'_>, column: u16, row: u16) -> Hit {
    let panes = areas(area, cx).panes;
    let inner = inside(panes[0]);
    let found = pane_at(&panes, column, row);
    if found != Hit::Pane(0) || row <= inner.y || row >= inner.bottom() {
        return found;
    }
    let position = top(cx, inner) + usize::from(row - inner.y - 1);
    if position < cx.rows.len() { Hit::Row(position) } else { found }
}

/// The line that explains the signs.
pub fn hint(cx: &Screen<'_>) -> String {
    let g = &cx.look.glyphs;
    format!(
        "{} queued  {} running  12 done  {} throttled  {} denied  {} error  {} off  {} not here",
        g.queued,
        g.running(cx.tick),
        g.throttled,
        g.denied,
        g.error,
        g.off,
        g.none
    )
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    if cx.audit.coverage.is_empty() {
        return waiting(frame, area, cx);
    }
    let areas = areas(area, cx);
    if cx.is_single(area) {
        frame.render_widget(Paragraph::new(progress::bar_line(cx, areas.head.width)), areas.head);
    } else {
        progress::draw(frame, areas.head, cx);
    }
    draw_matrix(frame, areas.panes[0], cx);
    let shared = !cx.is_single(area) && areas.panes[2].is_empty();
    news::draw(frame, areas.panes[1], areas.panes[2], shared, cx);
}

/// Before the scan knows what there is to read.
fn waiting(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    let mut lines = vec![
        cx.line(" Nothing has been read yet.", Role::Title),
        Line::default(),
        Line::from(" First AWS is asked who is calling and which regions this account has switched on."),
    ];
    let room = usize::from(area.width).saturating_sub(4);
    lines.extend(cx.audit.notes.iter().rev().take(10).map(|note| Line::from(format!(" {}", cx.text(note, room)))));
    cx.boxed(frame, area, cx.focus, "Scan", "starting", lines);
}

fn top(cx: &Screen<'_>, inner: Rect) -> usize {
    cx.pane.top_within(usize::from(inner.height.saturating_sub(1)), cx.rows.len())
}

fn draw_matrix(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    if area.is_empty() {
        return;
    }
    let inner = inside(area);
    let plan = Plan::new(cx.audit, usize::from(inner.width));
    let regions = cx.audit.rows();
    let height = usize::from(inner.height.saturating_sub(1));
    let top = top(cx, inner);
    let mut lines = vec![matrix::head(cx, &plan, "found  ")];
    for (position, index) in cx.rows.iter().enumerate().skip(top).take(height) {
        let Some(region) = regions.get(*index) else { continue };
        let is_cursor = position == cx.pane.cursor;
        let line = matrix::line(cx, &plan, region, is_cursor, |square: &Square| square.count(cx), row_end(cx, region));
        let selected = is_cursor && cx.focus == 0;
        lines.push(if selected { line.style(cx.look.style(Role::Selected)) } else { line });
    }
    matrix::more_below(cx, &mut lines, top, cx.rows.len(), inner.height);
    let what = if plan.families { "family" } else { "service" };
    let title = format!("region {} {what}   number = resources seen", cx.look.glyphs.times);
    cx.boxed(frame, area, 0, &title, "", lines);
}

/// The end of a region's line: how many resources, and how the region stands.
fn row_end(cx: &Screen<'_>, region: &Region) -> (String, Role) {
    let glyphs = &cx.look.glyphs;
    let cells = cx.audit.cells_of(region);
    let found: u64 = cx.audit.coverage_in(region).map(|coverage| coverage.resources).sum();
    let said = |sign: &str, role| (format!("{found} {sign} "), role);
    if cells.wanted == 0 {
        return ("off ".to_owned(), Role::Off);
    }
    if cells.over < cells.wanted {
        let running = cx.audit.coverage_in(region).any(|coverage| coverage.state == CellState::Running);
        let sign = if running { glyphs.running(cx.tick) } else { glyphs.queued };
        return said(sign, if running { Role::Key } else { Role::Dim });
    }
    let refused = |why: Option<Why>| {
        cx.audit.coverage_in(region).filter(|c| c.state != CellState::Off).all(|c| c.why == why && !c.state.is_listed())
    };
    match cells.seen {
        seen if seen == cells.wanted => said(glyphs.ok, Role::Good),
        0 if refused(Some(Why::Denied)) => ("denied ".to_owned(), Role::Bad),
        _ => said(glyphs.partly, Role::Warn),
    }
}
