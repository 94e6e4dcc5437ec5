use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::REDSHIFT;
use crate::aws::api::{At, Call, List, Pair};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = REDSHIFT.rpc("DescribeClusters").paged("Marker");

/// Provisioned Redshift clusters.
pub struct Clusters;

/// Facts of a cluster. Source: `redshift:DescribeClusters`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `paused`, `resizing`, `deleting` and others.
    status: String,
    /// `ra3.xlplus`, `dc2.large`, …
    node_type: String,
    /// How many nodes; each is billed by the hour while the cluster is not paused.
    nodes: f64,
    /// Whether it keeps a second copy in another zone, billed like the first. Absent when Redshift tells none.
    multi_az: Option<bool>,
    /// For how many days automated snapshots are kept.
    automated_snapshot_days: f64,
    /// Storage its nodes offer, in GiB. Absent when Redshift tells none.
    capacity_gib: Option<f64>,
    /// Whether its data are encrypted.
    encrypted: bool,
    /// Whether it answers from the internet.
    publicly_accessible: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    clusters: List<Cluster>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cluster {
    cluster_identifier: String,
    cluster_namespace_arn: Option<String>,
    cluster_status: String,
    node_type: String,
    number_of_nodes: f64,
    #[serde(rename = "MultiAZ")]
    multi_az: Option<String>,
    cluster_create_time: Option<At>,
    automated_snapshot_retention_period: Option<f64>,
    total_storage_capacity_in_mega_bytes: Option<f64>,
    encrypted: Option<bool>,
    publicly_accessible: Option<bool>,
    vpc_id: Option<String>,
    kms_key_id: Option<String>,
    #[serde(default)]
    tags: List<Pair>,
}

impl Scan for Clusters {
    const KIND: Kind = Kind::new("redshift:cluster");
    const TITLE: &'static str = "Redshift clusters";
    const ACTIONS: &'static [&'static str] = &["redshift:DescribeClusters"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxRecords": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for cluster in page.clusters.items {
                found.add(listed(cx, cluster)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, cluster: Cluster) -> Listed<Facts> {
    // The listing gives the ARN of the namespace, not the cluster's own.
    let arn = cx.arn("redshift", cx.region(), &format!("cluster:{}", cluster.cluster_identifier));
    let covered_by = format!("redshift-node/{}", cluster.node_type);
    let facts = Facts {
        status: cluster.cluster_status,
        node_type: cluster.node_type,
        nodes: cluster.number_of_nodes,
        multi_az: cluster.multi_az.map(|state| state.eq_ignore_ascii_case("enabled")),
        automated_snapshot_days: cluster.automated_snapshot_retention_period.unwrap_or_default(),
        capacity_gib: cluster.total_storage_capacity_in_mega_bytes.map(|mib| mib / 1_024.0),
        encrypted: cluster.encrypted.unwrap_or_default(),
        publicly_accessible: cluster.publicly_accessible.unwrap_or_default(),
    };
    Listed::new(cluster.cluster_identifier, facts)
        .arn(Some(arn))
        .created(cluster.cluster_create_time.map(|at| at.0))
        .tags(cluster.tags.tags())
        .refers(Role::Inside, cluster.vpc_id)
        .refers(Role::Needs, cluster.kms_key_id)
        .refers(Role::Needs, cluster.cluster_namespace_arn)
        .refers(Role::OneOf, Some(covered_by))
}

/// Nodes by the hour unless it is paused; the managed storage of RA3 nodes is billed by what it holds, which no
/// listing tells.
fn needs(cluster: &Resource) -> Needs {
    let node_type = cluster.text("node_type").unwrap_or_default();
    let copies = if cluster.flag("multi_az") == Some(true) { 2.0 } else { 1.0 };
    let nodes = cluster.number("nodes").unwrap_or_default() * copies;
    let paused = cluster.text("status") == Some("paused");
    let hours = Need::hours("nodes", format!("redshift.node.{node_type}"), nodes);
    let needs = if paused { Needs::free() } else { Needs::of(vec![hours]) };
    if node_type.starts_with("ra3") { needs.and_unpriced("managed storage") } else { needs }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn a_paused_cluster_pays_for_no_node() {
        let cluster = |status: &str| {
            let facts = json!({ "node_type": "dc2.large", "nodes": 2.0, "status": status });
            needs(&resource("redshift:cluster", facts))
        };
        assert_eq!(cluster("available").parts, [Need::hours("nodes", "redshift.node.dc2.large", 2.0)]);
        assert_eq!(cluster("paused"), Needs::free());
    }
}
