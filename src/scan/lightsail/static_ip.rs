use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::LIGHTSAIL;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = LIGHTSAIL.rpc("GetStaticIps").paged_as("pageToken", "nextPageToken");

/// Lightsail static IP addresses. They cost nothing while they are attached. Lightsail keeps no tags of them.
pub struct StaticIps;

/// Facts of a static IP address. Source: `lightsail:GetStaticIps`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// The address. Absent when Lightsail tells none.
    ip: Option<String>,
    /// Whether it is attached to an instance.
    attached: bool,
    /// Instance it is attached to. Absent when there is none.
    instance: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    static_ips: Vec<StaticIp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StaticIp {
    name: String,
    arn: String,
    created_at: Option<At>,
    ip_address: Option<String>,
    is_attached: Option<bool>,
    attached_to: Option<String>,
}

impl Scan for StaticIps {
    const KIND: Kind = Kind::new("lightsail:StaticIp");
    const TITLE: &'static str = "Lightsail static IP addresses";
    const ACTIONS: &'static [&'static str] = &["lightsail:GetStaticIps"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.static_ips {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(ip: StaticIp) -> Listed<Facts> {
    let instance = ip.attached_to.filter(|name| !name.is_empty());
    let facts =
        Facts { ip: ip.ip_address, attached: ip.is_attached.unwrap_or(instance.is_some()), instance: instance.clone() };
    Listed::new(ip.name, facts)
        .arn(Some(ip.arn))
        .created(ip.created_at.map(|at| at.0))
        .refers(Role::AttachedTo, instance)
}

fn needs(ip: &Resource) -> Needs {
    if ip.flag("attached") == Some(false) { Needs::unpriced("unattached address") } else { Needs::free() }
}
