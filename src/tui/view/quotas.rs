//! Quotas, least headroom first, and what to do about the one at the cursor.

mod detail;
mod fold;
mod request;
mod trend;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::screen::{Hit, Screen, inside, pane_at};
use super::table::{self, Column, Row};
use crate::audit::Audit;
use crate::model::{Quota, UsageSource};
use crate::tui::action::Action;
use crate::tui::filter::Filter;
use crate::tui::look::Role;
use crate::tui::pane::Pane;

pub use fold::position;
pub use request::{command, console_url};

/// Panes: the list, and the quota at the cursor.
pub const PANES: usize = 2;

/// Columns to sort and filter by, `trend` by the days until a quota is full. The screen's own order is the largest
/// share in use first.
pub const COLUMNS: &[&str] = &["use", "quota", "region", "used", "limit", "trend", "source"];

/// Shares in use, in percent, from which a quota counts as bad or as worth a look.
const BAD: f64 = 90.0;
const WARN: f64 = 80.0;

/// Days until a quota is full below which its trend is worth a look.
const SOON: f64 = 90.0;

/// Columns of the terminal a full bar takes.
const BAR: u16 = 12;

const TABLE: &[Column] = &[
    Column::text("quota", "quota", 28, Column::ALWAYS).growing(),
    Column::text("region", "region", 18, 6),
    Column::number("used", "used/limit", 12, 5),
    Column::number("use", "use", 6, Column::ALWAYS),
    Column::text("", "", BAR, 3),
    Column::text("limit", "limit", 6, 4),
    Column::text("trend", "trend", 20, 2),
    Column::text("source", "source", 15, 1),
];

/// Quotas in order; those nothing uses, or of which nobody knows, are left out when the pane's flag is set. Regions
/// are folded after filtering, so that a filter finds what is inside a fold.
pub fn rows(audit: &Audit, pane: &Pane, filter: &Filter) -> Vec<usize> {
    let quotas = &audit.quotas;
    let mut rows: Vec<usize> = (0..quotas.len()).collect();
    rows.retain(|i| is_listed(&quotas[*i], pane));
    if !filter.is_empty() {
        rows.retain(|i| passes(&quotas[*i], filter));
    }
    match COLUMNS.get(pane.sort).copied().unwrap_or_default() {
        "quota" => rows.sort_by_key(|i| quotas[*i].name.to_lowercase()),
        "region" => rows.sort_by(|a, b| quotas[*a].region.cmp(&quotas[*b].region)),
        "used" => rows.sort_by(|a, b| value(quotas[*b].usage).total_cmp(&value(quotas[*a].usage))),
        "limit" => rows.sort_by(|a, b| quotas[*b].limit.total_cmp(&quotas[*a].limit)),
        "trend" => rows.sort_by(|a, b| trend::days_left(&quotas[*a]).total_cmp(&trend::days_left(&quotas[*b]))),
        "source" => rows.sort_by_key(|i| quotas[*i].source),
        _ => rows.sort_by(|a, b| value(quotas[*b].used_percent).total_cmp(&value(quotas[*a].used_percent))),
    }
    if !pane.unfolded {
        fold::fold(quotas, &mut rows);
    }
    if pane.reverse {
        rows.reverse();
    }
    rows
}

/// Whether the pane's switch lets it through.
fn is_listed(quota: &Quota, pane: &Pane) -> bool {
    !pane.flag || quota.usage.is_some_and(|usage| usage > 0.0)
}

/// What is not known sorts behind zero.
fn value(number: Option<f64>) -> f64 {
    number.unwrap_or(-1.0)
}

/// What a filter looks at in a row.
pub fn row_text(audit: &Audit, index: usize) -> Vec<(&'static str, String)> {
    audit.quotas.get(index).map(texts).unwrap_or_default()
}

fn texts(quota: &Quota) -> Vec<(&'static str, String)> {
    vec![
        ("quota", quota.name.clone()),
        ("region", quota.region.as_str().to_owned()),
        ("service", quota.service_code.clone()),
        ("code", quota.quota_code.clone()),
        ("limit", raise(quota).to_owned()),
        ("source", source(quota).to_owned()),
    ]
}

fn passes(quota: &Quota, filter: &Filter) -> bool {
    let texts = texts(quota);
    let of = |column: &str| {
        texts.iter().filter(|(name, _)| column.is_empty() || *name == column).map(|(_, text)| text.clone()).collect()
    };
    let number = |column: &str| match column {
        "use" => quota.used_percent,
        "used" => quota.usage,
        "limit" => Some(quota.limit),
        "trend" => Some(trend::days_left(quota)).filter(|days| days.is_finite()),
        _ => None,
    };
    filter.matches(&of, &number)
}

fn raise(quota: &Quota) -> &'static str {
    if quota.adjustable { "soft" } else { "hard" }
}

fn source(quota: &Quota) -> &'static str {
    match (quota.usage, quota.source) {
        (None, _) | (_, UsageSource::None) => "no usage source",
        (_, UsageSource::Metric) => "metric",
        (_, UsageSource::Scan) => "scan count",
        (_, UsageSource::Call) => "service's word",
    }
}

/// A count, or an amount with one decimal. Little is not shown as nothing.
fn number(value: f64) -> String {
    // A sum over nothing may be minus zero.
    let value = value + 0.0;
    if value > 0.0 && value < 0.05 {
        "<0.1".to_owned()
    } else if value == value.trunc() && value.abs() < 1e9 {
        format!("{value:.0}")
    } else if value.abs() < 1e9 {
        format!("{value:.1}")
    } else {
        format!("{value:.1e}")
    }
}

/// The sign and role of a share in use.
pub fn grade<'a>(cx: &Screen<'a>, quota: &Quota) -> (&'static str, Role) {
    let glyphs = &cx.look.glyphs;
    match quota.used_percent {
        Some(percent) if percent >= BAD => (glyphs.error, Role::Bad),
        Some(percent) if percent >= WARN => (glyphs.warn, Role::Warn),
        Some(_) => (" ", Role::Default),
        None => (glyphs.unknown, Role::Unknown),
    }
}

/// Whole percent, rounded down so that 100 means full, and so that 0 means nothing; a dash where nothing tells.
pub fn percent(cx: &Screen<'_>, quota: &Quota) -> String {
    match quota.used_percent {
        None => cx.look.glyphs.dash.to_owned(),
        Some(percent) if percent > 0.0 && percent < 1.0 => "<1 %".to_owned(),
        Some(percent) => format!("{:.0} %", percent.floor()),
    }
}

/// `48/50`.
pub fn used_of_limit(cx: &Screen<'_>, quota: &Quota) -> String {
    let used = quota.usage.map_or(cx.look.glyphs.dash.to_owned(), number);
    format!("{used}/{}", number(quota.limit))
}

fn areas(area: Rect, cx: &Screen<'_>) -> [Rect; PANES] {
    if cx.is_single(area) {
        let mut panes = [Rect::ZERO; PANES];
        panes[cx.focus.min(PANES - 1)] = area;
        return panes;
    }
    let detail = if area.height >= 24 { 9 } else { 7 };
    let list = area.height - detail;
    [Rect { height: list, ..area }, Rect { y: area.y + list, height: detail, ..area }]
}

/// Rows the list has room for.
pub fn height(area: Rect, cx: &Screen<'_>) -> usize {
    table::height(inside(areas(area, cx)[0]))
}

/// What lies at a place.
pub fn hit(area: Rect, cx: &Screen<'_>, column: u16, row: u16) -> Hit {
    let panes = areas(area, cx);
    match pane_at(&panes, column, row) {
        Hit::Pane(0) => table::hit(inside(panes[0]), cx, TABLE, COLUMNS, column, row),
        other => other,
    }
}

/// The line that explains the signs.
pub fn hint(cx: &Screen<'_>) -> String {
    let g = &cx.look.glyphs;
    format!(
        "{} {BAD:.0} % and over   {} {WARN:.0} % and over   {} usage not known   hard: not raised",
        g.error, g.warn, g.unknown
    )
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    let [list, lower] = areas(area, cx);
    if !list.is_empty() {
        let inner = inside(list);
        let remark = remark(cx, inner);
        let title = if cx.pane.sort == 0 && !cx.pane.reverse { "Quotas: least headroom first" } else { "Quotas" };
        if cx.rows.is_empty() {
            let remark = if cx.audit.quotas.is_empty() { "" } else { remark.as_str() };
            let lines = empty(cx).into_iter().map(|text| Line::from(format!(" {text}"))).collect();
            cx.boxed(frame, list, 0, title, remark, lines);
        } else {
            frame.render_widget(cx.block(list, 0, title, &remark), list);
            let filter = Filter::parse(&cx.pane.filter).unwrap_or_default();
            table::draw(frame, inner, cx, TABLE, COLUMNS, &|index| row(cx, &filter, index));
        }
    }
    if !lower.is_empty() {
        detail::draw(frame, lower, cx);
    }
}

/// `12 of 40   u: hide unused   F: unfold`.
fn remark(cx: &Screen<'_>, inner: Rect) -> String {
    let unused = if cx.pane.flag { "show all" } else { "hide unused" };
    let regions = if cx.pane.unfolded { "fold" } else { "unfold" };
    let extent = table::extent(cx, inner, fold::all(cx));
    format!("{extent}   {}: {unused}   {}: {regions}", cx.key(Action::HideUnused), cx.key(Action::Fold))
}

/// Why there is nothing in the list.
fn empty(cx: &Screen<'_>) -> Vec<String> {
    if !cx.audit.quotas.is_empty() {
        let hidden = format!("{} quotas are hidden:", cx.audit.quotas.len());
        return match (cx.pane.filter.is_empty(), cx.pane.flag) {
            (false, _) => vec![hidden, format!("no other matches the filter; {} clears it.", cx.key(Action::Back))],
            (true, true) => {
                vec![
                    hidden,
                    format!("nothing uses them, as far as is known; {} shows them.", cx.key(Action::HideUnused)),
                ]
            }
            (true, false) => vec![hidden],
        };
    }
    let mut lines: Vec<String> = Vec::new();
    for gap in cx.audit.gaps().filter(|gap| gap.kind.service() == "service-quotas") {
        lines.push(format!("Quotas of {} could not be read ({}): {}", gap.region, gap.why, cx.text(&gap.detail, 200)));
    }
    lines.truncate(8);
    match (lines.is_empty(), cx.audit.is_running()) {
        (true, true) => return vec!["No quota has been read so far; they are read beside the resources.".to_owned()],
        (true, false) => lines.push("This scan read no quotas.".to_owned()),
        (false, _) => {}
    }
    lines.extend(cx.rescan(Action::Rescan, "scans again."));
    lines
}

/// `eu-west-1 +3`: the region, and how many others the row stands for.
fn place(cx: &Screen<'_>, filter: &Filter, quota: &Quota) -> String {
    match fold::others(cx, filter, quota).len() {
        0 => cx.text(quota.region.as_str(), 20),
        more => format!("{} +{more}", cx.text(quota.region.as_str(), 20)),
    }
}

fn row(cx: &Screen<'_>, filter: &Filter, index: usize) -> Row {
    let Some(quota) = cx.audit.quotas.get(index) else {
        return Row { sign: (String::new(), Role::Default), cells: Vec::new() };
    };
    let (sign, role) = grade(cx, quota);
    let plain = |text: String| (text, Role::Default);
    let bar = match quota.used_percent {
        Some(percent) => (cx.look.glyphs.bar(usize::from(BAR), percent / 100.0), Role::Bar),
        None => ("not measured".to_owned(), Role::Unknown),
    };
    let share = if quota.used_percent.is_some() { role } else { Role::Unknown };
    Row {
        sign: (sign.to_owned(), role),
        cells: vec![
            plain(cx.text(&format!("{} {}", quota.service_code, quota.name), 200)),
            plain(place(cx, filter, quota)),
            plain(used_of_limit(cx, quota)),
            (percent(cx, quota), share),
            bar,
            plain(raise(quota).to_owned()),
            (trend::words(quota), if trend::days_left(quota) <= SOON { Role::Warn } else { Role::Default }),
            (source(quota).to_owned(), if quota.usage.is_none() { Role::Unknown } else { Role::Dim }),
        ],
    }
}
