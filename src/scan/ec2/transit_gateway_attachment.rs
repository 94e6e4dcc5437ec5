use aws_sdk_ec2::types::{TransitGatewayAttachment, TransitGatewayAttachmentState};
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Owner, Resource, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan, Tested};

/// Attachments of transit gateways that are not deleted: those of the account's own gateways, and its own at gateways of
/// others.
pub struct TransitGatewayAttachments;

/// Facts of an attachment. Source: `ec2:DescribeTransitGatewayAttachments`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `pendingAcceptance`, `modifying`, `failed`, `rejected`, `deleting`, …
    state: String,
    /// What is attached: `vpc`, `vpn`, `direct-connect-gateway`, `connect`, `peering`, `network-function`, …
    resource_type: String,
    /// Its id: `vpc-1`.
    resource_id: Option<String>,
    /// Account of what is attached, which pays for the attachment by the hour.
    resource_owner_id: String,
    /// The transit gateway.
    transit_gateway_id: String,
    /// Account of the transit gateway.
    transit_gateway_owner_id: String,
    /// Whether a route table of the gateway says where its traffic goes.
    associated: bool,
}

impl Scan for TransitGatewayAttachments {
    const KIND: Kind = Kind::new("ec2:transit-gateway-attachment");
    const TITLE: &'static str = "Transit gateway attachments";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeTransitGatewayAttachments"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_transit_gateway_attachments().into_paginator().page_size(500).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeTransitGatewayAttachments"))?;
            let alive = |one: &&TransitGatewayAttachment| one.state() != Some(&TransitGatewayAttachmentState::Deleted);
            for attachment in page.transit_gateway_attachments().iter().filter(alive) {
                found.add(listed(cx, attachment)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, attachment: &TransitGatewayAttachment) -> Listed<Facts> {
    let facts = Facts {
        state: attachment.state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        resource_type: attachment.resource_type().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        resource_id: text(attachment.resource_id()),
        resource_owner_id: attachment.resource_owner_id().unwrap_or_default().to_owned(),
        transit_gateway_id: attachment.transit_gateway_id().unwrap_or_default().to_owned(),
        transit_gateway_owner_id: attachment.transit_gateway_owner_id().unwrap_or_default().to_owned(),
        associated: attachment.association().is_some(),
    };
    let elsewhere = attachment.resource_owner_id().filter(|id| !id.is_empty() && *id != cx.account());
    let owner = elsewhere.map(|id| Owner {
        by: "account".to_owned(),
        id: id.to_owned(),
        evidence: "ResourceOwnerId".to_owned(),
    });
    Listed::new(attachment.transit_gateway_attachment_id().unwrap_or_default(), facts)
        .created(time(attachment.creation_time()))
        .tags(super::tags(attachment.tags()))
        .owner(owner)
        .refers(Role::Inside, attachment.transit_gateway_id())
        .refers(Role::Uses, attachment.resource_id())
}

/// By the hour, paid by the account of what is attached; traffic is billed on top.
fn needs(attachment: &Resource) -> Needs {
    let elsewhere = attachment.text("resource_owner_id").is_some_and(|id| id != attachment.account);
    if elsewhere || !matches!(attachment.text("state"), Some("available" | "modifying")) {
        return Needs::free();
    }
    let key = match attachment.text("resource_type") {
        Some("vpc") => "vpc.tgw.attachment.vpc",
        Some("vpn") => "vpc.tgw.attachment.vpn",
        Some("direct-connect-gateway") => "vpc.tgw.attachment.dx",
        Some("connect") => "vpc.tgw.attachment.connect",
        Some("peering" | "tgw-peering") => "vpc.tgw.attachment.peering",
        other => return Needs::unpriced(format!("attachment of a {}", other.unwrap_or("resource"))),
    };
    Needs::of(vec![Need::hours("attachment", key, 1.0)])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn who_attached_it_pays() {
        let cost = |owner: &str, state: &str| {
            let facts = json!({ "state": state, "resource_type": "vpc", "resource_owner_id": owner });
            needs(&resource("ec2:transit-gateway-attachment", facts)).parts.len()
        };
        let own = resource("ec2:transit-gateway-attachment", json!({})).account;
        assert_eq!([cost(&own, "available"), cost("444455556666", "available"), cost(&own, "rejected")], [1, 0, 0]);
    }
}
