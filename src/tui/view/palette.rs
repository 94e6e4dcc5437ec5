//! Lists to choose from: commands, columns, values, forms, settings.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use unicode_width::UnicodeWidthStr;

use super::screen::{Screen, inside};
use super::table::fit;
use crate::tui::look::Role;
use crate::tui::overlay::{Chooser, Item, List};

/// Where a list is drawn: centred, no larger than it needs to be.
fn place(area: Rect, chooser: &Chooser) -> Rect {
    let label = chooser.items.iter().map(|item| item.label.width()).max().unwrap_or(0);
    let note = chooser.items.iter().map(|item| item.note.width()).max().unwrap_or(0);
    let wanted = (label + note + 8).max(title(chooser.list).len() + 8).max(36);
    let width = u16::try_from(wanted).unwrap_or(u16::MAX).min(area.width);
    let rows = chooser.items.len() + 2 + usize::from(chooser.is_typed());
    // No taller than leaves something of the screen below to be seen.
    let height = u16::try_from(rows.max(4)).unwrap_or(u16::MAX).min(area.height.min(20.max(area.height / 2)));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

fn title(list: List) -> &'static str {
    match list {
        List::Help => "Help",
        List::Palette => "Commands",
        List::Sort => "Sort by; the same again reverses",
        List::Pick => "Filter by a value",
        List::Export => "Write this audit as",
        List::Settings => "Settings, for this run",
    }
}

/// Rows there is room for.
pub fn height(area: Rect, chooser: &Chooser) -> usize {
    let inner = inside(place(area, chooser));
    usize::from(inner.height).saturating_sub(usize::from(chooser.is_typed()))
}

fn top(area: Rect, chooser: &Chooser) -> usize {
    (chooser.cursor + 1).saturating_sub(height(area, chooser))
}

/// The position at a place: `Some(None)` inside the box but on no row, `None` beside it.
pub fn row_at(area: Rect, chooser: &Chooser, column: u16, row: u16) -> Option<Option<usize>> {
    let place = place(area, chooser);
    if !place.contains((column, row).into()) {
        return None;
    }
    let first = inside(place).y + u16::from(chooser.is_typed());
    let position = top(area, chooser) + usize::from(row.saturating_sub(first));
    let is_row = row >= first && row + 1 < place.bottom() && position < chooser.shown.len();
    Some(is_row.then_some(position))
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>, chooser: &Chooser) {
    let place = place(area, chooser);
    let inner = inside(place);
    frame.render_widget(Clear, place);
    let mut lines = Vec::new();
    if chooser.is_typed() {
        lines.push(Line::from(format!("> {}", chooser.query.text())));
        let x = inner.x + 2 + u16::try_from(chooser.query.column()).unwrap_or(0);
        frame.set_cursor_position(Position { x: x.min(inner.right()), y: inner.y });
    }
    let items = chooser.shown.iter().enumerate().skip(top(area, chooser)).take(height(area, chooser));
    for (position, item) in items.filter_map(|(at, i)| Some((at, chooser.items.get(*i)?))) {
        lines.push(line(cx, chooser.list, item, usize::from(inner.width), position == chooser.cursor));
    }
    if chooser.shown.is_empty() {
        lines.push(cx.line(" nothing matches", Role::Dim));
    }
    let remark =
        if chooser.is_typed() { format!("{} of {}", chooser.shown.len(), chooser.items.len()) } else { String::new() };
    cx.boxed(frame, place, cx.focus, title(chooser.list), &remark, lines);
}

fn line(cx: &Screen<'_>, list: List, item: &Item, width: usize, is_cursor: bool) -> Line<'static> {
    let pointer = if is_cursor { cx.look.glyphs.cursor } else { " " };
    let note = cx.text(&item.note, width.saturating_sub(14));
    let label = match list {
        // What a form holds stands beside its name; keys and values stand at the right edge.
        List::Export => fit(&cx.text(&item.label, width), 11, false),
        _ => fit(&cx.text(&item.label, width), width.saturating_sub(note.width() + 4), false),
    };
    let line = Line::from(vec![
        Span::raw(format!("{pointer} {label} ")),
        cx.span(format!("{note} "), if is_cursor { Role::Default } else { Role::Dim }),
    ]);
    if is_cursor { line.style(cx.look.style(Role::Selected)) } else { line }
}
