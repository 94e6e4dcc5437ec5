//! An account in memory that does what calls ask of it, refuses what AWS refuses, and can be made to fail or to kill
//! the program that asks.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use closeout::aws::Fault;
use closeout::aws::api::Answer;
use closeout::clean::World;
use closeout::clean::world::{LeadsTo, Order};
use closeout::model::{Cell, Kind, Region, Resource, ResourceId, Why};
use closeout::plan::grace::TAG;
use closeout::plan::remedy::Procedure;
use jiff::{SignedDuration, Timestamp};
use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// After how many moments the process is killed: there is one before and one after each call and each write.
#[derive(Debug, Default)]
pub struct Fuse {
    left: Mutex<Option<u32>>,
}

impl Fuse {
    pub fn set(&self, left: Option<u32>) {
        *self.left.lock().expect("no panic before") = left;
    }

    /// Whether this moment is the one.
    pub fn burns(&self) -> bool {
        let mut left = self.left.lock().expect("no panic before");
        let is_now = *left == Some(0);
        *left = left.and_then(|left| left.checked_sub(1));
        is_now
    }

    /// A moment, which the process does not survive when it is the one.
    pub fn moment(&self) {
        if self.burns() {
            kill();
        }
    }
}

/// Ends this process as nothing can hinder.
pub fn kill() -> ! {
    kill_process(getpid(), Signal::KILL).expect("this process");
    unreachable!("nobody outlives that")
}

/// What the account holds, and what was done to it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Account {
    pub resources: BTreeMap<ResourceId, Resource>,
    /// Calls that reached AWS, in order: call, id of the resource, whether anything came of it.
    pub calls: Vec<(String, String, bool)>,
    /// What the next calls of an operation are answered with instead.
    #[serde(skip)]
    pub faults: BTreeMap<String, VecDeque<Fault>>,
    /// Ids that take looks to go, and how many are left.
    pub lingering: BTreeMap<String, u32>,
    /// Kinds that cannot be listed.
    pub unread: Vec<Kind>,
    /// What somebody makes while an operation is carried out.
    pub appearing: BTreeMap<String, Resource>,
    /// Lists that were read, in order.
    #[serde(skip)]
    pub lists: Vec<Cell>,
    made: u32,
}

#[derive(Debug)]
pub struct InMemory {
    pub account: Mutex<Account>,
    pub fuse: Arc<Fuse>,
    /// File in which the account outlives the process, as AWS does.
    kept: Option<PathBuf>,
    clock: Mutex<Timestamp>,
}

pub fn resource(kind: &str, id: &str, facts: Value) -> Resource {
    serde_json::from_value(json!({
        "arn": format!("arn:aws:{}:eu-west-1:111122223333:{}/{id}", kind.split(':').next().unwrap_or_default(),
            kind.split(':').nth(1).unwrap_or_default()),
        "id": id, "kind": kind, "account": "111122223333", "region": "eu-west-1",
        "created_at": "2026-01-01T00:00:00Z", "facts": facts
    }))
    .expect("a resource")
}

pub fn fault(why: Why, code: &str, status: u16) -> Fault {
    Fault { code: code.to_owned(), status, ..Fault::new(why, "test:Call", code) }
}

impl InMemory {
    pub fn new(resources: impl IntoIterator<Item = Resource>) -> InMemory {
        let resources = resources.into_iter().map(|one| (one.arn.clone(), one)).collect();
        InMemory::of(Account { resources, ..Account::default() }, None)
    }

    /// The account that a file holds, in which it stays.
    pub fn kept(file: &Path) -> InMemory {
        let text = fs::read(file).expect("the account");
        InMemory::of(serde_json::from_slice(&text).expect("an account"), Some(file.to_owned()))
    }

    fn of(account: Account, kept: Option<PathBuf>) -> InMemory {
        let clock = Mutex::new("2026-11-27T12:00:00Z".parse().expect("a literal time"));
        InMemory { account: Mutex::new(account), fuse: Arc::default(), kept, clock }
    }

    /// Writes the account to a file, for processes to come.
    pub fn keep(&self, file: &Path) {
        let account = self.account.lock().expect("no panic before");
        fs::write(file, serde_json::to_vec(&*account).expect("JSON")).expect("a file");
    }

    pub fn has(&self, id: &str) -> bool {
        self.account.lock().expect("no panic before").resources.values().any(|one| one.id == id)
    }

    pub fn calls(&self) -> Vec<(String, String, bool)> {
        self.account.lock().expect("no panic before").calls.clone()
    }

    pub fn change(&self, id: &str, with: impl FnOnce(&mut Resource)) {
        let mut account = self.account.lock().expect("no panic before");
        with(account.resources.values_mut().find(|one| one.id == id).expect("it is there"));
    }

    fn carry_out(&self, order: &Order<'_>) -> Result<Answer, Fault> {
        let mut account = self.account.lock().expect("no panic before");
        let id = order.resource.id.clone();
        if let Some(fault) = account.faults.get_mut(order.call).and_then(VecDeque::pop_front) {
            // One that nobody answered may have been carried out all the same.
            let is_done = fault.said == "carried out";
            if is_done {
                account.carry_out(order);
            }
            account.calls.push((order.call.to_owned(), id, is_done));
            return Err(fault);
        }
        if !account.resources.contains_key(&order.resource.arn) {
            account.calls.push((order.call.to_owned(), id, false));
            return Err(fault(Why::Error, "InvalidThing.NotFound", 400));
        }
        let is_held = account
            .resources
            .values()
            .any(|one| one.refs.iter().any(|reference| reference.id == id) && matches!(order.leads_to, LeadsTo::Gone));
        if is_held {
            account.calls.push((order.call.to_owned(), id, false));
            return Err(fault(Why::Error, "DependencyViolation", 400));
        }
        let made = account.carry_out(order);
        if let Some(new) = account.appearing.remove(order.call) {
            account.resources.insert(new.arn.clone(), new);
        }
        account.calls.push((order.call.to_owned(), id, true));
        let text = json!({ "snapshotId": made }).to_string();
        Ok(Answer { text, request_id: format!("r-{}", account.calls.len()), ..Answer::default() })
    }
}

impl Account {
    fn delete(&mut self, resource: &Resource) {
        let lingers = self.lingering.get(&resource.id).copied().unwrap_or_default();
        if lingers == 0 {
            self.resources.remove(&resource.arn);
        } else if let Some(one) = self.resources.get_mut(&resource.arn) {
            one.facts.insert("state".to_owned(), json!("deleting"));
        }
    }

    fn carry_out(&mut self, order: &Order<'_>) -> String {
        match order.leads_to {
            LeadsTo::Gone => {
                self.delete(order.resource);
                String::new()
            }
            LeadsTo::Facts(facts) => {
                if let Some(one) = self.resources.get_mut(&order.resource.arn) {
                    for (name, wanted) in facts {
                        let value = wanted.as_array().and_then(|values| values.first()).unwrap_or(wanted);
                        one.facts.insert(name.clone(), value.clone());
                    }
                }
                String::new()
            }
            LeadsTo::Made { kind, facts, found_by, .. } => {
                self.made += 1;
                let id = format!("snap-{}", self.made);
                let mut made = resource(kind.as_str(), &id, json!({}));
                for (name, wanted) in facts {
                    let value = wanted.as_array().and_then(|values| values.first()).unwrap_or(wanted);
                    made.facts.insert(name.clone(), value.clone());
                }
                for name in found_by.keys() {
                    made.facts.insert(name.clone(), order.input["Description"].clone());
                }
                self.resources.insert(made.arn.clone(), made);
                id
            }
            LeadsTo::Unlocked(flag) => {
                if let Some(one) = self.resources.get_mut(&order.resource.arn) {
                    one.protections.retain(|lock| !lock.label().contains(flag));
                }
                String::new()
            }
            LeadsTo::Marked(grace) => {
                if let Some(one) = self.resources.get_mut(&order.resource.arn) {
                    one.tags.insert(TAG.to_owned(), grace.to_owned());
                }
                String::new()
            }
            LeadsTo::Nothing => String::new(),
        }
    }
}

impl World for InMemory {
    fn cell(&self, kind: &Kind, region: &Region) -> Cell {
        Cell::new(region.clone(), kind.clone())
    }

    async fn read(&self, cell: &Cell) -> Result<Vec<Resource>, String> {
        let mut account = self.account.lock().expect("no panic before");
        account.lists.push(cell.clone());
        if account.unread.contains(&cell.kind) {
            return Err("denied".to_owned());
        }
        let mut gone = Vec::new();
        for (id, left) in &mut account.lingering {
            *left = left.saturating_sub(1);
            if *left == 0 {
                gone.push(id.clone());
            }
        }
        let is_going = |one: &Resource| one.text("state") == Some("deleting") && gone.contains(&one.id);
        account.resources.retain(|_, one| !is_going(one));
        Ok(account
            .resources
            .values()
            .filter(|one| one.kind == cell.kind && one.region == cell.region)
            .cloned()
            .collect())
    }

    async fn send(&self, order: &Order<'_>) -> Result<Answer, Fault> {
        if order.input.get("DryRun") == Some(&Value::Bool(true)) {
            return Err(fault(Why::Error, "DryRunOperation", 412));
        }
        self.fuse.moment();
        let answer = self.carry_out(order);
        if let Some(file) = &self.kept {
            self.keep(file);
        }
        self.fuse.moment();
        answer
    }

    async fn go_through(
        &self,
        procedure: Procedure,
        resource: &Resource,
        _tell: &(dyn Fn(String) + Sync),
    ) -> Result<(), Fault> {
        let mut account = self.account.lock().expect("no panic before");
        account.calls.push((procedure.name().to_owned(), resource.id.clone(), true));
        if procedure.removes() {
            account.delete(resource);
        }
        Ok(())
    }

    async fn allowed(&self, actions: &[String]) -> Result<BTreeMap<String, bool>, String> {
        Ok(actions.iter().map(|action| (action.clone(), true)).collect())
    }

    fn now(&self) -> Timestamp {
        *self.clock.lock().expect("no panic before")
    }

    async fn pause(&self, length: Duration) {
        {
            let mut clock = self.clock.lock().expect("no panic before");
            let length = SignedDuration::try_from(length).expect("a short pause");
            *clock = clock.checked_add(length).expect("a near time");
        }
        tokio::task::yield_now().await;
    }
}
