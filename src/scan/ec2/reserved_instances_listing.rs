use aws_sdk_ec2::types::{ListingState, ReservedInstancesListing};
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan};

/// Offers of Reserved Instances on the marketplace, past ones too.
pub struct ReservedInstancesListings;

/// Facts of an offer. Source: `ec2:DescribeReservedInstancesListings`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `pending`, `cancelled` or `closed`. Empty when AWS tells none.
    status: String,
    /// Instances that are still for sale.
    available: f64,
    /// Instances that were sold.
    sold: f64,
}

impl Scan for ReservedInstancesListings {
    const KIND: Kind = Kind::new("ec2:reserved-instances-listing");
    const TITLE: &'static str = "Reserved Instances for sale";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeReservedInstancesListings"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let answer = cx.ec2().describe_reserved_instances_listings().send().await;
        let answer = answer.map_err(Fault::sdk("ec2:DescribeReservedInstancesListings"))?;
        for one in answer.reserved_instances_listings() {
            found.add(listed(one)).await;
        }
        Ok(())
    }
}

fn listed(one: &ReservedInstancesListing) -> Listed<Facts> {
    let count = |state: ListingState| {
        let of = one.instance_counts().iter().filter(|count| count.state() == Some(&state));
        of.map(|count| f64::from(count.instance_count().unwrap_or_default())).sum()
    };
    let facts = Facts {
        status: one.status().map(|status| status.as_str().to_owned()).unwrap_or_default(),
        available: count(ListingState::Available),
        sold: count(ListingState::Sold),
    };
    Listed::new(one.reserved_instances_listing_id().unwrap_or_default(), facts)
        .created(time(one.create_date()))
        .tags(super::tags(one.tags()))
        .refers(Role::Uses, one.reserved_instances_id())
}
