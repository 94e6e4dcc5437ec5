use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::REDSHIFT;
use crate::aws::api::{At, Call, List, Pair};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Owner, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = REDSHIFT.rpc("DescribeClusterSnapshots").paged("Marker");

/// Manual snapshots of provisioned clusters. Automated ones are left out: they expire by their cluster's settings, and
/// nobody can delete them.
pub struct Snapshots;

/// Facts of a manual snapshot. Source: `redshift:DescribeClusterSnapshots`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `creating`, `final snapshot`, `failed`, `deleted` or `cancelled`.
    status: String,
    /// Cluster it was made from; it may be gone.
    cluster: String,
    /// Node type of that cluster, `dc2.large`, `ra3.xlplus`, …
    node_type: String,
    /// All that a restore would read, in GiB; more than what is stored for it alone. Absent when Redshift tells none.
    size_gib: Option<f64>,
    /// What it added to earlier snapshots, in GiB. Absent when Redshift tells none.
    added_gib: Option<f64>,
    /// For how many days it is kept; -1 means until somebody deletes it. Absent when Redshift tells none.
    retention_days: Option<f64>,
    /// Region it was copied from. Absent when it was made in its own region.
    source_region: Option<String>,
    /// How many other accounts may restore it.
    shared_with: f64,
    /// Whether its data are encrypted.
    encrypted: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    snapshots: List<Snapshot>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Snapshot {
    snapshot_identifier: String,
    snapshot_arn: Option<String>,
    cluster_identifier: Option<String>,
    snapshot_create_time: Option<At>,
    status: Option<String>,
    node_type: Option<String>,
    total_backup_size_in_mega_bytes: Option<f64>,
    actual_incremental_backup_size_in_mega_bytes: Option<f64>,
    manual_snapshot_retention_period: Option<f64>,
    source_region: Option<String>,
    snapshot_type: Option<String>,
    #[serde(default)]
    accounts_with_restore_access: List<Account>,
    encrypted: Option<bool>,
    vpc_id: Option<String>,
    kms_key_id: Option<String>,
    #[serde(default)]
    tags: List<Pair>,
}

#[derive(Deserialize)]
struct Account {}

impl Scan for Snapshots {
    const KIND: Kind = Kind::new("redshift:snapshot");
    const TITLE: &'static str = "Redshift manual snapshots";
    const ACTIONS: &'static [&'static str] = &["redshift:DescribeClusterSnapshots"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "SnapshotType": "manual", "MaxRecords": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for snapshot in page.snapshots.items {
                let automated = snapshot.snapshot_type.as_deref() == Some("automated");
                if !automated && snapshot.status.as_deref() != Some("deleted") {
                    found.add(listed(cx, snapshot)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, snapshot: Snapshot) -> Listed<Facts> {
    let cluster = snapshot.cluster_identifier.unwrap_or_default();
    let made_up = || cx.arn("redshift", cx.region(), &format!("snapshot:{cluster}/{}", snapshot.snapshot_identifier));
    let arn = snapshot.snapshot_arn.unwrap_or_else(made_up);
    let owner = snapshot.snapshot_identifier.starts_with("awsbackup:").then(|| Owner {
        by: "aws-backup".to_owned(),
        id: String::new(),
        evidence: "name awsbackup:…".to_owned(),
    });
    let facts = Facts {
        status: snapshot.status.unwrap_or_default(),
        cluster: cluster.clone(),
        node_type: snapshot.node_type.unwrap_or_default(),
        size_gib: snapshot.total_backup_size_in_mega_bytes.map(|mib| mib / 1_024.0),
        added_gib: snapshot.actual_incremental_backup_size_in_mega_bytes.map(|mib| mib / 1_024.0),
        retention_days: snapshot.manual_snapshot_retention_period,
        source_region: snapshot.source_region.filter(|region| !region.is_empty()),
        shared_with: snapshot.accounts_with_restore_access.items.len() as f64,
        encrypted: snapshot.encrypted.unwrap_or_default(),
    };
    Listed::new(snapshot.snapshot_identifier, facts)
        .arn(Some(arn))
        .created(snapshot.snapshot_create_time.map(|at| at.0))
        .tags(snapshot.tags.tags())
        .owner(owner)
        .refers(Role::MadeFrom, Some(cluster))
        .refers(Role::Inside, snapshot.vpc_id)
        .refers(Role::Needs, snapshot.kms_key_id)
}

/// Backup storage. Snapshots share blocks, so that all of what a restore reads is more than what is billed.
fn needs(snapshot: &Resource) -> Needs {
    match snapshot.number("size_gib") {
        Some(gib) => Needs::of(vec![Need::storage("backup storage", "redshift.backup", gib)]).at_most(),
        None => Needs::unpriced("backup storage"),
    }
}
