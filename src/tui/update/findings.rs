//! Marking findings, and what else only their screen can do.

use super::{fail, say};
use crate::model::{Finding, Kind, ResourceId, clean};
use crate::tui::effect::Effect;
use crate::tui::facets::closing;
use crate::tui::model::{Model, ScreenId};
use crate::tui::overlay::{Ask, Overlay, Read, Yes};

/// Space: ends a range, or marks the row under the cursor; of a quota the leftovers that use it up.
pub fn mark(model: &mut Model) -> Vec<Effect> {
    if model.screen == ScreenId::Quotas {
        return mark_leftovers(model);
    }
    let Some(finding) = model.current() else { return say(model, "no finding is listed: there is nothing to mark") };
    if model.range.is_some() {
        return end_range(model);
    }
    if !can_be_marked(finding) {
        return say(model, NO_MARK);
    }
    let (id, label) = (finding.resource.arn.clone(), finding.resource.id.clone());
    let is_marked = model.marks.toggle(&id);
    marks_changed(model);
    let verb = if is_marked { "marked" } else { "unmarked" };
    let text = format!("{verb} {} · {}", clean(&label), total(model));
    say(model, text)
}

/// What is said instead of marking a quota.
const NO_MARK: &str = "a quota is nothing to delete, and is not marked";

/// Marks total up what could be deleted.
fn can_be_marked(finding: &Finding) -> bool {
    finding.resource.kind != Kind::QUOTA
}

/// Marks the leftovers that use up the quota under the cursor.
fn mark_leftovers(model: &mut Model) -> Vec<Effect> {
    let row = model.view().rows.get(model.view().pane.cursor).copied();
    let by = row.and_then(|row| model.audit.quotas.get(row)).map(|quota| quota.freed_by.clone()).unwrap_or_default();
    if by.is_empty() {
        return say(model, "no leftover is known to use up this quota");
    }
    let added = by.iter().filter(|id| model.marks.add(id)).count();
    marks_changed(model);
    let text = format!("{added} more marked · {}", total(model));
    say(model, text)
}

/// `v`: begins a range at the cursor, or gives it up.
pub fn range(model: &mut Model) -> Vec<Effect> {
    if model.range.take().is_some() {
        return say(model, "range given up");
    }
    model.remember();
    model.range = model.at;
    if model.range.is_none() {
        return say(model, "no finding is listed: there is nothing to mark");
    }
    say(model, "range begins here: move, then Space marks it, Esc gives it up")
}

fn end_range(model: &mut Model) -> Vec<Effect> {
    let anchor = model.range.take();
    let view = model.view();
    let from = view.rows.iter().position(|row| model.index.key(*row) == anchor);
    let Some(from) = from else { return fail(model, "the row the range began at is not listed any more") };
    let view = model.view();
    let (first, last) = (from.min(view.pane.cursor), from.max(view.pane.cursor));
    let rows = view.rows.get(first..=last).unwrap_or_default().to_vec();
    mark_rows(model, &rows)
}

/// `M`: asks before it marks everything shown.
pub fn ask_mark_all(model: &mut Model) -> Vec<Effect> {
    let count = model.view().rows.len();
    if count == 0 {
        return say(model, "no finding is listed: there is nothing to mark");
    }
    let hidden = model.audit.findings.len() - count;
    let mut lines = vec![format!("Mark all {count} rows shown?")];
    if hidden > 0 {
        lines.push(format!("{hidden} rows that are not shown stay as they are."));
    }
    model.overlay = Some(Overlay::Ask(Ask { lines, yes: Yes::MarkAll }));
    Vec::new()
}

/// Marks everything shown.
pub fn mark_all(model: &mut Model) -> Vec<Effect> {
    let rows = model.view().rows.clone();
    mark_rows(model, &rows)
}

fn mark_rows(model: &mut Model, rows: &[usize]) -> Vec<Effect> {
    let findings = rows.iter().filter_map(|row| model.audit.findings.get(*row)).filter(|one| can_be_marked(one));
    let ids: Vec<ResourceId> = findings.map(|finding| finding.resource.arn.clone()).collect();
    let added = ids.iter().filter(|id| model.marks.add(id)).count();
    marks_changed(model);
    let text = format!("{added} more marked · {}", total(model));
    say(model, text)
}

/// `U`: takes every mark away.
pub fn unmark_all(model: &mut Model) -> Vec<Effect> {
    let count = model.marks.len();
    model.marks.clear();
    model.marked_only = false;
    model.stale();
    say(model, if count == 0 { "nothing was marked".to_owned() } else { format!("{count} unmarked") })
}

/// `*`: lists marked findings only, and back.
pub fn marked_only(model: &mut Model) -> Vec<Effect> {
    if !model.marked_only && model.marks.is_empty() {
        return say(model, "nothing is marked: Space marks a row");
    }
    model.marked_only = !model.marked_only;
    model.stale();
    say(model, if model.marked_only { "marked rows only; the same key shows all" } else { "all rows" })
}

fn marks_changed(model: &mut Model) {
    model.marks.count(&model.audit.findings, model.index.resources());
    if model.marked_only {
        model.stale();
    }
}

fn total(model: &Model) -> String {
    let locked = match model.marks.locked() {
        0 => String::new(),
        locked => format!(", {locked} locked or managed not counted"),
    };
    format!("{} marked = {}/mo{locked}", model.marks.len(), model.marks.total().pretty())
}

/// `.`: lets the rows in that were held back.
pub fn show_new(model: &mut Model) -> Vec<Effect> {
    let held = model.held;
    model.admitted = None;
    model.stale();
    say(model, if held == 0 { "nothing is held back".to_owned() } else { format!("{held} new shown") })
}

/// `w`: what the score of the finding under the cursor is made of.
pub fn why_score(model: &mut Model) {
    let Some(finding) = model.current() else { return };
    let mut lines: Vec<String> = finding
        .score_parts
        .iter()
        .map(|part| format!("{:>3} of {:>3}  {:<10} {}", part.points, part.of, part.name, about(&part.name)))
        .collect();
    lines.push(format!("{:>3} of 100", finding.score));
    lines.push(String::new());
    lines.push(format!("rule {} · certainty {} · {}", finding.rule, finding.certainty, closing(finding)));
    if finding.score_parts.is_empty() {
        lines.insert(0, "This audit does not tell what the score is made of.".to_owned());
    }
    let title = format!("Score {} · {}", finding.score, finding.resource.id);
    model.overlay = Some(Overlay::Read(Read { title, lines }));
}

fn about(part: &str) -> &'static str {
    match part {
        "money" => "dollars a month, on a logarithmic scale",
        "headroom" => "how little is left, more where AWS does not raise it",
        "certainty" => "how sure the rule is",
        "dormancy" => "how long it has been so",
        "closure" => "what it means on closing day",
        _ => "",
    }
}
