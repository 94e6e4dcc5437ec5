use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::foreign;
use crate::aws::api::services::DIRECTCONNECT;
use crate::aws::api::{Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = DIRECTCONNECT.rpc("DescribeVirtualInterfaces").paged("nextToken");

/// Virtual interfaces of Direct Connect that are not deleted or rejected.
pub struct VirtualInterfaces;

/// Facts of a virtual interface. Source: `directconnect:DescribeVirtualInterfaces`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `confirming` (waits to be accepted), `verifying`, `pending`, `available`, `down`, `testing`, `deleting` or
    /// `unknown`.
    state: String,
    /// `private`, `public` or `transit`.
    interface_type: String,
    /// Connection or group of connections it runs over.
    connection_id: String,
    /// BGP sessions.
    bgp_peers: f64,
    /// BGP sessions that are up.
    bgp_peers_up: f64,
    /// Whether it carries traffic between locations over AWS's network, which is billed by the hour.
    site_link: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    virtual_interfaces: Vec<Interface>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Interface {
    owner_account: Option<String>,
    virtual_interface_id: String,
    connection_id: Option<String>,
    virtual_interface_type: Option<String>,
    virtual_interface_name: Option<String>,
    virtual_interface_state: Option<String>,
    virtual_gateway_id: Option<String>,
    direct_connect_gateway_id: Option<String>,
    #[serde(default)]
    bgp_peers: Vec<Peer>,
    site_link_enabled: Option<bool>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Peer {
    bgp_status: Option<String>,
}

impl Scan for VirtualInterfaces {
    const KIND: Kind = Kind::new("directconnect:dxvif");
    const TITLE: &'static str = "Direct Connect virtual interfaces";
    const ACTIONS: &'static [&'static str] = &["directconnect:DescribeVirtualInterfaces"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for interface in page.virtual_interfaces {
                if !matches!(interface.virtual_interface_state.as_deref(), Some("deleted" | "rejected")) {
                    found.add(listed(cx, interface)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, interface: Interface) -> Listed<Facts> {
    let up = interface.bgp_peers.iter().filter(|peer| peer.bgp_status.as_deref() == Some("up")).count();
    let facts = Facts {
        state: interface.virtual_interface_state.unwrap_or_default(),
        interface_type: interface.virtual_interface_type.unwrap_or_default(),
        connection_id: interface.connection_id.clone().unwrap_or_default(),
        bgp_peers: interface.bgp_peers.len() as f64,
        bgp_peers_up: up as f64,
        site_link: interface.site_link_enabled.unwrap_or_default(),
    };
    Listed::new(interface.virtual_interface_id, facts)
        .name(interface.virtual_interface_name)
        .tags(interface.tags.0)
        .owner(foreign(cx, interface.owner_account))
        .refers(Role::Inside, interface.connection_id)
        .refers(Role::Uses, interface.virtual_gateway_id)
        .refers(Role::Uses, interface.direct_connect_gateway_id)
}

/// Free but for what it carries, and for SiteLink.
fn needs(interface: &Resource) -> Needs {
    if interface.flag("site_link") == Some(true) { Needs::unpriced("SiteLink") } else { Needs::free() }
}
