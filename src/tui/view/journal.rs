//! What was done in this account, as the journals have it: runs, and one of them in full.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::screen::{Hit, Screen, inside, pane_at};
use super::table::fit;
use super::wrap::wrap;
use crate::plan::{Check, Entry, Undo, What};
use crate::tui::action::Action;
use crate::tui::cleanup::Record;
use crate::tui::look::Role;
use crate::tui::model::Model;

/// The list, and the run at the cursor.
pub const PANES: usize = 2;

fn areas(area: Rect, cx: &Screen<'_>) -> [Rect; PANES] {
    if cx.is_single(area) {
        let mut panes = [Rect::ZERO; PANES];
        panes[cx.focus.min(PANES - 1)] = area;
        return panes;
    }
    let list = (area.height * 2 / 5).max(6);
    [Rect { height: list, ..area }, Rect { y: area.y + list, height: area.height - list, ..area }]
}

/// Rows the list has room for.
pub fn height(area: Rect, cx: &Screen<'_>) -> usize {
    usize::from(inside(areas(area, cx)[0]).height.saturating_sub(1))
}

/// What lies at a place.
pub fn hit(area: Rect, cx: &Screen<'_>, column: u16, row: u16) -> Hit {
    let panes = areas(area, cx);
    let inner = inside(panes[0]);
    match pane_at(&panes, column, row) {
        Hit::Pane(0) if row > inner.y && row < inner.bottom() => {
            let height = usize::from(inner.height.saturating_sub(1));
            let position = cx.pane.top_within(height, cx.rows.len()) + usize::from(row - inner.y - 1);
            if position < cx.rows.len() { Hit::Row(position) } else { Hit::Pane(0) }
        }
        other => other,
    }
}

/// The line that says what a journal is.
pub fn hint(model: &Model) -> String {
    match (&model.journals.verifying, &model.journals.trying) {
        (Some(run), _) => format!("holding {run} against the account; nothing is changed"),
        (None, Some(run)) => format!("trying what is left of {run}; nothing is changed"),
        (None, None) => "Nothing here is ever edited; each line holds the hash of the one before it.".to_owned(),
    }
}

/// Lines the detail may be scrolled.
pub fn last_line(model: &Model, cx: &Screen<'_>, width: u16) -> usize {
    lines(model, cx, usize::from(width)).len().saturating_sub(1)
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>) {
    let [list, lower] = areas(area, cx);
    if !list.is_empty() {
        draw_list(frame, list, model, cx);
    }
    if !lower.is_empty() {
        let inner = inside(lower);
        let lines = lines(model, cx, usize::from(inner.width));
        let scroll = if cx.focus == 1 { cx.scroll.min(lines.len().saturating_sub(1)) } else { 0 };
        let hidden = (lines.len() - scroll).saturating_sub(usize::from(inner.height));
        let remark = if hidden > 0 { format!("{hidden} more lines: {}", cx.key(Action::Open)) } else { String::new() };
        let title = current(model, cx).map_or("Run".to_owned(), |run| cx.text(&run.name, 40));
        frame.render_widget(cx.block(lower, 1, &title, &remark), lower);
        frame.render_widget(Paragraph::new(lines.into_iter().skip(scroll).collect::<Vec<_>>()), inner);
    }
}

fn current<'a>(model: &'a Model, cx: &Screen<'_>) -> Option<&'a Record> {
    cx.rows.get(cx.pane.cursor).and_then(|row| model.journals.runs.get(*row))
}

fn draw_list(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>) {
    let inner = inside(area);
    let remark = cx.text(&model.journals.place, usize::from(area.width) / 2);
    frame.render_widget(cx.block(area, 0, "Journal: runs in this account", &remark), area);
    if model.journals.runs.is_empty() {
        let lines = vec![
            Line::from(" No cleanup has been run in this account from here."),
            Line::from(format!(
                " {} plans for what is marked; a run leaves its journal here.",
                cx.key(Action::Cleanup)
            )),
        ];
        return frame.render_widget(Paragraph::new(lines), inner);
    }
    let height = usize::from(inner.height.saturating_sub(1));
    let top = cx.pane.top_within(height, cx.rows.len());
    let head = format!("  {} {} {} {}", fit("run", 24, false), fit("began", 17, false), fit("steps", 5, true), "ended");
    let mut lines = vec![cx.line(head, Role::Dim)];
    let rows = cx.rows.iter().enumerate().skip(top).take(height);
    for (at, run) in rows.filter_map(|(at, row)| Some((at, model.journals.runs.get(*row)?))) {
        let told = told(run);
        let began = told.began.map_or(String::new(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
        let room = usize::from(inner.width).saturating_sub(51);
        let pointer = if at == cx.pane.cursor { cx.look.glyphs.cursor } else { " " };
        let line = Line::from(vec![
            cx.span(format!("{pointer} "), Role::Title),
            Span::raw(format!("{} {} ", fit(&cx.text(&run.name, 24), 24, false), fit(&began, 17, false))),
            Span::raw(format!("{:>5} ", told.steps)),
            cx.span(fit(&cx.text(&told.ended, room), room, false), told.role),
        ]);
        let is_chosen = at == cx.pane.cursor && cx.focus == 0;
        lines.push(if is_chosen { line.style(cx.look.style(Role::Selected)) } else { line });
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

/// A run in a line.
struct Told {
    began: Option<jiff::Timestamp>,
    steps: u32,
    ended: String,
    role: Role,
}

fn told(run: &Record) -> Told {
    let began = run.entries.first().map(|entry| entry.at);
    let steps = run.entries.iter().find_map(|entry| match entry.what {
        What::Opened { steps, .. } => Some(steps),
        _ => None,
    });
    let (ended, role) = match run.entries.last().map(|entry| &entry.what) {
        _ if !run.trouble.is_empty() => (run.trouble.clone(), Role::Bad),
        Some(What::Closed { done, failed, held, stopped }) => {
            let counts = format!("{done} done, {failed} failed, {held} not begun");
            match (stopped.is_empty(), failed + held) {
                (false, _) => (format!("{stopped}: {counts}"), Role::Warn),
                (true, 0) => (counts, Role::Good),
                (true, _) => (counts, Role::Warn),
            }
        }
        _ => ("broken off; what was open is not known".to_owned(), Role::Unknown),
    };
    Told { began, steps: steps.unwrap_or_default(), ended, role }
}

/// A run in full, in so many columns.
fn lines(model: &Model, cx: &Screen<'_>, width: usize) -> Vec<Line<'static>> {
    let Some(run) = current(model, cx) else { return Vec::new() };
    let told = told(run);
    let mut texts = vec![(told.ended, told.role)];
    steps(run, &mut texts);
    if let Some((at, seen)) = model.journals.verified.get(&run.name) {
        let at = at.strftime("%H:%M UTC");
        match seen {
            Ok(lines) => texts.extend(lines.iter().map(|line| (format!("Verified {at}: {line}"), Role::Default))),
            Err(why) => texts.push((format!("Not verified {at}: {why}"), Role::Bad)),
        }
    }
    undo(cx, &run.entries, &mut texts);
    for entry in &run.entries {
        if let What::Opened { plan, caller, tool, resumed, .. } = &entry.what {
            let verb = if *resumed { "Taken up again by" } else { "Who:" };
            texts.push((format!("{verb} {caller}   closeout {tool}   plan {plan}"), Role::Dim));
        }
    }
    if run.is_torn {
        texts.push(("A last line was torn off; what it announced never happened.".to_owned(), Role::Warn));
    }
    rest(model, cx, run, &mut texts);
    texts.push((format!("closeout journal show {} prints every line.", run.name), Role::Dim));
    let room = width.saturating_sub(1);
    let wrapped = texts.into_iter().flat_map(|(text, role)| {
        wrap(&cx.text(&text, usize::MAX), room).into_iter().map(move |line| (line, role)).collect::<Vec<_>>()
    });
    wrapped.map(|(line, role)| cx.line(format!(" {line}"), role)).collect()
}

/// What is left of a run, and what goes on with it.
fn rest(model: &Model, cx: &Screen<'_>, run: &Record, texts: &mut Vec<(String, Role)>) {
    if !run.is_open() {
        return;
    }
    let (tries, goes) = (cx.key(Action::DryRun), cx.key(Action::Apply));
    let name = &run.name;
    let text = format!("{tries} tries what is left, {goes} goes on with it; so does closeout journal resume {name}.");
    texts.push((text, Role::Default));
    let Some(rest) = model.journals.rest.as_ref().filter(|rest| rest.run == run.name) else { return };
    let at = rest.tried.at.strftime("%H:%M UTC");
    texts.push((format!("Dry run of what is left, {at}: {} steps done before", rest.done.len()), Role::Default));
    for (step, check) in &rest.tried.checks {
        texts.push(match check {
            Check::Passed { by, notes } => {
                let notes: String = notes.iter().map(|note| format!("; {note}")).collect();
                (format!("{step} passed: {}{notes}", by.join(", ")), Role::Default)
            }
            Check::Gone => (format!("{step} already gone"), Role::Default),
            Check::Refused { why } => (format!("{step} refused: {why}"), Role::Bad),
        });
    }
}

/// Each step with its end, the bad ends first.
fn steps(run: &Record, texts: &mut Vec<(String, Role)>) {
    let does = |wanted: u32| {
        let begun = run.entries.iter().find_map(|entry| match &entry.what {
            What::Begun { step, does, .. } if *step == wanted => Some(does.clone()),
            _ => None,
        });
        begun.map(|does| format!("{does}: ")).unwrap_or_default()
    };
    let mut well = Vec::new();
    for entry in &run.entries {
        let at = entry.at.strftime("%H:%M:%S");
        match &entry.what {
            What::Failed { step, why, undecided } => {
                let word = if *undecided { "unknown" } else { "failed" };
                texts.push((format!("{at} {step} {word}: {}{why}", does(*step)), Role::Bad));
            }
            What::Held { step, why } => {
                texts.push((format!("{at} {step} not begun: {}{why}", does(*step)), Role::Warn));
            }
            What::Done { step, seen, .. } => {
                well.push((format!("{at} {step} done: {}{seen}", does(*step)), Role::Default))
            }
            _ => {}
        }
    }
    texts.extend(well);
}

fn undo(cx: &Screen<'_>, entries: &[Entry], texts: &mut Vec<(String, Role)>) {
    let undo = Undo::of(entries);
    if undo.commands.is_empty() && undo.gone.is_empty() {
        return;
    }
    let (shows, copies) = (cx.key(Action::Undo), cx.key(Action::CopyCommand));
    let text = format!(
        "Undo: {} can be brought back, {} cannot; {shows} shows the commands, {copies} copies them.",
        undo.commands.len(),
        undo.gone.len()
    );
    texts.push((text, Role::Default));
}
