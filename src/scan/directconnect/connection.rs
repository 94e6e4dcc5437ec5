use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::foreign;
use crate::aws::api::services::DIRECTCONNECT;
use crate::aws::api::{Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = DIRECTCONNECT.rpc("DescribeConnections").paged("nextToken");

/// Direct Connect connections, dedicated and hosted, that are not deleted or rejected. Direct Connect does not tell when
/// one was made.
pub struct Connections;

/// Facts of a connection. Source: `directconnect:DescribeConnections`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ordering` (a hosted one waits to be accepted), `requested`, `pending`, `available`, `down`, `deleting` or
    /// `unknown`.
    state: String,
    /// `1Gbps`, `500Mbps`, …
    bandwidth: String,
    /// Where its port is: `EqDC2`.
    location: String,
    /// Whether a partner gave it out of a line of its own; it has one VLAN then.
    hosted: bool,
    /// Partner it comes through. Absent when AWS names none.
    partner: Option<String>,
    /// Group of connections it is part of. Absent when it stands alone.
    lag_id: Option<String>,
    /// `PayAsYouGo`, or a flat rate. Absent when AWS tells none.
    billing_mode: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    connections: Vec<Connection>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    owner_account: Option<String>,
    connection_id: String,
    connection_name: Option<String>,
    connection_state: Option<String>,
    location: Option<String>,
    bandwidth: Option<String>,
    vlan: Option<f64>,
    partner_name: Option<String>,
    lag_id: Option<String>,
    billing_mode: Option<String>,
    #[serde(default)]
    tags: Tags,
}

impl Scan for Connections {
    const KIND: Kind = Kind::new("directconnect:dxcon");
    const TITLE: &'static str = "Direct Connect connections";
    const ACTIONS: &'static [&'static str] = &["directconnect:DescribeConnections"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for connection in page.connections {
                if !matches!(connection.connection_state.as_deref(), Some("deleted" | "rejected")) {
                    found.add(listed(cx, connection)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, connection: Connection) -> Listed<Facts> {
    let facts = Facts {
        state: connection.connection_state.unwrap_or_default(),
        bandwidth: connection.bandwidth.unwrap_or_default(),
        location: connection.location.unwrap_or_default(),
        hosted: connection.vlan.is_some_and(|vlan| vlan > 0.0),
        partner: connection.partner_name.filter(|name| !name.is_empty()),
        lag_id: connection.lag_id.clone().filter(|id| !id.is_empty()),
        billing_mode: connection.billing_mode,
    };
    Listed::new(connection.connection_id, facts)
        .name(connection.connection_name)
        .tags(connection.tags.0)
        .owner(foreign(cx, connection.owner_account))
        .refers(Role::Inside, connection.lag_id)
}

/// The port by the hour, up or down, once it has been handed over; before that AWS waits for the customer's side.
fn needs(connection: &Resource) -> Needs {
    if matches!(connection.text("state"), Some("ordering" | "requested" | "pending")) {
        return Needs::free();
    }
    let bandwidth = connection.text("bandwidth").unwrap_or_default();
    let flat = connection.text("billing_mode").is_some_and(|mode| mode != "PayAsYouGo");
    if bandwidth == "1Gbps" && !flat && connection.flag("hosted") == Some(false) {
        return Needs::of(vec![Need::hours("1 Gbps port", "dx.connection.1g", 1.0)]);
    }
    Needs::unpriced(format!("{bandwidth} port"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn a_port_that_is_down_is_billed_and_a_hosted_one_has_no_price_here() {
        let cost = |state: &str, hosted: bool| {
            let facts = json!({ "state": state, "bandwidth": "1Gbps", "hosted": hosted });
            needs(&resource("directconnect:dxcon", facts))
        };
        assert_eq!(cost("down", false).parts.len(), 1);
        assert_eq!(cost("down", true).unpriced, ["1Gbps port"]);
        assert_eq!(cost("requested", false), Needs::free());
    }
}
