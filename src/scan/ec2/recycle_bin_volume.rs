use aws_sdk_ec2::types::VolumeRecycleBinInfo;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan};

/// Deleted EBS volumes that a rule keeps in the Recycle Bin.
pub struct RecycleBinVolumes;

/// Facts of a volume in the Recycle Bin. Source: `ec2:ListVolumesInRecycleBin`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `gp3`, `io2`, …
    volume_type: String,
    /// What it was provisioned with, in GiB.
    size_gib: f64,
    /// IOPS it was provisioned with. Absent for types without.
    iops: Option<f64>,
    /// Throughput it was provisioned with, in MiB a second. Absent for types without.
    throughput_mibps: Option<f64>,
    /// When it was deleted. Absent when AWS gives none.
    entered_at: Option<Timestamp>,
    /// When it goes for good. Absent when AWS gives none.
    leaves_at: Option<Timestamp>,
    /// Whole days from the scan until it goes for good. Absent when AWS does not say when.
    leaves_in_days: Option<i64>,
}

impl Scan for RecycleBinVolumes {
    const KIND: Kind = Kind::new("ec2:recycle-bin-volume");
    const TITLE: &'static str = "Volumes in the Recycle Bin";
    const ACTIONS: &'static [&'static str] = &["ec2:ListVolumesInRecycleBin"];
    const BILLING: Billing = Billing::By(super::billing::ebs::volume);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut token = None;
        loop {
            let request = client.list_volumes_in_recycle_bin().max_results(500).set_next_token(token);
            let page = request.send().await.map_err(Fault::sdk("ec2:ListVolumesInRecycleBin"))?;
            for volume in page.volumes() {
                found.add(listed(cx, volume)).await;
            }
            token = page.next_token().filter(|token| !token.is_empty()).map(str::to_owned);
            if token.is_none() {
                return Ok(());
            }
        }
    }
}

fn listed(cx: &Cx, volume: &VolumeRecycleBinInfo) -> Listed<Facts> {
    let id = volume.volume_id().unwrap_or_default();
    let leaves = time(volume.recycle_bin_exit_time());
    let facts = Facts {
        volume_type: volume.volume_type().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        size_gib: f64::from(volume.size().unwrap_or_default()),
        iops: volume.iops().map(f64::from),
        throughput_mibps: volume.throughput().map(f64::from),
        entered_at: time(volume.recycle_bin_enter_time()),
        leaves_at: leaves,
        leaves_in_days: leaves.map(|at| (at.as_second() - cx.now().as_second()).div_euclid(86_400)),
    };
    Listed::new(id, facts)
        .arn(Some(cx.arn("ec2", cx.region(), &format!("volume/{id}"))))
        .created(time(volume.create_time()))
        .refers(Role::MadeFrom, volume.snapshot_id())
}
