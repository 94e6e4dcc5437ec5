use aws_sdk_ec2::types::{Address, ServiceManaged};
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::ownership;
use crate::scan::{Billing, Scan, Tested};

/// Elastic IP addresses, associated or not.
///
/// AWS does not tell when an address was allocated or let go, so it has no age. An address is attached to its
/// instance: whoever keeps the instance keeps the address. To any other network interface it only points,
/// since the interface belongs to a service as a rule, and the address does not.
pub struct Addresses;

/// Facts of an Elastic IP address. Source: `ec2:DescribeAddresses`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// The public IPv4 address. Absent for a carrier address of a Wavelength Zone.
    public_ip: Option<String>,
    /// Private address it leads to. Absent when associated with nothing.
    private_ip: Option<String>,
    /// Id of the association. Absent when associated with nothing.
    association_id: Option<String>,
    /// Instance it leads to. Absent when associated with nothing, or with an interface of no instance.
    instance_id: Option<String>,
    /// Network interface it leads to. Absent when associated with nothing.
    network_interface_id: Option<String>,
    /// Account of that interface. Absent when associated with nothing.
    network_interface_owner_id: Option<String>,
    /// Service that allocated it and will release it: `alb`, `nlb`, `rds`, `rnat` (a regional NAT gateway).
    /// Absent when the account did.
    service_managed: Option<String>,
    /// Pool it comes from: `amazon`, or a pool of addresses the account brought, which cost nothing by the
    /// hour. Absent when AWS does not say, which means `amazon`.
    public_ipv4_pool: Option<String>,
    /// Zones it can be used in, a region's or a local zone's name. Absent when AWS does not say.
    network_border_group: Option<String>,
}

impl Scan for Addresses {
    const KIND: Kind = Kind::new("ec2:elastic-ip");
    const TITLE: &'static str = "Elastic IP addresses";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeAddresses"];
    const BILLING: Billing = Billing::By(super::billing::vpc::elastic_ip);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        // The one listing of EC2 that comes whole: it has no pages.
        let answer = cx.ec2().describe_addresses().send().await.map_err(Fault::sdk("ec2:DescribeAddresses"))?;
        for address in answer.addresses() {
            found.add(listed(address)).await;
        }
        Ok(())
    }
}

fn listed(address: &Address) -> Listed<Facts> {
    let facts = Facts {
        public_ip: text(address.public_ip()),
        private_ip: text(address.private_ip_address()),
        association_id: text(address.association_id()),
        instance_id: text(address.instance_id()),
        network_interface_id: text(address.network_interface_id()),
        network_interface_owner_id: text(address.network_interface_owner_id()),
        service_managed: text(address.service_managed().map(ServiceManaged::as_str)),
        public_ipv4_pool: text(address.public_ipv4_pool()),
        network_border_group: text(address.network_border_group()),
    };
    let owner = facts.service_managed.as_deref().map(|code| ownership::service(manager(code), "ServiceManaged"));
    let id = address.allocation_id().or(address.public_ip()).unwrap_or_default();
    Listed::new(id, facts)
        .tags(super::tags(address.tags()))
        .owner(owner)
        .refers(Role::AttachedTo, address.instance_id())
        .refers(Role::Uses, address.network_interface_id())
}

/// What people call the service behind a value of `ServiceManaged`.
fn manager(code: &str) -> &str {
    match code {
        "alb" => "Application Load Balancer",
        "nlb" => "Network Load Balancer",
        "rds" => "Amazon RDS",
        "rnat" => "regional NAT gateway",
        other => other,
    }
}
