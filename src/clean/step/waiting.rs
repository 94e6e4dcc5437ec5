//! Looking until what was asked for shows.

use super::*;
use crate::plan::grace::TAG;

impl<W: World> Stepping<'_, '_, W> {
    pub(super) async fn wait_for(&mut self, until: &Until, minutes: u32) -> Result<(End, Option<Resource>), Halt> {
        match until {
            Until::Word(UntilWord::Sent) => Ok((done("AWS took it"), None)),
            Until::Word(UntilWord::Gone) => {
                self.wait(minutes, &|seen| seen.is_none().then(|| "not listed any more".to_owned())).await
            }
            Until::Word(UntilWord::Marked) => {
                let grace = self.step.grace.clone();
                let marked = format!("its tag {TAG} says {grace}");
                self.wait(minutes, &|seen| match seen {
                    Some(one) if one.tags.get(TAG).is_some_and(|value| *value == grace) => Some(marked.clone()),
                    Some(_) => None,
                    None => Some("not listed any more".to_owned()),
                })
                .await
            }
            Until::Facts(facts) => {
                let wanted: Vec<String> = facts.iter().map(|(name, value)| format!("{name} is {value}")).collect();
                let wanted = wanted.join(", ").replace(['[', ']', '"'], "");
                self.wait(minutes, &|seen| match seen {
                    Some(one) if holds(facts, one) => Some(wanted.clone()),
                    Some(_) => None,
                    None => Some("not listed any more".to_owned()),
                })
                .await
            }
        }
    }

    /// Looks until `ended` says something, with the resource as it was seen last.
    pub(super) async fn wait(
        &mut self,
        minutes: u32,
        ended: &(dyn Fn(Option<&Resource>) -> Option<String> + Sync),
    ) -> Result<(End, Option<Resource>), Halt> {
        let deadline = self.until(minutes);
        let mut pause = FIRST_PAUSE;
        let mut state = String::new();
        loop {
            let seen = match self.look().await {
                Ok(seen) => {
                    if let Some(text) = ended(seen.as_ref()) {
                        return Ok((done(text), seen));
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

    pub(super) fn until(&self, minutes: u32) -> Timestamp {
        let length = SignedDuration::from_mins(i64::from(minutes));
        self.run.world.now().checked_add(length).unwrap_or(Timestamp::MAX)
    }

    /// Writes a state down when it is a new one.
    pub(super) fn note(&self, state: &mut String, seen: String) -> Result<(), Halt> {
        if *state == seen {
            return Ok(());
        }
        *state = seen;
        self.run.tell(self.step, State::Waiting { state: state.clone() });
        self.run.write(What::Waiting { step: self.step.number, state: state.clone() })
    }
}
