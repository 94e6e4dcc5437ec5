use std::collections::BTreeSet;

use aws_sdk_ec2::types::{IpPermission, SecurityGroup};
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::{foreign, text};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

/// Security groups, with the groups their rules name.
pub struct SecurityGroups;

/// Facts of a security group. Source: `ec2:DescribeSecurityGroups`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Its name, which cannot be changed.
    group_name: String,
    /// Whether it is the `default` group of its VPC, which cannot be deleted and goes with the VPC.
    is_default: bool,
    /// What it was made for. Absent when empty.
    description: Option<String>,
    /// VPC it is in. Absent outside a VPC.
    vpc_id: Option<String>,
    /// Other groups its rules let in or out.
    referenced_group_ids: Vec<String>,
    /// Inbound rules, one for each source.
    ingress_rule_count: i64,
    /// Outbound rules, one for each destination.
    egress_rule_count: i64,
}

impl Scan for SecurityGroups {
    const KIND: Kind = Kind::new("ec2:security-group");
    const TITLE: &'static str = "Security groups";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeSecurityGroups"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_security_groups().into_paginator().page_size(1_000).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeSecurityGroups"))?;
            for group in page.security_groups() {
                found.add(listed(cx, group)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, group: &SecurityGroup) -> Listed<Facts> {
    let (into, out) = (group.ip_permissions(), group.ip_permissions_egress());
    let own = group.group_id().unwrap_or_default();
    // A group that names itself lets its members talk to each other; that is no use by another.
    let pairs = into.iter().chain(out).flat_map(|rule| rule.user_id_group_pairs());
    let named: BTreeSet<&str> = pairs.filter_map(|pair| pair.group_id()).filter(|id| *id != own).collect();
    let named: Vec<String> = named.into_iter().map(str::to_owned).collect();
    let name = group.group_name().unwrap_or_default();
    let facts = Facts {
        group_name: name.to_owned(),
        is_default: name == "default",
        description: text(group.description()),
        vpc_id: text(group.vpc_id()),
        referenced_group_ids: named.clone(),
        ingress_rule_count: into.iter().map(sources).sum(),
        egress_rule_count: out.iter().map(sources).sum(),
    };
    let mut listed = Listed::new(own, facts)
        .arn(group.security_group_arn())
        .name(Some(name))
        .tags(super::tags(group.tags()))
        .owner(foreign(cx, group.owner_id()))
        .refers(Role::Inside, group.vpc_id());
    for other in named {
        listed = listed.refers(Role::Uses, Some(other));
    }
    listed
}

/// How many rules AWS counts in a permission: one for each range, prefix list and group.
fn sources(permission: &IpPermission) -> i64 {
    let ranges = permission.ip_ranges().len() + permission.ipv6_ranges().len();
    (ranges + permission.prefix_list_ids().len() + permission.user_id_group_pairs().len()) as i64
}
