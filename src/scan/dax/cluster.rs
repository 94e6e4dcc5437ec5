use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::DAX;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = DAX.rpc("DescribeClusters").paged("NextToken");

/// DynamoDB Accelerator clusters.
pub struct Clusters;

/// Facts of a cluster. Source: `dax:DescribeClusters`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `creating`, `deleting` and others.
    status: String,
    /// `dax.t3.small`, …
    node_type: String,
    /// Nodes; each is billed by the hour.
    nodes: f64,
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
    cluster_name: String,
    status: Option<String>,
    node_type: Option<String>,
    total_nodes: Option<f64>,
    cluster_arn: String,
    iam_role_arn: Option<String>,
}

impl Scan for Clusters {
    const KIND: Kind = Kind::new("dax:cluster");
    const TITLE: &'static str = "DAX clusters";
    const ACTIONS: &'static [&'static str] = &["dax:DescribeClusters"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
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
        nodes: one.total_nodes.unwrap_or_default(),
    };
    Listed::new(one.cluster_name, facts).arn(Some(one.cluster_arn)).refers(Role::Needs, one.iam_role_arn)
}

/// Nodes by the hour.
fn needs(cluster: &Resource) -> Needs {
    Needs::unpriced(format!("{} nodes", cluster.text("node_type").unwrap_or_default()))
}
