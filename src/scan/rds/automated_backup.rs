use aws_sdk_rds::Client;
use aws_sdk_rds::types::{DbClusterAutomatedBackup, DbInstanceAutomatedBackup, RestoreWindow};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{PAGE, aws_backup, tags, text, word};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role, Why};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan};

/// Automated backups that outlived their database, or were copied from another region. Those of a database
/// that is still there (`active`) belong to it and are left out.
pub struct AutomatedBackups;

/// Facts of an automated backup. Source: `rds:DescribeDBInstanceAutomatedBackups` and
/// `rds:DescribeDBClusterAutomatedBackups`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `instance` or `cluster`.
    source: String,
    /// Name of the database.
    source_id: String,
    /// Identifier of that very database, `db-ABC…` or `cluster-ABC…`.
    source_resource_id: String,
    /// `retained` (the database is deleted), `replicating` and others.
    status: String,
    /// Engine of the database. Absent when RDS tells none.
    engine: Option<String>,
    /// Storage the database had, in GiB; the most the backup can be billed for. Absent when RDS tells none.
    allocated_gib: Option<f64>,
    /// Days it is kept after the database was deleted. Absent when RDS tells none.
    retention_days: Option<i64>,
    /// Region of the database, which is another one for a replicated backup. Absent when RDS tells none.
    backup_region: Option<String>,
    /// When the database was made. Absent when RDS tells none.
    source_created_at: Option<Timestamp>,
    /// Oldest moment it can restore. Absent when RDS tells none.
    earliest_restorable_at: Option<Timestamp>,
    /// Newest moment it can restore: about when the database was deleted. Absent when RDS tells none.
    latest_restorable_at: Option<Timestamp>,
    /// Whether it is encrypted.
    encrypted: bool,
}

impl Scan for AutomatedBackups {
    const KIND: Kind = Kind::new("rds:auto-backup");
    const TITLE: &'static str = "RDS backups that outlived their database";
    const ACTIONS: &'static [&'static str] =
        &["rds:DescribeDBInstanceAutomatedBackups", "rds:DescribeDBClusterAutomatedBackups"];
    const BILLING: Billing = Billing::By(super::billing::automated_backup);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.rds();
        let instances = instances(&client, found).await;
        match clusters(&client, found).await {
            // The younger of the two operations is not answered everywhere: where it is not, nothing can be missed.
            Err(fault) if instances.is_err() || fault.why == Why::NotOffered => {
                found.missed(fault, "backups of clusters").await;
                instances
            }
            Err(fault) => Err(fault),
            Ok(()) => instances,
        }
    }
}

async fn instances(client: &Client, found: &Found<'_, Facts>) -> Result<(), Fault> {
    let mut pages = client.describe_db_instance_automated_backups().into_paginator().page_size(PAGE).send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Fault::sdk("rds:DescribeDBInstanceAutomatedBackups"))?;
        for backup in page.db_instance_automated_backups().iter().filter(|backup| outlives(backup.status())) {
            found.add(of_instance(backup)).await;
        }
    }
    Ok(())
}

async fn clusters(client: &Client, found: &Found<'_, Facts>) -> Result<(), Fault> {
    let mut pages = client.describe_db_cluster_automated_backups().into_paginator().page_size(PAGE).send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Fault::sdk("rds:DescribeDBClusterAutomatedBackups"))?;
        for backup in page.db_cluster_automated_backups().iter().filter(|backup| outlives(backup.status())) {
            found.add(of_cluster(backup)).await;
        }
    }
    Ok(())
}

fn outlives(status: Option<&str>) -> bool {
    !matches!(status, Some("active" | "creating"))
}

fn of_instance(backup: &DbInstanceAutomatedBackup) -> Listed<Facts> {
    let window = backup.restore_window();
    let facts = Facts {
        source: "instance".to_owned(),
        source_id: word(backup.db_instance_identifier()),
        source_resource_id: word(backup.dbi_resource_id()),
        status: word(backup.status()),
        engine: text(backup.engine()),
        allocated_gib: backup.allocated_storage().map(f64::from),
        retention_days: backup.backup_retention_period().map(i64::from),
        backup_region: text(backup.region()),
        source_created_at: time(backup.instance_create_time()),
        earliest_restorable_at: time(window.and_then(RestoreWindow::earliest_time)),
        latest_restorable_at: time(window.and_then(RestoreWindow::latest_time)),
        encrypted: backup.encrypted().unwrap_or_default(),
    };
    let managed = aws_backup(backup.aws_backup_recovery_point_arn().is_some(), "AwsBackupRecoveryPointArn");
    listed(facts, backup.db_instance_automated_backups_arn())
        .tags(tags(backup.tag_list()))
        .owner(managed)
        .refers(Role::MadeFrom, backup.db_instance_identifier())
        .refers(Role::Inside, backup.vpc_id())
        .refers(Role::Needs, backup.kms_key_id())
}

fn of_cluster(backup: &DbClusterAutomatedBackup) -> Listed<Facts> {
    let window = backup.restore_window();
    let facts = Facts {
        source: "cluster".to_owned(),
        source_id: word(backup.db_cluster_identifier()),
        source_resource_id: word(backup.db_cluster_resource_id()),
        status: word(backup.status()),
        engine: text(backup.engine()),
        allocated_gib: backup.allocated_storage().map(f64::from),
        retention_days: backup.backup_retention_period().map(i64::from),
        backup_region: text(backup.region()),
        source_created_at: time(backup.cluster_create_time()),
        earliest_restorable_at: time(window.and_then(RestoreWindow::earliest_time)),
        latest_restorable_at: time(window.and_then(RestoreWindow::latest_time)),
        encrypted: backup.storage_encrypted().unwrap_or_default(),
    };
    let managed = aws_backup(backup.aws_backup_recovery_point_arn().is_some(), "AwsBackupRecoveryPointArn");
    listed(facts, backup.db_cluster_automated_backups_arn())
        .tags(tags(backup.tag_list()))
        .owner(managed)
        .refers(Role::MadeFrom, backup.db_cluster_identifier())
        .refers(Role::Inside, backup.vpc_id())
        .refers(Role::Needs, backup.kms_key_id())
}

/// Its id is the last part of the ARN, `ab-…`; without an ARN the identifier of the database serves. RDS
/// does not tell when a backup began, so it has no age.
fn listed(facts: Facts, arn: Option<&str>) -> Listed<Facts> {
    let id = arn.and_then(|arn| arn.rsplit(':').next()).unwrap_or(&facts.source_resource_id).to_owned();
    let name = facts.source_id.clone();
    Listed::new(id, facts).arn(arn).name(Some(name))
}
