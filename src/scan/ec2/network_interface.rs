use aws_sdk_ec2::types::{NetworkInterface, NetworkInterfaceStatus, NetworkInterfaceType};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::{foreign, text};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Owner, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::ownership;
use crate::scan::{Billing, Scan, Tested};

/// Elastic network interfaces, the account's own and those services made in its subnets.
pub struct NetworkInterfaces;

/// Facts of a network interface. Source: `ec2:DescribeNetworkInterfaces`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available` (attached to nothing), `associated`, `attaching`, `in-use` or `detaching`.
    status: String,
    /// `interface` for the plain sort, `efa`, or the service it serves: `nat_gateway`, `vpc_endpoint`,
    /// `lambda`, `transit_gateway`, `network_load_balancer`, …
    interface_type: String,
    /// Whether a service made it and looks after it.
    requester_managed: bool,
    /// Who made it: a service's alias (`amazon-elb`) or an id. Absent when AWS gives none.
    requester_id: Option<String>,
    /// Free text; services write there what it is for. Absent when empty.
    description: Option<String>,
    /// Instance it is attached to. Absent when attached to none.
    instance_id: Option<String>,
    /// Account, or service alias, of what it is attached to. Absent when attached to nothing.
    attachment_owner_id: Option<String>,
    /// When it was attached. Absent when attached to nothing.
    attached_at: Option<Timestamp>,
    /// Whether it goes with its instance. Absent when attached to nothing.
    delete_on_termination: Option<bool>,
    /// Public IPv4 address. Absent without one.
    public_ip: Option<String>,
    /// Primary private IPv4 address. Absent when it has IPv6 only.
    private_ip: Option<String>,
    /// VPC it is in.
    vpc_id: String,
    /// Subnet it is in.
    subnet_id: String,
    /// Security groups on it.
    security_group_ids: Vec<String>,
    /// Availability Zone. Absent when AWS gives none.
    zone: Option<String>,
}

impl Scan for NetworkInterfaces {
    const KIND: Kind = Kind::new("ec2:network-interface");
    const TITLE: &'static str = "Network interfaces";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeNetworkInterfaces"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        // Those an account has hidden count too: they show that a subnet or a security group is in use.
        let request = client.describe_network_interfaces().include_managed_resources(true);
        let mut pages = request.into_paginator().page_size(1_000).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeNetworkInterfaces"))?;
            for card in page.network_interfaces() {
                found.add(listed(cx, card)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, card: &NetworkInterface) -> Listed<Facts> {
    let facts = facts(card);
    let groups = facts.security_group_ids.clone();
    let owner = owner(card, &facts).or_else(|| foreign(cx, card.owner_id()));
    let mut listed = Listed::new(card.network_interface_id().unwrap_or_default(), facts)
        .tags(super::tags(card.tag_set()))
        .owner(owner)
        .refers(Role::AttachedTo, card.attachment().and_then(|attachment| attachment.instance_id()))
        .refers(Role::Inside, card.vpc_id())
        .refers(Role::Inside, card.subnet_id());
    for group in groups {
        listed = listed.refers(Role::Uses, Some(group));
    }
    listed
}

fn facts(card: &NetworkInterface) -> Facts {
    let attachment = card.attachment();
    Facts {
        status: card.status().map_or("", NetworkInterfaceStatus::as_str).to_owned(),
        interface_type: card.interface_type().map_or("interface", NetworkInterfaceType::as_str).to_owned(),
        requester_managed: card.requester_managed().unwrap_or_default(),
        requester_id: text(card.requester_id()),
        description: text(card.description()),
        instance_id: text(attachment.and_then(|a| a.instance_id())),
        attachment_owner_id: text(attachment.and_then(|a| a.instance_owner_id())),
        attached_at: time(attachment.and_then(|a| a.attach_time())),
        delete_on_termination: attachment.and_then(|a| a.delete_on_termination()),
        public_ip: text(card.association().and_then(|association| association.public_ip())),
        private_ip: text(card.private_ip_address()),
        vpc_id: card.vpc_id().unwrap_or_default().to_owned(),
        subnet_id: card.subnet_id().unwrap_or_default().to_owned(),
        security_group_ids: card.groups().iter().filter_map(|group| text(group.group_id())).collect(),
        zone: text(card.availability_zone()),
    }
}

/// The service behind an interface. EFA interfaces are an account's own like the plain ones.
fn owner(card: &NetworkInterface, facts: &Facts) -> Option<Owner> {
    if let Some(operator) = card.operator().filter(|operator| operator.managed().unwrap_or_default()) {
        return Some(ownership::service(operator.principal().unwrap_or("AWS"), "Operator.Managed"));
    }
    if !matches!(facts.interface_type.as_str(), "interface" | "efa" | "efa-only") {
        return Some(ownership::service(&facts.interface_type, "InterfaceType"));
    }
    let requester = facts.requester_id.as_deref().unwrap_or("AWS");
    facts.requester_managed.then(|| ownership::service(requester, "RequesterManaged"))
}
