//! What a scanner hands over: facts with an identity, turned into a [`Resource`] on its way to the audit.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::ownership;
use crate::aws::{Cx, Fault};
use crate::model::{Event, Gap, Kind, Owner, Protection, Ref, Region, Resource, ResourceId, Role};

/// Where the events of one cell go.
pub struct Sink {
    events: mpsc::Sender<Event>,
    found: AtomicU64,
    partly: AtomicBool,
}

impl Sink {
    /// A sink into the run's channel.
    pub fn new(events: mpsc::Sender<Event>) -> Sink {
        Sink { events, found: AtomicU64::new(0), partly: AtomicBool::new(false) }
    }

    /// How many resources went through.
    pub fn found(&self) -> u64 {
        self.found.load(Ordering::Relaxed)
    }

    /// Whether a detail was missed along the way.
    pub fn is_partly(&self) -> bool {
        self.partly.load(Ordering::Relaxed)
    }
}

/// The scanner's hand to the audit, typed with its facts.
pub struct Found<'a, F> {
    cx: &'a Cx,
    sink: &'a Sink,
    kind: Kind,
    tags_missed: AtomicBool,
    facts: PhantomData<fn(F)>,
}

impl<'a, F: Serialize> Found<'a, F> {
    /// A hand for one kind in one region.
    pub fn new(cx: &'a Cx, sink: &'a Sink, kind: Kind) -> Found<'a, F> {
        Found { cx, sink, kind, tags_missed: AtomicBool::new(false), facts: PhantomData }
    }

    /// Hands over one resource. Waits while the audit is behind. One without tags, after tags could not be read, may
    /// be kept by a tag all the same.
    pub async fn add(&self, listed: Listed<F>) {
        let mut resource = listed.into_resource(self.cx, &self.kind);
        if self.tags_missed.load(Ordering::Relaxed) && resource.tags.is_empty() {
            resource.protections.push(Protection::UnreadTags);
        }
        self.sink.found.fetch_add(1, Ordering::Relaxed);
        // A closed channel means the run is being torn down; there is nobody left to tell.
        let _ = self.sink.events.send(Event::Found { resource: Box::new(resource) }).await;
    }

    /// Records that a detail of something listed could not be read; the listing goes on, and the cell
    /// counts as partly seen. `subject` names what it was about: a bucket, a target group.
    pub async fn missed(&self, fault: Fault, subject: &str) {
        self.sink.partly.store(true, Ordering::Relaxed);
        if fault.action.contains("Tag") {
            self.tags_missed.store(true, Ordering::Relaxed);
        }
        let mut gap: Gap = fault.into_gap(self.cx.account(), self.cx.region(), &self.kind);
        if !subject.is_empty() {
            gap.detail = format!("{subject}: {}", gap.detail);
        }
        let _ = self.sink.events.send(Event::Missed { gap }).await;
    }
}

/// A resource as a scanner describes it.
pub struct Listed<F> {
    id: String,
    arn: Option<String>,
    name: Option<String>,
    region: Option<Region>,
    created_at: Option<Timestamp>,
    tags: BTreeMap<String, String>,
    refs: Vec<Ref>,
    owner: Option<Owner>,
    protections: Vec<Protection>,
    facts: F,
}

impl<F: Serialize> Listed<F> {
    /// A resource with its short id and facts.
    pub fn new(id: impl Into<String>, facts: F) -> Listed<F> {
        Listed {
            id: id.into(),
            arn: None,
            name: None,
            region: None,
            created_at: None,
            tags: BTreeMap::new(),
            refs: Vec::new(),
            owner: None,
            protections: Vec::new(),
            facts,
        }
    }

    /// The ARN as AWS gave it. Without this one is made up as `arn:PARTITION:SERVICE:REGION:ACCOUNT:THING/ID`.
    pub fn arn(mut self, arn: Option<impl Into<String>>) -> Self {
        self.arn = arn.map(Into::into);
        self
    }

    /// The service's own name for it. Without this the `Name` tag serves.
    pub fn name(mut self, name: Option<impl Into<String>>) -> Self {
        self.name = name.map(Into::into).filter(|name| !name.is_empty());
        self
    }

    /// A region other than the one that was asked (a bucket's own).
    pub fn region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// When it was made.
    pub fn created(mut self, at: Option<Timestamp>) -> Self {
        self.created_at = at;
        self
    }

    /// Its tags.
    pub fn tags(mut self, tags: BTreeMap<String, String>) -> Self {
        self.tags = tags;
        self
    }

    /// A pointer to another resource; nothing happens when the id is absent or empty.
    pub fn refers(mut self, role: Role, id: Option<impl Into<String>>) -> Self {
        if let Some(id) = id.map(Into::into).filter(|id: &String| !id.is_empty()) {
            self.refs.push(Ref { id, role });
        }
        self
    }

    /// Who manages it, when a field says so. Tags are looked at anyway.
    pub fn owner(mut self, owner: Option<Owner>) -> Self {
        self.owner = owner;
        self
    }

    /// A flag of AWS that refuses the delete, when it is on.
    pub fn locked(mut self, on: bool, flag: &str) -> Self {
        if on {
            self.protections.push(Protection::Service { flag: flag.to_owned() });
        }
        self
    }

    fn into_resource(self, cx: &Cx, kind: &Kind) -> Resource {
        let region = self.region.unwrap_or_else(|| cx.region().clone());
        let arn = self.arn.unwrap_or_else(|| cx.arn(kind.service(), &region, &format!("{}/{}", kind.thing(), self.id)));
        let facts = match serde_json::to_value(&self.facts) {
            Ok(Value::Object(map)) => map.into_iter().filter(|(_, value)| !value.is_null()).collect(),
            _ => Map::new(),
        };
        let owner = self.owner.or_else(|| ownership::from_tags(&self.tags));
        let mut refs = self.refs;
        refs.sort();
        refs.dedup();
        Resource {
            arn: ResourceId::new(arn),
            name: self.name.or_else(|| self.tags.get("Name").filter(|name| !name.is_empty()).cloned()),
            id: self.id,
            kind: kind.clone(),
            account: cx.account().to_owned(),
            region,
            created_at: self.created_at,
            tags: self.tags,
            facts,
            refs,
            owner,
            protections: self.protections,
            cost: None,
        }
    }
}

/// Tags in the form resources keep them; entries without a key are dropped.
pub fn tags<'t, T: 't>(
    list: &'t [T],
    key: impl Fn(&'t T) -> Option<&'t str>,
    value: impl Fn(&'t T) -> Option<&'t str>,
) -> BTreeMap<String, String> {
    list.iter().filter_map(|tag| Some((key(tag)?.to_owned(), value(tag).unwrap_or_default().to_owned()))).collect()
}

/// A time from the SDK. `None` when absent or outside what a calendar holds.
pub fn time(at: Option<&aws_smithy_types::DateTime>) -> Option<Timestamp> {
    let at = at?;
    Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).ok()?).ok()
}
