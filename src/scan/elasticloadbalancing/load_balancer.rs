use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{
    ActionTypeEnum, IpAddressType, LoadBalancer, LoadBalancerSchemeEnum, LoadBalancerTypeEnum,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Detail, in_twenties, is_gone, lent_addresses, tags, text};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan, Tested};

/// Application, Network and Gateway Load Balancers.
pub struct LoadBalancers;

/// Facts of a load balancer. Source: `elasticloadbalancing:DescribeLoadBalancers`, other calls where said.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `application`, `network` or `gateway`.
    r#type: String,
    /// `internet-facing` or `internal`. Absent for gateway ones.
    scheme: Option<String>,
    /// `active`, `provisioning`, `active_impaired` (it cannot grow) or `failed`.
    state: String,
    /// VPC it is in. Absent when AWS gives none.
    vpc_id: Option<String>,
    /// Subnets it has nodes in, one in a zone.
    subnet_ids: Vec<String>,
    /// Security groups on it. Empty for gateway ones, and for network ones made without.
    security_group_ids: Vec<String>,
    /// Elastic IP addresses it was given, by allocation; network ones only.
    allocation_ids: Vec<String>,
    /// Public IPv4 addresses AWS lends it at the least: one in a zone when internet-facing, less its own
    /// Elastic IP addresses; 0 when it has public IPv6 only. Counted, not told: AWS lends more under load.
    lent_ip_count: f64,
    /// Listeners. Source: `elasticloadbalancing:DescribeListeners`. Absent when that could not be read.
    listener_count: Option<i64>,
    /// Whether a listener answers by itself unless a rule says otherwise: with a redirect or a fixed response,
    /// for which it needs no target. Source and absence as for `listener_count`.
    answers_itself: Option<bool>,
    /// Whether AWS refuses to delete it (`deletion_protection.enabled`). Source:
    /// `elasticloadbalancing:DescribeLoadBalancerAttributes`. Absent when that could not be read.
    deletion_protection: Option<bool>,
    /// What CloudWatch calls it, the end of its ARN: `app/web/50dc6c495c0c9188`.
    metric_name: String,
    /// DNS name, which records elsewhere may point at. Absent when AWS gives none.
    dns_name: Option<String>,
}

/// What a load balancer's listeners amount to.
struct Listeners {
    count: i64,
    answer_themselves: bool,
}

impl Scan for LoadBalancers {
    const KIND: Kind = Kind::new("elasticloadbalancing:loadbalancer");
    const TITLE: &'static str = "Load balancers";
    const ACTIONS: &'static [&'static str] = &[
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeTags",
    ];
    const BILLING: Billing = Billing::By(super::billing::load_balancer);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.elbv2();
        let (tagging, listening, protecting) = (Detail::default(), Detail::default(), Detail::default());
        let mut pages = client.describe_load_balancers().page_size(400).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("elasticloadbalancing:DescribeLoadBalancers"))?;
            let balancers = page.load_balancers();
            let arns: Vec<String> = balancers.iter().filter_map(|one| text(one.load_balancer_arn())).collect();
            let mut tags =
                tagging.ask(found, "tags", in_twenties(&arns, |some| tags(&client, some))).await.unwrap_or_default();
            for balancer in balancers {
                let name = balancer.load_balancer_name().unwrap_or_default();
                let arn = balancer.load_balancer_arn().unwrap_or_default();
                let (listeners, protected) = tokio::join!(
                    listening.ask(found, name, listeners(&client, arn)),
                    protecting.ask(found, name, protection(&client, arn)),
                );
                let tags = tags.remove(arn).unwrap_or_default();
                found.add(listed(balancer, listeners.flatten(), protected.flatten(), tags)).await;
            }
        }
        Ok(())
    }
}

/// `None` when the load balancer was deleted meanwhile.
async fn listeners(client: &Client, arn: &str) -> Result<Option<Listeners>, Fault> {
    let mut all = Listeners { count: 0, answer_themselves: false };
    let mut pages = client.describe_listeners().load_balancer_arn(arn).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = match page.map_err(Fault::sdk("elasticloadbalancing:DescribeListeners")) {
            Err(fault) if is_gone(&fault) => return Ok(None),
            page => page?,
        };
        all.count += page.listeners().len() as i64;
        let mut actions = page.listeners().iter().flat_map(|listener| listener.default_actions());
        all.answer_themselves |=
            actions.any(|a| matches!(a.r#type(), Some(ActionTypeEnum::Redirect | ActionTypeEnum::FixedResponse)));
    }
    Ok(Some(all))
}

/// `None` when the load balancer was deleted meanwhile, or has no such attribute.
async fn protection(client: &Client, arn: &str) -> Result<Option<bool>, Fault> {
    let answer = client.describe_load_balancer_attributes().load_balancer_arn(arn).send().await;
    match answer.map_err(Fault::sdk("elasticloadbalancing:DescribeLoadBalancerAttributes")) {
        Err(fault) if is_gone(&fault) => Ok(None),
        Err(fault) => Err(fault),
        Ok(answer) => {
            let flag = answer.attributes().iter().find(|a| a.key() == Some("deletion_protection.enabled"));
            Ok(flag.and_then(|flag| flag.value()).map(|value| value == "true"))
        }
    }
}

fn listed(
    balancer: &LoadBalancer,
    listeners: Option<Listeners>,
    protected: Option<bool>,
    tags: BTreeMap<String, String>,
) -> Listed<Facts> {
    let name = balancer.load_balancer_name().unwrap_or_default();
    let facts = facts(balancer, listeners, protected);
    let inside = facts.subnet_ids.clone();
    let addresses = facts.allocation_ids.clone();
    let mut listed = Listed::new(name, facts)
        .arn(balancer.load_balancer_arn())
        .name(Some(name))
        .created(time(balancer.created_time()))
        .tags(tags)
        .locked(protected == Some(true), "deletion_protection.enabled")
        .refers(Role::Inside, balancer.vpc_id());
    for subnet in inside {
        listed = listed.refers(Role::Inside, Some(subnet));
    }
    for group in balancer.security_groups() {
        listed = listed.refers(Role::Uses, Some(group));
    }
    for address in addresses {
        listed = listed.refers(Role::Needs, Some(address));
    }
    listed
}

fn facts(balancer: &LoadBalancer, listeners: Option<Listeners>, protected: Option<bool>) -> Facts {
    let zones = balancer.availability_zones();
    let given = zones.iter().flat_map(|zone| zone.load_balancer_addresses());
    let allocation_ids: Vec<String> = given.filter_map(|address| text(address.allocation_id())).collect();
    let scheme = text(balancer.scheme().map(LoadBalancerSchemeEnum::as_str));
    let public_ipv4 = balancer.ip_address_type() != Some(&IpAddressType::DualstackWithoutPublicIpv4);
    let lendable = if public_ipv4 { zones.len() } else { 0 };
    let arn = balancer.load_balancer_arn().unwrap_or_default();
    Facts {
        r#type: balancer.r#type().map_or("application", LoadBalancerTypeEnum::as_str).to_owned(),
        lent_ip_count: lent_addresses(scheme.as_deref().unwrap_or_default(), lendable, allocation_ids.len()),
        scheme,
        state: balancer.state().and_then(|state| state.code()).map(|c| c.as_str().to_owned()).unwrap_or_default(),
        vpc_id: text(balancer.vpc_id()),
        subnet_ids: zones.iter().filter_map(|zone| text(zone.subnet_id())).collect(),
        security_group_ids: balancer.security_groups().to_vec(),
        allocation_ids,
        listener_count: listeners.as_ref().map(|listeners| listeners.count),
        answers_itself: listeners.as_ref().map(|listeners| listeners.answer_themselves),
        deletion_protection: protected,
        metric_name: arn.split_once(":loadbalancer/").map(|(_, end)| end.to_owned()).unwrap_or_default(),
        dns_name: text(balancer.dns_name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cloudwatch_knows_it_by_the_end_of_its_arn() {
        let arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188";
        let facts = facts(&LoadBalancer::builder().load_balancer_arn(arn).build(), None, None);
        assert_eq!(facts.metric_name, "app/web/50dc6c495c0c9188");
        assert_eq!((facts.listener_count, facts.deletion_protection), (None, None));
    }
}
