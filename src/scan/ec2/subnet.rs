use aws_sdk_ec2::types::SubnetState;
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::{foreign, text};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

/// Subnets, the account's own and those another account shares with it.
pub struct Subnets;

/// Facts of a subnet. Source: `ec2:DescribeSubnets`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// VPC it is in.
    vpc_id: String,
    /// IPv4 block, `10.0.1.0/24`. Absent when it has IPv6 only.
    cidr: Option<String>,
    /// Availability Zone. Absent when AWS gives none.
    zone: Option<String>,
    /// IPv4 addresses not taken; stopped instances keep theirs. Absent when AWS gives none.
    available_ip_count: Option<i64>,
    /// Whether it is the default VPC's subnet of its zone, which AWS made and can make again.
    default_for_az: bool,
    /// Whether instances launched in it get a public IPv4 address, which is billed by the hour.
    public_ip_on_launch: bool,
    /// `pending`, `available`, `unavailable`, or `failed` with its variants.
    state: String,
}

impl Scan for Subnets {
    const KIND: Kind = Kind::new("ec2:subnet");
    const TITLE: &'static str = "Subnets";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeSubnets"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_subnets().into_paginator().page_size(1_000).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeSubnets"))?;
            for subnet in page.subnets() {
                let facts = Facts {
                    vpc_id: subnet.vpc_id().unwrap_or_default().to_owned(),
                    cidr: text(subnet.cidr_block()),
                    zone: text(subnet.availability_zone()),
                    available_ip_count: subnet.available_ip_address_count().map(i64::from),
                    default_for_az: subnet.default_for_az().unwrap_or_default(),
                    public_ip_on_launch: subnet.map_public_ip_on_launch().unwrap_or_default(),
                    state: subnet.state().map_or("", SubnetState::as_str).to_owned(),
                };
                let listed = Listed::new(subnet.subnet_id().unwrap_or_default(), facts)
                    .arn(subnet.subnet_arn())
                    .tags(super::tags(subnet.tags()))
                    .owner(foreign(cx, subnet.owner_id()))
                    .refers(Role::Inside, subnet.vpc_id());
                found.add(listed).await;
            }
        }
        Ok(())
    }
}
