//! What stands against closing the account, an item a line; the item at the cursor; what goes on billing afterwards.

mod detail;
mod ending;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use super::screen::{Hit, Screen, inside, pane_at};
use super::table::{self, Column, Row};
use crate::audit::Audit;
use crate::model::{ChecklistItem, ItemLevel, ItemState, Verdict};
use crate::tui::action::Action;
use crate::tui::filter::Filter;
use crate::tui::look::Role;
use crate::tui::pane::Pane;

/// Panes: the list, the item at the cursor, and what closing leads to.
pub const PANES: usize = 3;

/// Nothing here is sorted: what stands against closing comes first.
pub const COLUMNS: &[&str] = &[];

/// What a filter may name.
pub const FILTERS: &[&str] = &["state", "section", "item", "id", "result"];

/// From this width on the panes stand beside the list.
const BESIDE: u16 = 160;

/// States in the order of the list, each with what a count of it is called.
const STATES: [(ItemState, &str, &str); 7] = [
    (ItemState::Blocker, "blocker", "blockers"),
    (ItemState::Unknown, "unknown", "unknown"),
    (ItemState::Warning, "warning", "warnings"),
    (ItemState::Open, "open", "open"),
    (ItemState::Ticked, "ticked", "ticked"),
    (ItemState::Pass, "pass", "pass"),
    (ItemState::NotApplicable, "not applicable", "not applicable"),
];

/// Items by state, the worst first, and as they come within one. With the pane's flag only those that do not pass.
pub fn rows(audit: &Audit, pane: &Pane, filter: &Filter) -> Vec<usize> {
    let items = &audit.checklist;
    let mut rows: Vec<usize> = (0..items.len()).collect();
    rows.retain(|row| !pane.flag || fails(&items[*row]));
    if !filter.is_empty() {
        rows.retain(|row| passes(&items[*row], filter));
    }
    rows.sort_by_key(|row| items[*row].state);
    rows
}

fn fails(item: &ChecklistItem) -> bool {
    matches!(item.state, ItemState::Blocker | ItemState::Unknown | ItemState::Warning | ItemState::Open)
}

fn passes(item: &ChecklistItem, filter: &Filter) -> bool {
    let mut texts = facets_of(item);
    texts.extend([("item", item.title.clone()), ("id", item.id.clone()), ("result", item.result.clone())]);
    let of = |column: &str| {
        texts.iter().filter(|(name, _)| column.is_empty() || *name == column).map(|(_, text)| text.clone()).collect()
    };
    filter.matches(&of, &|_| None)
}

/// Values of a row that are worth picking.
pub fn facets(audit: &Audit, row: usize) -> Vec<(&'static str, String)> {
    audit.checklist.get(row).map(facets_of).unwrap_or_default()
}

fn facets_of(item: &ChecklistItem) -> Vec<(&'static str, String)> {
    vec![("state", item.state.word().to_owned()), ("section", item.section.clone())]
}

/// The sign of an item, three columns wide.
fn sign(cx: &Screen<'_>, state: ItemState) -> (String, Role) {
    let glyphs = &cx.look.glyphs;
    let (sign, role) = match state {
        ItemState::Open => return ("[ ]".to_owned(), Role::Warn),
        ItemState::Ticked => return ("[x]".to_owned(), Role::Good),
        ItemState::Blocker => (glyphs.bad, Role::Bad),
        ItemState::Unknown => (glyphs.unknown, Role::Unknown),
        ItemState::Warning => (glyphs.warn, Role::Warn),
        ItemState::Pass => (glyphs.ok, Role::Good),
        ItemState::NotApplicable => (glyphs.none, Role::Off),
    };
    (format!(" {sign} "), role)
}

/// Whether a check answers it or a person does.
fn how(item: &ChecklistItem) -> &'static str {
    let by_hand = item.level == ItemLevel::Manual || matches!(item.state, ItemState::Open | ItemState::Ticked);
    if by_hand { "hand" } else { "auto" }
}

fn columns(width: u16) -> Vec<Column> {
    let title = (width * 9 / 20).clamp(24, 52);
    vec![
        Column::text("", "", 3, Column::ALWAYS),
        Column::text("", "kind", 4, 3),
        Column::text("", "item", title, Column::ALWAYS),
        Column::text("", "result", 16, 4).growing(),
    ]
}

fn areas(area: Rect, cx: &Screen<'_>) -> [Rect; PANES] {
    let mut panes = [Rect::ZERO; PANES];
    if cx.is_single(area) {
        panes[cx.focus.min(PANES - 1)] = area;
        return panes;
    }
    if area.width >= BESIDE {
        let (list, detail) = (area.width * 11 / 20, area.height * 3 / 5);
        let side = Rect { x: area.x + list, width: area.width - list, ..area };
        panes[0] = Rect { width: list, ..area };
        panes[1] = Rect { height: detail, ..side };
        panes[2] = Rect { y: side.y + detail, height: side.height - detail, ..side };
        return panes;
    }
    let list = area.height - area.height * 9 / 20;
    panes[0] = Rect { height: list, ..area };
    panes[if cx.focus == 2 { 2 } else { 1 }] = Rect { y: area.y + list, height: area.height - list, ..area };
    panes
}

/// Rows the list has room for.
pub fn height(area: Rect, cx: &Screen<'_>) -> usize {
    table::height(inside(areas(area, cx)[0]))
}

/// What lies at a place.
pub fn hit(area: Rect, cx: &Screen<'_>, column: u16, row: u16) -> Hit {
    let panes = areas(area, cx);
    match pane_at(&panes, column, row) {
        Hit::Pane(0) => {
            let inner = inside(panes[0]);
            table::hit(inner, cx, &columns(inner.width), COLUMNS, column, row)
        }
        other => other,
    }
}

/// The line that explains the signs.
pub fn hint(cx: &Screen<'_>, width: u16) -> String {
    let g = &cx.look.glyphs;
    let last = if width < super::WIDE { "n/a" } else { "not for this account" };
    format!(
        "{} pass  {} blocker  {} unknown  {} warning  [ ] open  [x] ticked  {} {last}",
        g.ok, g.bad, g.unknown, g.warn, g.none
    )
}

/// How far the pane with the focus may be scrolled.
pub fn last_line(area: Rect, cx: &Screen<'_>) -> usize {
    let pane = cx.focus.min(PANES - 1);
    let inner = inside(areas(area, cx)[pane]);
    lines(cx, pane, inner).len().saturating_sub(usize::from(inner.height))
}

fn lines(cx: &Screen<'_>, pane: usize, inner: Rect) -> Vec<Line<'static>> {
    let width = usize::from(inner.width);
    match pane {
        1 => current(cx).map(|item| detail::lines(cx, item, width, inner.height)).unwrap_or_default(),
        2 => ending::lines(cx, width),
        _ => Vec::new(),
    }
}

fn current<'a>(cx: &Screen<'a>) -> Option<&'a ChecklistItem> {
    cx.rows.get(cx.pane.cursor).and_then(|row| cx.audit.checklist.get(*row))
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    let panes = areas(area, cx);
    if !panes[0].is_empty() {
        draw_list(frame, panes[0], cx);
    }
    for pane in [1, 2].into_iter().filter(|pane| !panes[*pane].is_empty()) {
        let inner = inside(panes[pane]);
        let lines = lines(cx, pane, inner);
        let last = lines.len().saturating_sub(usize::from(inner.height));
        let scroll = if cx.focus == pane { cx.scroll.min(last) } else { 0 };
        let (title, sum) = match pane {
            1 => (current(cx).map_or("Item".to_owned(), |item| cx.text(&item.title, 200)), String::new()),
            _ => ("Keeps billing after day 0".to_owned(), ending::sum(cx)),
        };
        let remark = match last - scroll {
            0 => sum,
            more => {
                let leads = match pane {
                    _ if cx.focus == pane => Action::Down,
                    1 => Action::Open,
                    _ => Action::NextPane,
                };
                format!("{}: {}", counted(more, "more line", "more lines"), cx.key(leads))
            }
        };
        frame.render_widget(cx.block(panes[pane], pane, &title, &remark), panes[pane]);
        frame.render_widget(Paragraph::new(lines.into_iter().skip(scroll).collect::<Vec<_>>()), inner);
    }
}

fn draw_list(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    let inner = inside(area);
    let title = match &cx.audit.closure {
        Some(closure) if !cx.audit.is_running() => format!("Closure checklist: {}", closure.verdict.words()),
        _ => "Closure checklist".to_owned(),
    };
    let room = usize::from(area.width).saturating_sub(title.width() + 8);
    let remark = remark(cx, room);
    if cx.rows.is_empty() {
        let lines = empty(cx).into_iter().map(|text| Line::from(format!(" {text}"))).collect();
        return cx.boxed(frame, area, 0, &title, &remark, lines);
    }
    frame.render_widget(cx.block(area, 0, &title, &remark), area);
    table::draw(frame, inner, cx, &columns(inner.width), COLUMNS, &|index| row(cx, index));
}

fn row(cx: &Screen<'_>, index: usize) -> Row {
    let blank = (" ".to_owned(), Role::Default);
    let Some(item) = cx.audit.checklist.get(index) else { return Row { sign: blank, cells: Vec::new() } };
    let is_quiet = matches!(item.state, ItemState::Pass | ItemState::NotApplicable);
    let result = match (&item.tick, item.state) {
        (Some(tick), ItemState::Ticked) => format!("{}, {}: {}", tick.by, tick.at.strftime("%-d %b"), tick.note),
        _ => item.result.clone(),
    };
    Row {
        sign: blank,
        cells: vec![
            sign(cx, item.state),
            (how(item).to_owned(), Role::Dim),
            (cx.text(&item.title, 200), Role::Default),
            (cx.text(&result, 400), if is_quiet { Role::Dim } else { Role::Default }),
        ],
    }
}

/// How many items are in each state, in words where there is room, else by their signs.
fn remark(cx: &Screen<'_>, room: usize) -> String {
    let of = |state| cx.audit.checklist.iter().filter(|item| item.state == state).count();
    let some: Vec<_> =
        STATES.iter().map(|(state, one, many)| (*state, of(*state), *one, *many)).filter(|some| some.1 > 0).collect();
    let worded = |(_, count, one, many): &(ItemState, usize, &str, &str)| counted(*count, one, many);
    let signed = |(state, count, ..): &(ItemState, usize, &str, &str)| format!("{} {count}", sign(cx, *state).0.trim());
    let loud = some.iter().filter(|some| some.0 < ItemState::Ticked).map(worded).collect::<Vec<_>>().join(", ");
    let texts = [
        some.iter().map(worded).collect::<Vec<_>>().join(", "),
        some.iter().map(signed).collect::<Vec<_>>().join("  "),
        loud,
    ];
    texts.into_iter().find(|text| text.width() <= room).unwrap_or_default()
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The verdict in a line: `BLOCKED, 3 blockers, 12 unknown (5)`, with the key that leads to the list. `None` when
/// nothing was judged.
pub fn verdict(cx: &Screen<'_>) -> Option<(String, Role)> {
    let closure = cx.audit.closure.as_ref()?;
    let role = match closure.verdict {
        Verdict::Blocked => Role::Bad,
        Verdict::ReadyWithWarnings => Role::Warn,
        Verdict::Ready => Role::Good,
    };
    let of = |state| cx.audit.checklist.iter().filter(|item| item.state == state).count();
    let told = match closure.verdict {
        Verdict::Blocked => &STATES[..2],
        _ => &STATES[1..4],
    };
    let counts = told.iter().map(|(state, one, many)| (of(*state), one, many)).filter(|(count, ..)| *count > 0);
    let mut parts = vec![closure.verdict.words().to_owned()];
    parts.extend(counts.map(|(count, one, many)| counted(count, one, many)));
    Some((format!("{} ({})", parts.join(", "), cx.key(Action::Checklist)), role))
}

/// Why there is nothing in the list.
fn empty(cx: &Screen<'_>) -> Vec<String> {
    let all = cx.audit.checklist.len();
    if all > 0 {
        return vec![match cx.pane.filter.is_empty() {
            false => format!("Of {all} items none matches the filter; {} clears it.", cx.key(Action::Back)),
            true => format!("None of {all} items fails; {} shows them.", cx.key(Action::FailedOnly)),
        }];
    }
    if cx.audit.is_running() {
        return vec!["A scan is running: the checklist is judged when everything is read.".to_owned()];
    }
    if cx.audit.finished_at.is_none() {
        return vec!["Nothing has been scanned, so nothing can be said about closing.".to_owned()];
    }
    let mut lines = vec!["No checklist was judged over this audit.".to_owned()];
    lines.extend(cx.rescan(Action::Rescan, "scans again."));
    lines
}

#[cfg(test)]
mod tests;
