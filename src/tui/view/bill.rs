//! The bill by service or by region, the usage types behind each, and what is not usage.

mod groups;
mod notes;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use self::groups::{Groups, Item};
use super::screen::{Hit, Screen, inside, pane_at};
use super::table::{self, Column, Row};
use crate::audit::Audit;
use crate::model::{Bill, Usd};
use crate::tui::action::Action;
use crate::tui::filter::Filter;
use crate::tui::look::Role;
use crate::tui::pane::Pane;

pub use notes::{period, why_absent};

/// Panes: the list, charges that are not usage, and where the figures come from.
pub const PANES: usize = 3;

/// Columns to sort and filter by. The screen's own order is the largest amount first.
pub const COLUMNS: &[&str] = &["billed", "name", "unexplained"];

const TABLE: &[Column] = &[
    Column::text("name", "service", 30, Column::ALWAYS).growing(),
    Column::number("billed", "billed", 12, Column::ALWAYS),
    Column::number("unexplained", "unexplained", 12, 5),
    Column::number("", "share", 7, 4),
    Column::text("", "", 14, 3),
    Column::text("", "made of", 18, 2),
];

/// Rows of the list: groups by service, or by region when the pane's flag is set, and under the opened group
/// its lines. The numbers are those of [`row_text`].
pub fn rows(audit: &Audit, pane: &Pane, filter: &Filter) -> Vec<usize> {
    let Some(bill) = &audit.bill else { return Vec::new() };
    let groups = Groups::of(bill);
    let mut heads: Vec<usize> = if pane.flag { groups.region_rows() } else { groups.service_rows() };
    if !filter.is_empty() {
        heads.retain(|row| passes(audit, bill, &groups, *row, filter));
    }
    match COLUMNS.get(pane.sort) {
        Some(&"name") => heads.sort_by_key(|row| groups.name(*row).to_lowercase()),
        Some(&"unexplained") => heads.sort_by_key(|row| std::cmp::Reverse(groups.unexplained(audit, *row))),
        _ => {}
    }
    if pane.reverse {
        heads.reverse();
    }
    let mut rows = Vec::new();
    for head in heads {
        rows.push(head);
        if pane.open == Some(head) {
            rows.extend(groups.lines_of(bill, head));
        }
    }
    rows
}

fn passes(audit: &Audit, bill: &Bill, groups: &Groups, row: usize, filter: &Filter) -> bool {
    let texts = texts(bill, groups, row);
    let of = |column: &str| {
        texts.iter().filter(|(name, _)| column.is_empty() || *name == column).map(|(_, text)| text.clone()).collect()
    };
    let number = |column: &str| match column {
        "billed" | "cost" => Some(groups.usd(bill, row).dollars()),
        "unexplained" => groups.unexplained(audit, row).map(Usd::dollars),
        _ => None,
    };
    filter.matches(&of, &number)
}

/// What a filter looks at in a row: services are numbered first, then regions, then lines.
pub fn row_text(audit: &Audit, index: usize) -> Vec<(&'static str, String)> {
    audit.bill.as_ref().map(|bill| texts(bill, &Groups::of(bill), index)).unwrap_or_default()
}

fn texts(bill: &Bill, groups: &Groups, row: usize) -> Vec<(&'static str, String)> {
    match groups.item(row) {
        Some(Item::Service(group)) => vec![("name", group.name.clone()), ("service", group.name.clone())],
        Some(Item::Region(group)) => vec![("name", group.name.clone()), ("region", group.name.clone())],
        Some(Item::Line(at)) => match bill.lines.get(at) {
            Some(line) => vec![
                ("name", line.usage_type.clone()),
                ("service", line.service.clone()),
                ("region", line.region.clone()),
            ],
            None => Vec::new(),
        },
        None => Vec::new(),
    }
}

/// Opens the group of a row in place, or shuts it when it is open; the cursor goes to the group.
pub fn toggle(audit: &Audit, pane: &mut Pane, filter: &Filter, row: usize) {
    let Some(bill) = &audit.bill else { return };
    let groups = Groups::of(bill);
    let head = if matches!(groups.item(row), Some(Item::Line(_))) { pane.open } else { Some(row) };
    pane.open = if pane.open == head { None } else { head };
    let at = rows(audit, pane, filter).iter().position(|other| Some(*other) == head);
    pane.cursor = at.unwrap_or(0);
}

/// Opens the group of a row, or shuts it, whichever is asked for.
pub fn set_open(audit: &Audit, pane: &mut Pane, filter: &Filter, row: usize, open: bool) {
    let Some(bill) = &audit.bill else { return };
    let is_line = matches!(Groups::of(bill).item(row), Some(Item::Line(_)));
    let is_open = is_line || pane.open == Some(row);
    if is_open != open {
        toggle(audit, pane, filter, row);
    }
}

fn areas(area: Rect, cx: &Screen<'_>) -> [Rect; PANES] {
    if cx.is_single(area) {
        let mut panes = [Rect::ZERO; PANES];
        panes[cx.focus.min(PANES - 1)] = area;
        return panes;
    }
    let foot = if area.height >= 24 { 9 } else { 6 };
    let list = area.height - foot;
    let (left, right) = super::scan::halves(Rect { y: area.y + list, height: foot, ..area });
    [Rect { height: list, ..area }, left, right]
}

/// Rows the list has room for: the last line of the pane is the total.
pub fn height(area: Rect, cx: &Screen<'_>) -> usize {
    table::height(body(inside(areas(area, cx)[0])))
}

/// The inside of the list without the total under it.
fn body(inner: Rect) -> Rect {
    Rect { height: inner.height.saturating_sub(u16::from(inner.height > 3)), ..inner }
}

/// What lies at a place.
pub fn hit(area: Rect, cx: &Screen<'_>, column: u16, row: u16) -> Hit {
    let panes = areas(area, cx);
    match pane_at(&panes, column, row) {
        Hit::Pane(0) => table::hit(body(inside(panes[0])), cx, TABLE, COLUMNS, column, row),
        other => other,
    }
}

/// What was charged and what findings say are different figures.
pub fn hint(_cx: &Screen<'_>) -> String {
    "Findings use list prices; the bill is what was charged.".to_owned()
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    let Some(bill) = &cx.audit.bill else {
        let lines = why_absent(cx).into_iter().map(|text| Line::from(format!(" {text}"))).collect();
        return cx.boxed(frame, area, cx.focus, "Bill", "not read", lines);
    };
    let [list, charges, about] = areas(area, cx);
    draw_list(frame, list, cx, bill);
    if !charges.is_empty() {
        cx.boxed(frame, charges, 1, "Not usage: credits, tax, fees", "", notes::charges(cx, bill, charges));
    }
    if !about.is_empty() {
        let (title, lines) = match selected(cx, bill) {
            Some(at) => ("What explains it", notes::explained(cx, at, about)),
            None => ("Where this comes from", notes::about(cx, bill, about)),
        };
        cx.boxed(frame, about, 2, title, "", lines);
    }
}

/// The line under the cursor, when it is one and something is known about it.
fn selected(cx: &Screen<'_>, bill: &Bill) -> Option<usize> {
    let said = cx.audit.reconciliation()?;
    match Groups::of(bill).item(*cx.rows.get(cx.pane.cursor)?) {
        Some(Item::Line(at)) => said.lines.get(at).map(|_| at),
        _ => None,
    }
}

fn draw_list(frame: &mut Frame, area: Rect, cx: &Screen<'_>, bill: &Bill) {
    if area.is_empty() {
        return;
    }
    let inner = inside(area);
    let by = if cx.pane.flag { "region" } else { "service" };
    let title = format!("Bill, {}, unblended, {}", notes::period(&bill.period), cx.text(&bill.currency, 8));
    let other = if cx.pane.flag { "service" } else { "region" };
    let remark = format!("by {by}   {}: by {other}", cx.key(Action::Group));
    if cx.rows.is_empty() {
        let text = match (bill.lines.is_empty(), cx.pane.filter.is_empty()) {
            (false, false) => format!(" Nothing matches the filter; {} clears it.", cx.key(Action::Back)),
            _ => " Cost Explorer lists no usage in this period.".to_owned(),
        };
        return cx.boxed(frame, area, 0, &title, &remark, vec![Line::from(text)]);
    }
    frame.render_widget(cx.block(area, 0, &title, &remark), area);
    let groups = Groups::of(bill);
    let mut columns = TABLE.to_vec();
    columns[0].head = by;
    let body = body(inner);
    let bar = table::width_of(&columns, body, 4);
    table::draw(frame, body, cx, &columns, COLUMNS, &|index| row(cx, bill, &groups, index, bar));
    if body.height < inner.height {
        let line = Rect { y: body.bottom(), height: 1, ..inner };
        frame.render_widget(total(cx, bill, &groups, &columns, body), line);
    }
}

/// The sum of the rows shown.
fn total(cx: &Screen<'_>, bill: &Bill, groups: &Groups, columns: &[Column], body: Rect) -> Line<'static> {
    let heads = cx.rows.iter().filter(|row| !matches!(groups.item(**row), Some(Item::Line(_))));
    let sum: Usd = heads.map(|row| groups.usd(bill, *row)).sum();
    let word = if sum == bill.usage_usd { "total usage" } else { "shown" };
    let name = table::width_of(columns, body, 0);
    let amount = table::width_of(columns, body, 1);
    let text = format!("   {} {}", table::fit(word, name, false), table::fit(&money(sum), amount, true));
    cx.line(text, Role::Money)
}

/// An amount in a column: two decimals with separators, the currency stands above.
fn money(usd: Usd) -> String {
    usd.pretty().replacen('$', "", 1)
}

fn row(cx: &Screen<'_>, bill: &Bill, groups: &Groups, index: usize, bar: usize) -> Row {
    let glyphs = &cx.look.glyphs;
    let usd = groups.usd(bill, index);
    let share = usd.dollars() / bill.usage_usd.dollars();
    let share_text = if share.is_finite() { format!("{:.1} %", share * 100.0) } else { glyphs.dash.to_owned() };
    let cells = |name: String, role: Role, made_of: String| {
        vec![
            (name, role),
            (money(usd), Role::Money),
            match groups.unexplained(cx.audit, index) {
                Some(Usd::ZERO) => (glyphs.dash.to_owned(), Role::Dim),
                Some(rest) => (money(rest), Role::Warn),
                None => (String::new(), Role::Dim),
            },
            (share_text.clone(), Role::Default),
            (glyphs.bar(bar, share), Role::Bar),
            (made_of, Role::Dim),
        ]
    };
    let blank = (" ".to_owned(), Role::Default);
    match groups.item(index) {
        Some(Item::Line(at)) => {
            let line = &bill.lines[at];
            let other = if cx.pane.flag { &line.service } else { &line.region };
            Row {
                sign: blank,
                cells: cells(format!("  {}", cx.text(&line.usage_type, 200)), Role::Default, cx.text(other, 200)),
            }
        }
        Some(Item::Service(group) | Item::Region(group)) => {
            let sign = if cx.pane.open == Some(index) { glyphs.down } else { glyphs.arrow };
            let made_of = match group.lines.len() {
                1 => "1 usage type".to_owned(),
                n => format!("{n} usage types"),
            };
            Row { sign: (sign.to_owned(), Role::Dim), cells: cells(cx.text(&group.name, 200), Role::Default, made_of) }
        }
        None => Row { sign: blank, cells: Vec::new() },
    }
}
