use aws_sdk_ec2::types::{TransitGateway, TransitGatewayState};
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::{foreign, text};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan, Tested};

/// Transit gateways that are not deleted, those other accounts share with this one too. They are free; their
/// attachments are not.
pub struct TransitGateways;

/// Facts of a transit gateway. Source: `ec2:DescribeTransitGateways`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `pending`, `available`, `modifying` or `deleting`.
    state: String,
    /// Account it belongs to.
    owner_id: String,
    /// What whoever made it wrote about it. Absent when nothing.
    description: Option<String>,
}

impl Scan for TransitGateways {
    const KIND: Kind = Kind::new("ec2:transit-gateway");
    const TITLE: &'static str = "Transit gateways";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeTransitGateways"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_transit_gateways().into_paginator().page_size(500).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeTransitGateways"))?;
            let alive = |gateway: &&TransitGateway| gateway.state() != Some(&TransitGatewayState::Deleted);
            for gateway in page.transit_gateways().iter().filter(alive) {
                found.add(listed(cx, gateway)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, gateway: &TransitGateway) -> Listed<Facts> {
    let facts = Facts {
        state: gateway.state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        owner_id: gateway.owner_id().unwrap_or_default().to_owned(),
        description: text(gateway.description()),
    };
    Listed::new(gateway.transit_gateway_id().unwrap_or_default(), facts)
        .arn(gateway.transit_gateway_arn())
        .created(time(gateway.creation_time()))
        .tags(super::tags(gateway.tags()))
        .owner(foreign(cx, gateway.owner_id()))
}
