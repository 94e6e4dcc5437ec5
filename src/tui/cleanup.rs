//! What the screen knows of cleanups: the plan of the marks, its rehearsal, the run that applies it, and the journals
//! of runs before.

pub mod log;
mod rest;
mod time_left;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use rest::{Rest, missing as missing_to_go_on, untriable};
pub use time_left::Left;

use super::model::Model;
use super::run::Origin;
use super::view::screen::mask;
use crate::audit::changes::Changes;
use crate::model::Usd;
use crate::plan::grace::DAYS;
use crate::plan::{self, Allowed, Entry, FRESH_MINUTES, Plan, Rehearsal, State, Step};

/// What a cleanup tells the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// The plan that was wished for, or why there is none.
    Planned(Result<Plan, String>),
    /// A dry run is over, or could not be made.
    Tried(Result<Rehearsal, String>),
    /// A dry run of what is left of a run is over, or could not be made.
    TriedRest(Result<Rest, String>),
    /// A run has its journal, under this name.
    Began(String),
    /// A step is somewhere else.
    Step(plan::News),
    /// A line of the journal is on disk.
    Wrote(Box<Entry>),
    /// A run is over.
    Ended(End),
    /// The journals of the account.
    Runs {
        /// The runs, the latest first.
        runs: Vec<Record>,
        /// Where they are kept, for people.
        place: String,
    },
    /// What is different between two saved audits, or why that cannot be said and what helps.
    Changed(Result<Box<Changes>, Vec<String>>),
    /// A run was held against the account, or could not be.
    Verified {
        /// The run.
        run: String,
        /// What was seen, a sentence a line.
        lines: Result<Vec<String>, String>,
    },
}

impl News {
    /// A run that was not begun.
    pub fn refused(why: String) -> News {
        News::Ended(End { states: BTreeMap::new(), stopped: String::new(), trouble: why })
    }
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct End {
    /// Where each step ended, by number.
    pub states: BTreeMap<u32, State>,
    /// Why it ended before its end. Empty when it did not.
    pub stopped: String,
    /// Why it was not begun, or what ended it that nobody asked for. Empty when nothing did.
    pub trouble: String,
}

/// A run of some day, as its journal has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Its name.
    pub name: String,
    /// Its lines.
    pub entries: Vec<Entry>,
    /// Why its journal cannot be read or trusted. Empty when it can.
    pub trouble: String,
    /// Whether a last line was torn off.
    pub is_torn: bool,
}

/// Runs of this account.
#[derive(Clone, Debug, Default)]
pub struct Journals {
    /// The latest first.
    pub runs: Vec<Record>,
    /// Where they are kept, for people. Empty while nobody has said so.
    pub place: String,
    /// The run of which what is left is gone through.
    pub trying: Option<String>,
    /// What was left of a run at its last dry run.
    pub rest: Option<Rest>,
    /// The run that is being held against the account.
    pub verifying: Option<String>,
    /// What came of it, by the name of the run, with the time.
    pub verified: BTreeMap<String, (Timestamp, Result<Vec<String>, String>)>,
}

impl Journals {
    /// Whether the account is being looked at for the sake of a run.
    pub fn is_busy(&self) -> bool {
        self.verifying.is_some() || self.trying.is_some()
    }
}

/// The plan of the marks and what became of it.
#[derive(Clone, Debug)]
pub struct Cleanup {
    /// Whether the command line allows changes.
    pub allow_apply: bool,
    /// Whether the settings protect this account.
    pub is_protected: bool,
    /// What may be added to the plan.
    pub allowed: Allowed,
    /// Whether what would be deleted goes into quarantine instead.
    pub grace: bool,
    /// The plan of the marks. Absent when nothing is marked, while a scan runs, and when none could be made.
    pub plan: Option<Arc<Plan>>,
    /// Why none could be made.
    pub trouble: Option<String>,
    /// The last dry run, of this plan or of one before.
    pub tried: Option<Rehearsal>,
    /// Why the last dry run could not be made.
    pub untried: Option<String>,
    /// Hash of the plan a dry run is going through.
    pub trying: Option<String>,
    /// The run that applies a plan. It stays after its end until it is put away.
    pub run: Option<Running>,
    /// Whether a run changed the account since it was scanned.
    pub is_outdated: bool,
    /// Whether the order within the waves was changed by hand: a plan made anew keeps it.
    pub is_ordered: bool,
    /// Whether the plan has to be made anew.
    pub(super) stale: bool,
    /// The state of the marks the plan was made of.
    pub(super) planned: u64,
}

/// A run that applies a plan.
#[derive(Clone, Debug)]
pub struct Running {
    /// The plan, as it was confirmed.
    pub plan: Arc<Plan>,
    /// Name of its journal. Empty until it has one.
    pub name: String,
    /// Where each step is, by number.
    pub steps: BTreeMap<u32, Progress>,
    /// Lines of its journal, as they were written.
    pub log: Vec<Entry>,
    /// How they are looked at.
    pub watch: log::Watch,
    /// Milliseconds on the model's clock when it was begun.
    pub began_ms: u64,
    /// The same as time of day.
    pub began_at: Timestamp,
    /// Whether no further step is begun.
    pub stopping: bool,
    /// How it ended, and when on the model's clock. Absent while it goes on.
    pub ended: Option<(End, u64)>,
}

/// Where a step is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// In which state.
    pub state: State,
    /// When it was begun, on the model's clock. Absent when it was not.
    pub from_ms: Option<u64>,
    /// When it ended.
    pub to_ms: Option<u64>,
}

impl Cleanup {
    /// Nothing planned.
    pub fn new(allow_apply: bool, is_protected: bool) -> Cleanup {
        Cleanup {
            allow_apply,
            is_protected,
            allowed: Allowed::default(),
            grace: false,
            plan: None,
            trouble: None,
            tried: None,
            untried: None,
            trying: None,
            run: None,
            is_outdated: false,
            is_ordered: false,
            stale: true,
            planned: 0,
        }
    }

    /// Whether a run is under way.
    pub fn is_applying(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.ended.is_none())
    }

    /// Whether a run or a dry run is under way.
    pub fn is_busy(&self) -> bool {
        self.is_applying() || self.trying.is_some()
    }

    /// The last dry run, when it is of the plan shown.
    pub fn rehearsal(&self) -> Option<&Rehearsal> {
        let plan = self.plan.as_ref()?;
        self.tried.as_ref().filter(|tried| tried.plan == plan.hash)
    }
}

impl Running {
    /// A run of a plan, with nothing done.
    pub fn new(plan: Arc<Plan>, began_ms: u64, began_at: Timestamp) -> Running {
        let queued = Progress { state: State::Queued, from_ms: None, to_ms: None };
        let steps = plan.steps.iter().map(|step| (step.number, queued.clone())).collect();
        let (name, log, watch) = (String::new(), Vec::new(), log::Watch::default());
        Running { plan, name, steps, log, watch, began_ms, began_at, stopping: false, ended: None }
    }

    /// Puts a step somewhere else.
    pub fn set(&mut self, step: u32, state: State, ms: u64) {
        let Some(progress) = self.steps.get_mut(&step) else { return };
        if state != State::Queued {
            progress.from_ms.get_or_insert(ms);
        }
        if state.is_over() {
            progress.to_ms.get_or_insert(ms);
        }
        progress.state = state;
    }

    /// The state of a step.
    pub fn state(&self, step: u32) -> &State {
        self.steps.get(&step).map_or(&State::Queued, |progress| &progress.state)
    }

    /// How many steps ended well, did not, and were not begun.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |is: fn(&State) -> bool| self.steps.values().filter(|step| is(&step.state)).count();
        (
            count(|state| matches!(state, State::Done { .. })),
            count(|state| matches!(state, State::Failed { .. })),
            count(|state| matches!(state, State::Held { .. } | State::Queued)),
        )
    }

    /// Dollars a month of the steps of which something holds.
    pub fn saves(&self, holds: impl Fn(&State) -> bool) -> Usd {
        let steps = self.plan.steps.iter().filter(|step| holds(self.state(step.number)));
        steps.filter_map(|step| step.saves_monthly_usd).sum()
    }

    /// Steps of which something holds.
    pub fn steps_that(&self, holds: impl Fn(&State) -> bool) -> Vec<&Step> {
        self.plan.steps.iter().filter(|step| holds(self.state(step.number))).collect()
    }
}

/// Everything that stands between the plan shown and the typed confirmation, each in a few words. Empty when the
/// confirmation may be opened.
pub fn missing(model: &Model) -> Vec<String> {
    let cleanup = &model.cleanup;
    let mut all = Vec::new();
    let mut need = |is_missing: bool, what: String| {
        if is_missing {
            all.push(what);
        }
    };
    need(cleanup.is_applying(), "the end of the run under way".to_owned());
    need(model.is_running(), "the end of the scan".to_owned());
    let steps = cleanup.plan.as_ref().map_or(0, |plan| plan.steps.len());
    need(steps == 0, "a plan with a step".to_owned());
    need(!cleanup.allow_apply, "--allow-apply on the command line".to_owned());
    let is_kept = cleanup.is_protected;
    need(is_kept, "an account that is not among protected_accounts of the config file".to_owned());
    match &model.origin {
        Origin::File(_) => need(true, "a scan of the account: this audit was read from a file".to_owned()),
        Origin::Live => {
            let is_old = scan_seconds(model).is_none_or(|seconds| seconds > FRESH_MINUTES * 60);
            need(is_old, format!("a scan of the last {FRESH_MINUTES} minutes"));
            need(cleanup.is_outdated, "a scan after the last run".to_owned());
        }
        Origin::Demo => {}
    }
    if let Some(plan) = cleanup.plan.as_ref().filter(|plan| !plan.steps.is_empty()) {
        need_rehearsal(model, plan, &mut need);
        let phrase = plan.phrase();
        need(model.privacy && mask(&phrase) != phrase, "the account's number in sight: privacy hides it".to_owned());
    }
    all
}

fn need_rehearsal(model: &Model, plan: &Plan, need: &mut impl FnMut(bool, String)) {
    let cleanup = &model.cleanup;
    match &cleanup.tried {
        _ if cleanup.trying.is_some() => need(true, "the end of the dry run".to_owned()),
        None => need(true, "a dry run".to_owned()),
        Some(tried) if tried.plan != plan.hash => need(true, "a dry run of this plan".to_owned()),
        Some(tried) if !tried.has_passed() => need(true, "a dry run without a refusal".to_owned()),
        Some(tried) => {
            let is_tried = plan.steps.iter().all(|step| tried.checks.contains_key(&step.number));
            need(!is_tried, "a dry run of every step".to_owned());
            let is_fresh = tried.is_fresh(&plan.hash, model.now);
            need(!is_fresh, format!("a dry run of the last {FRESH_MINUTES} minutes"));
        }
    }
}

/// Seconds since the scan ended. `None` when none has.
fn scan_seconds(model: &Model) -> Option<i64> {
    let ended = model.audit.finished_at?;
    Some(model.now.as_second() - ended.as_second())
}

/// The plan that gives grace for the usual days, where that was wished for.
pub fn with_grace(plan: Plan, grace: bool, now: Timestamp) -> Result<Plan, String> {
    match grace {
        true => plan.quarantined(DAYS, now.to_zoned(TimeZone::UTC).date()),
        false => Ok(plan),
    }
}
