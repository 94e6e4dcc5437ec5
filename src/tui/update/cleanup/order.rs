//! The order of steps within their waves, as a person wants it.

use std::sync::Arc;

use crate::model::clean;
use crate::plan::Plan;
use crate::tui::action::Action;
use crate::tui::cleanup::Cleanup;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::update::say;
use crate::tui::view;

/// Takes a plan made anew in, in the order of the one before where that was changed by hand.
pub fn take_plan(cleanup: &mut Cleanup, plan: Result<Plan, String>) {
    let before = cleanup.plan.take().filter(|_| cleanup.is_ordered);
    (cleanup.plan, cleanup.trouble) = match plan {
        Ok(plan) => {
            let ordered = before.and_then(|before| plan.ordered_like(&before));
            (Some(Arc::new(ordered.unwrap_or(plan))), None)
        }
        Err(why) => (None, Some(why)),
    };
}

/// `J` and `K`: the step at the cursor changes places with its neighbour, and the cursor goes with it. The plan is
/// another one then, so that it has to be tried again.
pub fn move_step(model: &mut Model, action: Action) -> Vec<Effect> {
    if model.cleanup.run.is_some() {
        return say(model, "a plan that was confirmed is not changed any more");
    }
    let step = match view::row(model).and_then(|row| view::cleanup::at(&model.cleanup, row)) {
        Some(view::cleanup::At::Step(step)) => step,
        Some(view::cleanup::At::Held(_)) => return say(model, "it is not in the plan: there is nothing to move"),
        None => return say(model, "nothing is planned: there is no step to move"),
    };
    let (number, wave, does) = (step.number, step.wave, clean(&step.does()).into_owned());
    let is_up = action == Action::MoveUp;
    let Some(moved) = model.cleanup.plan.as_ref().and_then(|plan| plan.moved(number, is_up)) else {
        let end = if is_up { "first" } else { "last" };
        return say(model, format!("it is the {end} of wave {wave}: a step stays in its wave"));
    };
    (model.cleanup.plan, model.cleanup.is_ordered) = (Some(Arc::new(moved)), true);
    model.stale();
    let view = model.view_mut();
    view.pane.cursor = if is_up { view.pane.cursor.saturating_sub(1) } else { view.pane.cursor + 1 };
    let number = if is_up { number.saturating_sub(1) } else { number + 1 };
    let key = model.keymap.key_name(Action::DryRun);
    say(model, format!("{does} is step {number} now; it is another plan: {key} tries it"))
}
