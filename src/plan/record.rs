use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{Resource, clean};

/// A line of a journal: what is about to happen, or has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1.
    pub n: u64,
    /// When it was written.
    pub at: Timestamp,
    /// SHA-256 of the line before it, so that a line changed or taken out shows. Empty in the first.
    pub chain: String,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What a line tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum What {
    /// A run begins, or goes on.
    Opened {
        /// Hash of the plan.
        plan: String,
        /// Twelve digits.
        account: String,
        /// ARN of who asks, as AWS told it.
        caller: String,
        /// Version of the program.
        tool: String,
        /// How many steps the plan has.
        steps: u32,
        /// Whether an earlier run is taken up again.
        resumed: bool,
    },
    /// A step begins: the resource as it is now.
    Begun {
        /// Number of the step.
        step: u32,
        /// What is done, for people.
        does: String,
        /// The resource before it. What is only made has none.
        before: Box<Resource>,
    },
    /// A call is about to be sent.
    Sending {
        /// Number of the step.
        step: u32,
        /// Place of the move in its verb, from 0.
        place: u32,
        /// AWS CLI service and operation.
        call: String,
        /// Its input.
        input: serde_json::Value,
        /// How often it was sent before.
        attempt: u32,
    },
    /// What came of it.
    Answered {
        /// Number of the step.
        step: u32,
        /// Place of the move.
        place: u32,
        /// The answer.
        answer: Outcome,
        /// AWS's id of the request. Empty when there was no answer.
        #[serde(default)]
        request_id: String,
    },
    /// AWS is at it, in a state with a name.
    Waiting {
        /// Number of the step.
        step: u32,
        /// The state as AWS calls it.
        state: String,
    },
    /// A step ended well: a look at the account shows it.
    Done {
        /// Number of the step.
        step: u32,
        /// What the look showed.
        seen: String,
        /// Id of what it made or left behind. Empty when it left nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        made: String,
        /// The command that brings it back. Empty when none does.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        undo: String,
    },
    /// A step did not end well.
    Failed {
        /// Number of the step.
        step: u32,
        /// Why, for people.
        why: String,
        /// Whether AWS may have done it all the same.
        undecided: bool,
    },
    /// A step was not begun.
    Held {
        /// Number of the step.
        step: u32,
        /// Why, for people.
        why: String,
    },
    /// The run is over.
    Closed {
        /// Steps that ended well.
        done: u32,
        /// Steps that did not.
        failed: u32,
        /// Steps that were not begun.
        held: u32,
        /// Why it ended before its end. Empty when it did not.
        #[serde(default)]
        stopped: String,
    },
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum Outcome {
    /// AWS took it.
    Taken {
        /// Id of what it made, as the answer has it. Empty when it made nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        made: String,
    },
    /// It was gone already.
    Gone,
    /// AWS refuses for now, for the rate of calls or because something before it is still going away.
    NotYet {
        /// What it said.
        said: String,
    },
    /// AWS refuses.
    Refused {
        /// What it said.
        said: String,
    },
    /// Nobody knows: no answer, or one that says that something went wrong over there.
    Unknown {
        /// What is known of it.
        said: String,
    },
}

/// Where a step is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Its wave has not begun.
    Queued,
    /// Its resource is being read again.
    Looking,
    /// A call is on its way.
    Calling {
        /// AWS CLI service and operation.
        call: String,
    },
    /// AWS is at it.
    Waiting {
        /// The state as AWS calls it.
        state: String,
    },
    /// It ended well, and a look shows it.
    Done {
        /// What the look showed.
        seen: String,
        /// Id of what it made or left behind. Empty when it left nothing.
        made: String,
    },
    /// It did not.
    Failed {
        /// Why.
        why: String,
        /// Whether AWS may have done it all the same.
        undecided: bool,
    },
    /// It was not begun.
    Held {
        /// Why.
        why: String,
    },
}

/// News of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Its number.
    pub step: u32,
    /// Where it is now.
    pub state: State,
}

/// A plan gone through without a single change: every resource read again, every call tried as far as AWS lets it be
/// tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// Hash of the plan.
    pub plan: String,
    /// When it ended.
    pub at: Timestamp,
    /// What each step came to, by number.
    pub checks: BTreeMap<u32, Check>,
}

/// What the rehearsal of a step came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "check")]
pub enum Check {
    /// Nothing speaks against it.
    Passed {
        /// How that was found out: `EC2 dry run`, `policy simulation`, `read again`.
        by: Vec<String>,
        /// What could not be found out, and does not hold it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        notes: Vec<String>,
    },
    /// It is gone already; applying it will say so.
    Gone,
    /// It would be held, or refused.
    Refused {
        /// Why.
        why: String,
    },
}

/// How long a rehearsal stands for the account as it is, in minutes.
pub const FRESH_MINUTES: i64 = 15;

impl Rehearsal {
    /// Whether no step would be held or refused.
    pub fn has_passed(&self) -> bool {
        !self.checks.values().any(|check| matches!(check, Check::Refused { .. }))
    }

    /// Whether it is of this plan and from a short while ago.
    pub fn is_fresh(&self, plan: &str, now: Timestamp) -> bool {
        let age = now.as_second() - self.at.as_second();
        self.plan == plan && (0..=FRESH_MINUTES * 60).contains(&age)
    }
}

impl What {
    /// A line of a journal, for people.
    pub fn sentence(&self) -> String {
        match self {
            What::Opened { plan, account, caller, tool, steps, resumed } => {
                let verb = if *resumed { "taken up again" } else { "begun" };
                format!("run {verb}: {steps} steps in {account} as {caller}, plan {plan}, closeout {tool}")
            }
            What::Begun { step, does, .. } => format!("{step:>3} begun: {does}"),
            What::Sending { step, call, input, attempt, .. } => {
                let again = if *attempt > 0 { format!(" (sent {attempt} times before)") } else { String::new() };
                format!("{step:>3} sending {call} {input}{again}")
            }
            What::Answered { step, answer, request_id, .. } => {
                let said = match answer {
                    Outcome::Taken { made } if made.is_empty() => "taken".to_owned(),
                    Outcome::Taken { made } => format!("taken: {made}"),
                    Outcome::Gone => "it was gone already".to_owned(),
                    Outcome::NotYet { said } => format!("not yet: {said}"),
                    Outcome::Refused { said } => format!("refused: {said}"),
                    Outcome::Unknown { said } => format!("nobody knows: {said}"),
                };
                let id = if request_id.is_empty() { String::new() } else { format!(" (request {request_id})") };
                format!("{step:>3} answer: {said}{id}")
            }
            What::Waiting { step, state } => format!("{step:>3} waiting: {state}"),
            What::Done { step, seen, undo, .. } => {
                let undo = if undo.is_empty() { String::new() } else { format!("; undo: {undo}") };
                format!("{step:>3} done: {seen}{undo}")
            }
            What::Failed { step, why, undecided: true } => format!("{step:>3} unknown: {why}"),
            What::Failed { step, why, .. } => format!("{step:>3} failed: {why}"),
            What::Held { step, why } => format!("{step:>3} not begun: {why}"),
            What::Closed { done, failed, held, stopped } => {
                let stopped = if stopped.is_empty() { String::new() } else { format!("; {stopped}") };
                format!("run over: {done} done, {failed} failed, {held} not begun{stopped}")
            }
        }
    }
}

impl State {
    /// A word for a state, and what is to be said of it.
    pub fn words(&self) -> (&'static str, String) {
        match self {
            State::Queued => ("queued", String::new()),
            State::Looking => ("looking", String::new()),
            State::Calling { call } => ("calling", format!(": {call}")),
            State::Waiting { state } => ("waiting", format!(": {state}")),
            State::Done { seen, made } if made.is_empty() => ("done", format!(": {seen}")),
            State::Done { seen, made } => ("done", format!(": {seen}; {made} is left")),
            State::Failed { why, undecided: true } => ("unknown", format!(": {why}")),
            State::Failed { why, .. } => ("failed", format!(": {why}")),
            State::Held { why } => ("held", format!(": {why}")),
        }
    }

    /// Whether nothing more will come of its step.
    pub fn is_over(&self) -> bool {
        matches!(self, State::Done { .. } | State::Failed { .. } | State::Held { .. })
    }
}

/// What a run took away, the last act first: how to bring it back, and what nothing brings back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undo {
    /// Number of a step, what it did, and the command that undoes it. Commands are shown and never run.
    pub commands: Vec<(u32, String, String)>,
    /// Number of a step, and what it did for good.
    pub gone: Vec<(u32, String)>,
}

impl Undo {
    /// What the lines of a journal say of it, each text fit for one line.
    pub fn of(entries: &[Entry]) -> Undo {
        let does = |wanted: u32| {
            let begun = entries.iter().find_map(|entry| match &entry.what {
                What::Begun { step, does, .. } if *step == wanted => Some(does.as_str()),
                _ => None,
            });
            clean(begun.unwrap_or_default()).into_owned()
        };
        let mut all = Undo::default();
        for entry in entries.iter().rev() {
            let What::Done { step, undo, seen, .. } = &entry.what else { continue };
            let is_sent = |entry: &Entry| matches!(&entry.what, What::Sending { step: sent, .. } if sent == step);
            // A backup took nothing away, and what was gone before was not this run's doing.
            if seen.ends_with("is whole") || !entries.iter().any(is_sent) {
                continue;
            }
            match undo.is_empty() {
                false => all.commands.push((*step, does(*step), clean(undo).into_owned())),
                true => all.gone.push((*step, does(*step))),
            }
        }
        all
    }
}
