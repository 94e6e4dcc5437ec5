//! Quotas near their limit, what was not seen, and why there may be no findings.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::model::Quota;
use crate::tui::action::Action;
use crate::tui::look::Role;
use crate::tui::view::coverage;
use crate::tui::view::quotas::{grade, percent, used_of_limit};
use crate::tui::view::scan::news::gap_line;
use crate::tui::view::screen::Screen;
use crate::tui::view::table::fit;

/// From this share in use on, in percent, a quota is named here.
const NEAR: f64 = 80.0;

/// Lines the two panes would like to have.
pub fn rows(cx: &Screen<'_>) -> u16 {
    let near = cx.audit.quotas.iter().filter(|quota| is_near(quota)).count();
    u16::try_from(near.max(cx.digest.gap_groups.len())).unwrap_or(u16::MAX - 2)
}

fn is_near(quota: &Quota) -> bool {
    quota.used_percent.is_some_and(|percent| percent >= NEAR)
}

/// Quotas that are nearly used up, the last line for all there is no room for.
pub fn quotas(cx: &Screen<'_>, inner: Rect) -> Vec<Line<'static>> {
    let (width, height) = (usize::from(inner.width), usize::from(inner.height));
    let known = cx.audit.quotas.iter().filter(|quota| quota.usage.is_some()).count();
    let near: Vec<_> = cx.audit.quotas.iter().filter(|quota| is_near(quota)).collect();
    if near.is_empty() {
        let text = match (cx.audit.quotas.len(), known) {
            (0, _) => format!(" none was read; {} says why", cx.key(Action::Quotas)),
            (all, 0) => format!(" of {all} quotas no usage is known"),
            (all, known) => format!(" none: {known} of {all} are measured, all under {NEAR:.0} %"),
        };
        return vec![cx.line(text, if known > 0 { Role::Default } else { Role::Unknown })];
    }
    let line = |quota: &Quota, room: usize| {
        let (sign, role) = grade(cx, quota);
        let text = format!("{:>6}  {} {} {}", percent(cx, quota), used_of_limit(cx, quota), quota.name, quota.region);
        let text = fit(&cx.text(&text, room.saturating_sub(4)), room.saturating_sub(4), false);
        Line::from(vec![Span::raw(" "), cx.span(sign, role), Span::raw(format!(" {text}"))])
    };
    with_rest(&near, height, width, |quota, room| line(quota, room))
}

/// A line for each, and at the end of the last one how many there is no room for.
fn with_rest<T>(
    all: &[T],
    height: usize,
    width: usize,
    line: impl Fn(&T, usize) -> Line<'static>,
) -> Vec<Line<'static>> {
    let rest = all.len().saturating_sub(height);
    let note = if rest > 0 { format!(" +{rest} more") } else { String::new() };
    let last = all.len().min(height).saturating_sub(1);
    let mut lines = Vec::new();
    for (at, one) in all.iter().take(height).enumerate() {
        if at < last || rest == 0 {
            lines.push(line(one, width));
        } else {
            let mut line = line(one, width.saturating_sub(note.len()));
            line.push_span(Span::raw(note.clone()));
            lines.push(line);
        }
    }
    lines
}

/// What was not seen, worst first.
pub fn gaps(cx: &Screen<'_>, inner: Rect) -> Vec<Line<'static>> {
    let (width, height) = (usize::from(inner.width), usize::from(inner.height));
    let groups = &cx.digest.gap_groups;
    let cells = cx.digest.cells;
    if groups.is_empty() {
        return vec![match cells.seen_percent() {
            Some(_) => cx.line(format!(" {} {}", cx.look.glyphs.ok, coverage::totals(cx.digest)), Role::Good),
            None => cx.line(" nothing was looked at", Role::Unknown),
        }];
    }
    with_rest(groups, height, width, |group, room| gap_line(cx, group, room))
}

/// Why no finding is listed. "None" is only said of what was seen.
pub fn no_findings(cx: &Screen<'_>) -> Vec<Line<'static>> {
    let cells = cx.digest.cells;
    let Some(percent) = cells.seen_percent() else {
        let how = cx.rescan(Action::Rescan, "scans.").unwrap_or_default();
        return vec![cx.line(format!(" Nothing was scanned, so nothing was found. {how}"), Role::Unknown)];
    };
    if cells.seen == 0 {
        let text = format!(" Nothing could be looked at: {} says why.", cx.key(Action::Coverage));
        return vec![cx.line(text, Role::Bad)];
    }
    let seen = format!(" No rule found anything in the {percent} % of {} cells that were seen.", cells.wanted);
    let mut lines = vec![Line::from(seen)];
    if cx.digest.gaps > 0 {
        let text = format!(" {} gaps remain: {} shows them.", cx.digest.gaps, cx.key(Action::Coverage));
        lines.push(cx.line(text, Role::Warn));
    }
    lines
}
