use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{
    ProtocolEnum, TargetGroup, TargetHealthDescription, TargetHealthStateEnum as Health, TargetTypeEnum,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Detail, in_twenties, is_gone, tags, text};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

/// Target groups, with how their targets fare.
///
/// A target group is attached to its load balancers: it lives for them, and whoever keeps one keeps it too.
pub struct TargetGroups;

/// Facts of a target group. Source: `elasticloadbalancing:DescribeTargetGroups`, and
/// `elasticloadbalancing:DescribeTargetHealth` for the targets, which are absent when that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `instance`, `ip`, `lambda` or `alb`.
    target_type: String,
    /// `HTTP`, `TCP`, `GENEVE`, … Absent for Lambda functions.
    protocol: Option<String>,
    /// Port targets listen on. Absent for Lambda functions.
    port: Option<i64>,
    /// VPC of the targets. Absent for Lambda functions.
    vpc_id: Option<String>,
    /// ARNs of the load balancers whose listeners or rules send traffic to it.
    load_balancer_arns: Vec<String>,
    /// Instances, addresses, a function's or a load balancer's ARN, each once.
    target_ids: Option<Vec<String>>,
    /// Registered targets; one that is registered with two ports counts twice.
    registered_targets: Option<i64>,
    /// Those that pass their health check.
    healthy_targets: Option<i64>,
    /// Those that serve nobody: they fail their health check, are stopped, in a zone that is not enabled, or
    /// on their way out. Targets without a health check, and new ones, are neither healthy nor this.
    unhealthy_targets: Option<i64>,
    /// What CloudWatch calls it, the end of its ARN: `targetgroup/web/73e2d6bc24d8a067`.
    metric_name: String,
}

impl Scan for TargetGroups {
    const KIND: Kind = Kind::new("elasticloadbalancing:targetgroup");
    const TITLE: &'static str = "Target groups";
    const ACTIONS: &'static [&'static str] = &[
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
        "elasticloadbalancing:DescribeTags",
    ];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.elbv2();
        let (tagging, checking) = (Detail::default(), Detail::default());
        let mut pages = client.describe_target_groups().page_size(400).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("elasticloadbalancing:DescribeTargetGroups"))?;
            let groups = page.target_groups();
            let arns: Vec<String> = groups.iter().filter_map(|one| text(one.target_group_arn())).collect();
            let mut tags =
                tagging.ask(found, "tags", in_twenties(&arns, |some| tags(&client, some))).await.unwrap_or_default();
            for group in groups {
                let name = group.target_group_name().unwrap_or_default();
                let arn = group.target_group_arn().unwrap_or_default();
                let targets = checking.ask(found, name, targets(&client, arn)).await.flatten();
                found.add(listed(group, targets, tags.remove(arn).unwrap_or_default())).await;
            }
        }
        Ok(())
    }
}

/// `None` when the target group was deleted meanwhile.
async fn targets(client: &Client, arn: &str) -> Result<Option<Vec<TargetHealthDescription>>, Fault> {
    let answer = client.describe_target_health().target_group_arn(arn).send().await;
    match answer.map_err(Fault::sdk("elasticloadbalancing:DescribeTargetHealth")) {
        Ok(answer) => Ok(Some(answer.target_health_descriptions.unwrap_or_default())),
        Err(fault) if is_gone(&fault) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn listed(
    group: &TargetGroup,
    targets: Option<Vec<TargetHealthDescription>>,
    tags: BTreeMap<String, String>,
) -> Listed<Facts> {
    let name = group.target_group_name().unwrap_or_default();
    let facts = facts(group, targets.as_deref());
    let members = facts.target_ids.clone().unwrap_or_default();
    let mut listed = Listed::new(name, facts)
        .arn(group.target_group_arn())
        .name(Some(name))
        .tags(tags)
        .refers(Role::Inside, group.vpc_id());
    for balancer in group.load_balancer_arns() {
        listed = listed.refers(Role::AttachedTo, Some(balancer));
    }
    // A bare address is no resource.
    for member in members.into_iter().filter(|id| id.starts_with("i-") || id.starts_with("arn:")) {
        listed = listed.refers(Role::Uses, Some(member));
    }
    listed
}

fn facts(group: &TargetGroup, targets: Option<&[TargetHealthDescription]>) -> Facts {
    let arn = group.target_group_arn().unwrap_or_default();
    let count = |wanted: fn(&Health) -> bool| {
        let states = targets?.iter().filter_map(|target| target.target_health()?.state());
        Some(states.filter(|state| wanted(state)).count() as i64)
    };
    Facts {
        target_type: group.target_type().map_or("instance", TargetTypeEnum::as_str).to_owned(),
        protocol: text(group.protocol().map(ProtocolEnum::as_str)),
        port: group.port().map(i64::from),
        vpc_id: text(group.vpc_id()),
        load_balancer_arns: group.load_balancer_arns().to_vec(),
        target_ids: targets.map(ids),
        registered_targets: targets.map(|targets| targets.len() as i64),
        healthy_targets: count(|state| matches!(state, Health::Healthy)),
        unhealthy_targets: count(|state| {
            matches!(state, Health::Unhealthy | Health::UnhealthyDraining | Health::Unused | Health::Draining)
        }),
        metric_name: arn.rsplit(':').next().unwrap_or_default().to_owned(),
    }
}

fn ids(targets: &[TargetHealthDescription]) -> Vec<String> {
    let mut ids: Vec<String> = targets.iter().filter_map(|target| text(target.target()?.id())).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{TargetDescription, TargetHealth};

    use super::*;

    fn target(id: &str, state: Health) -> TargetHealthDescription {
        TargetHealthDescription::builder()
            .target(TargetDescription::builder().id(id).build())
            .target_health(TargetHealth::builder().state(state).build())
            .build()
    }

    #[test]
    fn new_and_unchecked_targets_are_neither_healthy_nor_unhealthy() {
        let targets = [
            target("i-1", Health::Healthy),
            target("i-2", Health::Unused),
            target("i-2", Health::Unhealthy),
            target("i-3", Health::Initial),
            target("i-4", Health::Unavailable),
        ];
        let facts = facts(&TargetGroup::builder().build(), Some(&targets));
        let counts = (facts.registered_targets, facts.healthy_targets, facts.unhealthy_targets);
        assert_eq!(counts, (Some(5), Some(1), Some(2)));
        assert_eq!(facts.target_ids.map(|ids| ids.len()), Some(4));
    }

    #[test]
    fn unread_targets_are_absent_and_not_none() {
        let facts = facts(&TargetGroup::builder().build(), None);
        assert_eq!((facts.registered_targets, facts.healthy_targets), (None, None));
    }
}
