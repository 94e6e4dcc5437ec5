use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Instance, InstanceAttributeName, InstanceNetworkInterface, InstanceStateName};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role, Why};
use crate::scan::found::{Found, Listed, time};
use crate::scan::ownership;
use crate::scan::{Billing, Scan, Tested};

/// EC2 instances in any state but terminated.
///
/// Created is the earliest of the launch time and the attach times of its volumes and network
/// interfaces: AWS moves the launch time at every start, and tells no creation time.
/// Refs also hold `instance-family/m5` and `kubernetes.io/cluster/NAME`, no ids of AWS, so that rules can
/// ask which instances belong to a family or a cluster.
pub struct Instances;

/// Facts of an EC2 instance. Source: `ec2:DescribeInstances`, and `ec2:DescribeInstanceAttribute` where said.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `pending`, `running`, `stopping`, `stopped` or `shutting-down`.
    state: String,
    /// When it was stopped: the time in `StateTransitionReason`. Absent unless stopped or stopping, and
    /// when that text holds no time.
    stopped_at: Option<Timestamp>,
    /// Code of the last change of state, `Client.UserInitiatedShutdown`. Absent when AWS gives none.
    state_reason: Option<String>,
    /// When it was last started (`LaunchTime`). Absent when AWS gives none.
    launched_at: Option<Timestamp>,
    /// `m5.large`.
    instance_type: String,
    /// What stands before the dot of the type: `m5`.
    family: String,
    /// Whether its family carries a GPU, an inference or training chip, an FPGA or a video card, which
    /// can work hard while the processor idles. Read off the family's name.
    accelerated: bool,
    /// Cores times threads a core. Absent when AWS gives no CPU options.
    vcpus: Option<i64>,
    /// What the software on it is billed as: `Linux/UNIX`, `Windows`, `SQL Server Standard`, … Absent
    /// when AWS gives none.
    platform_details: Option<String>,
    /// Whether it runs Windows.
    windows: bool,
    /// `default`, `dedicated` or `host`.
    tenancy: String,
    /// `spot`, `scheduled`, `capacity-block` or `interruptible-capacity-reservation`. Absent for on-demand.
    lifecycle: Option<String>,
    /// Name of the key pair it was launched with. Absent without one.
    key_name: Option<String>,
    /// Image it was launched from, which may be gone by now.
    image_id: Option<String>,
    /// VPC. Absent outside a VPC.
    vpc_id: Option<String>,
    /// Subnet. Absent outside a VPC.
    subnet_id: Option<String>,
    /// EBS volumes attached to it.
    volume_ids: Vec<String>,
    /// Public IPv4 address. Absent without one.
    public_ip: Option<String>,
    /// Whether one of its addresses is an Elastic IP, which is billed as a resource of its own.
    elastic_ip: bool,
    /// `ebs` or `instance-store`.
    root_device_type: String,
    /// ARN of the instance profile. Absent without one.
    instance_profile: Option<String>,
    /// Whether detailed monitoring is on, which is billed by the metric.
    detailed_monitoring: bool,
    /// Whether it is EBS-optimized.
    ebs_optimized: bool,
    /// Capacity reservation it runs in. Absent when it runs in none.
    capacity_reservation_id: Option<String>,
    /// Kubernetes or EKS cluster its tags name. Absent when they name none.
    kubernetes_cluster: Option<String>,
    /// Whether AWS refuses to terminate it (`DisableApiTermination`). Source:
    /// `ec2:DescribeInstanceAttribute`, one call an instance and therefore asked only for stopped ones,
    /// where it stands in the way of a cleanup. Absent for all others and when it could not be read.
    termination_protection: Option<bool>,
    /// Availability Zone.
    zone: String,
}

impl Scan for Instances {
    const KIND: Kind = Kind::new("ec2:instance");
    const TITLE: &'static str = "EC2 instances";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeInstances", "ec2:DescribeInstanceAttribute"];
    const BILLING: Billing = Billing::By(super::billing::compute::instance);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        // Accounts can hide what services manage (EKS Auto Mode nodes); hidden ones are billed all the same.
        let request = client.describe_instances().include_managed_resources(true);
        let mut pages = request.into_paginator().page_size(500).send();
        let mut denied = false;
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeInstances"))?;
            let instances = page.reservations().iter().flat_map(|reservation| reservation.instances());
            let alive: Vec<&Instance> = instances.filter(|i| state(i) != "terminated").collect();
            for four in alive.chunks(4) {
                for (instance, answer) in four.iter().zip(protections(&client, four, denied).await) {
                    let protected = match answer {
                        Ok(protected) => protected,
                        Err(fault) => {
                            // A refusal for one is a refusal for all: said once, and not asked again.
                            let said = denied;
                            denied |= fault.why == Why::Denied;
                            if !said {
                                found.missed(fault, instance.instance_id().unwrap_or_default()).await;
                            }
                            None
                        }
                    };
                    found.add(listed(instance, protected)).await;
                }
            }
        }
        Ok(())
    }
}

type Protected = Result<Option<bool>, Fault>;

/// Termination protection of up to four instances at once; nobody is asked when `denied`.
async fn protections(client: &Client, four: &[&Instance], denied: bool) -> [Protected; 4] {
    let ask = |n: usize| protection(client, four.get(n).copied().filter(|i| !denied && state(i) == "stopped"));
    let (a, b, c, d) = tokio::join!(ask(0), ask(1), ask(2), ask(3));
    [a, b, c, d]
}

async fn protection(client: &Client, instance: Option<&Instance>) -> Protected {
    let Some(id) = instance.and_then(|i| i.instance_id()) else { return Ok(None) };
    let request = client.describe_instance_attribute().instance_id(id);
    let answer = request.attribute(InstanceAttributeName::DisableApiTermination).send().await;
    match answer.map_err(Fault::sdk("ec2:DescribeInstanceAttribute")) {
        Ok(attribute) => Ok(attribute.disable_api_termination().and_then(|flag| flag.value())),
        // Terminated between the listing and this call.
        Err(fault) if fault.code == "InvalidInstanceID.NotFound" => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn listed(instance: &Instance, protected: Option<bool>) -> Listed<Facts> {
    let tags = super::tags(instance.tags());
    let clusters = clusters(&tags);
    let facts = facts(instance, clusters.first().cloned(), protected);
    let managed = instance.operator().filter(|o| o.managed().unwrap_or_default());
    let volumes = facts.volume_ids.clone();
    let profile = facts.instance_profile.clone();
    let family = format!("instance-family/{}", facts.family);
    let mut listed = Listed::new(instance.instance_id().unwrap_or_default(), facts)
        .created(created(instance))
        .owner(managed.map(|o| ownership::service(o.principal().unwrap_or("AWS"), "Operator.Managed")))
        .locked(protected == Some(true), "DisableApiTermination")
        .refers(Role::Inside, instance.vpc_id())
        .refers(Role::Inside, instance.subnet_id())
        .refers(Role::MadeFrom, instance.image_id())
        .refers(Role::MadeFrom, tags.get("aws:ec2launchtemplate:id").cloned())
        .refers(Role::Uses, instance.key_name())
        .refers(Role::Uses, profile)
        .refers(Role::Uses, instance.capacity_reservation_id())
        .refers(Role::OneOf, Some(family));
    for group in instance.security_groups() {
        listed = listed.refers(Role::Uses, group.group_id());
    }
    for volume in volumes {
        listed = listed.refers(Role::Needs, Some(volume));
    }
    for cluster in clusters {
        listed = listed.refers(Role::OneOf, Some(format!("kubernetes.io/cluster/{cluster}")));
    }
    listed.tags(tags)
}

fn facts(instance: &Instance, cluster: Option<String>, protected: Option<bool>) -> Facts {
    let text = |value: Option<&str>| value.filter(|v| !v.is_empty()).map(str::to_owned);
    let state = state(instance);
    let instance_type = instance.instance_type().map(|t| t.as_str().to_owned()).unwrap_or_default();
    let family = family(&instance_type).to_owned();
    let off = state == "stopped" || state == "stopping";
    let disks = instance.block_device_mappings().iter().filter_map(|mapping| mapping.ebs());
    let cpus = instance.cpu_options();
    Facts {
        stopped_at: instance.state_transition_reason().filter(|_| off).and_then(moment),
        state: state.to_owned(),
        state_reason: text(instance.state_reason().and_then(|reason| reason.code())),
        launched_at: time(instance.launch_time()),
        accelerated: is_accelerated(&family),
        family,
        instance_type,
        vcpus: cpus.and_then(|c| Some(i64::from(c.core_count()?) * i64::from(c.threads_per_core()?))),
        platform_details: text(instance.platform_details()),
        windows: instance.platform().is_some_and(|p| p.as_str().eq_ignore_ascii_case("windows")),
        tenancy: instance.placement().and_then(|p| p.tenancy()).map_or("default", |t| t.as_str()).to_owned(),
        lifecycle: text(instance.instance_lifecycle().map(|l| l.as_str())),
        key_name: text(instance.key_name()),
        image_id: text(instance.image_id()),
        vpc_id: text(instance.vpc_id()),
        subnet_id: text(instance.subnet_id()),
        volume_ids: disks.filter_map(|disk| disk.volume_id()).map(str::to_owned).collect(),
        public_ip: text(instance.public_ip_address()),
        elastic_ip: instance.network_interfaces().iter().any(has_elastic_ip),
        root_device_type: instance.root_device_type().map(|t| t.as_str().to_owned()).unwrap_or_default(),
        instance_profile: text(instance.iam_instance_profile().and_then(|profile| profile.arn())),
        detailed_monitoring: instance.monitoring().and_then(|m| m.state()).is_some_and(|s| s.as_str() == "enabled"),
        ebs_optimized: instance.ebs_optimized().unwrap_or_default(),
        capacity_reservation_id: text(instance.capacity_reservation_id()),
        kubernetes_cluster: cluster,
        termination_protection: protected,
        zone: instance.placement().and_then(|p| p.availability_zone()).unwrap_or_default().to_owned(),
    }
}

fn state(instance: &Instance) -> &str {
    instance.state().and_then(|state| state.name()).map_or("", InstanceStateName::as_str)
}

fn created(instance: &Instance) -> Option<Timestamp> {
    let disks = instance.block_device_mappings().iter().filter_map(|mapping| time(mapping.ebs()?.attach_time()));
    let cards = instance.network_interfaces().iter().filter_map(|card| time(card.attachment()?.attach_time()));
    time(instance.launch_time()).into_iter().chain(disks).chain(cards).min()
}

/// An address AWS lends belongs to `amazon` (or to a carrier); any other owner is an account's.
fn has_elastic_ip(card: &InstanceNetworkInterface) -> bool {
    let further = card.private_ip_addresses().iter().filter_map(|address| address.association());
    let mut owners = card.association().into_iter().chain(further).filter_map(|a| a.ip_owner_id());
    owners.any(|owner| !owner.is_empty() && owner.bytes().all(|b| b.is_ascii_digit()))
}

/// `m5` of `m5.large`.
pub(super) fn family(instance_type: &str) -> &str {
    instance_type.split('.').next().unwrap_or_default()
}

fn is_accelerated(family: &str) -> bool {
    let letters = family.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
    matches!(letters, "p" | "g" | "gr" | "inf" | "trn" | "dl" | "vt" | "f")
}

/// The time in `User initiated (2025-03-01 10:11:12 GMT)`; `UTC` serves as well.
fn moment(reason: &str) -> Option<Timestamp> {
    let (_, rest) = reason.rsplit_once('(')?;
    let (inside, _) = rest.split_once(')')?;
    let clock = inside.strip_suffix(" GMT").or_else(|| inside.strip_suffix(" UTC"))?;
    format!("{}Z", clock.trim()).parse().ok()
}

/// Kubernetes and EKS clusters that tags name, each once, the surest first.
pub(super) fn clusters(tags: &BTreeMap<String, String>) -> Vec<String> {
    let named = ["eks:cluster-name", "aws:eks:cluster-name", "eks:eks-cluster-name", "KubernetesCluster"];
    let keyed = tags.keys().filter_map(|key| key.strip_prefix("kubernetes.io/cluster/"));
    let valued = named.iter().filter_map(|key| tags.get(*key)).map(String::as_str);
    let mut clusters: Vec<String> = Vec::new();
    for name in keyed.chain(valued).filter(|name| !name.is_empty()) {
        if !clusters.iter().any(|known| known == name) {
            clusters.push(name.to_owned());
        }
    }
    clusters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_time_is_read_whichever_way_the_zone_is_written() {
        let at = |text| moment(text).map(|at| at.to_string());
        assert_eq!(at("User initiated (2025-03-01 10:11:12 GMT)").as_deref(), Some("2025-03-01T10:11:12Z"));
        assert_eq!(at("Service initiated (2025-03-01 10:11:12 UTC)").as_deref(), Some("2025-03-01T10:11:12Z"));
        assert_eq!(at("User initiated"), None);
        assert_eq!(at("User initiated (2025-03-01 10:11:12 +02)"), None);
        assert_eq!(at("User initiated (yesterday GMT)"), None);
        assert_eq!(at(""), None);
    }

    #[test]
    fn accelerators_are_told_by_the_letters_of_the_family() {
        assert!(["p5", "g4dn", "gr6", "inf2", "trn1n", "dl2q"].into_iter().all(is_accelerated));
        assert!(!["m5", "c7gn", "t4g", "i3en", "u-6tb1", "mac2", "hpc6a", ""].into_iter().any(is_accelerated));
        assert_eq!(family("m5.24xlarge"), "m5");
    }

    #[test]
    fn clusters_are_named_once_whatever_tag_says_it() {
        let tags = [("kubernetes.io/cluster/lab", "owned"), ("eks:cluster-name", "lab"), ("KubernetesCluster", "old")];
        let tags = tags.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        assert_eq!(clusters(&tags), ["lab", "old"]);
    }
}
