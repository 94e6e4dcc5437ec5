use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::CLOUDTRAIL;
use crate::aws::api::{Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, ownership};

const LIST: Call = CLOUDTRAIL.rpc("DescribeTrails");
const STATUS: Call = CLOUDTRAIL.rpc("GetTrailStatus");
const SELECTORS: Call = CLOUDTRAIL.rpc("GetEventSelectors");

/// CloudTrail trails, each in its home region. A trail an organization keeps in all of its accounts names it as its owner.
/// CloudTrail does not tell when one was made.
pub struct Trails;

/// Facts of a trail. Source: `cloudtrail:DescribeTrails`, `cloudtrail:GetTrailStatus`, `cloudtrail:GetEventSelectors`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Whether it writes down what happens in every region.
    multi_region: bool,
    /// Whether it is an organization's.
    of_organization: bool,
    /// Bucket it writes to.
    bucket: String,
    /// Whether it records more than management events, which is billed by the event.
    custom_selectors: bool,
    /// Whether it looks for unusual activity, which is billed by the event.
    insights: bool,
    /// Whether it is switched on. Absent when that could not be read.
    logging: Option<bool>,
    /// Why it could not deliver the last time: `NoSuchBucket`. Absent when it could, and when that could not be read.
    delivery_error: Option<String>,
    /// Management events it records: `all`, `read`, `write` or `none`. Absent when that could not be read.
    management_events: Option<String>,
    /// Another trail of this home region that delivers the same management events: every copy but the first is billed by
    /// the event. Of equals the first by name stands for the first copy. Absent when there is none, and when details could
    /// not be read.
    duplicates: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    trail_list: Vec<Trail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Trail {
    name: String,
    #[serde(rename = "TrailARN")]
    arn: String,
    s3_bucket_name: Option<String>,
    is_multi_region_trail: Option<bool>,
    is_organization_trail: Option<bool>,
    has_custom_event_selectors: Option<bool>,
    has_insight_selectors: Option<bool>,
    cloud_watch_logs_log_group_arn: Option<String>,
    kms_key_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    is_logging: Option<bool>,
    latest_delivery_error: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Selectors {
    #[serde(default)]
    event_selectors: Vec<Selector>,
    #[serde(default)]
    advanced_event_selectors: Vec<Advanced>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Selector {
    read_write_type: Option<String>,
    include_management_events: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Advanced {
    #[serde(default)]
    field_selectors: Vec<Field>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Field {
    field: String,
    #[serde(default)]
    equals: Vec<String>,
}

impl Scan for Trails {
    const KIND: Kind = Kind::new("cloudtrail:trail");
    const TITLE: &'static str = "CloudTrail trails";
    const ACTIONS: &'static [&'static str] =
        &["cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (asking, selecting) = (Detail::default(), Detail::default());
        // Without shadows a region lists the trails whose home it is.
        let page: Page = cx.call(&LIST, json!({ "includeShadowTrails": false })).await?;
        let trails = each(page.trail_list, async |trail: Trail| {
            let status = cx.call::<Status>(&STATUS, json!({ "Name": trail.arn }));
            let status = asking.ask(found, &trail.name, status).await;
            let selectors = cx.call::<Selectors>(&SELECTORS, json!({ "TrailName": trail.arn }));
            let selectors = selecting.ask(found, &trail.name, selectors).await;
            let facts = facts(&trail, status, selectors);
            (trail, facts)
        });
        let trails = trails.await;
        let duplicates: Vec<_> = trails.iter().map(|one| first_copy(one, &trails)).collect();
        for ((trail, facts), duplicates) in trails.into_iter().zip(duplicates) {
            found.add(listed(cx, trail, Facts { duplicates, ..facts })).await;
        }
        Ok(())
    }
}

fn listed(cx: &Cx, trail: Trail, facts: Facts) -> Listed<Facts> {
    let is_ours = trail.arn.contains(&format!(":{}:", cx.account()));
    let foreign = facts.of_organization && !is_ours;
    let owner = foreign.then(|| ownership::service("the organization", "IsOrganizationTrail"));
    Listed::new(trail.name, facts)
        .arn(Some(trail.arn))
        .owner(owner)
        .refers(Role::Uses, trail.s3_bucket_name)
        .refers(Role::Uses, trail.cloud_watch_logs_log_group_arn)
        .refers(Role::Needs, trail.kms_key_id)
}

fn facts(trail: &Trail, status: Option<Status>, selectors: Option<Selectors>) -> Facts {
    Facts {
        multi_region: trail.is_multi_region_trail.unwrap_or_default(),
        of_organization: trail.is_organization_trail.unwrap_or_default(),
        bucket: trail.s3_bucket_name.clone().unwrap_or_default(),
        custom_selectors: trail.has_custom_event_selectors.unwrap_or_default(),
        insights: trail.has_insight_selectors.unwrap_or_default(),
        logging: status.as_ref().and_then(|status| status.is_logging),
        delivery_error: status.and_then(|status| status.latest_delivery_error).filter(|text| !text.is_empty()),
        management_events: selectors.map(|selectors| management(&selectors).to_owned()),
        duplicates: None,
    }
}

/// Which management events are selected. What leaves single sources out counts like what takes them all in.
fn management(selectors: &Selectors) -> &'static str {
    let (mut read, mut write) = (false, false);
    for selector in selectors.event_selectors.iter().filter(|one| one.include_management_events.unwrap_or_default()) {
        let kind = selector.read_write_type.as_deref().unwrap_or("All");
        read |= kind != "WriteOnly";
        write |= kind != "ReadOnly";
    }
    for selector in &selectors.advanced_event_selectors {
        let value = |name: &str| {
            let field = selector.field_selectors.iter().find(|field| field.field == name);
            field.and_then(|field| field.equals.first()).map(String::as_str)
        };
        if value("eventCategory") == Some("Management") {
            read |= value("readOnly") != Some("false");
            write |= value("readOnly") != Some("true");
        }
    }
    match (read, write) {
        (true, true) => "all",
        (true, false) => "read",
        (false, true) => "write",
        (false, false) => "none",
    }
}

/// The trail that delivers the management events of this one and comes before it: one that reaches farther, or the first
/// by name of equals.
fn first_copy(one: &(Trail, Facts), all: &[(Trail, Facts)]) -> Option<String> {
    let (trail, facts) = one;
    let events = facts.management_events.as_deref().filter(|events| *events != "none")?;
    let delivers = |facts: &Facts| facts.logging == Some(true) && facts.delivery_error.is_none();
    let reach =
        |facts: &Facts| (facts.of_organization, facts.multi_region, facts.management_events.as_deref() == Some("all"));
    let covers = |other: &Facts| {
        let same = matches!(other.management_events.as_deref(), Some(theirs) if theirs == "all" || theirs == events);
        same && (other.multi_region || !facts.multi_region)
    };
    let before = |name: &str, other: &Facts| (reach(facts), name) < (reach(other), trail.name.as_str());
    let mut firsts = all
        .iter()
        .filter(|(other, of)| other.name != trail.name && delivers(of) && covers(of) && before(&other.name, of));
    let first = firsts.next().filter(|_| delivers(facts));
    first.map(|(other, _)| other.name.clone())
}

/// The first copy of management events is free; further copies, data events and insights are billed by the event.
fn needs(trail: &Resource) -> Needs {
    let more = trail.flag("custom_selectors") == Some(true) || trail.flag("insights") == Some(true);
    if more || trail.text("duplicates").is_some() {
        return Needs::unpriced("events beyond the first copy of management events");
    }
    Needs::free()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail(name: &str, multi_region: bool, events: &str, logging: bool) -> (Trail, Facts) {
        let trail = json!({ "Name": name, "TrailARN": "arn", "IsMultiRegionTrail": multi_region });
        let trail: Trail = serde_json::from_value(trail).expect("a trail");
        let status = Status { is_logging: Some(logging), latest_delivery_error: None };
        let facts = facts(&trail, Some(status), None);
        (trail, Facts { management_events: Some(events.to_owned()), ..facts })
    }

    fn duplicates(all: &[(Trail, Facts)]) -> Vec<Option<String>> {
        all.iter().map(|one| first_copy(one, all)).collect()
    }

    #[test]
    fn the_trail_that_reaches_farther_is_the_first_copy() {
        let all = [trail("a", false, "all", true), trail("b", true, "all", true)];
        assert_eq!(duplicates(&all), [Some("b".to_owned()), None]);
        let equals = [trail("b", true, "all", true), trail("a", true, "all", true)];
        assert_eq!(duplicates(&equals), [Some("a".to_owned()), None]);
    }

    #[test]
    fn trails_that_share_no_event_are_no_copies() {
        let halves = [trail("a", true, "read", true), trail("b", true, "write", true), trail("c", true, "none", true)];
        assert_eq!(duplicates(&halves), [None, None, None]);
        let stopped = [trail("a", true, "all", false), trail("b", true, "all", true)];
        assert_eq!(duplicates(&stopped), [None, None]);
    }
}
