//! Runs of before: what undoes one, and holding one against the account.

use super::say;
use crate::plan::Undo;
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::overlay::{Overlay, Read};
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
    if model.cleanup.is_busy() || model.journals.verifying.is_some() || model.is_running() {
        return say(model, "something is under way: its end comes first");
    }
    let run = view::row(model).and_then(|row| model.journals.runs.get(row)).map(|run| run.name.clone());
    let Some(run) = run else { return say(model, "no run is listed: there is nothing to verify") };
    model.journals.verifying = Some(run.clone());
    let _ = say(model, "reading what the run was about again; nothing is changed");
    vec![Effect::Verify(run)]
}
