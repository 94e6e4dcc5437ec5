use aws_sdk_ec2::types::{State, VpcEndpoint, VpcEndpointType};
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::{foreign, text};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::ownership;
use crate::scan::{Billing, Scan, Tested};

/// VPC endpoints of every type that are not deleted.
pub struct VpcEndpoints;

/// Facts of a VPC endpoint. Source: `ec2:DescribeVpcEndpoints`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `Interface`, `Gateway` (free), `GatewayLoadBalancer`, `Resource`, `ServiceNetwork` or `Tunnel`.
    endpoint_type: String,
    /// What it leads to: `com.amazonaws.us-east-1.s3`, or an endpoint service's name. Absent for resource
    /// and service network endpoints.
    service_name: Option<String>,
    /// Region of the service. Absent when AWS does not say, which means the endpoint's own.
    service_region: Option<String>,
    /// `available`, `pending`, `pendingacceptance`, `rejected`, `failed`, …, always in lower case: AWS
    /// answers in lower case and documents capitals.
    state: String,
    /// VPC it is in.
    vpc_id: String,
    /// Subnets it has an interface in. Empty for gateway endpoints.
    subnet_ids: Vec<String>,
    /// Availability Zones it has an interface in, each billed by the hour: the number of its subnets, since
    /// it takes one in a zone.
    zones: f64,
    /// Network interfaces AWS made for it.
    network_interface_ids: Vec<String>,
    /// Security groups on those.
    security_group_ids: Vec<String>,
    /// Route tables a gateway endpoint has put its route into.
    route_table_ids: Vec<String>,
    /// Whether the service's usual name leads to it inside the VPC.
    private_dns: bool,
    /// Whether a service made it and looks after it.
    requester_managed: bool,
}

impl Scan for VpcEndpoints {
    const KIND: Kind = Kind::new("ec2:vpc-endpoint");
    const TITLE: &'static str = "VPC endpoints";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeVpcEndpoints"];
    const BILLING: Billing = Billing::By(super::billing::vpc::endpoint);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_vpc_endpoints().into_paginator().page_size(500).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeVpcEndpoints"))?;
            for endpoint in page.vpc_endpoints().iter().filter(|endpoint| state(endpoint) != "deleted") {
                found.add(listed(cx, endpoint)).await;
            }
        }
        Ok(())
    }
}

fn state(endpoint: &VpcEndpoint) -> String {
    endpoint.state().map(State::as_str).unwrap_or_default().to_lowercase()
}

fn listed(cx: &Cx, endpoint: &VpcEndpoint) -> Listed<Facts> {
    let facts = facts(endpoint);
    let service = facts.requester_managed.then(|| ownership::service("AWS service", "RequesterManaged"));
    let mut listed = Listed::new(endpoint.vpc_endpoint_id().unwrap_or_default(), facts)
        .created(time(endpoint.creation_timestamp()))
        .tags(super::tags(endpoint.tags()))
        .owner(service.or_else(|| foreign(cx, endpoint.owner_id())))
        .refers(Role::Inside, endpoint.vpc_id());
    for subnet in endpoint.subnet_ids() {
        listed = listed.refers(Role::Inside, Some(subnet));
    }
    for group in endpoint.groups() {
        listed = listed.refers(Role::Uses, group.group_id());
    }
    for table in endpoint.route_table_ids() {
        listed = listed.refers(Role::Uses, Some(table));
    }
    for card in endpoint.network_interface_ids() {
        listed = listed.refers(Role::Needs, Some(card));
    }
    listed
}

fn facts(endpoint: &VpcEndpoint) -> Facts {
    Facts {
        // What was made before there were types is a gateway.
        endpoint_type: endpoint.vpc_endpoint_type().map_or("Gateway", VpcEndpointType::as_str).to_owned(),
        service_name: text(endpoint.service_name()),
        service_region: text(endpoint.service_region()),
        state: state(endpoint),
        vpc_id: endpoint.vpc_id().unwrap_or_default().to_owned(),
        subnet_ids: endpoint.subnet_ids().to_vec(),
        zones: endpoint.subnet_ids().len() as f64,
        network_interface_ids: endpoint.network_interface_ids().to_vec(),
        security_group_ids: endpoint.groups().iter().filter_map(|group| text(group.group_id())).collect(),
        route_table_ids: endpoint.route_table_ids().to_vec(),
        private_dns: endpoint.private_dns_enabled().unwrap_or_default(),
        requester_managed: endpoint.requester_managed().unwrap_or_default(),
    }
}
