use aws_sdk_rds::types::DbClusterSnapshot;
use schemars::JsonSchema;
use serde::Serialize;

use super::{PAGE, aws_backup, tags, text, word};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan, Tested};

/// Snapshots of database clusters that stay until somebody deletes them. Automated ones go with their
/// cluster and are left out.
pub struct ClusterSnapshots;

/// Facts of a cluster snapshot. Source: `rds:DescribeDBClusterSnapshots`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `manual` or `awsbackup`.
    snapshot_type: String,
    /// `available`, `creating`, `copying`, `failed`.
    status: String,
    /// Engine of the cluster, `aurora-postgresql`.
    engine: String,
    /// Version of the engine.
    engine_version: String,
    /// `provisioned` or `serverless`. Absent when RDS tells none.
    engine_mode: Option<String>,
    /// Storage in GiB as RDS tells it; for Aurora it may be 0 or 1 whatever the volume holds. Absent when RDS
    /// tells none.
    allocated_gib: Option<f64>,
    /// Storage type of the cluster. Absent when RDS tells none.
    storage_type: Option<String>,
    /// Cluster it was made from, which may be gone.
    source_id: String,
    /// Identifier of that very cluster, `cluster-ABC…`. Absent when RDS tells none.
    source_resource_id: Option<String>,
    /// ARN of the snapshot it is a copy of; its cluster may then be in another region or account. Absent
    /// unless it is a copy.
    copied_from: Option<String>,
    /// Whether it is encrypted.
    encrypted: bool,
}

impl Scan for ClusterSnapshots {
    const KIND: Kind = Kind::new("rds:cluster-snapshot");
    const TITLE: &'static str = "Aurora and other cluster snapshots";
    const ACTIONS: &'static [&'static str] = &["rds:DescribeDBClusterSnapshots"];
    const BILLING: Billing = Billing::By(super::billing::cluster_snapshot);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.rds();
        // All types, since the filter of this operation, unlike that for instances, knows no `awsbackup`.
        let mut pages = client.describe_db_cluster_snapshots().into_paginator().page_size(PAGE).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("rds:DescribeDBClusterSnapshots"))?;
            let kept = page.db_cluster_snapshots().iter().filter(|s| s.snapshot_type() != Some("automated"));
            for snapshot in kept {
                found.add(listed(snapshot)).await;
            }
        }
        Ok(())
    }
}

fn listed(snapshot: &DbClusterSnapshot) -> Listed<Facts> {
    let id = word(snapshot.db_cluster_snapshot_identifier());
    // AWS Backup names its snapshots `awsbackup:job-…`; where it keeps Aurora's, the type may say `manual`.
    let by_backup = snapshot.snapshot_type() == Some("awsbackup") || id.starts_with("awsbackup:");
    Listed::new(id, facts(snapshot))
        .arn(snapshot.db_cluster_snapshot_arn())
        .created(time(snapshot.snapshot_create_time()))
        .tags(tags(snapshot.tag_list()))
        .owner(aws_backup(by_backup, "snapshot of AWS Backup by its type or name"))
        .refers(Role::MadeFrom, snapshot.db_cluster_identifier())
        .refers(Role::MadeFrom, snapshot.source_db_cluster_snapshot_arn())
        .refers(Role::Inside, snapshot.vpc_id())
        .refers(Role::Needs, snapshot.kms_key_id())
}

fn facts(snapshot: &DbClusterSnapshot) -> Facts {
    Facts {
        snapshot_type: word(snapshot.snapshot_type()),
        status: word(snapshot.status()),
        engine: word(snapshot.engine()),
        engine_version: word(snapshot.engine_version()),
        engine_mode: text(snapshot.engine_mode()),
        allocated_gib: snapshot.allocated_storage().map(f64::from),
        storage_type: text(snapshot.storage_type()),
        source_id: word(snapshot.db_cluster_identifier()),
        source_resource_id: text(snapshot.db_cluster_resource_id()),
        copied_from: text(snapshot.source_db_cluster_snapshot_arn()),
        encrypted: snapshot.storage_encrypted().unwrap_or_default(),
    }
}
