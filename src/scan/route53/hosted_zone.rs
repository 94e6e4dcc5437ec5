use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Tagged;
use crate::aws::api::services::ROUTE53;
use crate::aws::api::{Call, List, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan, Tested, ownership};

/// The listing of zones.
pub(super) const LIST: Call = ROUTE53.get("ListHostedZones", "/2013-04-01/hostedzone").paged_as("marker", "NextMarker");

/// Hosted zones, public and private. Route 53 does not tell when one was made.
pub struct HostedZones;

/// Facts of a hosted zone. Source: `route53:ListHostedZones`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Whether only VPCs see it.
    private: bool,
    /// Records, with the two of type NS and SOA that every zone has. Absent when Route 53 tells none.
    records: Option<f64>,
    /// `STANDARD`, or `ADVANCED` at another price.
    tier: String,
    /// What whoever made it wrote about it. Absent when nothing.
    comment: Option<String>,
    /// The service that made it and looks after it: `servicediscovery.amazonaws.com`. Absent for zones of the account's own.
    linked_service: Option<String>,
}

/// A page of zones.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Page {
    #[serde(default)]
    pub(super) hosted_zones: List<Zone>,
}

/// A zone as it is listed.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Zone {
    id: String,
    name: String,
    config: Option<Config>,
    pub(super) resource_record_set_count: Option<f64>,
    linked_service: Option<Linked>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    comment: Option<String>,
    private_zone: Option<bool>,
    hosted_zone_tier: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Linked {
    service_principal: Option<String>,
}

impl Zone {
    /// The id without the `/hostedzone/` the listing puts before it.
    pub(super) fn bare_id(&self) -> String {
        self.id.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

impl Scan for HostedZones {
    const KIND: Kind = Kind::new("route53:hostedzone");
    const TITLE: &'static str = "Hosted zones";
    const ACTIONS: &'static [&'static str] = &["route53:ListHostedZones", "route53:ListTagsForResource"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "maxitems": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let zones = each(page.hosted_zones.items, async |zone: Zone| {
                let input = json!({ "ResourceType": "hostedzone", "ResourceId": zone.bare_id() });
                let tagged = tagging.ask(found, &zone.name, cx.call::<Tagged>(&super::TAGS, input)).await;
                (zone, tagged.unwrap_or_default())
            });
            for (zone, tagged) in zones.await {
                found.add(listed(cx, zone, &tagged)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, zone: Zone, tagged: &Tagged) -> Listed<Facts> {
    let id = zone.bare_id();
    let service = zone.linked_service.and_then(|linked| linked.service_principal).filter(|name| !name.is_empty());
    let config = zone.config.unwrap_or(Config { comment: None, private_zone: None, hosted_zone_tier: None });
    let owner = service.as_deref().map(|name| ownership::service(name, "LinkedService"));
    let facts = Facts {
        private: config.private_zone.unwrap_or_default(),
        records: zone.resource_record_set_count,
        tier: config.hosted_zone_tier.unwrap_or_else(|| "STANDARD".to_owned()),
        comment: config.comment.filter(|comment| !comment.is_empty()),
        linked_service: service,
    };
    Listed::new(id.clone(), facts)
        .arn(Some(format!("arn:{}:route53:::hostedzone/{id}", cx.partition())))
        .name(Some(zone.name.trim_end_matches('.')))
        .tags(tagged.tags())
        .owner(owner)
}

/// A month at the price of the first 25 zones; those beyond cost less, and nothing tells which ones they are.
fn needs(zone: &Resource) -> Needs {
    if zone.text("tier") == Some("ADVANCED") {
        return Needs::unpriced("advanced hosted zone");
    }
    Needs::of(vec![Need::months("hosted zone", "route53.hosted_zone", 1.0)]).at_most()
}
