//! Resources for the tests of scanners.

use serde_json::Value;

use crate::model::{Kind, Region, Resource, ResourceId};

/// A resource of a kind with some facts, and nothing else about it.
pub fn resource(kind: &str, facts: Value) -> Resource {
    let kind = Kind::owned(kind);
    Resource {
        arn: ResourceId::new(format!("arn:aws:{}:us-east-1:111122223333:{}/x", kind.service(), kind.thing())),
        id: "x".to_owned(),
        kind,
        account: "111122223333".to_owned(),
        region: Region::new("us-east-1"),
        name: None,
        created_at: None,
        tags: Default::default(),
        facts: facts.as_object().cloned().unwrap_or_default(),
        refs: Vec::new(),
        owner: None,
        protections: Vec::new(),
        cost: None,
    }
}
