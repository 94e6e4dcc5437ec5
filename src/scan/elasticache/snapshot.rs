use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ELASTICACHE;
use crate::aws::api::{At, Call, List};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = ELASTICACHE.rpc("DescribeSnapshots").paged("Marker");

/// ElastiCache backups, made by hand or by the service.
pub struct Snapshots;

/// Facts of a backup. Source: `elasticache:DescribeSnapshots`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `creating`, `exporting` and others.
    status: String,
    /// `manual`, kept until somebody deletes it, or `automated`.
    source: String,
    /// `redis` or `valkey`.
    engine: String,
    /// Node type of the cluster it was made of.
    node_type: String,
    /// Cluster it was made of. Absent for one of a whole replication group.
    cluster: Option<String>,
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
    snapshot_name: String,
    snapshot_status: Option<String>,
    snapshot_source: Option<String>,
    engine: Option<String>,
    cache_node_type: Option<String>,
    cache_cluster_id: Option<String>,
    #[serde(rename = "ARN")]
    arn: String,
    kms_key_id: Option<String>,
    node_snapshots: Option<List<Part>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    snapshot_create_time: Option<At>,
}

impl Scan for Snapshots {
    const KIND: Kind = Kind::new("elasticache:snapshot");
    const TITLE: &'static str = "ElastiCache backups";
    const ACTIONS: &'static [&'static str] = &["elasticache:DescribeSnapshots"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxRecords": 50 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.snapshots.items {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Snapshot) -> Listed<Facts> {
    let facts = Facts {
        status: one.snapshot_status.unwrap_or_default(),
        source: one.snapshot_source.unwrap_or_default(),
        engine: one.engine.unwrap_or_default(),
        node_type: one.cache_node_type.unwrap_or_default(),
        cluster: one.cache_cluster_id.clone().filter(|text| !text.is_empty()),
    };
    let made = one.node_snapshots.and_then(|parts| parts.items.into_iter().find_map(|part| part.snapshot_create_time));
    Listed::new(one.snapshot_name, facts)
        .created(made.map(|at| at.0))
        .arn(Some(one.arn))
        .refers(Role::Needs, one.kms_key_id)
        .refers(Role::MadeFrom, one.cache_cluster_id)
}

/// Storage of a backup; the listing tells its size in words only.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("backup storage")
}
