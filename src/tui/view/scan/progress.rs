//! How far the scan is.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::clock::{clock, left};
use crate::audit::Phase;
use crate::model::Usd;
use crate::tui::look::Role;
use crate::tui::view::screen::Screen;

/// Phases besides the matrix itself, whose cells count apart.
pub fn phases<'a>(cx: &Screen<'a>) -> Vec<&'a Phase> {
    cx.audit.phases.iter().filter(|phase| phase.name != "resources" && phase.name != "regions").collect()
}

/// Units of work that came to their end, and all there are as far as is known.
fn done(cx: &Screen<'_>) -> (u64, u64) {
    let cells = cx.digest.cells;
    let start = (cells.over as u64, cells.wanted as u64);
    phases(cx).iter().fold(start, |(done, all), phase| (done + phase.done.min(phase.units), all + phase.units))
}

/// The bar with its percentage and times, `width` columns in all.
pub fn bar_line(cx: &Screen<'_>, width: u16) -> Line<'static> {
    let (done, all) = done(cx);
    let fraction = if all == 0 { 0.0 } else { done as f64 / all as f64 };
    // Rounded down: 100 % means that nothing is left.
    let percent = (fraction * 100.0) as u64;
    let time = match (cx.audit.finished_at, cx.audit.interrupted) {
        (Some(_), true) => "stopped".to_owned(),
        (Some(_), false) => "done".to_owned(),
        (None, _) => left(cx.elapsed_seconds, cx.since_progress_seconds, fraction),
    };
    let elapsed = clock(cx.elapsed_seconds);
    let text = if width >= 96 {
        format!("  {percent:>2} %   elapsed {elapsed}   {time:<18}")
    } else {
        format!(" {percent:>2} %  {elapsed}{}{time:<16}", if time.is_empty() { "  " } else { ", " })
    };
    let room = usize::from(width).saturating_sub(text.width() + 3);
    if room < 4 {
        return Line::from(text.trim().to_owned());
    }
    Line::from(vec![
        Span::raw(" ["),
        cx.span(cx.look.glyphs.progress(room, fraction), Role::Bar),
        Span::raw("]"),
        Span::raw(text),
    ])
}

/// Draws the head pane.
pub fn draw(frame: &mut Frame, area: Rect, cx: &Screen<'_>) {
    let inner = area.width.saturating_sub(2);
    let mut lines = vec![counts(cx, inner), bar_line(cx, inner)];
    let phases = phase_line(cx);
    if !phases.is_empty() {
        lines.push(Line::from(format!(" {phases}")));
    }
    let state = match (cx.audit.finished_at, cx.audit.interrupted) {
        (Some(_), true) => "stopped",
        (Some(_), false) => "done",
        (None, _) => "running",
    };
    // No pane of its own to focus: it has nothing to move in.
    cx.boxed(frame, area, usize::MAX, "Scan", state, lines);
}

fn counts(cx: &Screen<'_>, width: u16) -> Line<'static> {
    let regions = cx.digest.regions;
    let requests = &cx.audit.requests;
    let dot = cx.look.glyphs.dot;
    let mut text = format!(" regions {}/{} done", regions.done, regions.wanted);
    let off = if width >= 96 { regions.off } else { 0 };
    for (count, word) in [(regions.running, "running"), (regions.denied, "denied"), (off, "not enabled")] {
        if count > 0 {
            text.push_str(&format!(" {dot} {count} {word}"));
        }
    }
    text.push_str(&format!("   calls {}", requests.total));
    if requests.billable_usd > Usd::ZERO {
        text.push_str(&format!(" ({})", requests.billable_usd.pretty()));
    }
    text.push_str(&format!("  retries {}  ", requests.retries));
    let errors = cx.digest.cells.failed;
    if errors == 0 && width < 96 {
        return Line::from(text);
    }
    let role = if errors > 0 { Role::Bad } else { Role::Default };
    Line::from(vec![Span::raw(text), cx.span(format!("errors {errors}"), role)])
}

/// `metrics 12/40 · prices ✓ · bill 0/3`.
fn phase_line(cx: &Screen<'_>) -> String {
    let glyphs = &cx.look.glyphs;
    let one = |phase: &&Phase| {
        let name = cx.text(&phase.name, 16);
        if phase.units > 0 && phase.done >= phase.units {
            format!("{name} {}", glyphs.ok)
        } else {
            format!("{name} {}/{}", phase.done, phase.units)
        }
    };
    phases(cx).iter().map(one).collect::<Vec<_>>().join(&format!(" {} ", glyphs.dot))
}
