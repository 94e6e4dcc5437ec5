use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::NETWORK_FIREWALL;
use crate::aws::api::{Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = NETWORK_FIREWALL.rpc("ListFirewalls").paged("NextToken");
const DESCRIBE: Call = NETWORK_FIREWALL.rpc("DescribeFirewall");

/// Firewalls of Network Firewall, in VPCs and behind transit gateways. AWS does not tell when one was made.
pub struct Firewalls;

/// Facts of a firewall. Source: `network-firewall:ListFirewalls`, `network-firewall:DescribeFirewall`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `PROVISIONING`, `DELETING`, `READY`, `FAILED` or `STANDBY`. Absent when the details could not be read.
    status: Option<String>,
    /// VPC it is in. Absent for one behind a transit gateway, and when the details could not be read.
    vpc_id: Option<String>,
    /// Transit gateway it is attached to. Absent for one in a VPC.
    transit_gateway_id: Option<String>,
    /// Zones it has an endpoint in, each billed by the hour: its subnets, or the zones named for a transit gateway.
    /// Absent when the details could not be read.
    zones: Option<f64>,
    /// Its endpoints, by id, which routes lead to. Absent when the details could not be read.
    endpoint_ids: Option<Vec<String>>,
    /// Further endpoints in other VPCs, billed on top. Absent when the details could not be read.
    associations: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    firewalls: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    firewall_name: String,
    firewall_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    firewall: Firewall,
    firewall_status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Firewall {
    firewall_policy_arn: Option<String>,
    vpc_id: Option<String>,
    #[serde(default)]
    subnet_mappings: Vec<Subnet>,
    #[serde(default)]
    availability_zone_mappings: Vec<serde::de::IgnoredAny>,
    delete_protection: Option<bool>,
    subnet_change_protection: Option<bool>,
    firewall_policy_change_protection: Option<bool>,
    transit_gateway_id: Option<String>,
    number_of_associations: Option<f64>,
    encryption_configuration: Option<Encryption>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Subnet {
    subnet_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Encryption {
    /// AWS's own key has no id, and its name stands in the place of one.
    key_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    status: Option<String>,
    #[serde(default)]
    sync_states: BTreeMap<String, SyncState>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SyncState {
    attachment: Option<Attachment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attachment {
    endpoint_id: Option<String>,
}

impl Scan for Firewalls {
    const KIND: Kind = Kind::new("network-firewall:firewall");
    const TITLE: &'static str = "Network firewalls";
    const ACTIONS: &'static [&'static str] = &["network-firewall:DescribeFirewall", "network-firewall:ListFirewalls"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let describing = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let firewalls = each(page.firewalls, async |summary: Summary| {
                let call = cx.call::<Described>(&DESCRIBE, json!({ "FirewallArn": summary.firewall_arn }));
                let described = describing.ask(found, &summary.firewall_name, call).await;
                (summary, described)
            });
            for (summary, described) in firewalls.await {
                found.add(listed(summary, described)).await;
            }
        }
        Ok(())
    }
}

fn listed(summary: Summary, described: Option<Described>) -> Listed<Facts> {
    let (firewall, status) = described.map_or((None, None), |d| (Some(d.firewall), d.firewall_status));
    let endpoints = status.as_ref().map(|status| {
        let attached = status.sync_states.values().filter_map(|state| state.attachment.as_ref());
        attached.filter_map(|attachment| attachment.endpoint_id.clone()).collect()
    });
    let facts = Facts {
        status: status.and_then(|status| status.status),
        vpc_id: firewall.as_ref().and_then(|f| f.vpc_id.clone()).filter(|id| !id.is_empty()),
        transit_gateway_id: firewall.as_ref().and_then(|f| f.transit_gateway_id.clone()),
        zones: firewall.as_ref().map(|f| f.subnet_mappings.len().max(f.availability_zone_mappings.len()) as f64),
        endpoint_ids: endpoints,
        associations: firewall.as_ref().map(|f| f.number_of_associations.unwrap_or_default()),
    };
    let listed = Listed::new(summary.firewall_name, facts).arn(Some(summary.firewall_arn));
    let Some(firewall) = firewall else { return listed };
    let key = firewall.encryption_configuration.and_then(|encryption| encryption.key_id);
    let key = key.filter(|id| id != "AWS_OWNED_KMS_KEY");
    let mut listed = listed
        .tags(firewall.tags.0)
        .locked(firewall.delete_protection == Some(true), "DeleteProtection")
        .locked(firewall.subnet_change_protection == Some(true), "SubnetChangeProtection")
        .locked(firewall.firewall_policy_change_protection == Some(true), "FirewallPolicyChangeProtection")
        .refers(Role::Inside, firewall.vpc_id)
        .refers(Role::Uses, firewall.transit_gateway_id)
        .refers(Role::Needs, firewall.firewall_policy_arn)
        .refers(Role::Needs, key);
    for subnet in firewall.subnet_mappings {
        listed = listed.refers(Role::Inside, Some(subnet.subnet_id));
    }
    listed
}

/// An endpoint in each zone, by the hour; what passes is billed on top, and so are endpoints in other VPCs.
fn needs(firewall: &Resource) -> Needs {
    let Some(zones) = firewall.number("zones") else { return Needs::unpriced("endpoints") };
    let needs = Needs::of(vec![Need::hours("endpoints", "networkfirewall.endpoint", zones)]);
    if firewall.number("associations").is_some_and(|count| count > 0.0) {
        return needs.and_unpriced("endpoints in other VPCs");
    }
    needs
}
