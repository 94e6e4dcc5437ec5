//! Runs of before: what undoes one, holding one against the account, and going on with one.

use std::sync::Arc;

use super::{fail, say};
use crate::plan::Undo;
use crate::tui::action::Action;
use crate::tui::cleanup::{Record, Rest, missing_to_go_on, untriable};
use crate::tui::effect::Effect;
use crate::tui::line::Line;
use crate::tui::model::Model;
use crate::tui::overlay::{Confirm, Overlay, Read};
use crate::tui::view;

/// `u`: the commands that bring back what the run at the cursor took away.
pub fn show_undo(model: &mut Model) -> Vec<Effect> {
    let run = view::row(model).and_then(|row| model.journals.runs.get(row));
    let Some(run) = run else { return say(model, "no run is listed: there is nothing to undo") };
    let undo = Undo::of(&run.entries);
    let mut lines = Vec::new();
    for (step, does, command) in &undo.commands {
        lines.extend([format!("{step}  {does}"), format!("   {command}")]);
    }
    if !undo.gone.is_empty() {
        lines.push("Nothing brings these back:".to_owned());
        lines.extend(undo.gone.iter().map(|(step, does)| format!("{step}  {does}")));
    }
    if lines.is_empty() {
        lines.push("This run took nothing away.".to_owned());
    } else {
        let key = model.keymap.key_name(Action::CopyCommand);
        lines.push(format!("Nothing of this is run by closeout. {key} copies the commands."));
    }
    model.overlay = Some(Overlay::Read(Read { title: format!("Undo of {}", run.name), lines }));
    Vec::new()
}

/// `v`: holds the run at the cursor against the account.
pub fn verify(model: &mut Model) -> Vec<Effect> {
    if model.cleanup.is_busy() || model.journals.is_busy() || model.is_running() {
        return say(model, "something is under way: its end comes first");
    }
    let run = view::row(model).and_then(|row| model.journals.runs.get(row)).map(|run| run.name.clone());
    let Some(run) = run else { return say(model, "no run is listed: there is nothing to verify") };
    model.journals.verifying = Some(run.clone());
    let _ = say(model, "reading what the run was about again; nothing is changed");
    vec![Effect::Verify(run)]
}

fn at_cursor(model: &Model) -> Option<&Record> {
    view::row(model).and_then(|row| model.journals.runs.get(row))
}

/// `D`: goes through what is left of the run at the cursor.
pub fn try_rest(model: &mut Model) -> Vec<Effect> {
    let Some(run) = at_cursor(model) else { return say(model, "no run is listed: there is nothing to go on with") };
    let (name, missing) = (run.name.clone(), untriable(model, run));
    if !missing.is_empty() {
        return fail(model, format!("a dry run needs {}", missing.join("; ")));
    }
    (model.journals.trying, model.journals.rest) = (Some(name.clone()), None);
    let _ = say(model, "trying the steps that have not begun; nothing is changed");
    vec![Effect::RehearseRest(name)]
}

/// What came of it.
pub fn take_rest(model: &mut Model, rest: Result<Rest, String>) -> Vec<Effect> {
    model.journals.trying = None;
    match rest {
        Ok(rest) => {
            let has_passed = rest.tried.has_passed();
            model.journals.rest = Some(rest);
            match has_passed {
                true => {
                    let key = model.keymap.key_name(Action::Apply);
                    say(
                        model,
                        format!("dry run of what is left passed; nothing was changed. {key} asks for the phrase"),
                    )
                }
                false => fail(model, "dry run: a step that is left would be held or refused; nothing was changed"),
            }
        }
        Err(why) => fail(model, format!("no dry run: {why}")),
    }
}

/// `A`: opens the typed confirmation for what is left of the run at the cursor, or says what stands before it.
pub fn ask(model: &mut Model) -> Vec<Effect> {
    let Some(run) = at_cursor(model) else { return say(model, "no run is listed: there is nothing to go on with") };
    let missing = missing_to_go_on(model, run);
    if !missing.is_empty() {
        return fail(model, format!("going on needs {}", missing.join("; ")));
    }
    if let Some(rest) = model.journals.rest.clone() {
        let plan = Arc::clone(&rest.plan);
        let confirm = Confirm { plan, typed: Line::default(), rest: Some(rest), opened_ms: model.clock_ms };
        model.overlay = Some(Overlay::Confirm(confirm));
    }
    Vec::new()
}

/// What stands before going on with a run once its phrase is typed, and whether it is still the one that was confirmed.
pub fn missing_still(model: &Model, confirmed: &Rest) -> (Vec<String>, bool) {
    let run = model.journals.runs.iter().find(|run| run.name == confirmed.run);
    let missing = run.map(|run| missing_to_go_on(model, run)).unwrap_or_default();
    (missing, run.is_some() && model.journals.rest.as_ref() == Some(confirmed))
}
