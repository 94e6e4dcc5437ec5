use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

/// Pools of public addresses somebody brought to AWS.
pub struct Ipv4Pools;

/// Facts of a pool. Source: `ec2:DescribePublicIpv4Pools`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Addresses in it. Absent when AWS gives no number.
    addresses: Option<f64>,
    /// Of them those nothing uses. Absent when AWS gives no number.
    available: Option<f64>,
    /// Description. Absent when empty.
    description: Option<String>,
}

impl Scan for Ipv4Pools {
    const KIND: Kind = Kind::new("ec2:ipv4pool-ec2");
    const TITLE: &'static str = "Pools of own addresses";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribePublicIpv4Pools"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        // AWS takes no larger page.
        let mut pages = cx.ec2().describe_public_ipv4_pools().into_paginator().page_size(10).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribePublicIpv4Pools"))?;
            for one in page.public_ipv4_pools() {
                let facts = Facts {
                    addresses: one.total_address_count().map(f64::from),
                    available: one.total_available_address_count().map(f64::from),
                    description: text(one.description()),
                };
                let listed = Listed::new(one.pool_id().unwrap_or_default(), facts);
                found.add(listed.tags(super::tags(one.tags()))).await;
            }
        }
        Ok(())
    }
}
