use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::MEMORYDB;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = MEMORYDB.rpc("DescribeClusters").paged("NextToken");

/// MemoryDB clusters.
pub struct Clusters;

/// Facts of a cluster. Source: `memorydb:DescribeClusters`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `creating`, `deleting` and others.
    status: String,
    /// `db.r7g.large`, …
    node_type: String,
    /// `redis` or `valkey`. Absent when MemoryDB tells none.
    engine: Option<String>,
    /// Version of the engine.
    engine_version: String,
    /// Shards.
    shards: f64,
    /// Nodes over all shards; each is billed by the hour. Absent when MemoryDB tells none.
    nodes: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    clusters: Vec<Cluster>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cluster {
    name: String,
    status: Option<String>,
    node_type: Option<String>,
    engine: Option<String>,
    engine_version: Option<String>,
    number_of_shards: Option<f64>,
    #[serde(rename = "ARN")]
    arn: String,
    kms_key_id: Option<String>,
    shards: Option<Vec<Shard>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Shard {
    number_of_nodes: Option<f64>,
}

impl Scan for Clusters {
    const KIND: Kind = Kind::new("memorydb:cluster");
    const TITLE: &'static str = "MemoryDB clusters";
    const ACTIONS: &'static [&'static str] = &["memorydb:DescribeClusters"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 50, "ShowShardDetails": true }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.clusters {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Cluster) -> Listed<Facts> {
    let facts = Facts {
        status: one.status.unwrap_or_default(),
        node_type: one.node_type.unwrap_or_default(),
        engine: one.engine.filter(|text| !text.is_empty()),
        engine_version: one.engine_version.unwrap_or_default(),
        shards: one.number_of_shards.unwrap_or_default(),
        nodes: one.shards.map(|all| all.iter().filter_map(|shard| shard.number_of_nodes).fold(0.0, |a, b| a + b)),
    };
    Listed::new(one.name, facts).arn(Some(one.arn)).refers(Role::Needs, one.kms_key_id)
}

/// Nodes by the hour.
fn needs(cluster: &Resource) -> Needs {
    Needs::unpriced(format!("{} nodes", cluster.text("node_type").unwrap_or_default()))
}
