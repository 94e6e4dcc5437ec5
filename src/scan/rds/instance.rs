use aws_sdk_rds::types::DbInstance;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{PAGE, family, tags, text, word};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan, Tested};

/// Database instances of RDS, Aurora, Neptune and DocumentDB.
///
/// Refs also hold engine and family (`db-family/postgresql/r5`), which is what a reservation has to match.
pub struct Instances;

/// Facts of a database instance. Source: `rds:DescribeDBInstances`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `stopped`, `creating`, `deleting`, `modifying`, `failed`, `storage-full` and others.
    status: String,
    /// `postgres`, `mysql`, `mariadb`, `oracle-…`, `sqlserver-…`, `db2-…`, `aurora-mysql`,
    /// `aurora-postgresql`, `neptune`, `docdb`.
    engine: String,
    /// Version of the engine, `16.4`.
    engine_version: String,
    /// Instance class, `db.t3.medium`; `db.serverless` in Aurora Serverless v2.
    class: String,
    /// `gp2`, `gp3`, `io1`, `io2`, `standard` (magnetic), `aurora`, `aurora-iopt1`. Absent when RDS tells none.
    storage_type: Option<String>,
    /// Provisioned storage in GiB. Means nothing for a member of a cluster. Absent when RDS tells none.
    allocated_gib: Option<f64>,
    /// Further volumes of Oracle and SQL Server, in GiB together. Absent without them.
    additional_gib: Option<f64>,
    /// Provisioned IOPS. Absent for gp2, magnetic and cluster storage.
    iops: Option<f64>,
    /// Provisioned throughput in MiB/s. Absent unless gp3.
    throughput_mibps: Option<f64>,
    /// Whether a standby runs in a second zone, which doubles the price.
    multi_az: bool,
    /// `license-included`, `bring-your-own-license`, `general-public-license`. Absent for Aurora.
    license_model: Option<String>,
    /// When AWS starts it again by itself, seven days after the stop. Absent unless stopped.
    automatic_restart_at: Option<Timestamp>,
    /// Days automated backups are kept; 0 when they are off.
    backup_retention_days: i64,
    /// Newest moment it can be restored to. Absent without automated backups.
    latest_restorable_at: Option<Timestamp>,
    /// Cluster it is a member of. Absent for a database of its own.
    cluster_id: Option<String>,
    /// Instance or cluster it is a read replica of. Absent unless it is one.
    replica_of: Option<String>,
    /// How many read replicas it feeds.
    replicas: i64,
    /// Whether it has a public address.
    public: bool,
    /// Whether AWS refuses to delete it (`DeletionProtection`).
    deletion_protection: bool,
    /// Whether its storage is encrypted.
    encrypted: bool,
    /// Identifier that no later instance of the same name gets, `db-ABC…`. Absent when RDS tells none.
    resource_id: Option<String>,
    /// VPC. Absent outside a VPC.
    vpc_id: Option<String>,
    /// Whether versions past their standard support stay on under a surcharge:
    /// `open-source-rds-extended-support` or `…-disabled`. Absent for engines without it.
    lifecycle_support: Option<String>,
}

impl Scan for Instances {
    const KIND: Kind = Kind::new("rds:db");
    const TITLE: &'static str = "RDS instances";
    const ACTIONS: &'static [&'static str] = &["rds:DescribeDBInstances"];
    const BILLING: Billing = Billing::By(super::billing::instance);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.rds();
        let mut pages = client.describe_db_instances().into_paginator().page_size(PAGE).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("rds:DescribeDBInstances"))?;
            for db in page.db_instances() {
                found.add(listed(db)).await;
            }
        }
        Ok(())
    }
}

fn listed(db: &DbInstance) -> Listed<Facts> {
    let network = db.db_subnet_group();
    let mut listed = Listed::new(word(db.db_instance_identifier()), facts(db))
        .arn(db.db_instance_arn())
        .created(time(db.instance_create_time()))
        .tags(tags(db.tag_list()))
        .locked(db.deletion_protection().unwrap_or_default(), "DeletionProtection")
        .refers(Role::Inside, db.db_cluster_identifier())
        .refers(Role::Uses, replica_of(db))
        .refers(Role::OneOf, Some(family(db.engine().unwrap_or_default(), db.db_instance_class().unwrap_or_default())))
        .refers(Role::Inside, network.and_then(|group| group.vpc_id()))
        .refers(Role::Needs, db.kms_key_id());
    for subnet in network.map(|group| group.subnets()).unwrap_or_default() {
        listed = listed.refers(Role::Inside, subnet.subnet_identifier());
    }
    for group in db.vpc_security_groups() {
        listed = listed.refers(Role::Uses, group.vpc_security_group_id());
    }
    listed
}

fn facts(db: &DbInstance) -> Facts {
    let volumes = db.additional_storage_volumes();
    let further = volumes.iter().filter_map(|volume| volume.allocated_storage()).map(f64::from).sum();
    let replicas = db.read_replica_db_instance_identifiers().len() + db.read_replica_db_cluster_identifiers().len();
    Facts {
        status: word(db.db_instance_status()),
        engine: word(db.engine()),
        engine_version: word(db.engine_version()),
        class: word(db.db_instance_class()),
        storage_type: text(db.storage_type()),
        allocated_gib: db.allocated_storage().map(f64::from),
        additional_gib: (!volumes.is_empty()).then_some(further),
        iops: db.iops().map(f64::from),
        throughput_mibps: db.storage_throughput().filter(|rate| *rate > 0).map(f64::from),
        multi_az: db.multi_az().unwrap_or_default(),
        license_model: text(db.license_model()),
        automatic_restart_at: time(db.automatic_restart_time()),
        backup_retention_days: i64::from(db.backup_retention_period().unwrap_or_default()),
        latest_restorable_at: time(db.latest_restorable_time()),
        cluster_id: text(db.db_cluster_identifier()),
        replica_of: text(replica_of(db)),
        replicas: i64::try_from(replicas).unwrap_or(i64::MAX),
        public: db.publicly_accessible().unwrap_or_default(),
        deletion_protection: db.deletion_protection().unwrap_or_default(),
        encrypted: db.storage_encrypted().unwrap_or_default(),
        resource_id: text(db.dbi_resource_id()),
        vpc_id: text(db.db_subnet_group().and_then(|group| group.vpc_id())),
        lifecycle_support: text(db.engine_lifecycle_support()),
    }
}

fn replica_of(db: &DbInstance) -> Option<&str> {
    let instance = db.read_replica_source_db_instance_identifier().filter(|id| !id.is_empty());
    instance.or(db.read_replica_source_db_cluster_identifier())
}
