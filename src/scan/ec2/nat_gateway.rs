use std::collections::BTreeSet;

use aws_sdk_ec2::types::{AvailabilityMode, ConnectivityType, NatGateway, NatGatewayState};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan, Tested};

/// NAT gateways that are not deleted. AWS lists deleted ones for about an hour more; they bill nothing.
pub struct NatGateways;

/// Facts of a NAT gateway. Source: `ec2:DescribeNatGateways`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `pending`, `available`, `failed` (never worked, goes by itself) or `deleting`.
    state: String,
    /// `public`, or `private` between networks; both cost the same.
    connectivity_type: String,
    /// `zonal`, or `regional` for one that spans Availability Zones.
    availability_mode: String,
    /// Availability Zones it works in, each billed by the hour: 1 when zonal; when regional the zones its
    /// addresses are in, 0 where AWS names none.
    zones: f64,
    /// VPC it is in.
    vpc_id: String,
    /// Subnet it is in. Absent when regional.
    subnet_id: Option<String>,
    /// Elastic IP addresses it holds, by allocation. Empty when private.
    allocation_ids: Vec<String>,
    /// Network interfaces AWS made for it.
    network_interface_ids: Vec<String>,
    /// Proxy appliances attached to it: traffic reaches it through those without any route.
    appliance_count: i64,
    /// Error code of one that failed. Absent otherwise.
    failure_code: Option<String>,
    /// When it was made. Absent when AWS gives none.
    created_at: Option<Timestamp>,
}

impl Scan for NatGateways {
    const KIND: Kind = Kind::new("ec2:natgateway");
    const TITLE: &'static str = "NAT gateways";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeNatGateways"];
    const BILLING: Billing = Billing::By(super::billing::vpc::nat_gateway);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_nat_gateways().into_paginator().page_size(500).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeNatGateways"))?;
            let alive = |gateway: &&NatGateway| gateway.state() != Some(&NatGatewayState::Deleted);
            for gateway in page.nat_gateways().iter().filter(alive) {
                found.add(listed(gateway)).await;
            }
        }
        Ok(())
    }
}

fn listed(gateway: &NatGateway) -> Listed<Facts> {
    let facts = facts(gateway);
    let (addresses, cards) = (facts.allocation_ids.clone(), facts.network_interface_ids.clone());
    let mut listed = Listed::new(gateway.nat_gateway_id().unwrap_or_default(), facts)
        .created(time(gateway.create_time()))
        .tags(super::tags(gateway.tags()))
        .refers(Role::Inside, gateway.vpc_id())
        .refers(Role::Inside, gateway.subnet_id());
    for held in addresses.into_iter().chain(cards) {
        listed = listed.refers(Role::Needs, Some(held));
    }
    listed
}

fn facts(gateway: &NatGateway) -> Facts {
    let addresses = gateway.nat_gateway_addresses();
    let mode = gateway.availability_mode().map_or("zonal", AvailabilityMode::as_str);
    let zones: BTreeSet<&str> = addresses.iter().filter_map(|address| address.availability_zone()).collect();
    Facts {
        state: gateway.state().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        connectivity_type: gateway.connectivity_type().map_or("public", ConnectivityType::as_str).to_owned(),
        availability_mode: mode.to_owned(),
        zones: if mode == "regional" { zones.len() as f64 } else { 1.0 },
        vpc_id: gateway.vpc_id().unwrap_or_default().to_owned(),
        subnet_id: text(gateway.subnet_id()),
        allocation_ids: addresses.iter().filter_map(|address| text(address.allocation_id())).collect(),
        network_interface_ids: addresses.iter().filter_map(|address| text(address.network_interface_id())).collect(),
        appliance_count: gateway.attached_appliances().len() as i64,
        failure_code: text(gateway.failure_code()),
        created_at: time(gateway.create_time()),
    }
}
