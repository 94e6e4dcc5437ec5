//! Waste and bill.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::audit::Totals;
use crate::model::{Bill, Usd};
use crate::tui::action::Action;
use crate::tui::look::Role;
use crate::tui::view::bill::why_absent;
use crate::tui::view::screen::Screen;
use crate::tui::view::table::fit;
use crate::tui::view::wrap::wrap;

/// Inner width of half a screen of 100 columns; below it wording is short.
const HALF_OF_WIDE: u16 = 48;

/// The waste in all, beside what it leaves out.
pub fn waste(cx: &Screen<'_>, inner: Rect) -> Vec<Line<'static>> {
    let digest = cx.digest;
    let mut lines = vec![Line::from(vec![
        cx.span(format!(" {} a month", cx.waste()), if cx.is_blind() { Role::Unknown } else { Role::Money }),
        Span::raw(format!("    {}", counted(digest.findings, "finding"))),
    ])];
    let (left_out, locked) =
        if inner.width < HALF_OF_WIDE { ("without", "locked/managed") } else { ("left out:", "locked or managed") };
    let parts: Vec<String> = [(digest.locked, locked), (digest.unpriced, "unpriced")]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if !parts.is_empty() {
        lines.push(Line::from(format!(" {left_out} {}", parts.join(", "))));
    }
    let gaps = counted(digest.gaps, "gap");
    let role = if digest.gaps > 0 { Role::Warn } else { Role::Default };
    match digest.score {
        Some(score) => lines.push(Line::from(vec![
            Span::raw(format!(" score {score} of 100, beside ")),
            cx.span(format!("{} {gaps}", if digest.gaps > 0 { cx.look.glyphs.warn } else { cx.look.glyphs.ok }), role),
        ])),
        None => lines.push(cx.line(format!(" no score: nothing was seen, {gaps}"), Role::Unknown)),
    }
    if let Some(parts) = cx.audit.bill.as_ref().and_then(|bill| Parts::of(cx, bill)) {
        let share = format!(" {:.1} % of the bill", parts.waste * 100.0);
        let next = cx.audit.reckoning.savings.as_ref().map(|said| said.next_bill_usd.pretty());
        lines.push(Line::from(match next {
            Some(usd) => format!("{share}; next one less {usd}"),
            None => format!("{share}, at list price"),
        }));
    }
    lines
}

/// `1 gap`, `3 gaps`, `no gaps`.
fn counted(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

/// What of a bill's usage is waste and what is used; the rest is unexplained.
struct Parts {
    waste: f64,
    used: f64,
}

impl Parts {
    /// By the lines of the bill, or by list prices while they were not held against what was found. `None` when nothing
    /// was billed or nothing was seen.
    fn of(cx: &Screen<'_>, bill: &Bill) -> Option<Parts> {
        let usage = bill.usage_usd.dollars();
        if usage <= 0.0 || cx.is_blind() {
            return None;
        }
        Some(match cx.audit.reconciliation() {
            Some(said) => {
                let waste = said.waste_usd().dollars() / usage;
                Parts { waste, used: (said.explained_usd + said.known_usd).dollars() / usage - waste }
            }
            // Prices are in dollars, and a bill in another currency cannot be held against them.
            None if bill.currency != "USD" => return None,
            None => {
                let waste = cx.digest.waste.dollars() / usage;
                Parts { waste, used: (1.0 - waste).max(0.0) }
            }
        })
    }
}

/// The bill's title names its days.
pub fn bill_title(cx: &Screen<'_>) -> String {
    match &cx.audit.bill {
        Some(bill) => format!("Bill, {}", crate::tui::view::bill::period(&bill.period)),
        None => "Bill".to_owned(),
    }
}

/// The bill in all, or why there is none.
pub fn bill(cx: &Screen<'_>, inner: Rect) -> Vec<Line<'static>> {
    let width = usize::from(inner.width);
    let Some(bill) = &cx.audit.bill else {
        let why = why_absent(cx).into_iter().flat_map(|text| wrap(&text, width.saturating_sub(2)));
        return why.map(|text| Line::from(format!(" {text}"))).collect();
    };
    let mut first = vec![cx.span(format!(" {}", bill.amount(bill.usage_usd)), Role::Money), Span::raw(" usage")];
    if bill.credits_usd != Usd::ZERO {
        let what = if inner.width < HALF_OF_WIDE { "credits" } else { "credits, refunds" };
        first.push(Span::raw(format!(", {what} {}", bill.amount(bill.credits_usd))));
    }
    let mut lines = vec![Line::from(first)];
    if let Some(parts) = Parts::of(cx, bill) {
        let glyphs = &cx.look.glyphs;
        let legend = format!(" {} waste {} used", glyphs.full, glyphs.used);
        let room = width.saturating_sub(4 + legend.chars().count()).min(40);
        let columns = |share: f64| ((share.clamp(0.0, 1.0) * room as f64).round() as usize).min(room);
        let waste = columns(parts.waste);
        let used = columns(parts.waste + parts.used).max(waste) - waste;
        let bar = [(glyphs.full, waste), (glyphs.used, used), (glyphs.empty, room - waste - used)];
        lines.push(Line::from(vec![
            Span::raw(" ["),
            cx.span(bar.map(|(glyph, width)| glyph.repeat(width)).concat(), Role::Bar),
            Span::raw(format!("]{legend}")),
        ]));
    }
    let forecast = match bill.forecast_usd {
        Some(usd) => format!(" forecast to the month's end {}{}", bill.amount(usd), within(bill, usd)),
        None => " no forecast: too little history".to_owned(),
    };
    lines.push(Line::from(forecast));
    if let Some(said) = cx.audit.reconciliation()
        && let Some(percent) = said.explained_percent
    {
        let rest = bill.amount(said.unexplained_usd);
        let key = cx.key(Action::Bill);
        lines.push(Line::from(format!(" explained {percent:.1} %, unexplained {rest} {} {key}", cx.look.glyphs.arrow)));
    }
    lines.push(Line::from(format!(" {} charged, with tax, fees, credits", bill.amount(bill.charged_usd()))));
    lines
}

/// How far a forecast may be off, ` (±4 %)`: four times out of five. Empty where Cost Explorer tells no interval.
fn within(bill: &Bill, usd: Usd) -> String {
    let Some((low, high)) = bill.forecast_low_usd.zip(bill.forecast_high_usd) else { return String::new() };
    let off = (high - low).dollars() / 2.0 / usd.dollars() * 100.0;
    if off.is_finite() { format!(" (±{off:.0} %)") } else { String::new() }
}

/// Lines the two panes of bars would like to have.
pub fn rows(cx: &Screen<'_>) -> u16 {
    let lines = |totals: &[Totals]| {
        let paid = totals.iter().filter(|total| total.waste > Usd::ZERO).count();
        paid + usize::from(paid < totals.len())
    };
    u16::try_from(lines(&cx.digest.by_service).max(lines(&cx.digest.by_region))).unwrap_or(u16::MAX - 2)
}

/// Below this height there is no line to spare for names without dollars.
const SPACIOUS: usize = 4;

/// A bar for each name with dollars, a line for all there is no room for, and one for those without.
pub fn bars(cx: &Screen<'_>, totals: &[Totals], inner: Rect) -> Vec<Line<'static>> {
    let (width, height) = (usize::from(inner.width), usize::from(inner.height));
    if totals.is_empty() {
        return vec![nothing(cx)];
    }
    let paid = totals.iter().filter(|total| total.waste > Usd::ZERO).count();
    let (barred, free) = if height < SPACIOUS && paid > 0 { (totals, &[][..]) } else { totals.split_at(paid) };
    let largest = totals.first().map_or(0.0, |first| first.waste.dollars());
    let height = height - usize::from(!free.is_empty()).min(height);
    let shown = if barred.len() > height { height.saturating_sub(1) } else { barred.len() };
    let longest = barred[..shown].iter().map(|total| total.name.len()).max().unwrap_or_default();
    let names = longest.clamp(10, if width >= 46 { 22 } else { 14 });
    let line = |name: &str, waste: Usd| {
        let amount = waste.pretty().replacen('$', "", 1);
        let room = width.saturating_sub(1 + names + 11 + 2);
        Line::from(vec![
            Span::raw(format!(" {}", fit(&cx.text(name, names), names, false))),
            cx.span(fit(&amount, 11, true), Role::Money),
            Span::raw(" "),
            cx.span(cx.look.glyphs.bar(room, waste.dollars() / largest), Role::Bar),
        ])
    };
    let mut lines: Vec<Line<'static>> = barred[..shown].iter().map(|total| line(&total.name, total.waste)).collect();
    if shown < barred.len() {
        let rest: Usd = barred[shown..].iter().map(|total| total.waste).sum();
        lines.push(line(&format!("{} others", barred.len() - shown), rest));
    }
    if !free.is_empty() {
        let findings: usize = free.iter().map(|total| total.findings).sum();
        let names: Vec<&str> = free.iter().map(|total| total.name.as_str()).collect();
        let text = format!(" free or unpriced: {} in {}", counted(findings, "finding"), names.join(", "));
        lines.push(cx.line(cx.text(&text, width), Role::Dim));
    }
    lines
}

/// Why there is no bar.
fn nothing(cx: &Screen<'_>) -> Line<'static> {
    if cx.is_blind() {
        return cx.line(" nothing was seen, so nothing is known", Role::Unknown);
    }
    let text = match (cx.digest.findings, cx.digest.gaps) {
        (0, 0) => " no findings, so no waste",
        (0, _) => " no findings in what was seen",
        _ => " no finding counts: all are locked or managed",
    };
    cx.line(text, Role::Dim)
}
