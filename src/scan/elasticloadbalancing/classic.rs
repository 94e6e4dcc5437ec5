use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancing::Client;
use aws_sdk_elasticloadbalancing::types::{LoadBalancerDescription, Tag};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Detail, Tags, in_twenties, is_gone, lent_addresses, text};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{self, Found, Listed, time};
use crate::scan::{Billing, Scan, Tested};

/// Classic Load Balancers.
///
/// Resource Explorer files them under `elasticloadbalancing:loadbalancer` like the newer ones; they have an API,
/// a price and metrics of their own, and therefore a kind.
pub struct ClassicLoadBalancers;

/// Facts of a Classic Load Balancer. Source: `elasticloadbalancing:DescribeLoadBalancers`, other calls where said.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `internet-facing` or `internal`. Absent when AWS gives none.
    scheme: Option<String>,
    /// VPC it is in. Absent outside a VPC.
    vpc_id: Option<String>,
    /// Subnets it has nodes in, one in a zone.
    subnet_ids: Vec<String>,
    /// Security groups on it.
    security_group_ids: Vec<String>,
    /// Public IPv4 addresses AWS lends it at the least: one in a zone when internet-facing. Counted, not told.
    lent_ip_count: f64,
    /// Registered instances.
    instance_ids: Vec<String>,
    /// How many instances are registered.
    instance_count: i64,
    /// Those that pass their health check (`InService`). Source: `elasticloadbalancing:DescribeInstanceHealth`,
    /// not asked where no instance is registered. Absent when it could not be read.
    in_service_count: Option<i64>,
    /// Listeners.
    listener_count: i64,
    /// DNS name, which records elsewhere may point at. Absent when AWS gives none.
    dns_name: Option<String>,
}

impl Scan for ClassicLoadBalancers {
    const KIND: Kind = Kind::new("elasticloadbalancing:classic-loadbalancer");
    const TITLE: &'static str = "Classic Load Balancers";
    const ACTIONS: &'static [&'static str] = &[
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeInstanceHealth",
        "elasticloadbalancing:DescribeTags",
    ];
    const BILLING: Billing = Billing::By(super::billing::classic);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.elb();
        let (tagging, checking) = (Detail::default(), Detail::default());
        let mut pages = client.describe_load_balancers().page_size(400).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("elasticloadbalancing:DescribeLoadBalancers"))?;
            let balancers = page.load_balancer_descriptions();
            let names: Vec<String> = balancers.iter().filter_map(|one| text(one.load_balancer_name())).collect();
            let mut tags =
                tagging.ask(found, "tags", in_twenties(&names, |some| tags(&client, some))).await.unwrap_or_default();
            for balancer in balancers {
                let name = balancer.load_balancer_name().unwrap_or_default();
                let in_service = match balancer.instances() {
                    [] => Some(0),
                    _ => checking.ask(found, name, in_service(&client, name)).await.flatten(),
                };
                found.add(listed(cx, balancer, in_service, tags.remove(name).unwrap_or_default())).await;
            }
        }
        Ok(())
    }
}

/// `None` when the load balancer was deleted meanwhile.
async fn in_service(client: &Client, name: &str) -> Result<Option<i64>, Fault> {
    let answer = client.describe_instance_health().load_balancer_name(name).send().await;
    match answer.map_err(Fault::sdk("elasticloadbalancing:DescribeInstanceHealth")) {
        Ok(answer) => {
            let serving = answer.instance_states().iter().filter(|one| one.state() == Some("InService"));
            Ok(Some(serving.count() as i64))
        }
        Err(fault) if is_gone(&fault) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Tags of at most twenty load balancers, by name.
async fn tags(client: &Client, names: Vec<String>) -> Result<Tags, Fault> {
    let request = client.describe_tags().set_load_balancer_names(Some(names));
    let answer = request.send().await.map_err(Fault::sdk("elasticloadbalancing:DescribeTags"))?;
    let named = answer.tag_descriptions().iter().filter_map(|one| {
        let tags = found::tags(one.tags(), |tag: &Tag| Some(tag.key()), Tag::value);
        Some((one.load_balancer_name()?.to_owned(), tags))
    });
    Ok(named.collect())
}

fn listed(
    cx: &Cx,
    balancer: &LoadBalancerDescription,
    in_service: Option<i64>,
    tags: BTreeMap<String, String>,
) -> Listed<Facts> {
    let name = balancer.load_balancer_name().unwrap_or_default();
    let facts = facts(balancer, in_service);
    let instances = facts.instance_ids.clone();
    let mut listed = Listed::new(name, facts)
        .arn(Some(cx.arn("elasticloadbalancing", cx.region(), &format!("loadbalancer/{name}"))))
        .name(Some(name))
        .created(time(balancer.created_time()))
        .tags(tags)
        .refers(Role::Inside, balancer.vpc_id());
    for subnet in balancer.subnets() {
        listed = listed.refers(Role::Inside, Some(subnet));
    }
    for group in balancer.security_groups() {
        listed = listed.refers(Role::Uses, Some(group));
    }
    for instance in instances {
        listed = listed.refers(Role::Uses, Some(instance));
    }
    listed
}

fn facts(balancer: &LoadBalancerDescription, in_service: Option<i64>) -> Facts {
    let scheme = text(balancer.scheme());
    Facts {
        lent_ip_count: lent_addresses(scheme.as_deref().unwrap_or_default(), balancer.availability_zones().len(), 0),
        scheme,
        vpc_id: text(balancer.vpc_id()),
        subnet_ids: balancer.subnets().to_vec(),
        security_group_ids: balancer.security_groups().to_vec(),
        instance_ids: balancer.instances().iter().filter_map(|instance| text(instance.instance_id())).collect(),
        instance_count: balancer.instances().len() as i64,
        in_service_count: in_service,
        listener_count: balancer.listener_descriptions().len() as i64,
        dns_name: text(balancer.dns_name()),
    }
}
