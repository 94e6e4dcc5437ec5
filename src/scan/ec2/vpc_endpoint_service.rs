use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::ServiceConfiguration;
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

/// Endpoint services: what this account offers to VPCs, its own and others', through PrivateLink.
pub struct VpcEndpointServices;

/// Facts of an endpoint service. Source: `ec2:DescribeVpcEndpointServiceConfigurations`,
/// `ec2:DescribeVpcEndpointConnections`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `Pending`, `Available`, `Deleting`, `Deleted` or `Failed`.
    state: String,
    /// Its name, under which others find it. Absent when AWS gives none.
    service_name: Option<String>,
    /// Whether each connection has to be accepted. Absent when AWS does not tell.
    acceptance_required: Option<bool>,
    /// Connections that are not over. Absent when they could not be read.
    connections: Option<f64>,
    /// Of them those from other accounts. Absent when they could not be read.
    foreign_connections: Option<f64>,
}

/// Owners of the endpoints at each service.
type Owners = BTreeMap<String, Vec<String>>;

impl Scan for VpcEndpointServices {
    const KIND: Kind = Kind::new("ec2:vpc-endpoint-service");
    const TITLE: &'static str = "VPC endpoint services";
    const ACTIONS: &'static [&'static str] =
        &["ec2:DescribeVpcEndpointConnections", "ec2:DescribeVpcEndpointServiceConfigurations"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        // One request tells the connections of all services, and only where there is a service.
        let mut owners: Option<Option<Owners>> = None;
        let mut pages = client.describe_vpc_endpoint_service_configurations().into_paginator().page_size(1000).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeVpcEndpointServiceConfigurations"))?;
            for service in page.service_configurations() {
                if owners.is_none() {
                    owners = Some(Detail::default().ask(found, "connections", connections(&client)).await);
                }
                found.add(listed(cx, service, owners.as_ref().and_then(Option::as_ref))).await;
            }
        }
        Ok(())
    }
}

async fn connections(client: &Client) -> Result<Owners, Fault> {
    let mut owners = Owners::new();
    let mut pages = client.describe_vpc_endpoint_connections().into_paginator().page_size(1000).send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Fault::sdk("ec2:DescribeVpcEndpointConnections"))?;
        for one in page.vpc_endpoint_connections() {
            let over = one.vpc_endpoint_state().is_some_and(|state| is_over(state.as_str()));
            if let (Some(service), false) = (one.service_id(), over) {
                let owner = one.vpc_endpoint_owner().unwrap_or_default().to_owned();
                owners.entry(service.to_owned()).or_default().push(owner);
            }
        }
    }
    Ok(owners)
}

/// Whether a connection in this state is no more. Upper and lower case are the same: AWS writes states either way.
fn is_over(state: &str) -> bool {
    ["deleted", "rejected", "failed", "expired"].iter().any(|over| over.eq_ignore_ascii_case(state))
}

fn listed(cx: &Cx, service: &ServiceConfiguration, owners: Option<&Owners>) -> Listed<Facts> {
    let id = service.service_id().unwrap_or_default();
    let users = owners.map(|all| all.get(id).map(Vec::as_slice).unwrap_or_default());
    let facts = Facts {
        state: service.service_state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        service_name: text(service.service_name()),
        acceptance_required: service.acceptance_required(),
        connections: users.map(|all| all.len() as f64),
        foreign_connections: users.map(|all| all.iter().filter(|owner| *owner != cx.account()).count() as f64),
    };
    let mut listed = Listed::new(id, facts).tags(super::tags(service.tags()));
    for balancer in service.network_load_balancer_arns().iter().chain(service.gateway_load_balancer_arns()) {
        listed = listed.refers(Role::Uses, Some(balancer));
    }
    listed
}
