use crate::model::{Protection, Resource, clean};
use crate::plan::{Step, remedy};

/// How closely a resource is held against what the plan knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closely {
    /// Every fact, tag and tie must be as it was.
    Wholly,
    /// Steps before it have changed facts and ties of it: it must be the same one, with no new lock and no owner.
    ByIdentity,
}

/// Why a resource is not to be touched: it is not what the plan is about any more. `None` when it still is.
pub fn changed(step: &Step, now: &Resource, closely: Closely) -> Option<String> {
    let was = &step.resource;
    if let (Some(was), Some(now)) = (was.created_at, now.created_at)
        && was != now
    {
        return Some(format!("it is another one of that name: this one was made at {now}"));
    }
    if let Some(keep) = now.protections.iter().find(|lock| lock.is_keep()) {
        return Some(format!("it is protected now: {}", clean(&keep.label())));
    }
    if now.owner.is_some() && now.owner != was.owner {
        let owner = now.owner.as_ref().map(crate::model::Owner::label).unwrap_or_default();
        return Some(format!("something manages it now: {}", clean(&owner)));
    }
    let is_new = |lock: &&Protection| !was.protections.contains(lock);
    if let Some(lock) = now.protections.iter().find(is_new) {
        return Some(format!("it is locked now: {}", clean(&lock.label())));
    }
    if closely == Closely::ByIdentity {
        return None;
    }
    let mut names: Vec<&String> = was.facts.keys().chain(now.facts.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let drifts: &[String] = remedy(&now.kind).map_or(&[], |remedy| &remedy.drifts);
    names.retain(|name| !drifts.contains(name));
    let shown = |value: Option<&serde_json::Value>| match value {
        Some(serde_json::Value::String(text)) => clean(text).chars().take(60).collect(),
        Some(other) => clean(&other.to_string()).chars().take(60).collect(),
        None => "not there".to_owned(),
    };
    if let Some(name) = names.into_iter().find(|name| was.facts.get(*name) != now.facts.get(*name)) {
        let (was, now) = (shown(was.facts.get(name)), shown(now.facts.get(name)));
        return Some(format!("it changed: {name} was {was}, is {now}"));
    }
    if was.tags != now.tags {
        return Some("its tags changed".to_owned());
    }
    (sorted(was) != sorted(now)).then(|| "what it is tied to changed".to_owned())
}

fn sorted(resource: &Resource) -> Vec<&crate::model::Ref> {
    let mut refs: Vec<_> = resource.refs.iter().collect();
    refs.sort_unstable();
    refs
}
