//! A run of before that is to be taken up again: what is left of it, and what stands before that.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Model, Origin, Record, mask};
use crate::plan::{FRESH_MINUTES, Past, Plan, Rehearsal, What};

/// What is left of a run, gone through without changing anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Rest {
    /// The run.
    pub run: String,
    /// Its plan.
    pub plan: Arc<Plan>,
    /// Numbers of the steps that ended well before.
    pub done: BTreeSet<u32>,
    /// What the steps came to that have not begun.
    pub tried: Rehearsal,
}

impl Rest {
    /// What a journal leaves of a plan.
    pub fn new(run: &str, plan: Plan, past: &Past, tried: Rehearsal) -> Rest {
        let is_done = |number: &u32| past.step(*number).done;
        let done = plan.steps.iter().map(|step| step.number).filter(is_done).collect();
        Rest { run: run.to_owned(), plan: Arc::new(plan), done, tried }
    }
}

impl Record {
    /// Whether something is left of it to go on with: it was broken off or stopped, or a step did not end well.
    pub fn is_open(&self) -> bool {
        let is_begun = self.entries.iter().any(|entry| matches!(entry.what, What::Opened { .. }));
        let is_whole = match self.entries.last().map(|entry| &entry.what) {
            Some(What::Closed { failed, held, stopped, .. }) => failed + held == 0 && stopped.is_empty(),
            _ => false,
        };
        self.trouble.is_empty() && is_begun && !is_whole
    }
}

/// Everything that stands between a run of before and the phrase that goes on with it, each in a few words. Empty when
/// the phrase may be asked for.
pub fn missing(model: &Model, run: &Record) -> Vec<String> {
    let cleanup = &model.cleanup;
    let mut all = untriable(model, run);
    let mut need = |is_missing: bool, what: &str| {
        if is_missing {
            all.push(what.to_owned());
        }
    };
    need(!cleanup.allow_apply, "--allow-apply on the command line");
    let is_kept = cleanup.is_protected;
    need(is_kept, "an account that is not among protected_accounts of the config file");
    match model.journals.rest.as_ref().filter(|rest| rest.run == run.name) {
        None => need(true, "a dry run of what is left"),
        Some(rest) => {
            need(!rest.tried.has_passed(), "a dry run of what is left without a refusal");
            let is_fresh = rest.tried.is_fresh(&rest.plan.hash, model.now);
            need(!is_fresh, &format!("a dry run of the last {FRESH_MINUTES} minutes"));
            let phrase = rest.plan.phrase();
            need(model.privacy && mask(&phrase) != phrase, "the account's number in sight: privacy hides it");
        }
    }
    all
}

/// What stands before a dry run of what is left of a run.
pub fn untriable(model: &Model, run: &Record) -> Vec<String> {
    let mut all = Vec::new();
    let mut need = |is_missing: bool, what: &str| {
        if is_missing {
            all.push(what.to_owned());
        }
    };
    need(!run.is_open(), "a run with something left of it");
    need(model.cleanup.is_busy(), "the end of what is under way");
    need(model.is_running(), "the end of the scan");
    need(model.journals.is_busy(), "the end of the look at the account");
    need(matches!(model.origin, Origin::File(_)), "the account itself: this audit was read from a file");
    all
}
