//! The way to a changed account: plan, dry run, typed phrase, run; and the journals of runs before.

pub mod order;

use std::collections::BTreeSet;
use std::sync::Arc;

use crossterm::event::KeyCode;

use super::{fail, journal, moving, say};
use crate::model::{ResourceId, clean};
use crate::plan::{Marks, Plan, State, Undo, Work};
use crate::tui::action::Action;
use crate::tui::cleanup::{Cleanup, End, News, Running, missing};
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::model::{Model, ScreenId};
use crate::tui::overlay::{Ask, Confirm, Overlay, Yes};
use crate::tui::run::Origin;
use crate::tui::{line, view};

/// How long after it was opened the confirmation takes no key: what was typed before it could be read is no consent.
const DEAF_MS: u64 = 300;

/// A wish for a new plan, when the one on the screen is not that of the marks any more. While a scan runs there is none:
/// what is not read yet may need what would be deleted.
pub fn wish(model: &mut Model) -> Option<Effect> {
    let cleanup = &mut model.cleanup;
    let is_stale = cleanup.stale || cleanup.planned != model.marks.changes();
    if model.screen != ScreenId::Cleanup || !is_stale || model.audit.is_running() {
        return None;
    }
    (cleanup.stale, cleanup.planned) = (false, model.marks.changes());
    if model.marks.is_empty() {
        (cleanup.plan, cleanup.trouble, cleanup.is_ordered) = (None, None, false);
        model.views[ScreenId::Cleanup as usize].stale = true;
        model.refresh();
        return None;
    }
    // By resource: every finding about it counts.
    let marks: Marks = model.marks.ids().map(|id| (id.clone(), BTreeSet::new())).collect();
    Some(Effect::Plan(marks, cleanup.allowed))
}

/// Takes news of a cleanup in.
pub fn news(model: &mut Model, news: News) -> Vec<Effect> {
    model.views[ScreenId::Cleanup as usize].stale = true;
    model.views[ScreenId::Journal as usize].stale = true;
    let ms = model.clock_ms;
    match news {
        News::Planned(plan) => order::take_plan(&mut model.cleanup, plan),
        News::Tried(tried) => return take_rehearsal(model, tried),
        News::TriedRest(rest) => return journal::take_rest(model, rest),
        News::Began(name) => {
            if let Some(run) = &mut model.cleanup.run {
                run.name = name;
            }
        }
        News::Step(news) => {
            if let Some(run) = &mut model.cleanup.run {
                run.set(news.step, news.state, ms);
            }
        }
        News::Wrote(entry) => {
            if let Some(run) = &mut model.cleanup.run {
                run.wrote(*entry);
            }
        }
        News::Ended(end) => {
            let effects = take_end(model, end);
            return if model.is_ending { vec![Effect::Quit] } else { effects };
        }
        News::Changed(changes) => return super::changes::take(model, changes),
        News::Runs { runs, place } => (model.journals.runs, model.journals.place) = (runs, place),
        News::Verified { run, lines } => {
            model.journals.verifying = None;
            let failed = lines.as_ref().err().cloned();
            model.journals.verified.insert(run, (model.now, lines));
            return match failed {
                Some(why) => fail(model, why),
                None => say(model, "held against the account; what was seen stands in the detail"),
            };
        }
    }
    Vec::new()
}

fn take_rehearsal(model: &mut Model, tried: Result<crate::plan::Rehearsal, String>) -> Vec<Effect> {
    model.cleanup.trying = None;
    match tried {
        Ok(tried) => {
            let has_passed = tried.has_passed();
            (model.cleanup.tried, model.cleanup.untried) = (Some(tried), None);
            match has_passed {
                true => say(model, "dry run passed; nothing was changed"),
                false => fail(model, "dry run: a step would be held or refused; nothing was changed"),
            }
        }
        Err(why) => {
            (model.cleanup.tried, model.cleanup.untried) = (None, Some(why.clone()));
            fail(model, format!("no dry run: {why}"))
        }
    }
}

/// A run is over. What it did well is no longer marked; the account is not any more what was scanned.
fn take_end(model: &mut Model, end: End) -> Vec<Effect> {
    let ms = model.clock_ms;
    model.interrupted_ms = None;
    let Some(run) = &mut model.cleanup.run else { return Vec::new() };
    for (step, state) in end.states.clone() {
        run.set(step, state, ms);
    }
    let is_done = |state: &State| matches!(state, State::Done { .. });
    let done = run.steps_that(is_done).into_iter().filter(|step| step.work == Work::Act);
    let done: Vec<ResourceId> = done.map(|step| step.resource.arn.clone()).collect();
    let is_touched = !run.log.is_empty();
    let (well, failed, held) = run.counts();
    let text = match (end.trouble.is_empty(), end.stopped.is_empty()) {
        (false, _) => clean(&end.trouble).into_owned(),
        (true, false) => format!("{}: {well} done, {failed} failed, {held} not begun", clean(&end.stopped)),
        (true, true) => format!("{well} done, {failed} failed, {held} not begun; 7 keeps the journal"),
    };
    let is_well = end.trouble.is_empty() && failed + held == 0;
    run.ended = Some((end, ms));
    done.iter().for_each(|id| {
        model.marks.remove(id);
    });
    model.marks.count(&model.audit.findings, model.index.resources());
    model.stale_all();
    model.cleanup.is_outdated |= is_touched && model.origin == Origin::Live;
    (model.cleanup.tried, model.journals.rest) = (None, None);
    if is_well { say(model, text) } else { fail(model, text) }
}

/// `D`, `A`, `S`, `W`.
pub fn perform(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::DryRun if model.screen == ScreenId::Journal => journal::try_rest(model),
        Action::Apply if model.screen == ScreenId::Journal => journal::ask(model),
        Action::DryRun => dry_run(model),
        Action::Apply => ask(model),
        Action::StopApply if model.cleanup.is_applying() => stop(model),
        Action::StopApply => say(model, "no cleanup is running"),
        _ => match steps(&model.cleanup) {
            Some(plan) => vec![Effect::Script(plan)],
            None => say(model, "there is no step to write down"),
        },
    }
}

/// The plan, when it has steps and no run hides it.
fn steps(cleanup: &Cleanup) -> Option<Arc<Plan>> {
    let plan = cleanup.run.as_ref().map(|run| &run.plan).or(cleanup.plan.as_ref())?;
    (!plan.steps.is_empty()).then(|| Arc::clone(plan))
}

fn dry_run(model: &mut Model) -> Vec<Effect> {
    if model.cleanup.is_busy() || model.journals.is_busy() {
        return say(model, "a run or a dry run is under way: its end comes first");
    }
    if model.is_running() {
        return fail(model, "a scan is running: the plan is made when everything is read");
    }
    if let Origin::File(_) = model.origin {
        return fail(model, "this audit was read from a file: there is no account at hand to try the plan on");
    }
    put_away(model);
    let Some(plan) = model.cleanup.plan.clone().filter(|plan| !plan.steps.is_empty()) else {
        return say(model, "there is no step to try: mark findings with Space in 2 Findings");
    };
    model.cleanup.trying = Some(plan.hash.clone());
    model.cleanup.untried = None;
    let _ = say(model, "trying every step; nothing is changed");
    vec![Effect::Rehearse(plan)]
}

/// `A`: opens the typed confirmation, or says what stands before it.
fn ask(model: &mut Model) -> Vec<Effect> {
    put_away(model);
    let missing = missing(model);
    if !missing.is_empty() {
        return fail(model, format!("apply needs {}", missing.join("; ")));
    }
    if let Some(plan) = model.cleanup.plan.clone() {
        let confirm = Confirm { plan, typed: line::Line::default(), rest: None, opened_ms: model.clock_ms };
        model.overlay = Some(Overlay::Confirm(confirm));
    }
    Vec::new()
}

/// Takes a key of the typed confirmation. Only Enter behind the whole phrase begins the run.
pub fn confirm(model: &mut Model, mut confirm: Confirm, key: Key) -> Vec<Effect> {
    if key.code() == KeyCode::Esc {
        return say(model, "nothing was changed");
    }
    let is_deaf = model.clock_ms.saturating_sub(confirm.opened_ms) < DEAF_MS;
    if is_deaf {
        model.overlay = Some(Overlay::Confirm(confirm));
        return Vec::new();
    }
    if key.code() != KeyCode::Enter {
        confirm.typed.press(key);
        model.overlay = Some(Overlay::Confirm(confirm));
        return Vec::new();
    }
    if !confirm.fits() {
        model.overlay = Some(Overlay::Confirm(confirm));
        return Vec::new();
    }
    // Time has passed since it was opened, and a scan may have begun.
    let (missing, is_same) = match &confirm.rest {
        Some(rest) => journal::missing_still(model, rest),
        None => {
            let is_same = model.cleanup.plan.as_ref().is_some_and(|plan| plan.hash == confirm.plan.hash);
            (missing(model), is_same)
        }
    };
    if !missing.is_empty() || !is_same {
        let why = if is_same { missing.join("; ") } else { "the plan that was confirmed".to_owned() };
        return fail(model, format!("nothing was changed: apply needs {why}"));
    }
    let (plan, typed) = (confirm.plan, confirm.typed.text().to_owned());
    model.cleanup.run = Some(Running::new(Arc::clone(&plan), model.clock_ms, model.now));
    // A run that is taken up from the journals is watched where all runs are.
    moving::go(model, ScreenId::Cleanup);
    let view = model.view_mut();
    (view.focus, view.zoom, view.scroll) = (0, false, 0);
    (view.pane.cursor, view.pane.top) = (0, 0);
    model.stale();
    match confirm.rest {
        Some(rest) => vec![Effect::Resume(rest.run, plan, typed)],
        None => vec![Effect::Apply(plan, typed)],
    }
}

/// Begins no further step.
pub fn stop(model: &mut Model) -> Vec<Effect> {
    if let Some(run) = &mut model.cleanup.run {
        run.stopping = true;
    }
    let _ = say(model, "no further step is begun; those under way finish. Ctrl-C twice leaves at once");
    vec![Effect::StopApply]
}

/// Quitting in the middle of a run is asked about.
pub fn ask_quit(model: &mut Model) -> Vec<Effect> {
    let lines = vec![
        "A cleanup is running. Quit and leave its steps unwatched?".to_owned(),
        "AWS goes on with what it was asked for; the journal holds what is open,".to_owned(),
        "and `closeout journal resume` goes on. S stops after the current steps.".to_owned(),
    ];
    model.overlay = Some(Overlay::Ask(Ask { lines, yes: Yes::Quit }));
    Vec::new()
}

/// Puts a run that is over away, so that the plan shows again. Says whether there was one.
pub fn put_away(model: &mut Model) -> bool {
    if model.cleanup.is_applying() || model.cleanup.run.take().is_none() {
        return false;
    }
    let view = &mut model.views[ScreenId::Cleanup as usize];
    (view.focus, view.zoom, view.scroll, view.stale) = (0, false, 0, true);
    true
}

/// `x`: takes the marks away that the step at the cursor answers. Nothing else becomes of them.
pub fn drop_step(model: &mut Model) -> Vec<Effect> {
    if model.cleanup.run.is_some() {
        return say(model, "a plan that was confirmed is not changed any more");
    }
    let at = view::row(model).and_then(|row| view::cleanup::at(&model.cleanup, row));
    let (ids, what) = match at {
        Some(view::cleanup::At::Step(step)) => {
            let answered = model.audit.findings.iter().filter(|finding| step.findings.contains(&finding.id));
            let mut ids: Vec<ResourceId> = answered.map(|finding| finding.resource.arn.clone()).collect();
            ids.push(step.resource.arn.clone());
            (ids, step.resource.label().to_owned())
        }
        Some(view::cleanup::At::Held(held)) => (vec![held.resource.clone()], held.label.clone()),
        None => return say(model, "nothing is planned: there is no step to take out"),
    };
    let taken = ids.iter().filter(|id| model.marks.remove(id)).count();
    if taken == 0 {
        return say(model, "it is there because others need it: take those out, or what was added");
    }
    model.marks.count(&model.audit.findings, model.index.resources());
    let text = format!("{} is out of the plan and unmarked; nothing was changed", clean(&what));
    say(model, text)
}

/// What may be added to the plan: on, and off again.
pub fn allow(model: &mut Model, action: Action) -> Vec<Effect> {
    if model.cleanup.run.is_some() {
        return say(model, "a plan that was confirmed is not changed any more");
    }
    let allowed = &mut model.cleanup.allowed;
    let (flag, what) = match action {
        Action::Quarantine => (&mut model.cleanup.grace, "stops, detachments and marks in the place of deletions are"),
        Action::Dependents => (&mut allowed.dependents, "what has to go first is"),
        Action::Owners => (&mut allowed.owners, "owners of what is managed are"),
        _ => (&mut allowed.unprotect, "steps that lift locks are"),
    };
    *flag = !*flag;
    let text = if *flag { format!("{what} added to the plan") } else { format!("{what} left out") };
    model.cleanup.stale = true;
    say(model, text)
}

/// The AWS CLI lines of the step at the cursor, or the undo commands of the run at the cursor.
pub fn commands(model: &Model) -> Option<String> {
    let row = view::row(model)?;
    let lines: Vec<String> = if model.screen == ScreenId::Journal {
        let undo = Undo::of(&model.journals.runs.get(row)?.entries);
        undo.commands.into_iter().map(|(_, _, command)| command).collect()
    } else {
        match view::cleanup::at(&model.cleanup, row)? {
            view::cleanup::At::Step(step) => step.commands.iter().map(|line| clean(line).into_owned()).collect(),
            view::cleanup::At::Held(_) => Vec::new(),
        }
    };
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests;
