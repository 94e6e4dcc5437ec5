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

/// CloudTrail trails, each in its home region. A trail an organization keeps in all of its accounts names it as its owner.
/// CloudTrail does not tell when one was made.
pub struct Trails;

/// Facts of a trail. Source: `cloudtrail:DescribeTrails`, `cloudtrail:GetTrailStatus`.
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

impl Scan for Trails {
    const KIND: Kind = Kind::new("cloudtrail:trail");
    const TITLE: &'static str = "CloudTrail trails";
    const ACTIONS: &'static [&'static str] = &["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let asking = Detail::default();
        // Without shadows a region lists the trails whose home it is.
        let mut pages = cx.pages(&LIST, json!({ "includeShadowTrails": false }));
        while let Some(page) = pages.next::<Page>().await? {
            let trails = each(page.trail_list, async |trail: Trail| {
                let status = cx.call::<Status>(&STATUS, json!({ "Name": trail.arn }));
                let status = asking.ask(found, &trail.name, status).await;
                (trail, status)
            });
            for (trail, status) in trails.await {
                found.add(listed(cx, trail, status)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, trail: Trail, status: Option<Status>) -> Listed<Facts> {
    let of_organization = trail.is_organization_trail.unwrap_or_default();
    let is_ours = trail.arn.contains(&format!(":{}:", cx.account()));
    let owner = (of_organization && !is_ours).then(|| ownership::service("the organization", "IsOrganizationTrail"));
    let bucket = trail.s3_bucket_name.unwrap_or_default();
    let facts = Facts {
        multi_region: trail.is_multi_region_trail.unwrap_or_default(),
        of_organization,
        bucket: bucket.clone(),
        custom_selectors: trail.has_custom_event_selectors.unwrap_or_default(),
        insights: trail.has_insight_selectors.unwrap_or_default(),
        logging: status.as_ref().and_then(|status| status.is_logging),
        delivery_error: status.and_then(|status| status.latest_delivery_error).filter(|text| !text.is_empty()),
    };
    Listed::new(trail.name, facts)
        .arn(Some(trail.arn))
        .owner(owner)
        .refers(Role::Uses, Some(bucket))
        .refers(Role::Uses, trail.cloud_watch_logs_log_group_arn)
        .refers(Role::Needs, trail.kms_key_id)
}

/// The first copy of management events is free; further copies, data events and insights are billed by the event.
fn needs(trail: &Resource) -> Needs {
    let more = trail.flag("custom_selectors") == Some(true) || trail.flag("insights") == Some(true);
    if more { Needs::unpriced("events beyond the first copy of management events") } else { Needs::free() }
}
