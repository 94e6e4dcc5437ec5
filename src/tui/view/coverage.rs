//! What was seen and what was not: the matrix again, and under it each gap with what to do about it.
//!
//! The screen's list runs through both panes: first the regions, then the gaps. The pane with the cursor
//! is the focused one.

mod advice;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::WIDE;
use super::scan::matrix::{self, Plan};
use super::scan::square::Square;
use super::screen::{Hit, Screen, inside, pane_at};
use crate::audit::{Audit, Digest, GapGroup};
use crate::model::{Cell, CellState, Region};
use crate::tui::filter::Filter;
use crate::tui::look::Role;
use crate::tui::pane::Pane;

pub use advice::{amount, places, policy, things};

/// Panes: the matrix, and what was not seen.
pub const PANES: usize = 2;

/// Columns to filter by.
pub const COLUMNS: &[&str] = &["region", "kind", "why", "said"];

/// Regions (indexes into [`Audit::rows`]), then gap groups (indexes behind those).
pub fn rows(audit: &Audit, pane: &Pane, filter: &Filter) -> Vec<usize> {
    let regions = audit.rows();
    let groups = audit.gap_groups();
    let mut rows: Vec<usize> = (0..regions.len() + groups.len()).collect();
    if !filter.is_empty() {
        rows.retain(|index| {
            let texts = texts_of(&regions, &groups, *index);
            filter.matches(
                &|column| {
                    texts.iter().filter(|(c, _)| column.is_empty() || *c == column).map(|t| t.1.clone()).collect()
                },
                &|_| None,
            )
        });
    }
    if pane.reverse {
        let regions_shown = rows.iter().filter(|index| **index < regions.len()).count();
        rows[..regions_shown].reverse();
        rows[regions_shown..].reverse();
    }
    rows
}

/// What a filter looks at in a row.
pub fn row_text(audit: &Audit, index: usize) -> Vec<(&'static str, String)> {
    texts_of(&audit.rows(), &audit.gap_groups(), index)
}

fn texts_of(regions: &[Region], groups: &[GapGroup], index: usize) -> Vec<(&'static str, String)> {
    if let Some(region) = regions.get(index) {
        return vec![("region", region.as_str().to_owned())];
    }
    let Some(group) = groups.get(index - regions.len()) else { return Vec::new() };
    let mut texts = vec![("why", group.why.to_string()), ("said", group.detail.clone())];
    texts.extend(group.regions.iter().map(|region| ("region", region.as_str().to_owned())));
    texts.extend(group.kinds.iter().map(|kind| ("kind", kind.as_str().to_owned())));
    texts
}

/// The cells behind a row that are not listed to the end: what reading them again could mend.
pub fn cells(audit: &Audit, index: usize) -> Vec<Cell> {
    let regions = audit.rows();
    let groups = audit.gap_groups();
    let wanted = |cell: &Cell| match (regions.get(index), groups.get(index.wrapping_sub(regions.len()))) {
        (Some(region), _) => cell.region == *region,
        (None, Some(group)) => group.regions.contains(&cell.region) && group.kinds.contains(&cell.kind),
        (None, None) => false,
    };
    let lacking = |state: CellState| matches!(state, CellState::Partly | CellState::Cut | CellState::Missed);
    audit.coverage.iter().filter(|(cell, c)| lacking(c.state) && wanted(cell)).map(|(cell, _)| cell.clone()).collect()
}

/// The position `Tab` leads to: the first row of the other pane, or the present one when it has none.
pub fn other_pane(audit: &Audit, pane: &Pane, rows: &[usize]) -> usize {
    let first_gap = first_gap(audit, rows);
    match (pane.cursor < first_gap, first_gap < rows.len()) {
        (true, true) => first_gap,
        (true, false) => pane.cursor,
        (false, _) => 0,
    }
}

/// The position at which the gaps begin.
fn first_gap(audit: &Audit, rows: &[usize]) -> usize {
    let regions = audit.rows().len();
    rows.iter().position(|index| *index >= regions).unwrap_or(rows.len())
}

/// The pane that has the cursor.
fn focus(cx: &Screen<'_>) -> usize {
    usize::from(cx.pane.cursor >= first_gap(cx.audit, cx.rows) && !cx.rows.is_empty())
}

fn areas(area: Rect, cx: &Screen<'_>) -> [Rect; PANES] {
    if cx.is_single(area) {
        let mut panes = [Rect::ZERO; PANES];
        panes[focus(cx)] = area;
        return panes;
    }
    let wanted = u16::try_from(first_gap(cx.audit, cx.rows)).unwrap_or(u16::MAX).saturating_add(3);
    let matrix = wanted.min(area.height / 2);
    let upper = Rect { height: matrix, ..area };
    [upper, Rect { y: area.y + matrix, height: area.height - matrix, ..area }]
}

/// Rows a page has room for in the pane with the cursor.
pub fn height(area: Rect, cx: &Screen<'_>) -> usize {
    usize::from(inside(areas(area, cx)[focus(cx)]).height.saturating_sub(1))
}

/// What lies at a place.
pub fn hit(area: Rect, cx: &Screen<'_>, column: u16, row: u16) -> Hit {
    let panes = areas(area, cx);
    let found = pane_at(&panes, column, row);
    let inner = inside(panes[0]);
    if found == Hit::Pane(0) && row > inner.y && row < inner.bottom() {
        let position = matrix_top(cx, inner) + usize::from(row - inner.y - 1);
        return if position < first_gap(cx.audit, cx.rows) { Hit::Row(position) } else { found };
    }
    let inner = inside(panes[1]);
    if found == Hit::Pane(1) && row >= inner.y && row < inner.bottom() {
        let line = usize::from(row - inner.y);
        return advice::position_at(cx, inner, first_gap(cx.audit, cx.rows), line).map_or(found, Hit::Row);
    }
    found
}

/// The line that says what the screen stands for; on a narrow screen, what the signs mean.
pub fn hint(cx: &Screen<'_>, width: u16) -> String {
    if width < WIDE {
        return legend(cx);
    }
    "A region or service that could not be read is never shown as clean.".to_owned()
}

fn legend(cx: &Screen<'_>) -> String {
    let g = &cx.look.glyphs;
    format!("{} seen {} partly {} denied {} throttled {} off", g.ok, g.partly, g.denied, g.throttled, g.off)
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    let focused = Screen { focus: focus(cx), ..*cx };
    let [matrix, gaps] = areas(area, cx);
    draw_matrix(frame, matrix, &focused);
    advice::draw(frame, gaps, &focused, first_gap(cx.audit, cx.rows));
}

/// `Coverage: 91 % of 272 cells seen, 4 in part`, the head of the screen.
pub fn totals(digest: &Digest) -> String {
    let Some(percent) = digest.cells.seen_percent() else { return "Coverage: nothing was read".to_owned() };
    let part = if digest.cells.partly > 0 { format!(", {} in part", digest.cells.partly) } else { String::new() };
    format!("Coverage: {percent} % of {} cells seen{part}", digest.cells.wanted)
}

/// The first region on screen. While the cursor is among the gaps the matrix shows its beginning.
fn matrix_top(cx: &Screen<'_>, inner: Rect) -> usize {
    let last = first_gap(cx.audit, cx.rows);
    if cx.pane.cursor >= last {
        return 0;
    }
    cx.pane.top_within(usize::from(inner.height.saturating_sub(1)), last)
}

fn draw_matrix(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    if area.is_empty() {
        return;
    }
    let inner = inside(area);
    let plan = Plan::new(cx.audit, usize::from(inner.width));
    let regions = cx.audit.rows();
    let top = matrix_top(cx, inner);
    let mut lines = vec![matrix::head(cx, &plan, "sees  ")];
    if regions.is_empty() {
        lines = vec![cx.line(" Nothing has been read yet.", Role::Dim)];
    }
    let shown = cx.rows.iter().enumerate().skip(top).take(usize::from(inner.height.saturating_sub(1)));
    for (position, index) in shown {
        let Some(region) = regions.get(*index) else { break };
        let is_cursor = position == cx.pane.cursor;
        let line = matrix::line(cx, &plan, region, is_cursor, |square: &Square| square.sight(cx), sees(cx, region));
        lines.push(if is_cursor { line.style(cx.look.style(Role::Selected)) } else { line });
    }
    matrix::more_below(cx, &mut lines, top, first_gap(cx.audit, cx.rows), inner.height);
    let remark = if area.width < WIDE { String::new() } else { legend(cx) };
    cx.boxed(frame, area, 0, &totals(cx.digest), &remark, lines);
}

/// The end of a region's line: the share of its cells that was seen.
fn sees(cx: &Screen<'_>, region: &Region) -> (String, Role) {
    let cells = cx.audit.cells_of(region);
    match cells.seen_percent() {
        None if cells.off > 0 => ("off ".to_owned(), Role::Off),
        None => (format!("{} ", cx.look.glyphs.dash), Role::Unknown),
        Some(percent) if cells.over < cells.wanted => {
            (format!("{percent} % {} ", cx.look.glyphs.running(cx.tick)), Role::Key)
        }
        Some(100) if cells.partly > 0 => (format!("100 % {} ", cx.look.glyphs.partly), Role::Warn),
        Some(100) => ("100 % ".to_owned(), Role::Good),
        Some(0) => ("0 % ".to_owned(), Role::Bad),
        Some(percent) => (format!("{percent} % "), Role::Warn),
    }
}
