use aws_sdk_ec2::types::CapacityBlock;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan};

/// Capacity Blocks: capacity for machine learning, bought for some days and paid up front. They cannot be cancelled.
pub struct CapacityBlocks;

/// Facts of a Capacity Block. Source: `ec2:DescribeCapacityBlocks`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `scheduled`, `payment-pending`, `payment-failed`, `expired`, `unavailable`, `cancelled` or `failed`.
    state: String,
    /// Availability Zone. Absent when AWS tells none.
    zone: Option<String>,
    /// First day. Absent when AWS tells none.
    starts_at: Option<Timestamp>,
    /// When it ends. Absent when AWS tells none.
    ends_at: Option<Timestamp>,
}

impl Scan for CapacityBlocks {
    const KIND: Kind = Kind::new("ec2:capacity-block");
    const TITLE: &'static str = "Capacity Blocks";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeCapacityBlocks"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.ec2().describe_capacity_blocks().into_paginator().page_size(100).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeCapacityBlocks"))?;
            for one in page.capacity_blocks() {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: &CapacityBlock) -> Listed<Facts> {
    let facts = Facts {
        state: one.state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        zone: one.availability_zone().filter(|zone| !zone.is_empty()).map(str::to_owned),
        starts_at: time(one.start_date()),
        ends_at: time(one.end_date()),
    };
    let listed = Listed::new(one.capacity_block_id().unwrap_or_default(), facts)
        .created(time(one.create_date()))
        .tags(super::tags(one.tags()));
    one.capacity_reservation_ids().iter().fold(listed, |listed, id| listed.refers(Role::Uses, Some(id.as_str())))
}
