use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

/// IP Address Managers (IPAM) that live in the region.
pub struct Ipams;

/// Facts of an IPAM. Source: `ec2:DescribeIpams`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `create-complete`, `modify-complete`, `delete-in-progress`, …
    state: String,
    /// `free`, or `advanced`, where each address it looks after is billed. Absent when AWS gives none.
    tier: Option<String>,
    /// Regions it looks after.
    regions: Vec<String>,
}

impl Scan for Ipams {
    const KIND: Kind = Kind::new("ec2:ipam");
    const TITLE: &'static str = "IP address managers";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeIpams"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.ec2().describe_ipams().into_paginator().page_size(1000).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeIpams"))?;
            for one in page.ipams() {
                let regions = one.operating_regions().iter().filter_map(|region| text(region.region_name()));
                let facts = Facts {
                    state: one.state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
                    tier: one.tier().map(|tier| tier.as_str().to_owned()),
                    regions: regions.collect(),
                };
                let listed = Listed::new(one.ipam_id().unwrap_or_default(), facts).arn(one.ipam_arn());
                found.add(listed.tags(super::tags(one.tags()))).await;
            }
        }
        Ok(())
    }
}

/// By the addresses it looks after, in the advanced tier; the listing does not tell how many.
fn needs(ipam: &Resource) -> Needs {
    if ipam.text("tier") == Some("free") { Needs::free() } else { Needs::unpriced("addresses looked after") }
}
