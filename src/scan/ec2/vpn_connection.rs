use aws_sdk_ec2::types::{TelemetryStatus, VpnConnection, VpnState, VpnTunnelBandwidth};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan};

/// Site-to-Site VPN connections that are not deleted. EC2 does not tell when one was made.
pub struct VpnConnections;

/// Facts of a VPN connection. Source: `ec2:DescribeVpnConnections`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `pending`, `available` or `deleting`.
    state: String,
    /// Tunnels it has: two.
    tunnels: i64,
    /// Tunnels that are up now.
    tunnels_up: i64,
    /// When the last of its tunnels changed between up and down. Absent when EC2 tells none.
    tunnels_changed_at: Option<Timestamp>,
    /// Whether its routes are written down, and not learned over BGP. BGP keeps every tunnel busy a little.
    static_routes: bool,
    /// Whether it goes through Global Accelerator, billed on top.
    accelerated: bool,
    /// `standard`, or `large` at another price. Absent when EC2 tells none.
    bandwidth: Option<String>,
    /// The customer's side.
    customer_gateway_id: String,
    /// Virtual private gateway on the side of AWS. Absent for other sorts.
    vpn_gateway_id: Option<String>,
    /// Transit gateway on the side of AWS. Absent for other sorts.
    transit_gateway_id: Option<String>,
    /// Concentrator it comes in through with many others. Absent for most.
    concentrator_id: Option<String>,
}

impl Scan for VpnConnections {
    const KIND: Kind = Kind::new("ec2:vpn-connection");
    const TITLE: &'static str = "Site-to-Site VPN connections";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeVpnConnections"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let answer = cx.ec2().describe_vpn_connections().send().await;
        let answer = answer.map_err(Fault::sdk("ec2:DescribeVpnConnections"))?;
        let alive = |connection: &&VpnConnection| connection.state() != Some(&VpnState::Deleted);
        for connection in answer.vpn_connections().iter().filter(alive) {
            let listed = Listed::new(connection.vpn_connection_id().unwrap_or_default(), facts(connection))
                .tags(super::tags(connection.tags()))
                .refers(Role::Needs, connection.customer_gateway_id())
                .refers(Role::Uses, connection.vpn_gateway_id())
                .refers(Role::Uses, connection.transit_gateway_id());
            found.add(listed).await;
        }
        Ok(())
    }
}

fn facts(connection: &VpnConnection) -> Facts {
    let telemetry = connection.vgw_telemetry();
    let options = connection.options();
    let up = telemetry.iter().filter(|tunnel| tunnel.status() == Some(&TelemetryStatus::Up)).count();
    Facts {
        state: connection.state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        tunnels: telemetry.len() as i64,
        tunnels_up: up as i64,
        tunnels_changed_at: telemetry.iter().filter_map(|tunnel| time(tunnel.last_status_change())).max(),
        static_routes: options.and_then(|options| options.static_routes_only()).unwrap_or_default(),
        accelerated: options.and_then(|options| options.enable_acceleration()).unwrap_or_default(),
        bandwidth: options.and_then(|options| options.tunnel_bandwidth()).map(|width| width.as_str().to_owned()),
        customer_gateway_id: connection.customer_gateway_id().unwrap_or_default().to_owned(),
        vpn_gateway_id: text(connection.vpn_gateway_id()),
        transit_gateway_id: text(connection.transit_gateway_id()),
        concentrator_id: text(connection.vpn_concentrator_id()),
    }
}

/// By the hour, whether its tunnels are up or not, from when it is there.
fn needs(connection: &Resource) -> Needs {
    if connection.text("state") != Some("available") {
        return Needs::free();
    }
    if connection.text("concentrator_id").is_some() {
        return Needs::unpriced("VPN connection through a concentrator");
    }
    if connection.text("bandwidth") == Some(VpnTunnelBandwidth::Large.as_str()) {
        return Needs::unpriced("VPN connection of large bandwidth");
    }
    let needs = Needs::of(vec![Need::hours("VPN connection", "vpc.vpn.connection", 1.0)]);
    if connection.flag("accelerated") == Some(true) { needs.and_unpriced("acceleration") } else { needs }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn a_connection_is_billed_while_it_is_there() {
        let cost = |facts| needs(&resource("ec2:vpn-connection", facts));
        assert_eq!(cost(json!({ "state": "available" })).parts.len(), 1);
        assert_eq!(cost(json!({ "state": "deleting" })), Needs::free());
        assert_eq!(cost(json!({ "state": "available", "accelerated": true })).unpriced, ["acceleration"]);
    }
}
