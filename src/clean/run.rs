use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{mpsc, watch};

use super::compare::Closely;
use super::journal::{Journal, JournalError};
use super::look::Eyes;
use super::step::{End, Stepping};
use super::world::World;
use crate::plan::{Entry, Known, News, Past, Plan, State, Step, TOGETHER, What, Work};

/// Why a run ends at once, with nothing more sent and nothing more written.
#[derive(Debug)]
pub(super) enum Halt {
    /// What is about to happen cannot be written down.
    Journal(JournalError),
    /// The credentials ran out.
    Expired(String),
    /// Another step has ended the run.
    Halted,
}

/// How a run ended.
#[derive(Debug, Default)]
pub struct Report {
    /// Where each step ended, by number.
    pub states: BTreeMap<u32, State>,
    /// Why it ended before its end. Empty when it did not.
    pub stopped: String,
    /// The trouble with the journal that ended it. Absent when there was none.
    pub trouble: Option<JournalError>,
}

impl Report {
    /// How many steps ended well, did not, and were not begun.
    pub fn counts(&self) -> (u32, u32, u32) {
        let count = |is: fn(&State) -> bool| self.states.values().filter(|state| is(state)).count() as u32;
        (
            count(|state| matches!(state, State::Done { .. })),
            count(|state| matches!(state, State::Failed { .. })),
            count(|state| matches!(state, State::Held { .. } | State::Queued)),
        )
    }
}

/// A command with the id of what was saved, where the plan could only say whose it would be: `'<snapshotId of …>'`.
fn with_saved(undo: &str, backup: &str, saved: &str) -> String {
    let end = format!(" of {backup}>'");
    match undo.find(&end).and_then(|at| Some((undo[..at].rfind("'<")?, at + end.len()))) {
        Some((from, to)) => format!("{}'{}'{}", &undo[..from], saved.replace('\'', r"'\''"), &undo[to..]),
        None => undo.replace(backup, saved),
    }
}

/// One application of a plan.
pub struct Run<'w, W> {
    pub(super) world: &'w W,
    pub(super) eyes: Eyes<'w, W>,
    plan: &'w Plan,
    pub(super) known: Known<'w>,
    /// Numbers of the steps that only save.
    saving: BTreeSet<u32>,
    journal: Mutex<Journal>,
    news: mpsc::UnboundedSender<News>,
    halted: AtomicBool,
    stop: watch::Receiver<bool>,
    past: Past,
    states: Mutex<BTreeMap<u32, State>>,
}

impl<'w, W: World> Run<'w, W> {
    /// A run of a plan, which goes on where `earlier` lines of its journal end.
    pub fn new(
        world: &'w W,
        plan: &'w Plan,
        journal: Journal,
        earlier: &[Entry],
        news: mpsc::UnboundedSender<News>,
        stop: watch::Receiver<bool>,
    ) -> Run<'w, W> {
        let states = plan.steps.iter().map(|step| (step.number, State::Queued)).collect();
        Run {
            world,
            eyes: Eyes::new(world),
            plan,
            known: Known::of(plan),
            saving: plan.steps.iter().filter(|step| step.work == Work::Backup).map(|step| step.number).collect(),
            journal: Mutex::new(journal),
            news,
            halted: AtomicBool::new(false),
            stop,
            past: Past::of(earlier),
            states: Mutex::new(states),
        }
    }

    /// Takes every step, wave after wave. `caller` is who asks, as AWS told it.
    pub async fn go(self, caller: &str, resumed: bool) -> Report {
        let opened = What::Opened {
            plan: self.plan.hash.clone(),
            account: self.plan.account.id.clone(),
            caller: caller.to_owned(),
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            steps: u32::try_from(self.plan.steps.len()).unwrap_or(u32::MAX),
            resumed,
        };
        let mut halt = self.write(opened).err();
        let waves: BTreeSet<u32> = self.plan.steps.iter().map(|step| step.wave).collect();
        for wave in waves {
            if halt.is_some() || *self.stop.borrow() {
                break;
            }
            let begun = self.world.now();
            let steps: Vec<&Step> = self.plan.steps.iter().filter(|step| step.wave == wave).collect();
            let ends: Vec<Result<(), Halt>> =
                stream::iter(steps).map(|step| self.one(step, begun)).buffer_unordered(TOGETHER).collect().await;
            // The first cause, not what followed from it.
            halt = ends
                .into_iter()
                .filter_map(Result::err)
                .reduce(|first, next| if matches!(first, Halt::Halted) { next } else { first });
        }
        self.close(halt)
    }

    fn close(self, halt: Option<Halt>) -> Report {
        let was_stopped = *self.stop.borrow();
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut report = Report { states, ..Report::default() };
        match halt {
            None if was_stopped => report.stopped = "stopped by hand".to_owned(),
            None => {}
            Some(Halt::Expired(detail)) => report.stopped = detail,
            Some(Halt::Journal(error)) => {
                report.stopped = format!("nothing more was sent, since it could not be written down: {error}");
                report.trouble = Some(error);
                return report;
            }
            Some(Halt::Halted) => report.stopped = "stopped".to_owned(),
        }
        let (done, failed, held) = report.counts();
        let closed = What::Closed { done, failed, held, stopped: report.stopped.clone() };
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        report.trouble = journal.write(self.world.now(), closed).err();
        report
    }

    /// One step, to its end. `wave` is when its wave began.
    async fn one(&self, step: &Step, wave: Timestamp) -> Result<(), Halt> {
        let past = self.past.step(step.number);
        if past.done {
            let seen = "done in the run before".to_owned();
            self.set(step, State::Done { seen, made: past.made });
            return Ok(());
        }
        if *self.stop.borrow() || self.halted.load(Ordering::Relaxed) {
            return Ok(());
        }
        let end = match self.behind(step) {
            Some(why) => End::Held { why },
            None => {
                let day = self.plan.scanned_at.to_zoned(TimeZone::UTC).date().to_string();
                let deadline = self.world.now() + jiff::SignedDuration::from_mins(i64::from(step.minutes));
                let closely = self.closely(step);
                let sent = None;
                Stepping { run: self, step, past, closely, day, deadline, wave, sent }.take().await.inspect_err(
                    |_| {
                        self.halted.store(true, Ordering::Relaxed);
                        let why = "the run ended before the end of this step was seen".to_owned();
                        self.set(step, State::Failed { why, undecided: true });
                    },
                )?
            }
        };
        let (what, state) = self.ended(step, end);
        self.write(what)?;
        self.set(step, state);
        Ok(())
    }

    fn ended(&self, step: &Step, end: End) -> (What, State) {
        let number = step.number;
        match end {
            End::Done { seen, made } => {
                let undo = self.undo(step, &made);
                let what = What::Done { step: number, seen: seen.clone(), made: made.clone(), undo };
                (what, State::Done { seen, made })
            }
            End::Failed { why, undecided } => {
                (What::Failed { step: number, why: why.clone(), undecided }, State::Failed { why, undecided })
            }
            End::Held { why } => (What::Held { step: number, why: why.clone() }, State::Held { why }),
        }
    }

    /// The command that brings back what a step took away, with the id of what was saved before it.
    fn undo(&self, step: &Step, made: &str) -> String {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |number: &u32| match states.get(number) {
            Some(State::Done { made, .. }) if !made.is_empty() => Some(made.clone()),
            _ => None,
        };
        let saved = step.after.iter().find_map(of).or_else(|| (!made.is_empty()).then(|| made.to_owned()));
        match saved {
            Some(saved) if !step.backup.is_empty() => with_saved(&step.undo, &step.backup, &saved),
            _ => step.undo.clone(),
        }
    }

    /// Why a step cannot be taken: one that must have ended well before did not.
    fn behind(&self, step: &Step) -> Option<String> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let ended_well = |number: &u32| matches!(states.get(number), Some(State::Done { .. }));
        let first = step.after.iter().find(|number| !ended_well(number))?;
        Some(format!("step {first}, which goes before it, did not end well"))
    }

    /// A resource that no step has changed must be wholly as it was; saving it changes nothing of it.
    fn closely(&self, step: &Step) -> Closely {
        if step.after.iter().all(|number| self.saving.contains(number)) { Closely::Wholly } else { Closely::ByIdentity }
    }

    pub(super) fn tell(&self, step: &Step, state: State) {
        // A face that is gone hears nothing; the journal has it.
        let _ = self.news.send(News { step: step.number, state });
    }

    fn set(&self, step: &Step, state: State) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).insert(step.number, state.clone());
        self.tell(step, state);
    }

    /// Writes a line. Once one could not be written, none is.
    pub(super) fn write(&self, what: What) -> Result<(), Halt> {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        if self.halted.load(Ordering::Relaxed) {
            return Err(Halt::Halted);
        }
        journal.write(self.world.now(), what).map_err(|error| {
            self.halted.store(true, Ordering::Relaxed);
            Halt::Journal(error)
        })
    }
}
