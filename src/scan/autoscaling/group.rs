use aws_sdk_autoscaling::types::{AutoScalingGroup, DeletionProtection, LaunchTemplateSpecification, TagDescription};
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{self, Found, Listed, time};
use crate::scan::ownership;
use crate::scan::{Billing, Scan, Tested};

/// Auto Scaling groups.
pub struct Groups;

/// Facts of an Auto Scaling group. Source: `autoscaling:DescribeAutoScalingGroups`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Instances wanted now (or capacity units, where the group counts those).
    desired: i64,
    /// Fewest it may shrink to.
    min: i64,
    /// Most it may grow to; 0 means that no schedule or alarm can start anything.
    max: i64,
    /// How many instances are in it, in any state of their life.
    instance_count: i64,
    /// How many stopped or running instances wait in its warm pool. 0 without a warm pool.
    warm_pool_count: i64,
    /// Launch template it starts instances from, its mixed instances policy included. Absent when it has a
    /// launch configuration.
    launch_template_id: Option<String>,
    /// Launch configuration it starts instances from. Absent when it has a launch template.
    launch_configuration: Option<String>,
    /// Whether it mixes instance types or on-demand and spot.
    mixed_instances: bool,
    /// How many target groups, Classic Load Balancers and other sources of traffic it registers with.
    traffic_sources: i64,
    /// Processes somebody switched off: `Launch`, `Terminate`, `HealthCheck`, …
    suspended_processes: Vec<String>,
    /// `Delete in progress`. Absent unless it is being deleted.
    status: Option<String>,
    /// `none`, `prevent-force-deletion` (while it has instances) or `prevent-all-deletion`. Absent when the
    /// service tells none.
    deletion_protection: Option<String>,
    /// Availability Zones.
    zones: Vec<String>,
}

impl Scan for Groups {
    const KIND: Kind = Kind::new("autoscaling:autoScalingGroup");
    const TITLE: &'static str = "Auto Scaling groups";
    const ACTIONS: &'static [&'static str] = &["autoscaling:DescribeAutoScalingGroups"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.autoscaling();
        let mut pages = client.describe_auto_scaling_groups().into_paginator().page_size(100).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("autoscaling:DescribeAutoScalingGroups"))?;
            for group in page.auto_scaling_groups() {
                found.add(listed(group)).await;
            }
        }
        Ok(())
    }
}

fn listed(group: &AutoScalingGroup) -> Listed<Facts> {
    let template = template(group);
    let mut listed = Listed::new(group.auto_scaling_group_name().unwrap_or_default(), facts(group))
        .arn(group.auto_scaling_group_arn())
        .created(time(group.created_time()))
        .tags(found::tags(group.tags(), TagDescription::key, TagDescription::value))
        .owner(group.operator().and_then(|o| o.principal()).map(|who| ownership::service(who, "Operator.Principal")))
        .locked(is_locked(group), "DeletionProtection")
        .refers(Role::Uses, template.and_then(|t| t.launch_template_id()))
        .refers(Role::Uses, group.launch_configuration_name());
    for instance in group.instances() {
        listed = listed.refers(Role::Uses, instance.instance_id());
    }
    for subnet in group.vpc_zone_identifier().unwrap_or_default().split(',') {
        listed = listed.refers(Role::Inside, Some(subnet.trim()));
    }
    for target in group.target_group_arns().iter().chain(group.load_balancer_names()) {
        listed = listed.refers(Role::Uses, Some(target.as_str()));
    }
    listed
}

fn facts(group: &AutoScalingGroup) -> Facts {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let size = |number: Option<i32>| i64::from(number.unwrap_or_default());
    // TrafficSources repeats target groups and load balancers where the service fills it.
    let named = group.target_group_arns().len() + group.load_balancer_names().len();
    Facts {
        desired: size(group.desired_capacity()),
        min: size(group.min_size()),
        max: size(group.max_size()),
        instance_count: count(group.instances().len()),
        warm_pool_count: size(group.warm_pool_size()),
        launch_template_id: template(group).and_then(|t| t.launch_template_id()).map(str::to_owned),
        launch_configuration: group.launch_configuration_name().filter(|name| !name.is_empty()).map(str::to_owned),
        mixed_instances: group.mixed_instances_policy().is_some(),
        traffic_sources: count(named.max(group.traffic_sources().len())),
        suspended_processes: group
            .suspended_processes()
            .iter()
            .filter_map(|process| process.process_name())
            .map(str::to_owned)
            .collect(),
        status: group.status().filter(|status| !status.is_empty()).map(str::to_owned),
        deletion_protection: group.deletion_protection().map(|lock| lock.as_str().to_owned()),
        zones: group.availability_zones().to_vec(),
    }
}

fn template(group: &AutoScalingGroup) -> Option<&LaunchTemplateSpecification> {
    let mixed = || group.mixed_instances_policy()?.launch_template()?.launch_template_specification();
    group.launch_template().or_else(mixed)
}

/// Protection from a forced delete stands in the way only while there are instances to force out.
fn is_locked(group: &AutoScalingGroup) -> bool {
    match group.deletion_protection() {
        Some(DeletionProtection::PreventAllDeletion) => true,
        Some(DeletionProtection::PreventForceDeletion) => !group.instances().is_empty(),
        _ => false,
    }
}
