//! The help: every key of the screen, narrowed down by typing; Enter does what the row says.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;
use unicode_width::UnicodeWidthStr;

use super::WIDE;
use super::screen::{Screen, inside};
use crate::model::truncate;
use crate::tui::action::Group;
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

/// A line of the list, with the position of the row it stands for: headings stand for none.
type Entry = (Option<usize>, Line<'static>);

/// Draws it over the whole body.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>, chooser: &Chooser) {
    frame.render_widget(Clear, area);
    let list = list_area(area);
    let is_wide = area.width >= WIDE;
    let (left, right) = if is_wide { super::scan::halves(list) } else { (list, Rect::ZERO) };
    let rows = usize::from(inside(left).height).max(1);
    let columns = columns(entries(cx, chooser, usize::from(inside(left).width)), rows, is_wide);
    let has_cursor = |column: &Vec<Entry>| column.iter().any(|(position, _)| *position == Some(chooser.cursor));
    let step = if is_wide { 2 } else { 1 };
    let page = columns.iter().position(has_cursor).unwrap_or(0) / step;
    let mut shown =
        columns.iter().skip(page * step).map(|column| column.iter().map(|(_, line)| line.clone()).collect());
    let which = format!("{}/{}", page + 1, columns.len().div_ceil(step).max(1));
    let remark = if is_wide { "" } else { which.as_str() };
    cx.boxed(frame, left, cx.focus, "Help", remark, shown.next().unwrap_or_default());
    if is_wide {
        cx.boxed(frame, right, usize::MAX, &which, "", shown.next().unwrap_or_default());
    }
    let search = Rect { y: list.bottom(), height: area.height - list.height, ..area };
    draw_search(frame, search, model, cx, chooser);
}

/// The lines in columns of so many rows. Where all of them fit two columns, moving and finding stand in the first
/// and the rest in the second.
fn columns(lines: Vec<Entry>, rows: usize, is_wide: bool) -> Vec<Vec<Entry>> {
    let here = Group::Here.title();
    let second = lines.iter().position(|(position, line)| position.is_none() && line.to_string().trim() == here);
    if let Some(second) = second.filter(|second| is_wide && *second <= rows && lines.len() - second <= rows) {
        let mut lines = lines;
        let rest = lines.split_off(second);
        return vec![lines, rest];
    }
    lines.chunks(rows).map(<[Entry]>::to_vec).collect()
}

/// Headings and rows.
fn entries(cx: &Screen<'_>, chooser: &Chooser, width: usize) -> Vec<Entry> {
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
    // A long list of keys pushes its note aside, where both fit.
    let room = width.saturating_sub(3 + item.note.width()).max(15);
    let keys = truncate(&item.label, room);
    let blanks = " ".repeat(16usize.saturating_sub(keys.width()).max(1));
    let note = truncate(&item.note, width.saturating_sub(2 + keys.width() + blanks.len()));
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
    cx.boxed(frame, area, usize::MAX, "Search the help", "", lines);
    let inner = inside(area);
    let x = inner.x + 3 + u16::try_from(chooser.query.column()).unwrap_or(0);
    frame.set_cursor_position(Position { x: x.min(inner.right()), y: inner.y });
}
