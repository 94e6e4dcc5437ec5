//! The first two lines: whose account, how old the data is, which screens there are.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use super::WIDE;
use super::screen::Screen;
use crate::tui::action::Action;
use crate::tui::look::Role;
use crate::tui::model::{Model, ScreenId};
use crate::tui::run::Origin;

/// Draws both lines.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>) {
    let line = |y: u16| Rect { y: area.y + y, height: 1, ..area };
    let who = who(model, cx, area.width);
    // Whose account it is and that nothing is written comes before how old the data is.
    let room = usize::from(area.width).saturating_sub(who.width() + 2);
    frame.render_widget(Paragraph::new(who), line(0));
    let state = [state(model, cx), brief(model)].into_iter().find(|state| state.width() < room).unwrap_or_default();
    let width = u16::try_from(state.width() + 1).unwrap_or(area.width).min(area.width);
    let right = Rect { x: area.right() - width, width, ..line(0) };
    frame.render_widget(Paragraph::new(format!("{state} ")).right_aligned(), right);
    frame.render_widget(Paragraph::new(tabs(model, cx, area.width)), line(1));
}

/// ` acme-sandbox 1111…3333 · role Auditor · READ-ONLY`
fn who(model: &Model, cx: &Screen<'_>, width: u16) -> Line<'static> {
    let account = &model.audit.account;
    let dot = format!(" {} ", cx.look.glyphs.dot);
    let mut spans = vec![Span::raw(" ")];
    if account.id.is_empty() {
        spans.push(cx.span("account not known yet", Role::Unknown));
    } else {
        spans.push(cx.span(cx.text(account.label(), usize::from(width) / 2), Role::Title));
        let short = if model.privacy { "****".to_owned() } else { account.short_id() };
        if account.alias.is_some() && width >= WIDE {
            spans.push(Span::raw(format!(" {short}")));
        }
    }
    let caller = account.caller_name();
    if width >= WIDE && !caller.is_empty() {
        let word = if account.caller_arn.contains(":assumed-role/") { "role" } else { "as" };
        spans.push(Span::raw(format!("{dot}{word} {}", cx.text(caller, 30))));
    }
    spans.push(Span::raw(dot));
    let (mode, role) = mode(model);
    spans.push(cx.span(mode, role));
    // Nothing of an account is behind a recording.
    if model.origin == Origin::Demo {
        spans.push(Span::raw(" (recording)"));
    }
    Line::from(spans)
}

/// Whether anything may be changed, in words.
pub fn mode(model: &Model) -> (&'static str, Role) {
    match (model.cleanup.is_applying(), model.cleanup.allow_apply) {
        (true, _) => ("APPLYING", Role::Bad),
        (false, true) => ("WRITES ALLOWED", Role::Warn),
        (false, false) => ("READ-ONLY", Role::Good),
    }
}

/// What is said at the right: how far the scan is, or how old it is, and where it comes from.
fn state(model: &Model, cx: &Screen<'_>) -> String {
    let is_wide = model.size.0 >= WIDE;
    let dot = cx.look.glyphs.dot;
    if model.is_running() {
        return if model.paused { "scan held" } else { "scanning" }.to_owned();
    }
    if model.audit.finished_at.is_none() {
        return "nothing scanned yet".to_owned();
    }
    let stopped = if model.audit.interrupted { "stopped early" } else { "" };
    let clock = model.audit.started_at.strftime("%H:%M UTC").to_string();
    let day = model.audit.started_at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let when = match &model.origin {
        Origin::Demo => "demo: recorded data".to_owned(),
        Origin::File(path) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if is_wide { format!("{} {dot} scan {day}", cx.text(&name, 30)) } else { cx.text(&name, 20) }
        }
        Origin::Live if is_wide => format!("scan {clock}"),
        Origin::Live => "scan".to_owned(),
    };
    let age = age(model);
    let parts = [stopped.to_owned(), when, age];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(&format!(" {dot} "))
}

/// The same in a word, for a narrow screen.
fn brief(model: &Model) -> String {
    match (&model.origin, model.is_running()) {
        (_, true) => "scanning".to_owned(),
        (Origin::Demo, _) => "demo".to_owned(),
        (Origin::File(_) | Origin::Live, _) => age(model),
    }
}

/// `3m old`: how long ago the scan began. Empty for recorded demonstration data, which does not age, and while
/// a scan runs.
pub fn age(model: &Model) -> String {
    match seconds_old(model) {
        None => String::new(),
        Some(seconds) if seconds < 60 => "fresh".to_owned(),
        Some(seconds) => {
            let (size, unit) = unit(seconds);
            format!("{}{unit} old", seconds / size)
        }
    }
}

/// Seconds until the age reads differently.
pub fn age_changes_in(model: &Model) -> Option<u64> {
    let of_scan = seconds_old(model).map(|seconds| {
        let (size, _) = unit(seconds);
        size - seconds % size
    });
    // A dry run ages too, and is told in minutes.
    let of_rehearsal = model.cleanup.tried.as_ref().map(|tried| {
        let seconds = model.now.as_second() - tried.at.as_second();
        60 - seconds.rem_euclid(60).unsigned_abs()
    });
    of_scan.into_iter().chain(of_rehearsal).min()
}

fn unit(seconds: u64) -> (u64, &'static str) {
    match seconds {
        0..3_600 => (60, "m"),
        3_600..172_800 => (3_600, "h"),
        _ => (86_400, "d"),
    }
}

fn seconds_old(model: &Model) -> Option<u64> {
    if model.origin == Origin::Demo || model.audit.finished_at.is_none() {
        return None;
    }
    u64::try_from(model.now.as_second() - model.audit.started_at.as_second()).ok()
}

/// A tab as it stands in the line: brackets around the one shown.
fn label(screen: ScreenId, is_shown: bool, is_wide: bool) -> String {
    match (is_shown, is_wide) {
        (true, _) => format!("[{} {}]", screen.digit(), screen.title()),
        (false, true) => format!(" {} {} ", screen.digit(), screen.title()),
        (false, false) => format!(" {} ", screen.digit()),
    }
}

fn tabs(model: &Model, cx: &Screen<'_>, width: u16) -> Line<'static> {
    let mut spans: Vec<Span<'static>> = ScreenId::ALL
        .into_iter()
        .map(|screen| {
            let is_shown = screen == model.screen;
            cx.span(label(screen, is_shown, width >= WIDE), if is_shown { Role::Title } else { Role::Default })
        })
        .collect();
    if width < WIDE {
        spans.push(Span::raw(format!("  {} help", model.keymap.key_name(Action::Help))));
    }
    Line::from(spans)
}

/// The screen whose tab lies at a place.
pub fn tab_at(model: &Model, column: u16, row: u16) -> Option<ScreenId> {
    if row != 1 || super::is_tiny(super::whole(model)) {
        return None;
    }
    let mut x = 0;
    ScreenId::ALL.into_iter().find(|screen| {
        x += label(*screen, *screen == model.screen, model.size.0 >= WIDE).len();
        usize::from(column) < x
    })
}
