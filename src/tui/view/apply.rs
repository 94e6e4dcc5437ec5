//! A run that applies a plan: how far it is, each step, its journal as it is written, and what stopping would mean.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::screen::{Hit, Screen, inside, pane_at};
use super::table::fit;
use super::wrap::wrap;
use crate::plan::{State, Step};
use crate::tui::action::Action;
use crate::tui::cleanup::{Left, Running};
use crate::tui::look::Role;
use crate::tui::model::Model;

/// Steps, log, and what stopping means. How far it is stands above them and takes no focus.
pub const PANES: usize = 3;

/// The pane of the log.
pub const LOG: usize = 1;

/// Where the panes are; the last area is how far it is.
pub fn areas(area: Rect, cx: &Screen<'_>) -> [Rect; PANES + 1] {
    let mut panes = [Rect::ZERO; PANES + 1];
    if cx.is_single(area) {
        // How far it is and whether it goes on is never hidden.
        panes[PANES] = Rect { height: 3.min(area.height), ..area };
        let rest = Rect { y: area.y + panes[PANES].height, height: area.height - panes[PANES].height, ..area };
        panes[cx.focus.min(PANES - 1)] = rest;
        return panes;
    }
    let foot = 5;
    let rest = area.height - 3 - foot;
    let steps = rest.div_ceil(2);
    let mut y = area.y;
    let mut next = |height: u16| {
        let slice = Rect { y, height, ..area };
        y += height;
        slice
    };
    panes[PANES] = next(3);
    panes[0] = next(steps);
    panes[LOG] = next(rest - steps);
    panes[2] = next(foot);
    panes
}

/// What lies at a place.
pub fn hit(area: Rect, cx: &Screen<'_>, column: u16, row: u16) -> Hit {
    let panes = areas(area, cx);
    let inner = inside(panes[0]);
    match pane_at(&panes[..PANES], column, row) {
        Hit::Pane(0) if row >= inner.y && row < inner.bottom() => {
            let position = cx.pane.top_within(usize::from(inner.height), cx.rows.len()) + usize::from(row - inner.y);
            if position < cx.rows.len() { Hit::Row(position) } else { Hit::Pane(0) }
        }
        other => other,
    }
}

/// Lines of the log there is room for.
pub fn log_height(area: Rect, cx: &Screen<'_>) -> usize {
    usize::from(inside(areas(area, cx)[LOG]).height)
}

/// What is saved for sure, and what is still to come.
pub fn hint(cx: &Screen<'_>, run: &Running) -> String {
    let done = run.saves(|state| matches!(state, State::Done { .. })).pretty();
    if run.ended.is_some() {
        return format!("{done}/mo confirmed   {} goes back to the plan", cx.key(Action::Back));
    }
    let pending = run.saves(|state| !state.is_over()).pretty();
    format!("so far {done}/mo confirmed   pending {pending}/mo")
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>, run: &Running) {
    let [steps, log, stop, progress] = areas(area, cx);
    draw_progress(frame, progress, model, cx, run);
    if !steps.is_empty() {
        draw_steps(frame, steps, model, cx, run);
    }
    if !log.is_empty() {
        super::log::draw(frame, log, cx, run);
    }
    if !stop.is_empty() {
        let title = if run.ended.is_some() { "How it ended" } else { "If you stop now" };
        let texts = if run.ended.is_some() { ended(cx, run) } else { stopping(cx, run) };
        let room = usize::from(inside(stop).width).saturating_sub(1);
        let texts = texts.into_iter().flat_map(|(text, role)| {
            wrap(&cx.text(&text, usize::MAX), room).into_iter().map(move |line| (line, role)).collect::<Vec<_>>()
        });
        let lines = texts.map(|(line, role)| cx.line(format!(" {line}"), role)).collect();
        cx.boxed(frame, stop, 2, title, "", lines);
    }
}

/// `2:31`, or `1:02:31`.
fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    match seconds / 3_600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// How long it may still take, to ten seconds, with blanks behind. Empty as long as nobody knows.
fn left(left: Left) -> String {
    match left {
        Left::Unknown => String::new(),
        Left::Waiting => "waiting for AWS   ".to_owned(),
        Left::About(ms) => format!("about {} left   ", clock(ms.div_ceil(10_000).max(1) * 10_000)),
    }
}

fn word(run: &Running) -> (&'static str, Role) {
    let (_, failed, held) = run.counts();
    match &run.ended {
        None if run.stopping => ("STOPPING", Role::Warn),
        None => ("RUNNING", Role::Warn),
        Some((end, _)) if !end.trouble.is_empty() => ("BROKEN OFF", Role::Bad),
        Some((end, _)) if !end.stopped.is_empty() => ("STOPPED", Role::Warn),
        Some(_) if failed + held > 0 => ("ENDED, NOT ALL WELL", Role::Bad),
        Some(_) => ("DONE", Role::Good),
    }
}

fn draw_progress(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>, run: &Running) {
    let dot = cx.look.glyphs.dot;
    let open = run.steps_that(|state| !state.is_over()).first().map(|step| step.wave);
    let wave = open.filter(|_| run.ended.is_none()).map(|wave| format!(" {dot} wave {wave}")).unwrap_or_default();
    let title = format!("Apply{wave} {dot} began {}", run.began_at.strftime("%H:%M:%S UTC"));
    let over = run.plan.steps.len() - run.steps_that(|state| !state.is_over()).len();
    let all = run.plan.steps.len();
    let until = run.ended.as_ref().map_or(model.clock_ms, |(_, ms)| *ms);
    let (word, role) = word(run);
    let left = left(run.left(model.clock_ms));
    let elapsed = clock(until.saturating_sub(run.began_ms));
    let text = format!("  {over} of {all} steps   elapsed {elapsed}   {left}");
    let room = usize::from(area.width).saturating_sub(text.len() + word.len() + 6).min(48);
    let full = (room * over).checked_div(all).unwrap_or_default();
    let bar = cx.look.glyphs.full.repeat(full) + &cx.look.glyphs.empty.repeat(room - full);
    let line =
        Line::from(vec![Span::raw(" ["), cx.span(bar, Role::Bar), Span::raw(format!("]{text}")), cx.span(word, role)]);
    let remark = if run.name.is_empty() { String::new() } else { format!("journal {}", cx.text(&run.name, 40)) };
    cx.boxed(frame, area, PANES, &title, &remark, vec![line]);
}

fn draw_steps(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>, run: &Running) {
    let inner = inside(area);
    let height = usize::from(inner.height);
    let top = cx.pane.top_within(height, cx.rows.len());
    let rows = cx.rows.iter().enumerate().skip(top).take(height);
    let lines: Vec<Line<'_>> = rows
        .filter_map(|(at, row)| Some((at, run.plan.steps.get(*row)?)))
        .map(|(at, step)| step_line(model, cx, run, step, at, usize::from(inner.width)))
        .collect();
    let remark = format!("{} of {}", (top + height).min(cx.rows.len()), cx.rows.len());
    frame.render_widget(cx.block(area, 0, "Steps", &remark), area);
    frame.render_widget(Paragraph::new(lines), inner);
}

fn step_line(model: &Model, cx: &Screen<'_>, run: &Running, step: &Step, at: usize, width: usize) -> Line<'static> {
    let glyphs = &cx.look.glyphs;
    let state = run.state(step.number);
    let (word, detail) = state.words();
    let turning = if model.animations { glyphs.running(model.tick) } else { glyphs.dot };
    let (sign, role) = match state {
        State::Done { .. } => (glyphs.ok, Role::Good),
        State::Failed { undecided: true, .. } => (glyphs.unknown, Role::Unknown),
        State::Failed { .. } => (glyphs.bad, Role::Bad),
        State::Held { .. } => (glyphs.off, Role::Warn),
        State::Queued => (glyphs.queued, Role::Dim),
        State::Looking | State::Calling { .. } | State::Waiting { .. } => (turning, Role::Default),
    };
    let progress = run.steps.get(&step.number);
    let took = progress.and_then(|one| {
        let until = one.to_ms.or(run.ended.as_ref().map(|(_, ms)| *ms)).unwrap_or(model.clock_ms);
        one.from_ms.map(|from| clock(until.saturating_sub(from)))
    });
    let detail = match (state, step.after.is_empty()) {
        (State::Queued, false) if run.ended.is_none() => {
            let after: Vec<String> = step.after.iter().map(u32::to_string).collect();
            format!("waits for {}", after.join(", "))
        }
        (State::Queued, true) if run.ended.is_none() => format!("begins with wave {}", step.wave),
        (State::Queued, _) => "not begun".to_owned(),
        _ => detail.trim_start_matches(": ").to_owned(),
    };
    let pointer = if at == cx.pane.cursor { glyphs.cursor } else { " " };
    let does = (width.saturating_sub(24) * 9 / 20).max(10);
    let room = width.saturating_sub(does + 24);
    let line = Line::from(vec![
        cx.span(pointer, Role::Title),
        Span::raw(format!("{:>3} ", step.number)),
        cx.span(format!("{sign} {} ", fit(word, 8, false)), role),
        Span::raw(fit(&cx.text(&step.does(), does), does, false)),
        cx.span(format!("{} ", fit(&took.unwrap_or_default(), 7, true)), Role::Dim),
        Span::raw(fit(&cx.text(&detail, room), room, false)),
    ]);
    if at == cx.pane.cursor && cx.focus == 0 { line.style(cx.look.style(Role::Selected)) } else { line }
}

fn numbers(steps: &[&Step]) -> String {
    let shown: Vec<String> = steps.iter().take(12).map(|step| step.number.to_string()).collect();
    let more = steps.len().saturating_sub(shown.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn stopping(cx: &Screen<'_>, run: &Running) -> Vec<(String, Role)> {
    let open = run.steps_that(|state| !state.is_over() && *state != State::Queued);
    let queued = run.steps_that(|state| *state == State::Queued);
    let sent = match open.is_empty() {
        true => String::new(),
        false => format!(" Calls already sent cannot be taken back: {} will finish.", numbers(&open)),
    };
    let key = cx.key(Action::StopApply);
    let first = match run.stopping {
        true => format!("No further step is begun.{sent}"),
        false => format!("{key} begins no further step.{sent}"),
    };
    let left = match queued.is_empty() {
        true => "Every step has been begun.".to_owned(),
        false => {
            format!("Left undone: {}. The journal keeps them; `closeout journal resume` goes on.", numbers(&queued))
        }
    };
    vec![(first, Role::Default), (left, Role::Default)]
}

fn ended(cx: &Screen<'_>, run: &Running) -> Vec<(String, Role)> {
    let (done, failed, held) = run.counts();
    let saves = run.saves(|state| matches!(state, State::Done { .. })).pretty();
    let mut lines = Vec::new();
    if let Some((end, _)) = &run.ended {
        if !end.trouble.is_empty() {
            lines.push((end.trouble.clone(), Role::Bad));
        } else if !end.stopped.is_empty() {
            lines.push((end.stopped.clone(), Role::Warn));
        }
    }
    let role = if failed + held > 0 { Role::Warn } else { Role::Good };
    lines.push((format!("{done} done, {failed} failed, {held} not begun; {saves}/mo confirmed"), role));
    let keep = format!("{} keeps the journal with its undo commands.", cx.key(Action::Journal));
    let back = format!("{} goes back to the plan.", cx.key(Action::Back));
    let next = match cx.rescan(Action::Rescan, "scans again.") {
        Some(rescan) => format!("{keep} {rescan} {back}"),
        None => format!("{keep} The findings stay as they were recorded. {back}"),
    };
    lines.push((next, Role::Default));
    lines
}
