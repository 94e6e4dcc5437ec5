use aws_sdk_ec2::types::VpcState;
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{Kind, Owner};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

/// VPCs, the account's own and those another account shares with it.
pub struct Vpcs;

/// Facts of a VPC. Source: `ec2:DescribeVpcs`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Primary IPv4 block, `10.0.0.0/16`. Absent when AWS gives none.
    cidr: Option<String>,
    /// Whether it is the region's default VPC, which AWS made and can make again.
    is_default: bool,
    /// `pending` or `available`.
    state: String,
}

impl Scan for Vpcs {
    const KIND: Kind = Kind::new("ec2:vpc");
    const TITLE: &'static str = "VPCs";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeVpcs"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_vpcs().into_paginator().page_size(1_000).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeVpcs"))?;
            for vpc in page.vpcs() {
                let facts = Facts {
                    cidr: text(vpc.cidr_block()),
                    is_default: vpc.is_default().unwrap_or_default(),
                    state: vpc.state().map_or("", VpcState::as_str).to_owned(),
                };
                let listed = Listed::new(vpc.vpc_id().unwrap_or_default(), facts)
                    .tags(super::tags(vpc.tags()))
                    .owner(foreign(cx, vpc.owner_id()));
                found.add(listed).await;
            }
        }
        Ok(())
    }
}

/// The other account a part of a network belongs to. `None` when it is the account's own.
///
/// A shared VPC is seen by its participants too; what the other side made is the other side's to delete.
pub(super) fn foreign(cx: &Cx, owner_id: Option<&str>) -> Option<Owner> {
    let id = owner_id.filter(|id| !id.is_empty() && *id != cx.account())?;
    Some(Owner { by: "account".to_owned(), id: id.to_owned(), evidence: "OwnerId".to_owned() })
}

/// A text that says something.
pub(super) fn text(value: Option<&str>) -> Option<String> {
    value.filter(|value| !value.is_empty()).map(str::to_owned)
}
