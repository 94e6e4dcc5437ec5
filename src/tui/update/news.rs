//! What the scan says.

use crate::audit::Audit;
use crate::model::{Event, Progress};
use crate::tui::effect::Effect;
use crate::tui::model::{Model, ScreenId};

/// Folds an event into the audit. Lists and sums are only marked as out of date: they are worked out anew once
/// for any number of events, when something is drawn or a key needs them.
pub fn event(model: &mut Model, event: Event) -> Vec<Effect> {
    match &event {
        Event::Began { .. } => begin(model),
        Event::Judged { .. } => hold_back(model),
        Event::Finished { .. } | Event::Progress(Progress::Step { .. }) => model.progress_ms = model.clock_ms,
        Event::Ended { .. } => {
            model.paused = false;
            model.interrupted_ms = None;
        }
        _ => {}
    }
    // Neither is what a plan is made of.
    if !matches!(event, Event::Progress(_) | Event::Checked { .. }) {
        model.cleanup.stale = true;
    }
    let changes_findings = matches!(event, Event::Judged { .. } | Event::Began { .. });
    model.audit.apply(event);
    model.findings_changed |= changes_findings;
    model.digest_stale = true;
    for screen in ScreenId::ALL.into_iter().filter(|screen| *screen != ScreenId::Findings) {
        model.views[screen as usize].stale = true;
    }
    Vec::new()
}

/// Nothing more will come. A scan that did not say so itself broke off: what it left unread becomes gaps.
pub fn ended(model: &mut Model) -> Vec<Effect> {
    if !model.is_running() {
        return Vec::new();
    }
    let at = model.now;
    event(model, Event::Ended { at, interrupted: true })
}

/// A scan begins. After an earlier one has come to its end it replaces what that one found.
fn begin(model: &mut Model) {
    if model.audit.finished_at.is_some() {
        model.audit = Audit::default();
        model.admitted = None;
    }
    model.cleanup.plan = None;
    model.cleanup.is_outdated = false;
    model.scan_from_ms = model.clock_ms;
    model.progress_ms = model.clock_ms;
    model.paused = false;
}

/// Findings are about to be replaced. At the top of the list the cursor stays at the top and new ones come in;
/// further down the list keeps to the findings it has, and new ones wait for `.`.
fn hold_back(model: &mut Model) {
    if !model.is_running() {
        return;
    }
    let view = model.view_of(ScreenId::Findings);
    if view.pane.cursor == 0 && view.focus == 0 {
        model.at = None;
        model.admitted = None;
    } else if model.admitted.is_none() {
        model.admitted = Some(model.index.keys().iter().copied().collect());
    }
}
