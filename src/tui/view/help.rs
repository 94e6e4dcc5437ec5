//! The help: every key of the screen, narrowed down by typing; Enter does what the row says.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use unicode_width::UnicodeWidthStr;

use super::screen::{Screen, inside};
use crate::model::truncate;
use crate::tui::look::Role;
use crate::tui::model::Model;
use crate::tui::overlay::{Chooser, Item};

/// Lines of the box to search in.
const SEARCH: u16 = 5;

/// Rows of the list there is room for.
pub fn height(area: Rect) -> usize {
    usize::from(inside(list_area(area)).height)
}

fn list_area(area: Rect) -> Rect {
    Rect { height: area.height.saturating_sub(SEARCH), ..area }
}

/// Draws it over the whole body.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>, chooser: &Chooser) {
    frame.render_widget(Clear, area);
    let list = list_area(area);
    let (left, right) = if area.width >= 100 { super::scan::halves(list) } else { (list, Rect::ZERO) };
    let rows = usize::from(inside(left).height);
    let lines = entries(cx, chooser, usize::from(inside(left).width));
    let cursor = lines.iter().position(|(position, _)| *position == Some(chooser.cursor)).unwrap_or(0);
    let columns = if right.is_empty() { 1 } else { 2 };
    let page = cursor / (rows * columns).max(1);
    let pages = lines.len().div_ceil((rows * columns).max(1)).max(1);
    let mut lines = lines.into_iter().skip(page * rows * columns).map(|(_, line)| line);
    let remark = format!("{}/{pages}", page + 1);
    cx.boxed(frame, left, 0, "Help", &remark, lines.by_ref().take(rows).collect());
    if !right.is_empty() {
        cx.boxed(frame, right, 1, "", "", lines.take(rows).collect());
    }
    let search = Rect { y: list.bottom(), height: area.height - list.height, ..area };
    draw_search(frame, search, model, cx, chooser);
}

/// Headings and rows, with the position in the list of those that are rows.
fn entries(cx: &Screen<'_>, chooser: &Chooser, width: usize) -> Vec<(Option<usize>, Line<'static>)> {
    let mut lines = Vec::new();
    let mut group = "";
    for (position, item) in chooser.shown.iter().enumerate().filter_map(|(at, i)| Some((at, chooser.items.get(*i)?))) {
        if item.group != group {
            group = item.group;
            lines.push((None, cx.line(format!(" {group}"), Role::Title)));
        }
        lines.push((Some(position), entry(cx, item, width, position == chooser.cursor)));
    }
    if lines.is_empty() {
        lines.push((None, cx.line(" No key does that.", Role::Dim)));
    }
    lines
}

fn entry(cx: &Screen<'_>, item: &Item, width: usize, is_cursor: bool) -> Line<'static> {
    let pointer = if is_cursor { cx.look.glyphs.cursor } else { " " };
    let keys = truncate(&item.label, 18);
    let note = truncate(&item.note, width.saturating_sub(22));
    let blanks = " ".repeat(19usize.saturating_sub(keys.width()));
    let line = Line::from(vec![
        Span::raw(format!("{pointer} ")),
        cx.span(keys, Role::Key),
        Span::raw(format!("{blanks}{note}")),
    ]);
    if is_cursor { line.style(cx.look.style(Role::Selected)) } else { line }
}

fn draw_search(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>, chooser: &Chooser) {
    let changed = match model.keymap.changed() {
        0 => "Keys are the built-in ones; [keys] in the settings file changes them.".to_owned(),
        1 => "Keys come from your keymap: 1 action has keys of its own.".to_owned(),
        changed => format!("Keys come from your keymap: {changed} actions have keys of their own."),
    };
    let lines = vec![
        Line::from(format!(" > {}", chooser.query.text())),
        cx.line(format!(" {changed}"), Role::Dim),
        cx.line(" No key on this screen or any other deletes anything.", Role::Dim),
    ];
    cx.boxed(frame, area, 2, "Search the help", "", lines);
    let inner = inside(area);
    let x = inner.x + 3 + u16::try_from(chooser.query.column()).unwrap_or(0);
    frame.set_cursor_position(Position { x: x.min(inner.right()), y: inner.y });
}
