//! The plan of the marks, what it comes to, what its dry run said; while a run applies one, the run.

mod detail;
mod side;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

pub use side::minutes_old;

use super::apply;
use super::screen::{Hit, Screen, inside, pane_at};
use super::table::fit;
use crate::plan::{Check, Held, Plan, Step, Work};
use crate::tui::action::Action;
use crate::tui::cleanup::{self, Cleanup};
use crate::tui::look::Role;
use crate::tui::model::Model;

/// The plan, what it comes to, its dry run, and the step at the cursor.
const PANES: usize = 4;

/// What a row of the list is.
pub enum At<'a> {
    /// A step.
    Step(&'a Step),
    /// Something that stays out.
    Held(&'a Held),
}

/// Steps first, then what stays out; while a run is shown, its steps alone.
pub fn rows(cleanup: &Cleanup) -> Vec<usize> {
    let count = match (&cleanup.run, &cleanup.plan) {
        (Some(run), _) => run.plan.steps.len(),
        (None, Some(plan)) => plan.steps.len() + plan.held.len(),
        (None, None) => 0,
    };
    (0..count).collect()
}

/// What a row of the list is.
pub fn at(cleanup: &Cleanup, row: usize) -> Option<At<'_>> {
    let plan = match &cleanup.run {
        Some(run) => return run.plan.steps.get(row).map(At::Step),
        None => cleanup.plan.as_ref()?,
    };
    match row.checked_sub(plan.steps.len()) {
        Some(held) => plan.held.get(held).map(At::Held),
        None => plan.steps.get(row).map(At::Step),
    }
}

/// Panes shown.
pub fn panes(cleanup: &Cleanup) -> usize {
    if cleanup.run.is_some() { apply::PANES } else { PANES }
}

/// The pane that tells most about the row at the cursor.
pub fn detail(cleanup: &Cleanup) -> usize {
    if cleanup.run.is_some() { apply::LOG } else { PANES - 1 }
}

fn areas(area: Rect, cx: &Screen<'_>) -> [Rect; PANES] {
    let mut panes = [Rect::ZERO; PANES];
    if cx.is_single(area) {
        panes[cx.focus.min(PANES - 1)] = area;
        return panes;
    }
    let (middle, lower) = if area.height >= 24 { (7, 6) } else { (6, 5) };
    let list = area.height - middle - lower;
    panes[0] = Rect { height: list, ..area };
    (panes[1], panes[2]) = super::scan::halves(Rect { y: area.y + list, height: middle, ..area });
    panes[3] = Rect { y: area.y + list + middle, height: lower, ..area };
    panes
}

/// Rows the list has room for.
pub fn height(area: Rect, cx: &Screen<'_>, model: &Model) -> usize {
    let list = if model.cleanup.run.is_some() { apply::areas(area, cx)[0] } else { areas(area, cx)[0] };
    usize::from(inside(list).height)
}

/// What lies at a place.
pub fn hit(area: Rect, cx: &Screen<'_>, model: &Model, column: u16, row: u16) -> Hit {
    if model.cleanup.run.is_some() {
        return apply::hit(area, cx, column, row);
    }
    let panes = areas(area, cx);
    let inner = inside(panes[0]);
    match pane_at(&panes, column, row) {
        Hit::Pane(0) if row >= inner.y && row < inner.bottom() => {
            let Some(plan) = &model.cleanup.plan else { return Hit::Pane(0) };
            let lines = lines(cx, model, plan, inner.width);
            let line = first(cx, &lines, usize::from(inner.height)) + usize::from(row - inner.y);
            lines.get(line).and_then(|(row, _)| *row).map_or(Hit::Pane(0), Hit::Row)
        }
        other => other,
    }
}

/// The line that says what stands before applying, or that nothing does.
pub fn hint(cx: &Screen<'_>, model: &Model) -> String {
    let cleanup = &model.cleanup;
    if let Some(run) = &cleanup.run {
        return apply::hint(cx, run);
    }
    let key = cx.key(Action::Apply);
    if cleanup.plan.as_ref().is_none_or(|plan| plan.steps.is_empty()) {
        return "nothing is changed until a plan is tried, confirmed by its phrase, and applied".to_owned();
    }
    let missing = cleanup::missing(model);
    match (missing.is_empty(), cleanup.rehearsal()) {
        (true, Some(tried)) => {
            let minutes = side::minutes_old(tried, model.now);
            let limit = crate::plan::FRESH_MINUTES;
            format!("{key} is enabled: the dry run is {minutes} min old (limit {limit}); the phrase is asked for")
        }
        _ => format!("{key} needs {}", missing.join("; ")),
    }
}

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>) {
    if let Some(run) = &model.cleanup.run {
        return apply::draw(frame, area, model, cx, run);
    }
    let [list, result, tried, lower] = areas(area, cx);
    let plan = model.cleanup.plan.as_deref();
    if !list.is_empty() {
        draw_list(frame, list, model, cx, plan);
    }
    if !result.is_empty() {
        side::result(frame, result, cx, plan);
    }
    if !tried.is_empty() {
        side::tried(frame, tried, model, cx);
    }
    if !lower.is_empty() {
        detail::draw(frame, lower, model, cx);
    }
}

/// Lines of the pane that has the focus: as far as it may be scrolled.
pub fn last_line(model: &Model, cx: &Screen<'_>, width: u16) -> usize {
    match &model.cleanup.run {
        // The log is moved by itself, and what stopping means has few lines.
        Some(_) => 0,
        None if cx.focus == PANES - 1 => detail::lines(cx, model, usize::from(width)).len().saturating_sub(1),
        None => side::tried_lines(model, cx).len(),
    }
}

fn draw_list(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>, plan: Option<&Plan>) {
    let Some(plan) = plan else {
        let lines = empty(cx, model).into_iter().map(|text| Line::from(format!(" {text}"))).collect();
        return cx.boxed(frame, area, 0, "Cleanup plan", "", lines);
    };
    let inner = inside(area);
    let remark = format!("from the scan of {}", plan.scanned_at.strftime("%Y-%m-%d %H:%M UTC"));
    frame.render_widget(cx.block(area, 0, &title(cx, plan), &remark), area);
    let lines = lines(cx, model, plan, inner.width);
    let top = first(cx, &lines, usize::from(inner.height));
    let shown: Vec<Line<'_>> =
        lines.into_iter().skip(top).take(usize::from(inner.height)).map(|(_, line)| line).collect();
    frame.render_widget(Paragraph::new(shown), inner);
}

/// Why there is no plan, and what to press.
fn empty(cx: &Screen<'_>, model: &Model) -> Vec<String> {
    let findings = cx.key(Action::Findings);
    if model.is_running() {
        return vec![
            "A scan is running. The plan is made when everything is read:".to_owned(),
            "what is not seen yet may need what would be deleted.".to_owned(),
        ];
    }
    if let Some(why) = &model.cleanup.trouble {
        return vec!["There is no plan:".to_owned(), cx.text(why, usize::MAX)];
    }
    if model.cleanup.plan.is_none() && !model.marks.is_empty() {
        return vec!["The plan is being made.".to_owned()];
    }
    let mut lines = vec![
        format!("Nothing is marked. {findings} lists the findings; {} marks one.", cx.key(Action::Mark)),
        "What is marked becomes a plan here: what goes first, what is saved before,".to_owned(),
        "what cannot be undone, and what stays out with the reason.".to_owned(),
    ];
    let given = &model.audit.quarantined;
    if !given.is_empty() {
        lines.extend([String::new(), "In quarantine:".to_owned()]);
        lines.extend(given.iter().map(|one| cx.text(&format!("{} {}: {}", one.kind, one.label, one.sentence()), 200)));
    }
    lines
}

/// `3 steps, 1 backup, 2 waves`.
fn title(cx: &Screen<'_>, plan: &Plan) -> String {
    let count = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let backups = plan.steps.iter().filter(|step| step.work == Work::Backup).count();
    let waves: std::collections::BTreeSet<u32> = plan.steps.iter().map(|step| step.wave).collect();
    format!(
        "Cleanup plan {} {}, {}, {}, {} not in it",
        cx.look.glyphs.dot,
        count(plan.acts().count(), "change", "changes"),
        count(backups, "backup", "backups"),
        count(waves.len(), "wave", "waves"),
        plan.held.len(),
    )
}

type Lines = Vec<(Option<usize>, Line<'static>)>;

/// The list with its headings: each line with the row it stands for.
fn lines(cx: &Screen<'_>, model: &Model, plan: &Plan, width: u16) -> Lines {
    let mut lines: Lines = Vec::new();
    let mut wave = None;
    for (row, step) in plan.steps.iter().enumerate() {
        if wave != Some(step.wave) {
            wave = Some(step.wave);
            lines.push((None, cx.line(heading(cx, plan, step.wave), Role::Dim)));
        }
        lines.push((Some(row), step_line(cx, model, step, row, usize::from(width))));
    }
    if !plan.held.is_empty() {
        lines.push((None, cx.line(" not in the plan", Role::Dim)));
    }
    for (held, row) in plan.held.iter().zip(plan.steps.len()..) {
        let text = format!("{} {}: {}", held.kind, held.label, held.why.sentence());
        let room = usize::from(width).saturating_sub(7);
        let spans = vec![
            cx.span(pointer(cx, row), Role::Title),
            cx.span(format!("   {} ", cx.look.glyphs.bad), Role::Warn),
            Span::raw(fit(&cx.text(&text, room), room, false)),
        ];
        lines.push((Some(row), chosen(cx, Line::from(spans), row)));
    }
    lines
}

fn heading(cx: &Screen<'_>, plan: &Plan, wave: u32) -> String {
    let dot = cx.look.glyphs.dot;
    let mut steps = plan.steps.iter().filter(|step| step.wave == wave);
    if steps.all(|step| step.work == Work::Backup) {
        return format!(" wave {wave} {dot} backups: nothing is removed");
    }
    match plan.steps.iter().map(|step| step.wave).filter(|earlier| *earlier < wave).max() {
        Some(earlier) => format!(" wave {wave} {dot} when wave {earlier} has ended"),
        None => format!(" wave {wave}"),
    }
}

fn pointer(cx: &Screen<'_>, row: usize) -> &'static str {
    if row == cx.pane.cursor { cx.look.glyphs.cursor } else { " " }
}

fn chosen(cx: &Screen<'_>, line: Line<'static>, row: usize) -> Line<'static> {
    if row == cx.pane.cursor && cx.focus == 0 { line.style(cx.look.style(Role::Selected)) } else { line }
}

/// From this width on a step's region has a column.
const WIDE: usize = 96;

fn step_line(cx: &Screen<'_>, model: &Model, step: &Step, row: usize, width: usize) -> Line<'static> {
    let glyphs = &cx.look.glyphs;
    let check = model.cleanup.rehearsal().and_then(|tried| tried.checks.get(&step.number));
    let (sign, role) = match (&step.work, check) {
        (_, Some(Check::Refused { .. })) => (glyphs.bad, Role::Bad),
        (Work::Backup, _) => ("+", Role::Good),
        (Work::Act, _) if step.is_irreversible() => ("!", Role::Bad),
        _ => ("~", Role::Warn),
    };
    let region =
        if width >= WIDE { fit(&cx.text(step.resource.region.as_str(), 14), 15, false) } else { String::new() };
    let after: Vec<String> = step.after.iter().map(u32::to_string).collect();
    let after = if after.is_empty() { String::new() } else { format!("after {}", after.join(",")) };
    let saves = match (&step.work, step.saves_monthly_usd) {
        (Work::Act, None) => glyphs.dash.to_owned(),
        (Work::Act, Some(usd)) => usd.pretty(),
        _ => String::new(),
    };
    let (undo, undo_role) = undo(step);
    // Pointer, number and sign, then the columns behind, each with its blank.
    let room = width.saturating_sub(8 + 11 + region.len() + 11 + 14);
    let line = Line::from(vec![
        cx.span(pointer(cx, row), Role::Title),
        Span::raw(format!("{:>3} ", step.number)),
        cx.span(sign, role),
        Span::raw(format!(" {} ", fit(&cx.text(&step.does(), room), room, false))),
        cx.span(format!("{} ", fit(&after, 10, false)), Role::Dim),
        Span::raw(region),
        cx.span(format!("{} ", fit(&saves, 10, true)), Role::Money),
        cx.span(fit(&undo, 14, false), undo_role),
    ]);
    chosen(cx, line, row)
}

/// What can be said in a few words of taking it back.
fn undo(step: &Step) -> (String, Role) {
    match &step.work {
        Work::Backup => ("saves it first".to_owned(), Role::Dim),
        Work::Unprotect { .. } => ("lifts a lock".to_owned(), Role::Warn),
        Work::Act if step.is_irreversible() => ("IRREVERSIBLE".to_owned(), Role::Bad),
        Work::Act => match (step.undo.is_empty(), step.undo_days) {
            (true, _) => ("no undo".to_owned(), Role::Dim),
            (false, Some(days)) => (format!("undo: {days} days"), Role::Dim),
            (false, None) => ("can be undone".to_owned(), Role::Dim),
        },
    }
}

/// The first line on screen: that of the first row, with the heading above it, unless the cursor would fall off.
fn first(cx: &Screen<'_>, lines: &Lines, height: usize) -> usize {
    let line_of = |row: usize| lines.iter().position(|(of, _)| *of == Some(row)).unwrap_or(0);
    let top = cx.pane.top_for(height);
    let mut first = line_of(top);
    if first > 0 && lines.get(first - 1).is_some_and(|(of, _)| of.is_none()) {
        first -= 1;
    }
    let first = first.max((line_of(cx.pane.cursor) + 1).saturating_sub(height.max(1)));
    first.min(lines.len().saturating_sub(height))
}
