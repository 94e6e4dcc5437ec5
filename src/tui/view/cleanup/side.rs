//! What a plan comes to, and what its dry run said.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Wrap};

use super::super::screen::Screen;
use crate::plan::{Allowed, Check, FRESH_MINUTES, Plan, Rehearsal, Step, Work};
use crate::tui::action::Action;
use crate::tui::look::Role;
use crate::tui::model::Model;

/// Draws what a plan comes to.
pub fn result(frame: &mut Frame, area: Rect, cx: &Screen<'_>, plan: Option<&Plan>) {
    let lines = plan.map(|plan| sums(cx, plan)).unwrap_or_default();
    let remark = plan.map(|plan| with(plan.allowed)).unwrap_or_default();
    cx.boxed(frame, area, 1, "Result", &remark, lines);
}

fn sums(cx: &Screen<'_>, plan: &Plan) -> Vec<Line<'static>> {
    let unpriced = plan.acts().filter(|step| step.saves_monthly_usd.is_none() && step.grace.is_empty()).count();
    let more = if unpriced > 0 { format!(" + {unpriced} unpriced") } else { String::new() };
    let backups = plan.steps.iter().filter(|step| step.work == Work::Backup).count();
    let (all, lost) = (plan.acts().count(), plan.irreversible().count());
    if let Some(step) = plan.acts().find(|step| !step.grace.is_empty()) {
        return quarantine(cx, plan, step);
    }
    let saves = format!(" removed       {}/mo{more}", plan.saves_monthly_usd().pretty());
    let lost_role = if lost > 0 { Role::Bad } else { Role::Default };
    let kept = if backups == 0 { "none".to_owned() } else { format!("{backups} first; not priced") };
    vec![
        cx.line(saves, Role::Money),
        cx.line(format!(" IRREVERSIBLE  {lost} of {all}"), lost_role),
        Line::from(format!(" backups       {kept}")),
        Line::from(format!(" takes         at most {} min", minutes(plan))),
        cx.line(format!(" {}", added(cx, plan.allowed)), Role::Dim),
    ]
}

/// What a quarantine comes to: nothing goes.
fn quarantine(cx: &Screen<'_>, plan: &Plan, step: &Step) -> Vec<Line<'static>> {
    let stopped = plan.acts().filter(|step| !step.undo.is_empty()).count();
    let all = plan.acts().count();
    let until = step.grace.rsplit('/').next().unwrap_or_default();
    vec![
        Line::from(format!(" quarantine    {all} until {until}")),
        Line::from(format!(" stopped       {stopped}, or detached; {} only marked", all - stopped)),
        Line::from(" deleted       nothing"),
        Line::from(format!(" takes         at most {} min", minutes(plan))),
        cx.line(format!(" {} deletes instead", cx.key(Action::Quarantine)), Role::Dim),
    ]
}

/// Minutes after which every wave must have ended: the longest limit of each.
fn minutes(plan: &Plan) -> u32 {
    let mut waves: BTreeMap<u32, u32> = BTreeMap::new();
    for step in &plan.steps {
        let longest = waves.entry(step.wave).or_default();
        *longest = step.minutes.max(*longest);
    }
    waves.values().sum()
}

/// What was allowed beyond the marks, where there is no room for more.
fn with(allowed: Allowed) -> String {
    let words = [(allowed.dependents, "dependents"), (allowed.owners, "owners"), (allowed.unprotect, "locks lifted")];
    let words: Vec<&str> = words.into_iter().filter(|(on, _)| *on).map(|(_, word)| word).collect();
    if words.is_empty() { String::new() } else { format!("with {}", words.join(", ")) }
}

/// What was allowed beyond the marks, with the keys that change it.
fn added(cx: &Screen<'_>, allowed: Allowed) -> String {
    let word = |on: bool| if on { "on" } else { "off" };
    format!(
        "{} dependents {}  {} owners {}  {} locks {}",
        cx.key(Action::Dependents),
        word(allowed.dependents),
        cx.key(Action::Owners),
        word(allowed.owners),
        cx.key(Action::Locks),
        word(allowed.unprotect)
    )
}

/// Whole minutes since a dry run ended.
pub fn minutes_old(tried: &Rehearsal, now: Timestamp) -> i64 {
    (now.as_second() - tried.at.as_second()).max(0) / 60
}

/// Draws the state of the dry run.
pub fn tried(frame: &mut Frame, area: Rect, model: &Model, cx: &Screen<'_>) {
    let title = match (model.cleanup.rehearsal(), &model.cleanup.trying) {
        (_, Some(_)) => "Dry run: under way".to_owned(),
        (Some(tried), None) => {
            let word = if tried.has_passed() { "passed" } else { "REFUSED" };
            format!("Dry run {}: {word}", tried.at.strftime("%H:%M UTC"))
        }
        (None, None) => "Dry run".to_owned(),
    };
    let scroll = if cx.focus == 2 { u16::try_from(cx.scroll).unwrap_or(u16::MAX) } else { 0 };
    let text = Paragraph::new(tried_lines(model, cx)).wrap(Wrap { trim: false }).scroll((scroll, 0));
    frame.render_widget(text.block(cx.block(area, 2, &title, "")), area);
}

/// What the dry run said, the refusals first.
pub fn tried_lines(model: &Model, cx: &Screen<'_>) -> Vec<Line<'static>> {
    let cleanup = &model.cleanup;
    let key = cx.key(Action::DryRun);
    if cleanup.trying.is_some() {
        let sign = if model.animations { cx.look.glyphs.running(model.tick) } else { cx.look.glyphs.dot };
        return vec![
            Line::from(format!(" {sign} every resource is read again, every call tried")),
            Line::from("   nothing is changed"),
        ];
    }
    if let Some(why) = &cleanup.untried {
        let why = cx.text(why, 300);
        return vec![cx.line(format!(" {} it could not be made: {why}", cx.look.glyphs.bad), Role::Bad)];
    }
    match (&cleanup.plan, &cleanup.tried, cleanup.rehearsal()) {
        (_, _, Some(tried)) => checks(model, cx, tried),
        (None, ..) => Vec::new(),
        (Some(_), Some(_), None) => vec![
            Line::from(" The plan has changed since the last one."),
            Line::from(format!(" {key} tries every step; nothing is changed.")),
        ],
        (Some(_), None, None) => {
            vec![Line::from(" None yet."), Line::from(format!(" {key} tries every step; nothing is changed."))]
        }
    }
}

fn checks(model: &Model, cx: &Screen<'_>, tried: &Rehearsal) -> Vec<Line<'static>> {
    let glyphs = &cx.look.glyphs;
    let mut by: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut passed, mut gone) = (0, 0);
    let mut lines = Vec::new();
    for (step, check) in &tried.checks {
        match check {
            Check::Passed { by: ways, notes } => {
                passed += 1;
                notes.iter().for_each(|note| *unknown.entry(note).or_default() += 1);
                ways.iter().for_each(|way| *by.entry(way).or_default() += 1);
            }
            Check::Gone => gone += 1,
            Check::Refused { why } => {
                lines.push(cx.line(format!(" {} step {step}: {}", glyphs.bad, cx.text(why, 200)), Role::Bad));
            }
        }
    }
    let all = tried.checks.len();
    lines.push(cx.line(format!(" {} {passed} of {all} steps passed", glyphs.ok), Role::Good));
    for (way, count) in by {
        lines.push(Line::from(format!("   {count} by {}", cx.text(way, 40))));
    }
    for (note, count) in unknown {
        let text = format!(" {} {count} passed, {}", glyphs.warn, cx.text(note, 200));
        lines.push(cx.line(text, Role::Warn));
    }
    if gone > 0 {
        lines.push(Line::from(format!(" {} {gone} already gone", glyphs.dot)));
    }
    let age = format!(" {} min old, stands for {FRESH_MINUTES}", minutes_old(tried, model.now));
    lines.push(cx.line(age, Role::Dim));
    lines
}
