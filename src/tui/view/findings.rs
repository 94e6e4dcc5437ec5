//! Findings: the list, and the detail of the one under the cursor.
//!
//! ```text
//!  41 findings, 3 marked = $187.80/mo                filter: cost>1
//! ┌─ Findings 12 of 41 ──────┐┌─ Detail ─────────────── 2/41 ┐
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use super::screen::{Hit, Screen, inside, pane_at};
use super::table::{self, Column, Row};
use super::{WIDE, detail};
use crate::model::{Finding, Usd};
use crate::tui::action::Action;
use crate::tui::facets::{self, owner, tag};
use crate::tui::look::Role;
use crate::tui::model::{Model, ScreenId};

/// Panes: the list, and the detail.
pub const PANES: usize = 2;

/// Columns to sort by. The screen's own order is the score, then dollars.
pub const COLUMNS: &[&str] = &["score", "cost", "finding", "resource", "region", "age", "owner"];

/// The state's column: locked, managed, price unknown.
const STATE: Column = Column::text("", "", 1, Column::ALWAYS);

/// Columns of the list; what is last to be missed has the most weight.
fn table_columns(cx: &Screen<'_>, width: u16) -> [Column; 10] {
    // Few findings cost more than all that count together.
    let cost = u16::try_from(cx.digest.waste.to_string().len().clamp(8, 12)).unwrap_or(8);
    let (finding, resource) = if width >= WIDE { (29, 21) } else { (20, 16) };
    [
        STATE,
        Column::number("score", "sc", 3, Column::ALWAYS),
        Column::number("cost", "$/mo", cost, Column::ALWAYS),
        Column::text("finding", "finding", finding, Column::ALWAYS).growing(),
        Column::text("resource", "resource", resource, 5),
        Column::text("region", "region", cx.region_width(), 6),
        Column::number("age", "age", 5, 4),
        Column::text("owner", "owner", 16, 3),
        Column::text("tag", "tag", 12, 2),
        Column::text("why", "why", 30, 1),
    ]
}

/// Where everything lies. What is not drawn is empty.
struct Areas {
    summary: Rect,
    list: Rect,
    detail: Rect,
    /// Two lines of detail under a list that is too narrow for more.
    strip: Rect,
}

fn areas(area: Rect, cx: &Screen<'_>) -> Areas {
    let summary = Rect { height: area.height.min(1), ..area };
    let rest = Rect { y: area.y + summary.height, height: area.height - summary.height, ..area };
    let none = Areas { summary, list: Rect::ZERO, detail: Rect::ZERO, strip: Rect::ZERO };
    if cx.is_single(area) || (area.width < WIDE && cx.focus == 1) {
        return if cx.focus == 1 { Areas { detail: rest, ..none } } else { Areas { list: rest, ..none } };
    }
    if area.width < WIDE && cx.rows.is_empty() {
        return Areas { list: rest, ..none };
    }
    if area.width < WIDE {
        let height = rest.height.saturating_sub(4);
        let strip = Rect { y: rest.y + height, height: rest.height - height, ..rest };
        return Areas { list: Rect { height, ..rest }, strip, ..none };
    }
    let width = if area.width >= 150 { area.width * 13 / 20 } else { area.width / 2 + 4 };
    let detail = Rect { x: rest.x + width, width: rest.width - width, ..rest };
    Areas { list: Rect { width, ..rest }, detail, ..none }
}

/// Rows the list has room for.
pub fn height(area: Rect, cx: &Screen<'_>) -> usize {
    table::height(inside(areas(area, cx).list))
}

/// How far the detail can be scrolled.
pub fn last_line(model: &Model) -> usize {
    let (area, cx) = (super::body(super::whole(model)), super::screen(model));
    let inner = inside(areas(area, &cx).detail);
    let lines = model.current().map_or(0, |finding| detail::lines(&cx, finding, inner).len());
    lines.saturating_sub(usize::from(inner.height))
}

/// What lies at a place.
pub fn hit(area: Rect, cx: &Screen<'_>, column: u16, row: u16) -> Hit {
    let areas = areas(area, cx);
    match pane_at(&[areas.list, areas.detail], column, row) {
        Hit::Pane(0) => {
            let inner = inside(areas.list);
            table::hit(inner, cx, &table_columns(cx, inner.width), COLUMNS, column, row)
        }
        other => other,
    }
}

/// The line that explains the signs; on a narrow screen, what the score is made of.
pub fn hint(model: &Model, cx: &Screen<'_>) -> String {
    let narrow = model.size.0 < WIDE;
    match model.current().filter(|finding| narrow && !finding.score_parts.is_empty()) {
        Some(finding) => {
            let parts = finding.score_parts.iter().map(|part| format!("{} {}", part.name, part.points));
            format!("Score {} = {}", finding.score, parts.collect::<Vec<_>>().join(" + "))
        }
        None if narrow => "Nothing is deleted here: marks only add up.".to_owned(),
        None => {
            let g = &cx.look.glyphs;
            format!(
                "{} marked   L locked   M managed by something else   {} price unknown: {}   nothing is deleted here",
                g.mark, g.unknown, g.dash
            )
        }
    }
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>) {
    let areas = areas(area, cx);
    draw_summary(frame, areas.summary, model, cx);
    if !areas.list.is_empty() {
        draw_list(frame, areas.list, model, cx);
    }
    let Some(finding) = model.current() else {
        if !areas.detail.is_empty() {
            cx.boxed(frame, areas.detail, 1, "Detail", "", vec![cx.line(" No finding is chosen.", Role::Dim)]);
        }
        return;
    };
    if !areas.detail.is_empty() {
        let remark = format!("{}/{}", cx.pane.cursor + 1, cx.rows.len());
        let inner = inside(areas.detail);
        let lines = detail::lines(cx, finding, inner);
        let last = lines.len().saturating_sub(usize::from(inner.height));
        let shown = lines.into_iter().skip(cx.scroll.min(last)).collect();
        cx.boxed(frame, areas.detail, 1, "Detail", &remark, shown);
    }
    if !areas.strip.is_empty() {
        let title = cx.text(&finding.resource.id, 60);
        let lines = detail::strip(cx, finding, usize::from(areas.strip.width).saturating_sub(3));
        cx.boxed(frame, areas.strip, 1, &title, "", lines);
    }
}

/// `41 findings, 3 marked = $187.80/mo`, and the filter at the right.
fn draw_summary(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>) {
    let digest = cx.digest;
    let dot = cx.look.glyphs.dot;
    let all = model.audit.findings.len();
    let mut text = format!(" {all} {}", if all == 1 { "finding" } else { "findings" });
    if model.marks.is_empty() && cx.rows.len() < all {
        text = format!(" {} of {all} findings = {}/mo", cx.rows.len(), model.listed.pretty());
    } else if model.marks.is_empty() {
        text.push_str(&format!(" = {}/mo", cx.waste()));
    } else {
        text.push_str(&format!(", {} marked = {}/mo", model.marks.len(), model.marks.total().pretty()));
        let hidden = hidden_marks(model);
        if hidden > 0 {
            text.push_str(&format!(" ({hidden} not shown)"));
        }
    }
    if digest.gaps > 0 {
        let key = cx.key(Action::Coverage);
        text.push_str(&format!(" {dot} {} gaps, see {key}", digest.gaps));
    }
    if digest.unpriced > 0 {
        text.push_str(&format!(" {dot} {} not priced", digest.unpriced));
    }
    let room = usize::from(area.width);
    let left = cx.text(&text, room);
    let used = left.width();
    frame.render_widget(Paragraph::new(left), area);
    let mut filter = if model.marked_only { "marked only".to_owned() } else { String::new() };
    if !cx.pane.filter.is_empty() {
        let joint = if filter.is_empty() { "" } else { ", " };
        filter.push_str(&format!("{joint}filter: {}", cx.pane.filter));
    }
    if filter.is_empty() || used + 6 > room {
        return;
    }
    let filter = format!("{} ", cx.text(&filter, room - used - 3));
    let width = u16::try_from(filter.width()).unwrap_or(0);
    let right = Rect { x: area.right().saturating_sub(width), width, ..area };
    frame.render_widget(Paragraph::new(cx.line(filter, Role::Key)), right);
}

/// Marked resources that no row shown stands for.
fn hidden_marks(model: &Model) -> usize {
    let rows = &model.view_of(ScreenId::Findings).rows;
    if rows.len() == model.audit.findings.len() {
        return 0;
    }
    let shown = rows.iter().filter_map(|row| model.audit.findings.get(*row)).map(|finding| &finding.resource.arn);
    let shown: std::collections::HashSet<_> = shown.filter(|arn| model.marks.has(arn)).collect();
    model.marks.len() - shown.len().min(model.marks.len())
}

fn draw_list(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>) {
    let inner = inside(area);
    let columns = table_columns(cx, inner.width);
    let remark = match (model.held, model.range) {
        (_, Some(_)) => "range: Space marks it".to_owned(),
        (0, None) => String::new(),
        (held, None) => format!("{held} new: {}", cx.key(Action::ShowNew)),
    };
    let title = format!("Findings {}", table::extent(cx, inner, model.audit.findings.len()));
    if cx.rows.is_empty() {
        let lines = empty(model, cx).into_iter().map(|text| Line::from(format!(" {text}"))).collect();
        return cx.boxed(frame, area, 0, "Findings", &remark, lines);
    }
    frame.render_widget(cx.block(area, 0, &title, &remark), area);
    let widths: Vec<usize> = (0..columns.len()).map(|column| table::width_of(&columns, inner, column)).collect();
    let range = range(model);
    table::draw(frame, inner, cx, &columns, COLUMNS, &|index| row(model, cx, &widths, index, &range));
}

/// The rows of a range being made.
fn range(model: &Model) -> Vec<usize> {
    let view = model.view_of(ScreenId::Findings);
    let from = model.range.and_then(|anchor| view.rows.iter().position(|row| model.index.key(*row) == Some(anchor)));
    let Some(from) = from else { return Vec::new() };
    let (first, last) = (from.min(view.pane.cursor), from.max(view.pane.cursor));
    view.rows.get(first..=last).unwrap_or_default().to_vec()
}

fn row(model: &Model, cx: &Screen<'_>, widths: &[usize], index: usize, range: &[usize]) -> Row {
    let Some(finding) = model.audit.findings.get(index) else {
        return Row { sign: (String::new(), Role::Default), cells: Vec::new() };
    };
    let g = &cx.look.glyphs;
    let sign = if model.marks.has(&finding.resource.arn) {
        (g.mark.to_owned(), Role::Mark)
    } else if range.contains(&index) {
        (g.queued.to_owned(), Role::Mark)
    } else {
        (" ".to_owned(), Role::Default)
    };
    let width = |column: usize| widths.get(column).copied().unwrap_or(0);
    let plain = |column: usize, text: &str| (cx.text(text, width(column)), Role::Default);
    let why = if width(9) > 0 { facets::why(finding) } else { Default::default() };
    let cells = vec![
        state(cx, finding),
        (finding.score.to_string(), Role::Title),
        money(cx, finding, width(2)),
        plain(3, &finding.title),
        plain(4, finding.resource.label()),
        plain(5, finding.resource.region.as_str()),
        (age(cx, finding), Role::Default),
        plain(7, &owner(finding)),
        plain(8, &tag(finding)),
        plain(9, &why),
    ];
    Row { sign, cells }
}

/// `L` locked, `M` managed, `I` ignored, `?` price unknown: one character, the gravest first.
fn state(cx: &Screen<'_>, finding: &Finding) -> (String, Role) {
    match (&finding.protected, &finding.managed_by, finding.monthly_usd) {
        (Some(_), _, _) => ("L".to_owned(), Role::Warn),
        (None, Some(_), _) => ("M".to_owned(), Role::Warn),
        (None, None, _) if finding.ignored.is_some() => ("I".to_owned(), Role::Warn),
        (None, None, None) => (cx.look.glyphs.unknown.to_owned(), Role::Unknown),
        (None, None, Some(_)) => (" ".to_owned(), Role::Default),
    }
}

/// Dollars a month with two decimals, or without any where there is no room: an amount is never cut. A dash when
/// nobody knows.
fn money(cx: &Screen<'_>, finding: &Finding, width: usize) -> (String, Role) {
    let Some(amount) = finding.monthly_usd else { return (cx.look.glyphs.dash.to_owned(), Role::Unknown) };
    let exact = amount.to_string();
    let text = if exact.len() > width { format!("{:.0}", amount.dollars()) } else { exact };
    (text, if finding.counts() && amount > Usd::ZERO { Role::Money } else { Role::Dim })
}

fn age(cx: &Screen<'_>, finding: &Finding) -> String {
    finding.dormant_days.map_or(cx.look.glyphs.dash.to_owned(), |days| format!("{days}d"))
}

/// Why there is nothing in the list, and which key helps.
fn empty(model: &Model, cx: &Screen<'_>) -> Vec<String> {
    let all = model.audit.findings.len();
    if all > 0 && !cx.pane.filter.is_empty() {
        let key = cx.key(Action::Back);
        return vec![format!("{all} findings, none of them matches the filter."), format!("{key} clears it.")];
    }
    if all > 0 && model.marked_only {
        return vec![
            format!("{all} findings, none of them is marked."),
            format!("{} shows all.", cx.key(Action::MarkedOnly)),
        ];
    }
    if all > 0 {
        return vec![format!("{} new findings wait.", model.held), format!("{} shows them.", cx.key(Action::ShowNew))];
    }
    let cells = &cx.digest.cells;
    if model.is_running() {
        let read = format!("{} of {} cells are read.", cells.over, cells.wanted);
        return vec!["No finding so far.".to_owned(), read, "Rules judge as the scan goes on.".to_owned()];
    }
    if cells.wanted == 0 {
        let nothing = Some("Nothing has been scanned.".to_owned());
        return nothing.into_iter().chain(cx.rescan(Action::Rescan, "scans.")).collect();
    }
    let more = format!("{} shows why.", cx.key(Action::Coverage));
    if cells.seen == 0 {
        return vec!["Nothing could be looked at, so nothing is known.".to_owned(), more];
    }
    let found = format!("No rule found anything in the {} of {} cells that were seen.", cells.seen, cells.wanted);
    if cx.digest.gaps == 0 {
        return vec![found, "Nothing was left out.".to_owned()];
    }
    vec![found, format!("{} gaps remain.", cx.digest.gaps), more]
}
