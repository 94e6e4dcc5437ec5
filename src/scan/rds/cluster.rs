use aws_sdk_rds::types::DbCluster;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{PAGE, tags, text, word};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan, Tested};

/// Clusters of Aurora, Neptune and DocumentDB, and Multi-AZ clusters of RDS.
pub struct Clusters;

/// Facts of a database cluster. Source: `rds:DescribeDBClusters`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `stopped`, `creating`, `deleting`, `modifying` and others.
    status: String,
    /// `aurora-mysql`, `aurora-postgresql`, `neptune`, `docdb`; `mysql` or `postgres` for a Multi-AZ cluster.
    engine: String,
    /// Version of the engine.
    engine_version: String,
    /// `provisioned` (Serverless v2 included) or `serverless` (v1, which has no instances). Absent when RDS
    /// tells none.
    engine_mode: Option<String>,
    /// How many instances are in it.
    member_count: i64,
    /// Identifiers of its instances.
    members: Vec<String>,
    /// Instance class of a Multi-AZ cluster. Absent for all others: there each member has its own.
    class: Option<String>,
    /// Storage in GiB as RDS tells it. For Aurora not what is billed, which is what the volume really holds.
    /// Absent when RDS tells none.
    allocated_gib: Option<f64>,
    /// `aurora`, `aurora-iopt1` (I/O-Optimized), `io1`, `gp3` and the like. Absent when RDS tells none.
    storage_type: Option<String>,
    /// Provisioned IOPS of a Multi-AZ cluster. Absent for all others.
    iops: Option<f64>,
    /// Fewest Aurora capacity units a serverless member may shrink to. Absent unless serverless.
    serverless_min_acu: Option<f64>,
    /// Most Aurora capacity units a serverless member may grow to. Absent unless serverless.
    serverless_max_acu: Option<f64>,
    /// Whether its instances are spread over several zones.
    multi_az: bool,
    /// When AWS starts it again by itself, seven days after the stop. Absent unless stopped.
    automatic_restart_at: Option<Timestamp>,
    /// Days automated backups are kept.
    backup_retention_days: i64,
    /// Newest moment it can be restored to. Absent when RDS tells none.
    latest_restorable_at: Option<Timestamp>,
    /// Global database it is part of. Absent when it is in none.
    global_cluster_id: Option<String>,
    /// ARN of the instance or cluster it is a read replica of. Absent unless it is one.
    replica_of: Option<String>,
    /// Whether AWS refuses to delete it (`DeletionProtection`).
    deletion_protection: bool,
    /// Whether its storage is encrypted.
    encrypted: bool,
}

impl Scan for Clusters {
    const KIND: Kind = Kind::new("rds:cluster");
    const TITLE: &'static str = "Aurora and other database clusters";
    const ACTIONS: &'static [&'static str] = &["rds:DescribeDBClusters"];
    const BILLING: Billing = Billing::By(super::billing::cluster);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.rds();
        let mut pages = client.describe_db_clusters().into_paginator().page_size(PAGE).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("rds:DescribeDBClusters"))?;
            for cluster in page.db_clusters() {
                found.add(listed(cluster)).await;
            }
        }
        Ok(())
    }
}

fn listed(cluster: &DbCluster) -> Listed<Facts> {
    let mut listed = Listed::new(word(cluster.db_cluster_identifier()), facts(cluster))
        .arn(cluster.db_cluster_arn())
        .created(time(cluster.cluster_create_time()))
        .tags(tags(cluster.tag_list()))
        .locked(cluster.deletion_protection().unwrap_or_default(), "DeletionProtection")
        .refers(Role::Uses, cluster.replication_source_identifier())
        .refers(Role::Inside, cluster.global_cluster_identifier())
        .refers(Role::Needs, cluster.kms_key_id());
    for group in cluster.vpc_security_groups() {
        listed = listed.refers(Role::Uses, group.vpc_security_group_id());
    }
    listed
}

fn facts(cluster: &DbCluster) -> Facts {
    let members: Vec<String> =
        cluster.db_cluster_members().iter().filter_map(|member| text(member.db_instance_identifier())).collect();
    let v1 = cluster.scaling_configuration_info();
    let v2 = cluster.serverless_v2_scaling_configuration();
    Facts {
        status: word(cluster.status()),
        engine: word(cluster.engine()),
        engine_version: word(cluster.engine_version()),
        engine_mode: text(cluster.engine_mode()),
        member_count: i64::try_from(members.len()).unwrap_or(i64::MAX),
        members,
        class: text(cluster.db_cluster_instance_class()),
        allocated_gib: cluster.allocated_storage().map(f64::from),
        storage_type: text(cluster.storage_type()),
        iops: cluster.iops().map(f64::from),
        serverless_min_acu: v2.and_then(|v2| v2.min_capacity()).or(v1.and_then(|v1| v1.min_capacity()).map(f64::from)),
        serverless_max_acu: v2.and_then(|v2| v2.max_capacity()).or(v1.and_then(|v1| v1.max_capacity()).map(f64::from)),
        multi_az: cluster.multi_az().unwrap_or_default(),
        automatic_restart_at: time(cluster.automatic_restart_time()),
        backup_retention_days: i64::from(cluster.backup_retention_period().unwrap_or_default()),
        latest_restorable_at: time(cluster.latest_restorable_time()),
        global_cluster_id: text(cluster.global_cluster_identifier()),
        replica_of: text(cluster.replication_source_identifier()),
        deletion_protection: cluster.deletion_protection().unwrap_or_default(),
        encrypted: cluster.storage_encrypted().unwrap_or_default(),
    }
}
