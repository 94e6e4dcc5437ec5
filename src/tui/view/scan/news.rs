//! What was found so far, and what is slow, waiting or refused.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use unicode_width::UnicodeWidthStr;

use super::square::sign_of;
use crate::audit::GapGroup;
use crate::model::{CellState, Finding, Region};
use crate::tui::look::Role;
use crate::tui::view::coverage::{amount, places, things};
use crate::tui::view::screen::{Screen, inside};
use crate::tui::view::table::fit;

/// Draws both panes; `shared` puts the second one's lines into the first, where there is no room for two.
pub fn draw(frame: &mut Frame, left: Rect, right: Rect, shared: bool, cx: &Screen<'_>) {
    if !left.is_empty() {
        let inner = inside(left);
        let (width, height) = (usize::from(inner.width), usize::from(inner.height));
        let lines = if shared {
            let troubles = troubles(cx, width, height / 2);
            let mut lines = found(cx, width, height.saturating_sub(troubles.len()));
            lines.extend(troubles);
            lines
        } else {
            found(cx, width, height)
        };
        cx.boxed(frame, left, 1, "Found so far (updates live)", "", lines);
    }
    if !right.is_empty() {
        let inner = inside(right);
        let lines = troubles(cx, usize::from(inner.width), usize::from(inner.height));
        cx.boxed(frame, right, 2, "Slow, waiting or refused", "", lines);
    }
}

fn found(cx: &Screen<'_>, width: usize, height: usize) -> Vec<Line<'static>> {
    let digest = cx.digest;
    if digest.findings == 0 {
        let text = if cx.audit.findings.is_empty() && cx.audit.is_running() {
            " No findings yet: rules judge a kind once it is listed."
        } else {
            " No findings."
        };
        return vec![cx.line(text, Role::Dim)];
    }
    let mut lines = vec![Line::from(vec![
        cx.span(format!(" {} findings   ", digest.findings), Role::Title),
        cx.span(format!("{}/mo", cx.waste()), Role::Money),
        cx.span(
            if digest.unpriced > 0 { format!("   {} without a price", digest.unpriced) } else { String::new() },
            Role::Dim,
        ),
    ])];
    let top = cx.audit.findings.iter().take(height.saturating_sub(1));
    lines.extend(top.map(|finding| finding_line(cx, finding, width)));
    lines
}

fn finding_line(cx: &Screen<'_>, finding: &Finding, width: usize) -> Line<'static> {
    let bar = fit(&cx.look.glyphs.bar(2, f64::from(finding.score) / 100.0), 2, false);
    let money = finding.monthly_usd.map_or(cx.look.glyphs.dash.to_owned(), |usd| usd.pretty());
    let room = width.saturating_sub(3 + 4 + 11 + 2);
    let what = format!("{} {} {}", finding.title, cx.look.glyphs.dot, finding.resource.label());
    Line::from(vec![
        Span::raw(format!(" {:>3} ", finding.score)),
        cx.span(bar, Role::Bar),
        Span::raw(format!(" {} ", fit(&cx.text(&what, room), room, false))),
        cx.span(fit(&money, 11, true), Role::Money),
    ])
}

/// Throttling first, then gaps, then the last things that happened.
fn troubles(cx: &Screen<'_>, width: usize, height: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    for ((service, region), times) in &cx.audit.throttled {
        if is_slowed(cx, service, region) {
            let words = if *times == 1 { "once".to_owned() } else { format!("{times} times") };
            let text = format!("{region} {service}  throttled {words}, going on slower");
            lines.push(signed(cx, cx.look.glyphs.throttled, Role::Warn, &text, width));
        }
    }
    let groups = cx.digest.gap_groups.iter().take(height.saturating_sub(lines.len()));
    lines.extend(groups.map(|group| gap_line(cx, group, width)));
    if cx.digest.regions.off > 0 {
        let off = cx.digest.regions.off;
        let text = format!("{off} {} not enabled: nothing can run there", if off == 1 { "region" } else { "regions" });
        lines.push(signed(cx, cx.look.glyphs.off, Role::Off, &text, width));
    }
    let room = height.saturating_sub(lines.len());
    let notes = cx.audit.notes.iter().rev().take(room);
    lines.extend(notes.map(|note| signed(cx, cx.look.glyphs.dot, Role::Dim, note, width)));
    if lines.is_empty() {
        lines.push(cx.line(" Nothing: AWS answers everything that was asked.", Role::Dim));
    }
    lines.truncate(height);
    lines
}

/// Whether anything a service was slowed down for is still being read.
fn is_slowed(cx: &Screen<'_>, service: &str, region: &Region) -> bool {
    cx.audit.coverage_in(region).any(|cell| cell.kind.service() == service && cell.state == CellState::Running)
}

/// `D ca-central-1 · 7 kinds  refused by an organization policy`.
pub fn gap_line(cx: &Screen<'_>, group: &GapGroup, width: usize) -> Line<'static> {
    let (sign, role) = sign_of(&cx.look.glyphs, group.why);
    let dot = cx.look.glyphs.dot;
    let regions = match group.regions.len() {
        0 | 1 => places(group),
        n => format!("{n} regions"),
    };
    // The reason is worth more than the names.
    let texts = [(places(group), things(group)), (places(group), amount(group)), (regions, amount(group))]
        .map(|(places, things)| format!("{places} {dot} {things}  {}", group.why));
    let shortest = texts.iter().position(|text| text.width() <= width.saturating_sub(4)).unwrap_or(2);
    let text = &texts[shortest];
    let full = format!("{text}: {}", group.detail);
    signed(cx, sign, role, if group.details == 1 && !group.detail.is_empty() { &full } else { text }, width)
}

fn signed(cx: &Screen<'_>, sign: &str, role: Role, text: &str, width: usize) -> Line<'static> {
    let text = cx.text(text, width.saturating_sub(4));
    Line::from(vec![Span::raw(" "), cx.span(sign, role), Span::raw(format!(" {text}"))])
}
