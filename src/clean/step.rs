//! One step, from the look before it to the look that shows its end.

mod saving;
mod sending;
mod waiting;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::compare::{Closely, changed};
use super::gained::gained;
use super::run::{Halt, Run};
use super::send::is_in_the_way;
use super::world::{LeadsTo, Order, World};
use crate::aws::Fault;
use crate::model::{Protection, Resource, Why};
use crate::plan::remedy::{Backup, Blanks, Move, Procedure, Unprotect, Until, UntilWord, Verb, holds, remedy};
use crate::plan::{Outcome, PastStep, State, Step, What, Work};

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Done { seen: String, made: String },
    Failed { why: String, undecided: bool },
    Held { why: String },
}

fn done(seen: impl Into<String>) -> End {
    End::Done { seen: seen.into(), made: String::new() }
}

fn failed(why: impl Into<String>) -> End {
    End::Failed { why: why.into(), undecided: false }
}

/// How often a call that nobody answered, and that does no harm twice, is sent.
const UNANSWERED: u32 = 3;

/// Pauses between two looks: they grow from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LAST_PAUSE: Duration = Duration::from_secs(15);

/// How old a list may be that was read for another step.
const SHARED: SignedDuration = SignedDuration::from_secs(1);

/// How long a listing may lack what was just made: AWS's lists follow its calls with some delay.
const SETTLES: Duration = Duration::from_secs(20);

/// The place of a procedure in the journal: before all moves, which have places of their own.
const PROCEDURE: u32 = u32::MAX;

/// What is sent, and how.
struct Sent<'s> {
    place: u32,
    call: &'static str,
    http: Option<&'static str>,
    at: Option<&'static str>,
    input: &'s Map<String, Value>,
    once: bool,
    gone: &'s [String],
    leads_to: LeadsTo<'s>,
}

/// What came of sending.
enum Came {
    Taken(String),
    /// With what AWS said.
    Gone(String),
    End(End),
}

/// A step on its way.
pub(super) struct Stepping<'r, 'w, W> {
    pub run: &'r Run<'w, W>,
    pub step: &'r Step,
    pub past: PastStep,
    /// How closely the resource must still be what the plan says.
    pub closely: Closely,
    /// What earlier steps made of it is `{backup}`.
    pub day: String,
    pub deadline: Timestamp,
    /// When its wave began: what could hold a resource is read once for all steps of a wave.
    pub wave: Timestamp,
    /// When something of it was sent last: only what was read later tells.
    pub sent: Option<Timestamp>,
}

impl<W: World> Stepping<'_, '_, W> {
    /// Takes the step. Errors when the run must end at once.
    pub(super) async fn take(&mut self) -> Result<End, Halt> {
        self.run.tell(self.step, State::Looking);
        let now = match self.look().await {
            Ok(now) => now,
            Err(why) => {
                let undecided = self.past.has_called();
                return Ok(End::Failed { why: format!("it could not be read again: {why}"), undecided });
            }
        };
        let Some(now) = now else { return self.is_gone().await };
        if !self.past.has_called()
            && let Some(why) = changed(self.step, &now, self.closely)
        {
            return Ok(End::Held { why });
        }
        if !self.past.has_called()
            && let Some(why) = self.gained(&now).await
        {
            return Ok(End::Held { why });
        }
        if self.past.before.is_none() {
            let does = self.step.does();
            let before = Box::new(now.clone());
            self.run.write(What::Begun { step: self.step.number, does, before })?;
        }
        let Some(remedy) = remedy(&self.step.resource.kind) else {
            return Ok(failed("nothing here knows what to do about its kind"));
        };
        match &self.step.work {
            Work::Backup => match &remedy.backup {
                Some(backup) => self.backup(backup, &now).await,
                None => Ok(failed("nothing here knows how to save it")),
            },
            Work::Unprotect { flag } => match remedy.unprotect.iter().find(|one| one.flag == *flag) {
                Some(unprotect) => self.unprotect(unprotect, &now).await,
                None => Ok(failed(format!("nothing here knows how to lift {flag}"))),
            },
            Work::Act => match remedy.verbs.get(&self.step.verb) {
                Some(verb) => self.act(verb, now).await,
                None => Ok(failed(format!("nothing here knows how to {} it", self.step.verb))),
            },
        }
    }

    /// What needs the resource and is not known to the plan. `None` when there is no such thing.
    async fn gained(&self, now: &Resource) -> Option<String> {
        let run = self.run;
        gained(run.world, &run.eyes, &run.known, self.step, now, self.wave).await.why
    }

    async fn look(&self) -> Result<Option<Resource>, String> {
        self.run.eyes.find(&self.step.resource, self.since()).await
    }

    /// A list read so shortly ago serves several who look, unless something was sent since.
    fn since(&self) -> Timestamp {
        let now = self.run.world.now();
        let lately = now.checked_sub(SHARED).unwrap_or(now);
        self.sent.map_or(lately, |sent| lately.max(sent))
    }

    /// A whole list does not have it.
    async fn is_gone(&mut self) -> Result<End, Halt> {
        match self.step.work {
            Work::Act if self.past.has_called() => {
                Ok(End::Done { seen: "not listed any more".to_owned(), made: self.step.backup.clone() })
            }
            Work::Act => Ok(done("already gone: it was not listed any more before anything was sent")),
            Work::Unprotect { .. } => Ok(done("already gone")),
            // What was made of it may be whole all the same.
            Work::Backup => match remedy(&self.step.resource.kind).and_then(|one| one.backup.as_ref()) {
                Some(backup) if self.past.has_called() => {
                    let resource = self.step.resource.clone();
                    self.backup(backup, &resource).await
                }
                _ => Ok(failed("it was gone before it could be saved")),
            },
        }
    }

    fn blanks<'b>(&'b self, resource: &'b Resource) -> Blanks<'b> {
        Blanks { resource, backup: &self.step.backup, when: &self.day, grace: &self.step.grace }
    }

    async fn unprotect(&mut self, unprotect: &'static Unprotect, now: &Resource) -> Result<End, Halt> {
        let is_locked = |one: &Resource| {
            one.protections.iter().any(|lock| matches!(lock, Protection::Service { flag } if *flag == unprotect.flag))
        };
        if !is_locked(now) {
            return Ok(done(format!("{} is lifted already", unprotect.flag)));
        }
        if !self.past.taken.contains_key(&0) {
            let sent = Sent {
                place: 0,
                call: &unprotect.call,
                http: unprotect.http.as_deref(),
                at: unprotect.at.as_deref(),
                input: &unprotect.input,
                once: false,
                gone: &[],
                leads_to: LeadsTo::Unlocked(&unprotect.flag),
            };
            match self.send(&sent, now).await? {
                Came::Taken(_) => {}
                Came::Gone(_) => return Ok(done("already gone")),
                Came::End(end) => return Ok(end),
            }
        }
        let lifted = format!("{} is lifted", unprotect.flag);
        self.wait(self.step.minutes, &|seen| match seen {
            Some(one) if is_locked(one) => None,
            _ => Some(lifted.clone()),
        })
        .await
        .map(|ended| ended.0)
    }

    async fn act(&mut self, verb: &'static Verb, now: Resource) -> Result<End, Halt> {
        let mut now = now;
        if let Some(procedure) = verb.procedure
            && !self.past.taken.keys().any(|place| *place != PROCEDURE)
            && let Some(end) = self.go_through(procedure, &now).await?
        {
            return Ok(end);
        }
        let mut end = None;
        for (place, one) in verb.moves.iter().enumerate() {
            let until = verb.until(place);
            let number = u32::try_from(place).unwrap_or(u32::MAX);
            if !self.past.taken.contains_key(&number) {
                if !holds(&one.needed, &now) {
                    continue;
                }
                match self.send_move(number, one, &until, &now).await? {
                    Came::Taken(_) => {}
                    // That AWS says so is not enough: the look that follows shows it.
                    Came::Gone(_) if place + 1 == verb.moves.len() => {}
                    // What an earlier call is about may be gone, and the resource still there.
                    Came::Gone(_) => match self.look().await {
                        Ok(Some(seen)) => {
                            now = seen;
                            continue;
                        }
                        Ok(None) => return Ok(done("already gone: not listed any more")),
                        Err(why) => return Ok(failed(format!("it could not be read again: {why}"))),
                    },
                    Came::End(end) => return Ok(end),
                }
            }
            let (ended, seen) = self.wait_for(&until, verb.minutes).await?;
            match (ended, seen) {
                (End::Done { seen: text, .. }, seen) => {
                    end = Some(text);
                    match seen {
                        Some(seen) => now = seen,
                        None if until == Until::Word(UntilWord::Sent) => {}
                        None => break,
                    }
                }
                (other, _) => return Ok(other),
            }
        }
        let is_so_already = match verb.moves.len().checked_sub(1).map(|last| verb.until(last)) {
            Some(Until::Facts(facts)) => holds(&facts, &now),
            _ => false,
        };
        Ok(match end {
            Some(seen) => End::Done { seen, made: self.left_behind(verb) },
            None if is_so_already => done("it is so already"),
            None if verb.moves.is_empty() && verb.procedure.is_some_and(Procedure::removes) => {
                self.wait_for(&Until::Word(UntilWord::Gone), verb.minutes).await?.0
            }
            None if verb.moves.is_empty() && verb.procedure.is_some() => done("gone through to the end"),
            None => failed("none of the calls known here is for the state it is in"),
        })
    }

    /// Id of the snapshot its calls leave behind.
    fn left_behind(&self, verb: &Verb) -> String {
        if verb.keeps.is_some() { self.step.backup.clone() } else { String::new() }
    }

    async fn send_move(&mut self, place: u32, one: &'static Move, until: &Until, now: &Resource) -> Result<Came, Halt> {
        let leads_to = match until {
            Until::Word(UntilWord::Gone) => LeadsTo::Gone,
            Until::Word(UntilWord::Sent) => LeadsTo::Nothing,
            Until::Word(UntilWord::Marked) => LeadsTo::Marked(&self.step.grace),
            Until::Facts(facts) => LeadsTo::Facts(facts),
        };
        let sent = Sent {
            place,
            call: &one.call,
            http: one.http.as_deref(),
            at: one.at.as_deref(),
            input: &one.input,
            once: one.once,
            gone: &one.gone,
            leads_to,
        };
        if one.once && self.past.open == Some(place) {
            let why = "it was sent, or about to be, and a second time would do it twice; look at it in the console";
            return Ok(Came::End(End::Failed { why: why.to_owned(), undecided: true }));
        }
        self.send(&sent, now).await
    }

    /// `None` when it came to its end.
    async fn go_through(&mut self, procedure: Procedure, now: &Resource) -> Result<Option<End>, Halt> {
        let call = procedure.name().to_owned();
        let what = What::Sending { step: self.step.number, place: PROCEDURE, call, input: Value::Null, attempt: 0 };
        self.run.write(what)?;
        let tell = |text: String| self.run.tell(self.step, State::Waiting { state: text });
        match self.run.world.go_through(procedure, now, &tell).await {
            Ok(()) => {
                self.sent = Some(self.run.world.now());
                self.answered(PROCEDURE, Outcome::Taken { made: String::new() }, "")?;
                Ok(None)
            }
            // The look that follows shows it.
            Err(fault) if fault.is_gone() => {
                self.answered(PROCEDURE, Outcome::Gone, &fault.request_id)?;
                Ok(None)
            }
            Err(fault) if fault.is_undecided() => {
                self.answered(PROCEDURE, Outcome::Unknown { said: fault.detail.clone() }, &fault.request_id)?;
                Ok(Some(End::Failed { why: fault.detail, undecided: true }))
            }
            Err(fault) => self.refused(PROCEDURE, &fault).map(Some),
        }
    }
}

/// Whether a call named it so: by its id, or by its ARN.
fn is_named(one: &Resource, name: &str) -> bool {
    one.id == name || one.arn.as_str().split('#').next() == Some(name)
}

/// The state of a resource as AWS calls it.
fn state_of(resource: &Resource) -> Option<&str> {
    ["state", "status", "lifecycle_state", "key_state"].into_iter().find_map(|fact| resource.text(fact))
}
