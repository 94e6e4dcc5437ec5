use std::collections::BTreeMap;

use super::record::{Entry, Outcome, What};
use crate::model::Resource;

/// What a journal says of each step, by number.
#[derive(Clone, Debug, Default)]
pub struct Past {
    steps: BTreeMap<u32, PastStep>,
}

/// What a journal says of a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastStep {
    /// The resource when the step began. Absent when it did not.
    pub before: Option<Box<Resource>>,
    /// Moves that AWS took, by place, with the id of what each made.
    pub taken: BTreeMap<u32, String>,
    /// The move that was about to be sent, and of which nothing more is known. Absent when there is none.
    pub open: Option<u32>,
    /// How often that move, or the last one, was sent.
    pub attempts: u32,
    /// Whether it ended well.
    pub done: bool,
    /// Id of what it made or left behind.
    pub made: String,
}

impl Past {
    /// Folds the lines of a journal.
    pub fn of(entries: &[Entry]) -> Past {
        let mut past = Past::default();
        entries.iter().for_each(|entry| past.fold(&entry.what));
        past
    }

    /// What is known of a step.
    pub fn step(&self, number: u32) -> PastStep {
        self.steps.get(&number).cloned().unwrap_or_default()
    }

    fn fold(&mut self, what: &What) {
        match what {
            What::Begun { step, before, .. } => {
                let known = self.steps.entry(*step).or_default();
                known.before.get_or_insert_with(|| before.clone());
            }
            What::Sending { step, place, attempt, .. } => {
                let known = self.steps.entry(*step).or_default();
                known.open = Some(*place);
                known.attempts = attempt + 1;
            }
            What::Answered { step, place, answer, .. } => {
                let known = self.steps.entry(*step).or_default();
                match answer {
                    Outcome::Taken { made } => {
                        known.taken.insert(*place, made.clone());
                        known.open = None;
                    }
                    Outcome::Gone | Outcome::NotYet { .. } | Outcome::Refused { .. } => known.open = None,
                    // Nobody knows: as if nothing had been written.
                    Outcome::Unknown { .. } => {}
                }
            }
            What::Done { step, made, .. } => {
                let known = self.steps.entry(*step).or_default();
                known.done = true;
                known.made.clone_from(made);
            }
            What::Opened { .. }
            | What::Waiting { .. }
            | What::Failed { .. }
            | What::Held { .. }
            | What::Closed { .. } => {}
        }
    }
}

impl PastStep {
    /// Whether it was begun, whatever became of it.
    pub fn is_begun(&self) -> bool {
        self.before.is_some() || self.done || self.has_called()
    }

    /// Whether a call of it may have changed the account.
    pub fn has_called(&self) -> bool {
        self.open.is_some() || !self.taken.is_empty()
    }
}
