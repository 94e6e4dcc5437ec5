use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::Resource;

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
