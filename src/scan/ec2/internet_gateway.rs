use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::{foreign, text};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

/// Internet gateways, attached to a VPC or not.
pub struct InternetGateways;

/// Facts of an internet gateway. Source: `ec2:DescribeInternetGateways`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// VPC it is attached to; there is never more than one. Absent when attached to none.
    vpc_id: Option<String>,
}

impl Scan for InternetGateways {
    const KIND: Kind = Kind::new("ec2:internet-gateway");
    const TITLE: &'static str = "Internet gateways";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeInternetGateways"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_internet_gateways().into_paginator().page_size(1_000).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeInternetGateways"))?;
            for gateway in page.internet_gateways() {
                let vpc_id = gateway.attachments().iter().find_map(|attachment| text(attachment.vpc_id()));
                let listed =
                    Listed::new(gateway.internet_gateway_id().unwrap_or_default(), Facts { vpc_id: vpc_id.clone() })
                        .tags(super::tags(gateway.tags()))
                        .owner(foreign(cx, gateway.owner_id()))
                        .refers(Role::Inside, vpc_id);
                found.add(listed).await;
            }
        }
        Ok(())
    }
}
