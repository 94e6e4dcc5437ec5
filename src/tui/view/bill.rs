//! The bill by service or by region, the usage types behind each, and what is not usage.

mod groups;
mod notes;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use self::groups::{Groups, Item, Said};
use super::screen::{Hit, Screen, inside, pane_at};
use super::table::{self, Column, Row};
use crate::audit::Audit;
use crate::model::{Bill, Reconciliation, Usd};
use crate::tui::action::Action;
use crate::tui::filter::Filter;
use crate::tui::look::Role;
use crate::tui::pane::Pane;

pub use notes::{period, why_absent};

/// Panes: the list, what is said of its selected row, and charges that are not usage.
pub const PANES: usize = 3;

/// Columns to sort and filter by. The screen's own order is the largest amount first.
pub const COLUMNS: &[&str] = &["billed", "name", "explained", "unexplained", "waste"];

const TABLE: &[Column] = &[
    Column::text("name", "service", 27, Column::ALWAYS).growing(),
    Column::number("billed", "billed", 10, Column::ALWAYS),
    Column::number("explained", "explained", 10, 5),
    Column::number("unexplained", "unexplained", 11, 6),
    Column::number("", "share", 7, 4),
    Column::text("", "", 14, 2),
    Column::number("waste", "waste", 9, 3),
    Column::text("", "made of", 18, 1),
];

/// Columns of the bar.
const BAR: usize = 5;

/// The bill that is shown, with what explains it.
fn shown<'a>(audit: &'a Audit, pane: &Pane) -> Option<(&'a Bill, Option<&'a Reconciliation>)> {
    audit.statement(pane.table).or_else(|| audit.statement(0))
}

/// Rows of the list: groups by service, or by region when the pane's flag is set, and under the opened group
/// its lines. The numbers are those of [`row_text`].
pub fn rows(audit: &Audit, pane: &Pane, filter: &Filter) -> Vec<usize> {
    let Some((bill, said)) = shown(audit, pane) else { return Vec::new() };
    let groups = Groups::of(bill);
    let mut heads: Vec<usize> = if pane.flag { groups.region_rows() } else { groups.service_rows() };
    if !filter.is_empty() {
        heads.retain(|row| passes(said, bill, &groups, *row, filter));
    }
    let by = |of: fn(Said) -> Usd, heads: &mut Vec<usize>| {
        heads.sort_by_key(|row| std::cmp::Reverse(groups.said(said, *row).map(of)));
    };
    match COLUMNS.get(pane.sort) {
        Some(&"name") => heads.sort_by_key(|row| groups.name(*row).to_lowercase()),
        Some(&"explained") => by(|said| said.explained + said.known, &mut heads),
        Some(&"unexplained") => by(|said| said.unexplained, &mut heads),
        Some(&"waste") => by(|said| said.waste, &mut heads),
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

fn passes(said: Option<&Reconciliation>, bill: &Bill, groups: &Groups, row: usize, filter: &Filter) -> bool {
    let texts = texts(bill, groups, row);
    let of = |column: &str| {
        texts.iter().filter(|(name, _)| column.is_empty() || *name == column).map(|(_, text)| text.clone()).collect()
    };
    let said = groups.said(said, row);
    let number = |column: &str| match column {
        "billed" | "cost" => Some(groups.usd(bill, row).dollars()),
        "explained" => said.map(|said| (said.explained + said.known).dollars()),
        "unexplained" => said.map(|said| said.unexplained.dollars()),
        "waste" => said.map(|said| said.waste.dollars()),
        _ => None,
    };
    filter.matches(&of, &number)
}

/// What a filter looks at in a row: services are numbered first, then regions, then lines.
pub fn row_text(audit: &Audit, pane: &Pane, index: usize) -> Vec<(&'static str, String)> {
    shown(audit, pane).map(|(bill, _)| texts(bill, &Groups::of(bill), index)).unwrap_or_default()
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

/// Whether a row is a line, which has no rows under it.
pub fn is_line(audit: &Audit, pane: &Pane, row: usize) -> bool {
    shown(audit, pane).is_some_and(|(bill, _)| matches!(Groups::of(bill).item(row), Some(Item::Line(_))))
}

/// Opens the group of a row in place, or shuts it when it is open; the cursor goes to the group.
pub fn toggle(audit: &Audit, pane: &mut Pane, filter: &Filter, row: usize) {
    let Some((bill, _)) = shown(audit, pane) else { return };
    let groups = Groups::of(bill);
    let head = if matches!(groups.item(row), Some(Item::Line(_))) { pane.open } else { Some(row) };
    pane.open = if pane.open == head { None } else { head };
    let at = rows(audit, pane, filter).iter().position(|other| Some(*other) == head);
    pane.cursor = at.unwrap_or(0);
}

/// Opens the group of a row, or shuts it, whichever is asked for.
pub fn set_open(audit: &Audit, pane: &mut Pane, filter: &Filter, row: usize, open: bool) {
    let Some((bill, _)) = shown(audit, pane) else { return };
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
    let foot = if area.height >= 24 { 10 } else { 6 };
    let list = area.height - foot;
    let beside = Rect { y: area.y + list, height: foot, ..area };
    // What is said of a row are sentences; charges are a name and an amount.
    let narrow = (beside.width * 2 / 5).min(44);
    let said = Rect { width: beside.width - narrow, ..beside };
    let charges = Rect { x: beside.x + said.width, width: narrow, ..beside };
    [Rect { height: list, ..area }, said, charges]
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

/// What asking cost, and that a bill is not what findings say.
pub fn hint(cx: &Screen<'_>) -> String {
    let asked = match cx.audit.requests.by_service.get("ce") {
        None => String::new(),
        Some(n) => format!(" Asked {n} times, $0.01 each."),
    };
    format!("The bill is what was charged; findings say what a month costs.{asked}")
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    let Some((bill, said)) = shown(cx.audit, cx.pane) else {
        let lines = why_absent(cx).into_iter().map(|text| Line::from(format!(" {text}"))).collect();
        return cx.boxed(frame, area, cx.focus, "Bill", "not read", lines);
    };
    let [list, about, charges] = areas(area, cx);
    draw_list(frame, list, cx, bill, said);
    if !about.is_empty() {
        let groups = Groups::of(bill);
        let item = cx.rows.get(cx.pane.cursor).and_then(|row| groups.item(*row));
        let (title, lines) = match (item, said) {
            (Some(Item::Line(at)), Some(said)) => {
                let title = bill.lines.get(at).map_or(String::new(), |line| cx.text(&line.usage_type, 60));
                (title, notes::line(cx, bill, said, at, about))
            }
            (Some(Item::Service(group) | Item::Region(group)), Some(said)) => {
                (notes::group_title(cx, bill, group, said), notes::group(cx, bill, group, said, about))
            }
            _ => ("What explains it".to_owned(), vec![Line::from(" Not held against what was found.")]),
        };
        cx.boxed(frame, about, 1, &title, "", lines);
    }
    if !charges.is_empty() {
        cx.boxed(frame, charges, 2, "Not usage: credits, tax, fees", "", notes::charges(cx, bill, charges));
    }
}

fn draw_list(frame: &mut Frame, area: Rect, cx: &Screen<'_>, bill: &Bill, said: Option<&Reconciliation>) {
    if area.is_empty() {
        return;
    }
    let inner = inside(area);
    let by = if cx.pane.flag { "region" } else { "service" };
    let estimated = if bill.period.estimated { ", part estimated" } else { "" };
    let currency = cx.text(&bill.currency, 8);
    let title = format!("Bill, {}, {}, {currency}{estimated}", notes::period(&bill.period), bill.view.word());
    let other = if cx.pane.flag { "service" } else { "region" };
    let remark = format!("{}{}: by {other}", notes::age(cx, bill), cx.key(Action::Group));
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
    let bar = table::width_of(&columns, body, BAR);
    columns[BAR].head = legend(cx);
    table::draw(frame, body, cx, &columns, COLUMNS, &|index| row(cx, bill, &groups, said, index, bar));
    if body.height < inner.height {
        let line = Rect { y: body.bottom(), height: 1, ..inner };
        frame.render_widget(total(cx, bill, &groups, said, &columns, body), line);
    }
}

/// What the parts of the bar are.
fn legend(cx: &Screen<'_>) -> &'static str {
    if cx.look.glyphs.full == "#" { "#waste =used" } else { "█waste ▓used" }
}

/// The sum of the rows shown.
fn total(
    cx: &Screen<'_>,
    bill: &Bill,
    groups: &Groups,
    said: Option<&Reconciliation>,
    columns: &[Column],
    body: Rect,
) -> Line<'static> {
    let heads: Vec<usize> =
        cx.rows.iter().copied().filter(|row| !matches!(groups.item(*row), Some(Item::Line(_)))).collect();
    let sum: Usd = heads.iter().map(|row| groups.usd(bill, *row)).sum();
    let of = |of: fn(Said) -> Usd| said.map(|_| heads.iter().filter_map(|row| groups.said(said, *row)).map(of).sum());
    let explained: Option<Usd> = of(|said| said.explained + said.known);
    let word = if sum == bill.usage_usd { "total usage" } else { "shown" };
    let figure = |usd: Option<Usd>| usd.map(money).unwrap_or_default();
    let cells = [
        word.to_owned(),
        money(sum),
        figure(explained),
        figure(of(|said| said.unexplained)),
        explained.map(|usd| percent(usd, sum)).unwrap_or_default(),
        String::new(),
        figure(of(|said| said.waste)),
        String::new(),
    ];
    let widths = (0..columns.len()).map(|column| table::width_of(columns, body, column));
    let shown = cells.iter().zip(columns).zip(widths).filter(|(_, width)| *width > 0);
    let texts: Vec<String> = shown.map(|((cell, column), width)| table::fit(cell, width, column.right)).collect();
    cx.line(format!("   {}", texts.join(" ")), Role::Money)
}

/// A share with one decimal; a dash of nothing.
fn percent(part: Usd, whole: Usd) -> String {
    let share = part.dollars() / whole.dollars() * 100.0;
    if share.is_finite() { format!("{share:.1} %") } else { String::new() }
}

/// An amount in a column: two decimals with separators, the currency stands above.
fn money(usd: Usd) -> String {
    usd.pretty().replacen('$', "", 1)
}

/// Which part of an amount is waste, is used, and is unexplained.
fn bar(cx: &Screen<'_>, said: Option<Said>, usd: Usd, width: usize) -> String {
    let Some(said) = said.filter(|_| usd > Usd::ZERO) else { return String::new() };
    let glyphs = &cx.look.glyphs;
    let part = |part: Usd| (part.dollars() / usd.dollars()).clamp(0.0, 1.0) * width as f64;
    let waste = part(said.waste).round() as usize;
    let tied = (part(said.explained + said.known).round() as usize).clamp(waste, width);
    glyphs.full.repeat(waste) + &glyphs.used.repeat(tied - waste) + &glyphs.empty.repeat(width - tied)
}

fn row(
    cx: &Screen<'_>,
    bill: &Bill,
    groups: &Groups,
    reconciled: Option<&Reconciliation>,
    index: usize,
    width: usize,
) -> Row {
    let glyphs = &cx.look.glyphs;
    let usd = groups.usd(bill, index);
    let said = groups.said(reconciled, index);
    let dash = || (glyphs.dash.to_owned(), Role::Dim);
    let amount = |usd: Usd, role: Role| if usd == Usd::ZERO { dash() } else { (money(usd), role) };
    let cells = |name: String, role: Role, made_of: String| {
        let unknown = || (String::new(), Role::Dim);
        vec![
            (name, role),
            (money(usd), Role::Money),
            said.map_or_else(unknown, |said| amount(said.explained + said.known, Role::Default)),
            said.map_or_else(unknown, |said| amount(said.unexplained, Role::Warn)),
            said.map_or_else(unknown, |said| (percent(said.explained + said.known, usd), Role::Default)),
            (bar(cx, said, usd, width), Role::Bar),
            said.map_or_else(unknown, |said| amount(said.waste, Role::Money)),
            (made_of, Role::Dim),
        ]
    };
    let blank = (" ".to_owned(), Role::Default);
    match groups.item(index) {
        Some(Item::Line(at)) => {
            let line = &bill.lines[at];
            let other = if cx.pane.flag { &line.service } else { &line.region };
            let by = if line.purchase.is_on_demand() { String::new() } else { format!(", {}", line.purchase.word()) };
            Row {
                sign: blank,
                cells: cells(format!("  {}{by}", cx.text(&line.usage_type, 200)), Role::Default, cx.text(other, 200)),
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
