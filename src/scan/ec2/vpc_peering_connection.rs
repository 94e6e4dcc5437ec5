use aws_sdk_ec2::types::{VpcPeeringConnection, VpcPeeringConnectionVpcInfo};
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

/// Peerings of VPCs, those of a moment ago that are deleted or refused left out.
pub struct VpcPeeringConnections;

/// Facts of a peering. Source: `ec2:DescribeVpcPeeringConnections`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `pending-acceptance`, `initiating-request`, `provisioning`, `failed`, `expired`, `deleting`.
    status: String,
    /// Side of this account: `requester`, `accepter`, or `both` where it peers with itself.
    side: String,
    /// Account of the other side, which is this one where it peers with itself. Absent when AWS gives none.
    peer_account: Option<String>,
    /// Whether the other side is another account.
    foreign: bool,
    /// VPC of the other side. Absent when AWS gives none.
    peer_vpc_id: Option<String>,
    /// Region of the other side. Absent when AWS gives none.
    peer_region: Option<String>,
}

impl Scan for VpcPeeringConnections {
    const KIND: Kind = Kind::new("ec2:vpc-peering-connection");
    const TITLE: &'static str = "VPC peerings";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeVpcPeeringConnections"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.ec2().describe_vpc_peering_connections().into_paginator().page_size(1000).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeVpcPeeringConnections"))?;
            let alive = |one: &&VpcPeeringConnection| !matches!(status(one), "deleted" | "rejected");
            for one in page.vpc_peering_connections().iter().filter(alive) {
                found.add(listed(cx, one)).await;
            }
        }
        Ok(())
    }
}

fn status(one: &VpcPeeringConnection) -> &str {
    one.status().and_then(|status| status.code()).map(|code| code.as_str()).unwrap_or_default()
}

fn listed(cx: &Cx, one: &VpcPeeringConnection) -> Listed<Facts> {
    let (asks, answers) = (one.requester_vpc_info(), one.accepter_vpc_info());
    let own = |side: Option<&VpcPeeringConnectionVpcInfo>| {
        side.and_then(VpcPeeringConnectionVpcInfo::owner_id) == Some(cx.account())
    };
    let (side, here, there) = match (own(asks), own(answers)) {
        (true, true) => ("both", asks, answers),
        (false, true) => ("accepter", answers, asks),
        _ => ("requester", asks, answers),
    };
    let peer_account = there.and_then(|side| text(side.owner_id()));
    let facts = Facts {
        status: status(one).to_owned(),
        side: side.to_owned(),
        foreign: peer_account.as_deref().is_some_and(|id| id != cx.account()),
        peer_account,
        peer_vpc_id: there.and_then(|side| text(side.vpc_id())),
        peer_region: there.and_then(|side| text(side.region())),
    };
    Listed::new(one.vpc_peering_connection_id().unwrap_or_default(), facts)
        .tags(super::tags(one.tags()))
        .refers(Role::Uses, here.and_then(VpcPeeringConnectionVpcInfo::vpc_id))
}
