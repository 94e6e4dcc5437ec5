//! The step at the cursor in full, or why something stays out.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::screen::{Screen, inside};
use super::super::wrap::wrap;
use super::{At, at};
use crate::model::clean;
use crate::plan::{Check, Held, HeldWhy, Step, remedy};
use crate::tui::action::Action;
use crate::tui::look::Role;
use crate::tui::model::Model;

/// Draws it.
pub fn draw(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>) {
    let title = match current(model, cx) {
        Some(At::Step(step)) => format!("{} {} {}", step.number, cx.look.glyphs.dot, step.does()),
        Some(At::Held(held)) => format!("not in the plan {} {}", cx.look.glyphs.dot, held.label),
        None => "Step".to_owned(),
    };
    let inner = inside(area);
    let lines = lines(cx, model, usize::from(inner.width));
    let scroll = if cx.focus == 3 { cx.scroll.min(lines.len().saturating_sub(1)) } else { 0 };
    let hidden = (lines.len() - scroll).saturating_sub(usize::from(inner.height));
    let remark = if hidden > 0 { format!("{hidden} more lines: {}", cx.key(Action::Open)) } else { String::new() };
    let title = cx.text(&title, usize::from(area.width).saturating_sub(24));
    frame.render_widget(cx.block(area, 3, &title, &remark), area);
    let shown: Vec<Line<'_>> = lines.into_iter().skip(scroll).collect();
    frame.render_widget(Paragraph::new(shown), inner);
}

fn current<'a>(model: &'a Model, cx: &Screen<'_>) -> Option<At<'a>> {
    cx.rows.get(cx.pane.cursor).and_then(|row| at(&model.cleanup, *row))
}

/// Its lines in so many columns.
pub fn lines(cx: &Screen<'_>, model: &Model, width: usize) -> Vec<Line<'static>> {
    let texts = match current(model, cx) {
        Some(At::Step(step)) => of_step(model, cx, step),
        Some(At::Held(held)) => of_held(cx, held),
        None => Vec::new(),
    };
    let room = width.saturating_sub(1);
    let text =
        |text: &str| if cx.privacy { super::super::screen::mask(&clean(text)) } else { clean(text).into_owned() };
    let wrapped = texts
        .into_iter()
        .flat_map(|(one, role)| wrap(&text(&one), room).into_iter().map(move |line| (line, role)).collect::<Vec<_>>());
    wrapped.map(|(line, role)| cx.line(format!(" {line}"), role)).collect()
}

fn of_step(model: &Model, cx: &Screen<'_>, step: &Step) -> Vec<(String, Role)> {
    let dot = cx.look.glyphs.dot;
    let mut lines = Vec::new();
    match model.cleanup.rehearsal().and_then(|tried| tried.checks.get(&step.number)) {
        Some(Check::Refused { why }) => lines.push((format!("dry run: {why}"), Role::Bad)),
        Some(Check::Gone) => lines.push(("dry run: it is gone already".to_owned(), Role::Warn)),
        Some(Check::Passed { notes, .. }) => {
            lines.extend(notes.iter().map(|note| (format!("dry run: {note}"), Role::Warn)));
        }
        None => {}
    }
    if step.is_irreversible() {
        lines.push((format!("IRREVERSIBLE: {} is gone for good", step.loses), Role::Bad));
    } else if !step.loses.is_empty() {
        lines.push((format!("loses: {}", step.loses), Role::Warn));
    }
    if !step.note.is_empty() {
        lines.push((step.note.clone(), Role::Warn));
    }
    let after: Vec<String> = step.after.iter().map(u32::to_string).collect();
    let after = if after.is_empty() { String::new() } else { format!(" {dot} after {} ended well", after.join(", ")) };
    let region = &step.resource.region;
    let calls = step.actions.join(", ");
    lines.push((
        format!("{calls} {dot} {region} {dot} its end is seen within {} min{after}", step.minutes),
        Role::Default,
    ));
    lines.extend(step.commands.iter().map(|command| (command.clone(), Role::Default)));
    if !step.undo.is_empty() {
        let days = step.undo_days.map(|days| format!(" within {days} days")).unwrap_or_default();
        lines.push((format!("undo{days}: {}", step.undo), Role::Default));
    }
    if !step.backup.is_empty() {
        lines.push((format!("saved as {}", step.backup), Role::Default));
    }
    let list = |what: &str, names: &[String]| (format!("{what}: {}", names.join(", ")), Role::Warn);
    if !step.takes_along.is_empty() {
        lines.push(list("goes away with it", &step.takes_along));
    }
    if !step.breaks.is_empty() {
        lines.push(list("works worse without it", &step.breaks));
    }
    if step.findings.is_empty() {
        lines.push(("added because others need it gone; no finding names it".to_owned(), Role::Dim));
    }
    lines.push((step.resource.arn.to_string(), Role::Dim));
    lines
}

fn of_held(cx: &Screen<'_>, held: &Held) -> Vec<(String, Role)> {
    let mut lines = vec![(held.why.sentence(), Role::Warn)];
    let names: Vec<&str> =
        held.offer.iter().map(|id| id.as_str().rsplit([':', '/']).next().unwrap_or_default()).collect();
    let help = match &held.why {
        HeldWhy::InUse { .. } if !names.is_empty() => {
            format!("{} adds {}", cx.key(Action::Dependents), names.join(", "))
        }
        HeldWhy::Owned { .. } if !names.is_empty() => {
            format!("{} plans for {} instead", cx.key(Action::Owners), names.join(", "))
        }
        HeldWhy::Locked { flag } => {
            let is_known = remedy(&held.kind).is_some_and(|one| one.unprotect.iter().any(|one| one.flag == *flag));
            match is_known {
                true => format!("{} adds a step that lifts it", cx.key(Action::Locks)),
                false => "lift it by hand, and scan again".to_owned(),
            }
        }
        HeldWhy::Kept { .. } => "take the tag off, if it is not meant any more, and scan again".to_owned(),
        _ => String::new(),
    };
    if !help.is_empty() {
        lines.push((help, Role::Default));
    }
    lines.push((format!("{} in {}", held.kind, held.region), Role::Default));
    lines.push((held.resource.to_string(), Role::Dim));
    lines
}
