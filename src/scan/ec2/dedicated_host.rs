use aws_sdk_ec2::types::Host;
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::ownership;
use crate::scan::{Billing, Scan};

/// Dedicated Hosts of the account. Released ones, and hosts that other accounts share with it, are left out.
pub struct DedicatedHosts;

/// Facts of a Dedicated Host. Source: `ec2:DescribeHosts`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `under-assessment`, `permanent-failure` or `pending`.
    state: String,
    /// Instance family it is for: `c5`, `mac1`. Absent when AWS gives none.
    family: Option<String>,
    /// Instance type it is for. Absent when it takes every size of its family.
    instance_type: Option<String>,
    /// Instances running on it. One that is stopped is not counted, even if it is to come back here.
    instance_count: f64,
    /// Availability Zone.
    zone: String,
    /// Reservation that covers it. Absent when none does.
    reservation_id: Option<String>,
    /// Whether instances that name no host may land on it.
    auto_placement: bool,
}

impl Scan for DedicatedHosts {
    const KIND: Kind = Kind::new("ec2:dedicated-host");
    const TITLE: &'static str = "Dedicated Hosts";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeHosts"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_hosts().into_paginator().page_size(500).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeHosts"))?;
            for host in page.hosts().iter().filter(|host| is_held(host, cx.account())) {
                found.add(listed(host)).await;
            }
        }
        Ok(())
    }
}

/// Whether the account pays for it still.
fn is_held(host: &Host, account: &str) -> bool {
    let state = host.state().map_or("", |state| state.as_str());
    host.owner_id().is_none_or(|owner| owner == account) && !state.starts_with("released")
}

fn listed(host: &Host) -> Listed<Facts> {
    let properties = host.host_properties();
    let instance_type = properties.and_then(|of| text(of.instance_type()));
    let of_type = instance_type.as_deref().and_then(|name| name.split('.').next()).map(str::to_owned);
    let facts = Facts {
        state: host.state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        family: properties.and_then(|of| text(of.instance_family())).or(of_type),
        instance_type,
        instance_count: host.instances().len() as f64,
        zone: host.availability_zone().unwrap_or_default().to_owned(),
        reservation_id: text(host.host_reservation_id()),
        auto_placement: host.auto_placement().is_some_and(|placement| placement.as_str() == "on"),
    };
    let managed = host.member_of_service_linked_resource_group().unwrap_or_default();
    let owner = ownership::service("License Manager", "MemberOfServiceLinkedResourceGroup");
    Listed::new(host.host_id().unwrap_or_default(), facts)
        .created(time(host.allocation_time()))
        .tags(super::tags(host.tags()))
        .owner(managed.then_some(owner))
        .refers(Role::Uses, host.host_reservation_id())
}

/// By the hour of the whole host, whatever runs on it; one that failed for good is not billed.
fn needs(host: &Resource) -> Needs {
    if matches!(host.text("state"), Some("permanent-failure" | "pending")) {
        return Needs::free();
    }
    let Some(family) = host.text("family") else { return Needs::unpriced("host") };
    Needs::of(vec![Need::hours(format!("{family} host"), format!("ec2.dedicated_host.{family}"), 1.0)])
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::AllocationState;

    use super::*;

    #[test]
    fn only_hosts_the_account_holds_are_listed() {
        let host = |state, owner: &str| Host::builder().state(state).owner_id(owner).build();
        assert!(is_held(&host(AllocationState::Available, "111122223333"), "111122223333"));
        assert!(!is_held(&host(AllocationState::Available, "444455556666"), "111122223333"));
        assert!(!is_held(&host(AllocationState::ReleasedPermanentFailure, "111122223333"), "111122223333"));
    }
}
