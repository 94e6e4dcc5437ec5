use aws_sdk_rds::types::DbSnapshot;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{PAGE, aws_backup, tags, text, word};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan, Tested};

/// Snapshots of database instances that stay until somebody deletes them: manual ones and those of AWS
/// Backup. Automated ones go with their instance and are not listed.
pub struct Snapshots;

/// Facts of a database snapshot. Source: `rds:DescribeDBSnapshots`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `manual` or `awsbackup`.
    snapshot_type: String,
    /// `available`, `creating`, `copying`, `failed`.
    status: String,
    /// Engine of the database, `postgres`.
    engine: String,
    /// Version of the engine.
    engine_version: String,
    /// Storage the database had, in GiB; the most the snapshot can be billed for. Absent when RDS tells none.
    allocated_gib: Option<f64>,
    /// Blocks written at that time, in GiB; not the incremental size that is billed. Absent when RDS tells none.
    full_gib: Option<f64>,
    /// `gp2`, `gp3`, `io1`, … of the database. Absent when RDS tells none.
    storage_type: Option<String>,
    /// Instance it was made from, which may be gone.
    source_id: String,
    /// Identifier of that very instance, `db-ABC…`; a new instance of the same name has another. Absent when
    /// RDS tells none.
    source_resource_id: Option<String>,
    /// Snapshot in another region or account that it is a copy of; its instance is then not to be looked for
    /// here. Absent unless it is a copy.
    copied_from: Option<String>,
    /// When the first of its copies was made. Absent when RDS tells none.
    taken_at: Option<Timestamp>,
    /// Whether it is encrypted.
    encrypted: bool,
}

impl Scan for Snapshots {
    const KIND: Kind = Kind::new("rds:snapshot");
    const TITLE: &'static str = "RDS snapshots";
    const ACTIONS: &'static [&'static str] = &["rds:DescribeDBSnapshots"];
    const BILLING: Billing = Billing::By(super::billing::snapshot);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.rds();
        for kept in ["manual", "awsbackup"] {
            let request = client.describe_db_snapshots().snapshot_type(kept);
            let mut pages = request.into_paginator().page_size(PAGE).send();
            while let Some(page) = pages.next().await {
                let page = page.map_err(Fault::sdk("rds:DescribeDBSnapshots"))?;
                for snapshot in page.db_snapshots() {
                    found.add(listed(snapshot)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(snapshot: &DbSnapshot) -> Listed<Facts> {
    let facts = facts(snapshot);
    let backup = aws_backup(facts.snapshot_type == "awsbackup", "SnapshotType awsbackup");
    Listed::new(word(snapshot.db_snapshot_identifier()), facts)
        .arn(snapshot.db_snapshot_arn())
        .created(time(snapshot.snapshot_create_time()))
        .tags(tags(snapshot.tag_list()))
        .owner(backup)
        .refers(Role::MadeFrom, snapshot.db_instance_identifier())
        .refers(Role::MadeFrom, snapshot.source_db_snapshot_identifier())
        .refers(Role::Inside, snapshot.vpc_id())
        .refers(Role::Needs, snapshot.kms_key_id())
}

fn facts(snapshot: &DbSnapshot) -> Facts {
    const GIB: f64 = 1_073_741_824.0;
    Facts {
        snapshot_type: word(snapshot.snapshot_type()),
        status: word(snapshot.status()),
        engine: word(snapshot.engine()),
        engine_version: word(snapshot.engine_version()),
        allocated_gib: snapshot.allocated_storage().map(f64::from),
        full_gib: snapshot.full_snapshot_size_in_bytes().filter(|bytes| *bytes > 0).map(|bytes| bytes as f64 / GIB),
        storage_type: text(snapshot.storage_type()),
        source_id: word(snapshot.db_instance_identifier()),
        source_resource_id: text(snapshot.dbi_resource_id()),
        copied_from: text(snapshot.source_db_snapshot_identifier()),
        taken_at: time(snapshot.original_snapshot_create_time()),
        encrypted: snapshot.encrypted().unwrap_or_default(),
    }
}
