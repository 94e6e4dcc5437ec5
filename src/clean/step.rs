//! One step, from the look before it to the look that shows its end.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::compare::{Closely, changed};
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
        if self.past.before.is_none() {
            let does = format!("{} {}", self.step.verb, self.step.resource.id);
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
        Blanks { resource, backup: &self.step.backup, when: &self.day }
    }

    // --- saving -------------------------------------------------------------------------------------

    async fn backup(&mut self, backup: &'static Backup, now: &Resource) -> Result<End, Halt> {
        let mut made = self.past.taken.get(&0).cloned();
        if made.is_none() {
            made = self.made_already(backup, now).await;
        }
        if made.is_none() && self.past.open.is_some() {
            // It was about to be sent, and may have been: what it made can take a while to be listed.
            self.run.tell(self.step, State::Waiting { state: "looking for what may have been made".to_owned() });
            self.run.world.pause(SETTLES).await;
            made = self.made_already(backup, now).await;
        }
        let id = match made {
            Some(id) => id,
            None => {
                let sent = Sent {
                    place: 0,
                    call: &backup.call,
                    http: backup.http.as_deref(),
                    at: backup.at.as_deref(),
                    input: &backup.input,
                    once: backup.once,
                    gone: &[],
                    leads_to: LeadsTo::Made {
                        kind: &backup.makes,
                        id: &backup.id,
                        facts: &backup.ready,
                        found_by: &backup.found_by,
                    },
                };
                match self.send(&sent, now).await? {
                    Came::Taken(id) => id,
                    Came::Gone(said) => return Ok(failed(format!("it could not be saved: {said}"))),
                    Came::End(end) => return Ok(end),
                }
            }
        };
        self.wait_until_saved(backup, &id).await
    }

    /// Id of a backup this step has made before. `None` when none is listed.
    async fn made_already(&self, backup: &Backup, now: &Resource) -> Option<String> {
        let cell = self.run.world.cell(&backup.makes, &now.region);
        let listed = self.run.eyes.list(&cell, self.since()).await.ok()?;
        let wanted = self.blanks(now).fill(&backup.found_by).ok()?;
        let wanted = wanted.as_object().filter(|facts| !facts.is_empty());
        let is_it = |one: &&Resource| one.id == self.step.backup || wanted.is_some_and(|facts| holds(facts, one));
        listed.iter().find(is_it).map(|one| one.id.clone())
    }

    async fn wait_until_saved(&mut self, backup: &Backup, id: &str) -> Result<End, Halt> {
        let cell = self.run.world.cell(&backup.makes, &self.step.resource.region);
        let deadline = self.until(backup.minutes);
        let mut pause = FIRST_PAUSE;
        let mut state = String::new();
        loop {
            let seen = match self.run.eyes.list(&cell, self.since()).await {
                Ok(listed) => match listed.iter().find(|one| is_named(one, id)) {
                    Some(one) if holds(&backup.ready, one) => {
                        return Ok(End::Done { seen: format!("{id} is whole"), made: id.to_owned() });
                    }
                    Some(one) => state_of(one).unwrap_or("there, and not whole yet").to_owned(),
                    None => "not listed yet".to_owned(),
                },
                Err(why) => format!("could not be read: {why}"),
            };
            self.note(&mut state, seen)?;
            if self.run.world.now() >= deadline {
                let why = format!("{id} was not whole after {} minutes: {state}", backup.minutes);
                return Ok(End::Failed { why, undecided: true });
            }
            self.run.world.pause(pause).await;
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }

    // --- lifting a lock -----------------------------------------------------------------------------

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
            _ => Some(Ok(lifted.clone())),
        })
        .await
        .map(|ended| ended.0)
    }

    // --- acting -------------------------------------------------------------------------------------

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
                    Came::Gone(_) if place + 1 == verb.moves.len() => return Ok(done("already gone: AWS says so")),
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
            Err(fault) if fault.is_gone() => Ok(Some(done("already gone"))),
            Err(fault) if fault.is_undecided() => {
                self.answered(PROCEDURE, Outcome::Unknown { said: fault.detail.clone() }, &fault.request_id)?;
                Ok(Some(End::Failed { why: fault.detail, undecided: true }))
            }
            Err(fault) => self.refused(PROCEDURE, &fault).map(Some),
        }
    }

    // --- sending ------------------------------------------------------------------------------------

    async fn send(&mut self, sent: &Sent<'_>, now: &Resource) -> Result<Came, Halt> {
        let filled = self.blanks(now).fill(sent.input).and_then(|input| {
            let at = sent.at.map(|at| self.blanks(now).text(at)).transpose()?;
            Ok((input, at.map_or_else(|| now.region.clone(), crate::model::Region::new)))
        });
        let (input, region) = match filled {
            Ok(filled) => filled,
            Err(unknown) => return Ok(Came::End(failed(unknown.to_string()))),
        };
        let order = Order {
            call: sent.call,
            http: sent.http,
            region,
            input: input.clone(),
            resource: now,
            leads_to: sent.leads_to,
        };
        let mut unanswered = 0;
        let mut pause = FIRST_PAUSE;
        let mut state = String::new();
        for attempt in self.past.attempts.. {
            self.run.tell(self.step, State::Calling { call: sent.call.to_owned() });
            self.run.write(What::Sending {
                step: self.step.number,
                place: sent.place,
                call: sent.call.to_owned(),
                input: input.clone(),
                attempt,
            })?;
            let fault = match self.run.world.send(&order).await {
                Ok(answer) => {
                    self.sent = Some(self.run.world.now());
                    let made = self.made(sent, &answer);
                    self.answered(sent.place, Outcome::Taken { made: made.clone() }, &answer.request_id)?;
                    return Ok(Came::Taken(made));
                }
                Err(fault) => fault,
            };
            if fault.is_gone() || sent.gone.contains(&fault.code) {
                self.answered(sent.place, Outcome::Gone, &fault.request_id)?;
                return Ok(Came::Gone(fault.detail));
            }
            if fault.is_undecided() {
                self.answered(sent.place, Outcome::Unknown { said: fault.detail.clone() }, &fault.request_id)?;
                unanswered += 1;
                if sent.once || unanswered >= UNANSWERED {
                    let why = format!("nobody knows whether it was done: {}", fault.detail);
                    return Ok(Came::End(End::Failed { why, undecided: true }));
                }
            } else if self.is_worth_waiting(&fault) && self.run.world.now() < self.deadline {
                let said = fault.detail.clone();
                self.note(&mut state, said.clone())?;
                self.answered(sent.place, Outcome::NotYet { said }, &fault.request_id)?;
            } else {
                return self.refused(sent.place, &fault).map(Came::End);
            }
            self.run.world.pause(pause).await;
            pause = (pause * 2).min(LAST_PAUSE);
        }
        Ok(Came::End(failed("it was sent too often")))
    }

    /// What AWS refuses now and may take later: calls that come too fast, and, behind a step or a call that was just
    /// taken, what that one has not let go of yet.
    fn is_worth_waiting(&self, fault: &Fault) -> bool {
        let follows = !self.step.after.is_empty() || self.past.has_called() || self.sent.is_some();
        fault.why == Why::Throttled || follows && is_in_the_way(fault)
    }

    fn made(&self, sent: &Sent<'_>, answer: &crate::aws::api::Answer) -> String {
        let LeadsTo::Made { id, .. } = sent.leads_to else { return String::new() };
        match id.strip_prefix("answer:") {
            Some(path) => answer.member(path.rsplit('.').next().unwrap_or(path)).unwrap_or_default(),
            None => self.step.backup.clone(),
        }
    }

    fn answered(&self, place: u32, answer: Outcome, request_id: &str) -> Result<(), Halt> {
        let request_id = request_id.to_owned();
        self.run.write(What::Answered { step: self.step.number, place, answer, request_id })
    }

    /// AWS says no. Credentials that ran out end the whole run.
    fn refused(&self, place: u32, fault: &Fault) -> Result<End, Halt> {
        self.answered(place, Outcome::Refused { said: fault.detail.clone() }, &fault.request_id)?;
        if fault.why == Why::Expired {
            return Err(Halt::Expired(fault.detail.clone()));
        }
        Ok(failed(fault.detail.clone()))
    }

    // --- waiting ------------------------------------------------------------------------------------

    async fn wait_for(&mut self, until: &Until, minutes: u32) -> Result<(End, Option<Resource>), Halt> {
        match until {
            Until::Word(UntilWord::Sent) => Ok((done("AWS took it"), None)),
            Until::Word(UntilWord::Gone) => {
                self.wait(minutes, &|seen| seen.is_none().then(|| Ok("not listed any more".to_owned()))).await
            }
            Until::Facts(facts) => {
                let wanted: Vec<String> = facts.iter().map(|(name, value)| format!("{name} is {value}")).collect();
                let wanted = wanted.join(", ").replace(['[', ']', '"'], "");
                self.wait(minutes, &|seen| match seen {
                    Some(one) if holds(facts, one) => Some(Ok(wanted.clone())),
                    Some(_) => None,
                    None => Some(Ok("not listed any more".to_owned())),
                })
                .await
            }
        }
    }

    /// Looks until `ended` says something, with the resource as it was seen last.
    async fn wait(
        &mut self,
        minutes: u32,
        ended: &(dyn Fn(Option<&Resource>) -> Option<Result<String, String>> + Sync),
    ) -> Result<(End, Option<Resource>), Halt> {
        let deadline = self.until(minutes);
        let mut pause = FIRST_PAUSE;
        let mut state = String::new();
        loop {
            let seen = match self.look().await {
                Ok(seen) => {
                    match ended(seen.as_ref()) {
                        Some(Ok(text)) => return Ok((done(text), seen)),
                        Some(Err(why)) => return Ok((failed(why), seen)),
                        None => {}
                    }
                    seen.as_ref().and_then(state_of).unwrap_or("still there").to_owned()
                }
                Err(why) => format!("could not be read: {why}"),
            };
            self.note(&mut state, seen)?;
            if self.run.world.now() >= deadline {
                let why = format!("not seen to end after {minutes} minutes: {state}");
                return Ok((End::Failed { why, undecided: true }, None));
            }
            self.run.world.pause(pause).await;
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }

    fn until(&self, minutes: u32) -> Timestamp {
        let length = SignedDuration::from_mins(i64::from(minutes));
        self.run.world.now().checked_add(length).unwrap_or(Timestamp::MAX)
    }

    /// Writes a state down when it is a new one.
    fn note(&self, state: &mut String, seen: String) -> Result<(), Halt> {
        if *state == seen {
            return Ok(());
        }
        *state = seen;
        self.run.tell(self.step, State::Waiting { state: state.clone() });
        self.run.write(What::Waiting { step: self.step.number, state: state.clone() })
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
