use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ELASTICACHE;
use crate::aws::api::{At, Call, List};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = ELASTICACHE.rpc("DescribeCacheClusters").paged("Marker");

/// ElastiCache clusters; a node of a replication group is a cluster of its own.
pub struct Clusters;

/// Facts of a cluster. Source: `elasticache:DescribeCacheClusters`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `creating`, `deleting` and others.
    status: String,
    /// `cache.t3.micro`, …
    node_type: String,
    /// `redis`, `valkey` or `memcached`.
    engine: String,
    /// Version of the engine.
    engine_version: String,
    /// Nodes; each is billed by the hour.
    nodes: f64,
    /// Replication group it is a node of. Absent for one that stands alone.
    replication_group: Option<String>,
    /// Days an automatic backup is kept; 0 when none is made. Absent for Memcached.
    backup_days: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    cache_clusters: List<Cluster>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cluster {
    cache_cluster_id: String,
    cache_cluster_status: Option<String>,
    cache_node_type: Option<String>,
    engine: Option<String>,
    engine_version: Option<String>,
    num_cache_nodes: Option<f64>,
    replication_group_id: Option<String>,
    snapshot_retention_limit: Option<f64>,
    #[serde(rename = "ARN")]
    arn: String,
    cache_cluster_create_time: Option<At>,
}

impl Scan for Clusters {
    const KIND: Kind = Kind::new("elasticache:cluster");
    const TITLE: &'static str = "ElastiCache nodes";
    const ACTIONS: &'static [&'static str] = &["elasticache:DescribeCacheClusters"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxRecords": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.cache_clusters.items {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Cluster) -> Listed<Facts> {
    let facts = Facts {
        status: one.cache_cluster_status.unwrap_or_default(),
        node_type: one.cache_node_type.unwrap_or_default(),
        engine: one.engine.unwrap_or_default(),
        engine_version: one.engine_version.unwrap_or_default(),
        nodes: one.num_cache_nodes.unwrap_or_default(),
        replication_group: one.replication_group_id.filter(|text| !text.is_empty()),
        backup_days: one.snapshot_retention_limit,
    };
    Listed::new(one.cache_cluster_id, facts).arn(Some(one.arn)).created(one.cache_cluster_create_time.map(|at| at.0))
}

/// Nodes by the hour.
fn needs(cluster: &Resource) -> Needs {
    let (engine, node) = (cluster.text("engine").unwrap_or_default(), cluster.text("node_type").unwrap_or_default());
    let nodes = cluster.number("nodes").unwrap_or_default();
    Needs::of(vec![Need::hours("nodes", format!("elasticache.{engine}.{node}"), nodes)])
}
