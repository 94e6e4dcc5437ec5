//! Accounts to clean up: the one behind AWS, and the one of a recording.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use crate::audit::Audit;
use crate::aws::api::Answer;
use crate::aws::{Fault, Session};
use crate::clean::procedures::{self, Patience};
use crate::clean::world::LeadsTo;
use crate::clean::{Order, World, policy, send};
use crate::model::{Cell, CellState, Event, Kind, Region, Resource, ResourceId, Why};
use crate::plan::grace;
use crate::plan::remedy::Procedure;
use crate::rules::RuleSet;
use crate::scan::pool::{self, Limits, Will};
use crate::scan::{self, Reach};

/// The account behind AWS.
pub struct Live<'s> {
    /// The way into it.
    pub session: &'s Session,
    /// Which tags keep a resource.
    pub rules: &'s RuleSet,
}

impl World for Live<'_> {
    fn cell(&self, kind: &Kind, region: &Region) -> Cell {
        let is_global = scan::scanner(kind).is_some_and(|scanner| scanner.reach == Reach::Global);
        Cell::new(if is_global { Region::global() } else { region.clone() }, kind.clone())
    }

    async fn read(&self, cell: &Cell) -> Result<Vec<Resource>, String> {
        let scanner = scan::scanner(&cell.kind).ok_or_else(|| format!("nothing here lists {}", cell.kind))?;
        let (events, mut arriving) = mpsc::channel(256);
        let (_will, running) = watch::channel(Will::Run);
        let (cx, wire) = (&self.session.cx, &self.session.wire);
        let reading = pool::run(cx, wire, vec![(cell.clone(), scanner)], Limits::default(), events, running);
        let today = self.now().to_zoned(TimeZone::UTC).date();
        let hearing = async {
            let (mut found, mut gaps, mut is_whole) = (Vec::new(), Vec::new(), false);
            while let Some(event) = arriving.recv().await {
                match event {
                    Event::Found { mut resource } => {
                        resource.protections.extend(self.rules.protections.of(&resource, today));
                        found.push(*resource);
                    }
                    Event::Missed { gap } => gaps.push(gap.detail),
                    // That a service says it is not offered does not make what it held disappear.
                    Event::Finished { state, .. } => {
                        is_whole = matches!(state, CellState::Seen | CellState::Partly);
                    }
                    _ => {}
                }
            }
            if is_whole { Ok(found) } else { Err(gaps.into_iter().next().unwrap_or_else(|| "not listed".to_owned())) }
        };
        tokio::join!(reading, hearing).1
    }

    async fn send(&self, order: &Order<'_>) -> Result<Answer, Fault> {
        send::to_aws(&self.session.cx, order).await
    }

    async fn go_through(
        &self,
        procedure: Procedure,
        resource: &Resource,
        tell: &(dyn Fn(String) + Sync),
    ) -> Result<(), Fault> {
        procedures::go_through(&self.session.cx, procedure, resource, Patience::default(), tell).await
    }

    async fn allowed(&self, actions: &[String]) -> Result<BTreeMap<String, bool>, String> {
        policy::allowed(&self.session.cx, &self.session.account.caller_arn, actions).await
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn pause(&self, length: Duration) {
        tokio::time::sleep(length).await;
    }
}

/// The account of a recording: calls change the copy in memory, and nothing else.
pub struct Rehearsed {
    resources: Mutex<BTreeMap<ResourceId, Resource>>,
    /// Looks after which something that was deleted is gone.
    going: Mutex<BTreeMap<ResourceId, u32>>,
    made: Mutex<u32>,
}

/// How often something that is going away is still seen.
const LOOKS: u32 = 2;

/// How long a pause is where nothing has to be waited for: long enough to be seen.
const PAUSE: Duration = Duration::from_millis(400);

impl Rehearsed {
    /// The account as an audit found it.
    pub fn new(audit: &Audit) -> Rehearsed {
        let resources = audit.resources().map(|one| (one.arn.clone(), one.clone())).collect();
        Rehearsed { resources: Mutex::new(resources), going: Mutex::default(), made: Mutex::default() }
    }

    fn carry_out(&self, order: &Order<'_>) -> Result<String, Fault> {
        let mut resources = self.resources.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(one) = resources.get_mut(&order.resource.arn) else {
            let fault = Fault::new(Why::Error, order.call, "it is not there");
            return Err(Fault { code: "NotFound".to_owned(), status: 404, ..fault });
        };
        match order.leads_to {
            LeadsTo::Gone => {
                one.facts.insert("state".to_owned(), json!("deleting"));
                self.going.lock().unwrap_or_else(PoisonError::into_inner).insert(one.arn.clone(), LOOKS);
            }
            LeadsTo::Facts(facts) => facts.iter().for_each(|(name, wanted)| set(one, name, wanted)),
            LeadsTo::Unlocked(flag) => one.protections.retain(|lock| !lock.label().contains(flag)),
            LeadsTo::Marked(grace) => {
                one.tags.insert(grace::TAG.to_owned(), grace.to_owned());
            }
            LeadsTo::Nothing => {}
            LeadsTo::Made { kind, id, facts, found_by } => {
                let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
                *made += 1;
                let name = if id.starts_with("answer:") { format!("made-{made}") } else { backup_of(order) };
                let mut new = Resource { kind: kind.clone(), id: name.clone(), ..one.clone() };
                new.arn = ResourceId::new(format!("{}#made-{made}", one.arn));
                new.facts = serde_json::Map::new();
                facts.iter().for_each(|(fact, wanted)| set(&mut new, fact, wanted));
                found_by.keys().for_each(|fact| set(&mut new, fact, &json!(backup_of(order))));
                resources.insert(new.arn.clone(), new);
                return Ok(name);
            }
        }
        Ok(String::new())
    }
}

/// The name of its own that a step gives to what it makes: the one text of its input that begins so.
fn backup_of(order: &Order<'_>) -> String {
    let texts = order.input.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str());
    texts.into_iter().find(|text| text.starts_with("closeout-")).unwrap_or_default().to_owned()
}

fn set(resource: &mut Resource, fact: &str, wanted: &Value) {
    if wanted.get("present") == Some(&Value::Bool(false)) {
        resource.facts.remove(fact);
        return;
    }
    let value = wanted.as_array().and_then(|values| values.first()).unwrap_or(wanted);
    resource.facts.insert(fact.to_owned(), value.clone());
}

impl World for Rehearsed {
    fn cell(&self, kind: &Kind, region: &Region) -> Cell {
        Cell::new(region.clone(), kind.clone())
    }

    async fn read(&self, cell: &Cell) -> Result<Vec<Resource>, String> {
        let mut resources = self.resources.lock().unwrap_or_else(PoisonError::into_inner);
        let mut going = self.going.lock().unwrap_or_else(PoisonError::into_inner);
        going.retain(|arn, left| {
            *left = left.saturating_sub(1);
            if *left == 0 {
                resources.remove(arn);
            }
            *left > 0
        });
        let is_of = |one: &&Resource| one.kind == cell.kind && one.region == cell.region;
        Ok(resources.values().filter(is_of).cloned().collect())
    }

    async fn send(&self, order: &Order<'_>) -> Result<Answer, Fault> {
        tokio::time::sleep(PAUSE).await;
        if order.input.get("DryRun") == Some(&Value::Bool(true)) {
            let fault = Fault::new(Why::Error, order.call, "it would have been taken");
            return Err(Fault { code: "DryRunOperation".to_owned(), status: 412, ..fault });
        }
        let made = self.carry_out(order)?;
        let member = match order.leads_to {
            LeadsTo::Made { id, .. } => id.strip_prefix("answer:").and_then(|path| path.rsplit('.').next()),
            _ => None,
        };
        let text = member.map_or_else(|| "{}".to_owned(), |member| json!({ member: made }).to_string());
        Ok(Answer { text, request_id: "rehearsed".to_owned(), ..Answer::default() })
    }

    async fn go_through(
        &self,
        procedure: Procedure,
        resource: &Resource,
        tell: &(dyn Fn(String) + Sync),
    ) -> Result<(), Fault> {
        if procedure.removes() {
            self.going.lock().unwrap_or_else(PoisonError::into_inner).insert(resource.arn.clone(), LOOKS);
        }
        tell("in a recording there is nothing inside".to_owned());
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }

    async fn allowed(&self, actions: &[String]) -> Result<BTreeMap<String, bool>, String> {
        Ok(actions.iter().map(|action| (action.clone(), true)).collect())
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn pause(&self, _length: Duration) {
        tokio::time::sleep(PAUSE).await;
    }
}
