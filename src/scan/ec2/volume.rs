use aws_sdk_ec2::types::Volume;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::instance::clusters;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::ownership;
use crate::scan::{Billing, Scan, Tested};

/// EBS volumes, attached or not.
pub struct Volumes;

/// Facts of an EBS volume. Source: `ec2:DescribeVolumes`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available` (attached to nothing), `in-use`, `creating`, `deleting`, `error`.
    state: String,
    /// Provisioned size in GiB, which is what is billed.
    size_gib: f64,
    /// `gp2`, `gp3`, `io1`, `io2`, `st1`, `sc1` or `standard`.
    volume_type: String,
    /// Provisioned IOPS; for gp2 the baseline. Absent for st1, sc1 and standard.
    iops: Option<f64>,
    /// Provisioned throughput in MiB/s. Absent unless gp3.
    throughput_mibps: Option<f64>,
    /// Whether it is encrypted.
    encrypted: bool,
    /// Instance it is attached to. Absent when attached to none; the first when multi-attached.
    instance_id: Option<String>,
    /// Every instance it is attached to: several for a multi-attached io1 or io2 volume.
    instance_ids: Vec<String>,
    /// When it was last attached. Absent when attached to nothing: AWS does not tell when it was detached.
    attached_at: Option<Timestamp>,
    /// Whether it goes with its instance. Absent when attached to none.
    delete_on_termination: Option<bool>,
    /// Snapshot it was made from. Absent when made empty.
    snapshot_id: Option<String>,
    /// Kubernetes or EKS cluster its tags name. Absent when they name none.
    kubernetes_cluster: Option<String>,
    /// Availability Zone.
    zone: String,
}

impl Scan for Volumes {
    const KIND: Kind = Kind::new("ec2:volume");
    const TITLE: &'static str = "EBS volumes";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeVolumes"];
    const BILLING: Billing = Billing::By(super::billing::ebs::volume);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        // Accounts can hide what services manage; hidden volumes are billed all the same.
        let request = client.describe_volumes().include_managed_resources(true);
        let mut pages = request.into_paginator().page_size(500).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeVolumes"))?;
            for volume in page.volumes() {
                found.add(listed(volume)).await;
            }
        }
        Ok(())
    }
}

fn listed(volume: &Volume) -> Listed<Facts> {
    let tags = super::tags(volume.tags());
    let managed = volume.operator().filter(|o| o.managed().unwrap_or_default());
    let facts = facts(volume, clusters(&tags).first().cloned());
    let mut listed = Listed::new(volume.volume_id().unwrap_or_default(), facts)
        .created(time(volume.create_time()))
        .tags(tags)
        .owner(managed.map(|o| ownership::service(o.principal().unwrap_or("AWS"), "Operator.Managed")))
        .refers(Role::MadeFrom, volume.snapshot_id());
    for attachment in volume.attachments() {
        listed = listed.refers(Role::AttachedTo, attachment.instance_id());
    }
    listed
}

fn facts(volume: &Volume, cluster: Option<String>) -> Facts {
    let attachments = volume.attachments();
    let instances: Vec<String> = attachments.iter().filter_map(|a| a.instance_id()).map(str::to_owned).collect();
    Facts {
        state: volume.state().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        size_gib: f64::from(volume.size().unwrap_or_default()),
        volume_type: volume.volume_type().map(|t| t.as_str().to_owned()).unwrap_or_default(),
        iops: volume.iops().map(f64::from),
        throughput_mibps: volume.throughput().map(f64::from),
        encrypted: volume.encrypted().unwrap_or_default(),
        instance_id: instances.first().cloned(),
        instance_ids: instances,
        attached_at: attachments.iter().filter_map(|a| time(a.attach_time())).max(),
        delete_on_termination: attachments.first().and_then(|a| a.delete_on_termination()),
        snapshot_id: volume.snapshot_id().filter(|id| !id.is_empty()).map(str::to_owned),
        kubernetes_cluster: cluster,
        zone: volume.availability_zone().unwrap_or_default().to_owned(),
    }
}
