//! Saving a resource before it goes.

use super::*;

impl<W: World> Stepping<'_, '_, W> {
    pub(super) async fn backup(&mut self, backup: &'static Backup, now: &Resource) -> Result<End, Halt> {
        let known = self.past.taken.get(&0).filter(|id| !id.is_empty()).cloned();
        let made = match known {
            Some(id) => Some(id),
            None => match self.look_for_made(backup, now).await {
                Ok(made) => made,
                // What is not in a list that is not whole may be there: a second one must not be made.
                Err(why) => {
                    let why = format!("nobody knows whether it is saved already: {why}");
                    return Ok(End::Failed { why, undecided: self.past.has_called() });
                }
            },
        };
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

    /// Id of a backup this step has made before. Where one was about to be sent, and may have been, it looks a second
    /// time: what was made can take a while to be listed. `None` when whole lists have none.
    async fn look_for_made(&self, backup: &Backup, now: &Resource) -> Result<Option<String>, String> {
        let made = self.made_already(backup, now).await?;
        if made.is_some() || !self.past.has_called() {
            return Ok(made);
        }
        self.run.tell(self.step, State::Waiting { state: "looking for what may have been made".to_owned() });
        self.run.world.pause(SETTLES).await;
        self.made_already(backup, now).await
    }

    /// Id of a backup this step has made before. `None` when a whole list has none.
    async fn made_already(&self, backup: &Backup, now: &Resource) -> Result<Option<String>, String> {
        let cell = self.run.world.cell(&backup.makes, &now.region);
        let listed = self.run.eyes.list(&cell, self.since()).await?;
        let wanted = self.blanks(now).fill(&backup.found_by).map_err(|unknown| unknown.to_string())?;
        let wanted = wanted.as_object().filter(|facts| !facts.is_empty());
        let is_it = |one: &&Resource| one.id == self.step.backup || wanted.is_some_and(|facts| holds(facts, one));
        Ok(listed.iter().find(is_it).map(|one| one.id.clone()))
    }

    pub(super) async fn wait_until_saved(&mut self, backup: &Backup, id: &str) -> Result<End, Halt> {
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
}
