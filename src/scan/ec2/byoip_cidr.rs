use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

/// Address ranges somebody brought to AWS, until they are given back.
pub struct ByoipCidrs;

/// Facts of a range. Source: `ec2:DescribeByoipCidrs`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `advertised`, `provisioned`, `deprovisioned`, `failed-provision`, …
    state: String,
    /// Description. Absent when empty.
    description: Option<String>,
}

impl Scan for ByoipCidrs {
    const KIND: Kind = Kind::new("ec2:byoip-cidr");
    const TITLE: &'static str = "Own address ranges";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeByoipCidrs"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.ec2().describe_byoip_cidrs().max_results(100).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeByoipCidrs"))?;
            for one in page.byoip_cidrs() {
                let state = one.state().map(|state| state.as_str().to_owned()).unwrap_or_default();
                let facts = Facts { state, description: text(one.description()) };
                found.add(Listed::new(one.cidr().unwrap_or_default(), facts)).await;
            }
        }
        Ok(())
    }
}
