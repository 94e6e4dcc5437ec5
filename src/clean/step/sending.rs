//! Sending a call, and what comes of it.

use super::*;

impl<W: World> Stepping<'_, '_, W> {
    pub(super) async fn send(&mut self, sent: &Sent<'_>, now: &Resource) -> Result<Came, Halt> {
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
    pub(super) fn is_worth_waiting(&self, fault: &Fault) -> bool {
        let follows = !self.step.after.is_empty() || self.past.has_called() || self.sent.is_some();
        fault.why == Why::Throttled || follows && is_in_the_way(fault)
    }

    pub(super) fn made(&self, sent: &Sent<'_>, answer: &crate::aws::api::Answer) -> String {
        let LeadsTo::Made { id, .. } = sent.leads_to else { return String::new() };
        match id.strip_prefix("answer:") {
            Some(path) => answer.member(path.rsplit('.').next().unwrap_or(path)).unwrap_or_default(),
            None => self.step.backup.clone(),
        }
    }

    pub(super) fn answered(&self, place: u32, answer: Outcome, request_id: &str) -> Result<(), Halt> {
        let request_id = request_id.to_owned();
        self.run.write(What::Answered { step: self.step.number, place, answer, request_id })
    }

    /// AWS says no. Credentials that ran out end the whole run.
    pub(super) fn refused(&self, place: u32, fault: &Fault) -> Result<End, Halt> {
        self.answered(place, Outcome::Refused { said: fault.detail.clone() }, &fault.request_id)?;
        if fault.why == Why::Expired {
            return Err(Halt::Expired(fault.detail.clone()));
        }
        Ok(failed(fault.detail.clone()))
    }
}
