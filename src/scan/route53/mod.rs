//! Amazon Route 53.

pub mod health_check;
pub mod hosted_zone;
mod records;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Scanner;
use crate::aws::api::services::ROUTE53;
use crate::aws::api::{Call, List, Pair};

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] =
    &[Scanner::of::<hosted_zone::HostedZones>(), Scanner::of::<health_check::HealthChecks>()];

/// Tags of one resource. The call for ten at a time takes a body in XML, which nothing here writes.
const TAGS: Call = ROUTE53.get("ListTagsForResource", "/2013-04-01/tags/{ResourceType}/{ResourceId}");

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    resource_tag_set: TagSet,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagSet {
    #[serde(default)]
    tags: List<Pair>,
}

impl Tagged {
    fn tags(&self) -> BTreeMap<String, String> {
        self.resource_tag_set.tags.tags()
    }
}
