use aws_sdk_ec2::types::{AssociationStatusCode, ClientVpnEndpoint, ClientVpnEndpointStatusCode, TargetNetwork};
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::api::{At, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

/// Client VPN endpoints that are not deleted.
pub struct ClientVpnEndpoints;

/// Facts of a Client VPN endpoint. Source: `ec2:DescribeClientVpnEndpoints`, `ec2:DescribeClientVpnTargetNetworks`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `pending-associate` (leads nowhere yet), `pending`, `available` or `deleting`.
    state: String,
    /// Subnets it is associated with, each billed by the hour. Absent when they could not be read.
    associations: Option<f64>,
    /// VPC it leads to. Absent while it leads nowhere.
    vpc_id: Option<String>,
    /// Transit gateway it leads to. Absent for one that leads to a VPC.
    transit_gateway_id: Option<String>,
    /// What whoever made it wrote about it. Absent when nothing.
    description: Option<String>,
}

impl Scan for ClientVpnEndpoints {
    const KIND: Kind = Kind::new("ec2:client-vpn-endpoint");
    const TITLE: &'static str = "Client VPN endpoints";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeClientVpnEndpoints", "ec2:DescribeClientVpnTargetNetworks"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let reading = Detail::default();
        let mut pages = client.describe_client_vpn_endpoints().into_paginator().page_size(100).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeClientVpnEndpoints"))?;
            let alive =
                page.client_vpn_endpoints.unwrap_or_default().into_iter().filter(|endpoint| !is_deleted(endpoint));
            let endpoints = each(alive, async |endpoint: ClientVpnEndpoint| {
                let id = endpoint.client_vpn_endpoint_id().unwrap_or_default();
                let networks = reading.ask(found, id, networks(&client, id)).await;
                (endpoint, networks)
            });
            for (endpoint, networks) in endpoints.await {
                found.add(listed(&endpoint, networks)).await;
            }
        }
        Ok(())
    }
}

fn is_deleted(endpoint: &ClientVpnEndpoint) -> bool {
    endpoint.status().and_then(|status| status.code()) == Some(&ClientVpnEndpointStatusCode::Deleted)
}

/// The subnets an endpoint is, or is about to be, associated with.
async fn networks(client: &aws_sdk_ec2::Client, id: &str) -> Result<Vec<TargetNetwork>, Fault> {
    let mut networks = Vec::new();
    let request = client.describe_client_vpn_target_networks().client_vpn_endpoint_id(id);
    let mut pages = request.into_paginator().page_size(100).send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Fault::sdk("ec2:DescribeClientVpnTargetNetworks"))?;
        networks.extend(page.client_vpn_target_networks.unwrap_or_default());
    }
    let code = |network: &TargetNetwork| network.status().and_then(|status| status.code()).cloned();
    networks.retain(|network| {
        matches!(code(network), Some(AssociationStatusCode::Associating | AssociationStatusCode::Associated))
    });
    Ok(networks)
}

fn listed(endpoint: &ClientVpnEndpoint, networks: Option<Vec<TargetNetwork>>) -> Listed<Facts> {
    let transit = endpoint.transit_gateway_configuration().and_then(|configuration| configuration.transit_gateway_id());
    let state = endpoint.status().and_then(|status| status.code());
    let facts = Facts {
        state: state.map(|code| code.as_str().to_owned()).unwrap_or_default(),
        associations: networks.as_ref().map(|networks| networks.len() as f64),
        vpc_id: text(endpoint.vpc_id()),
        transit_gateway_id: text(transit),
        description: text(endpoint.description()),
    };
    // The SDK hands this time over as a text.
    let created = endpoint.creation_time().and_then(|text| serde_json::from_value::<At>(text.into()).ok());
    let mut listed = Listed::new(endpoint.client_vpn_endpoint_id().unwrap_or_default(), facts)
        .created(created.map(|at| at.0))
        .tags(super::tags(endpoint.tags()))
        .refers(Role::Needs, endpoint.server_certificate_arn())
        .refers(Role::Uses, endpoint.vpc_id())
        .refers(Role::Uses, transit);
    for group in endpoint.security_group_ids() {
        listed = listed.refers(Role::Uses, Some(group));
    }
    for network in networks.unwrap_or_default() {
        listed = listed.refers(Role::Uses, network.target_network_id());
    }
    listed
}

/// Each association by the hour, whether anybody connects or not; connections are billed on top.
fn needs(endpoint: &Resource) -> Needs {
    if endpoint.text("transit_gateway_id").is_some() {
        return Needs::unpriced("associations with a transit gateway");
    }
    match endpoint.number("associations") {
        Some(count) if count > 0.0 => Needs::of(vec![Need::hours("associations", "vpc.clientvpn.association", count)]),
        Some(_) => Needs::free(),
        None => Needs::unpriced("associations"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn an_endpoint_that_leads_nowhere_is_free() {
        let cost = |facts| needs(&resource("ec2:client-vpn-endpoint", facts));
        assert_eq!(cost(json!({ "associations": 0.0 })), Needs::free());
        assert_eq!(cost(json!({ "associations": 2.0 })).parts.len(), 1);
        assert_eq!(cost(json!({})).unpriced, ["associations"]);
    }
}
