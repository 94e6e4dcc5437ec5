use aws_sdk_ec2::types::SnapshotRecycleBinInfo;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan};

/// Deleted EBS snapshots that a rule keeps in the Recycle Bin.
pub struct RecycleBinSnapshots;

/// Facts of a snapshot in the Recycle Bin. Source: `ec2:ListSnapshotsInRecycleBin`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// When it was deleted. Absent when AWS gives none.
    entered_at: Option<Timestamp>,
    /// When it goes for good. Absent when AWS gives none.
    leaves_at: Option<Timestamp>,
    /// Whole days from the scan until it goes for good. Absent when AWS does not say when.
    leaves_in_days: Option<i64>,
    /// Volume it was made of, which may be gone by now. Absent when AWS gives none.
    volume_id: Option<String>,
    /// Description. Absent when empty.
    description: Option<String>,
}

impl Scan for RecycleBinSnapshots {
    const KIND: Kind = Kind::new("ec2:recycle-bin-snapshot");
    const TITLE: &'static str = "Snapshots in the Recycle Bin";
    const ACTIONS: &'static [&'static str] = &["ec2:ListSnapshotsInRecycleBin"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.list_snapshots_in_recycle_bin().into_paginator().page_size(500).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:ListSnapshotsInRecycleBin"))?;
            for snapshot in page.snapshots() {
                found.add(listed(cx, snapshot)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, snapshot: &SnapshotRecycleBinInfo) -> Listed<Facts> {
    let id = snapshot.snapshot_id().unwrap_or_default();
    let leaves = time(snapshot.recycle_bin_exit_time());
    let facts = Facts {
        entered_at: time(snapshot.recycle_bin_enter_time()),
        leaves_at: leaves,
        leaves_in_days: leaves.map(|at| (at.as_second() - cx.now().as_second()).div_euclid(86_400)),
        volume_id: text(snapshot.volume_id()),
        description: text(snapshot.description()),
    };
    Listed::new(id, facts)
        .arn(Some(cx.arn("ec2", cx.region(), &format!("snapshot/{id}"))))
        .refers(Role::MadeFrom, snapshot.volume_id())
}

/// Like any snapshot, by blocks whose number AWS does not tell here.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("snapshot storage")
}
