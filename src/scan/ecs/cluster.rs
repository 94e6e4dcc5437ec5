use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{clusters, next};
use crate::aws::api::services::ECS;
use crate::aws::api::{Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Owner};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const DESCRIBE: Call = ECS.rpc("DescribeClusters");

/// ECS clusters that were not deleted. ECS does not tell when one was made.
pub struct Clusters;

/// Facts of a cluster. Source: `ecs:DescribeClusters`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, `PROVISIONING`, `DEPROVISIONING` or `FAILED`.
    status: String,
    /// Instances of the account that registered with it; they are billed as instances.
    container_instances: f64,
    /// Tasks that run.
    running_tasks: f64,
    /// Tasks about to run.
    pending_tasks: f64,
    /// Services in it, whether they run anything or not.
    services: f64,
    /// Whether Container Insights measures it, which is billed by the metric: `enabled`, `enhanced` or `disabled`.
    /// Absent when ECS tells none.
    insights: Option<String>,
}

#[derive(Deserialize)]
struct Described {
    #[serde(default)]
    clusters: Vec<Cluster>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cluster {
    cluster_arn: String,
    cluster_name: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    registered_container_instances_count: f64,
    #[serde(default)]
    running_tasks_count: f64,
    #[serde(default)]
    pending_tasks_count: f64,
    #[serde(default)]
    active_services_count: f64,
    #[serde(default)]
    tags: Tags,
    #[serde(default)]
    settings: Vec<Setting>,
}

#[derive(Deserialize)]
struct Setting {
    name: Option<String>,
    value: Option<String>,
}

impl Scan for Clusters {
    const KIND: Kind = Kind::new("ecs:cluster");
    const TITLE: &'static str = "ECS clusters";
    const ACTIONS: &'static [&'static str] = &["ecs:DescribeClusters", "ecs:ListClusters"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = clusters(cx);
        while let Some(arns) = next(&mut pages).await? {
            if arns.is_empty() {
                continue;
            }
            let input = json!({ "clusters": arns, "include": ["TAGS", "SETTINGS"] });
            for cluster in cx.call::<Described>(&DESCRIBE, input).await?.clusters {
                if cluster.status != "INACTIVE" {
                    found.add(listed(cluster)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(cluster: Cluster) -> Listed<Facts> {
    let insights = cluster.settings.into_iter().find(|one| one.name.as_deref() == Some("containerInsights"));
    let owner = batch(&cluster.cluster_name);
    let facts = Facts {
        status: cluster.status,
        container_instances: cluster.registered_container_instances_count,
        running_tasks: cluster.running_tasks_count,
        pending_tasks: cluster.pending_tasks_count,
        services: cluster.active_services_count,
        insights: insights.and_then(|one| one.value),
    };
    Listed::new(cluster.cluster_name, facts).arn(Some(cluster.cluster_arn)).tags(cluster.tags.0).owner(owner)
}

/// AWS Batch makes a cluster for each compute environment: `AWSBatch-NAME-UUID`, formerly `NAME_Batch_UUID`.
fn batch(name: &str) -> Option<Owner> {
    let at = name.len().checked_sub(36)?;
    let (before, uuid) = (name.get(..at)?, name.get(at..)?);
    let dashes: Vec<usize> = uuid.match_indices('-').map(|(at, _)| at).collect();
    if dashes != [8, 13, 18, 23] {
        return None;
    }
    let old = before.strip_suffix("_Batch_");
    let environment = old.or_else(|| before.strip_prefix("AWSBatch-")?.strip_suffix('-'))?;
    let evidence = "name of the cluster".to_owned();
    Some(Owner { by: "batch-compute-environment".to_owned(), id: environment.to_owned(), evidence })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_of_batch_are_told_by_their_names() {
        let owner = |name: &str| batch(name).map(|owner| owner.id);
        let uuid = "0a1b2c3d-0000-4000-8000-000000000001";
        assert_eq!(owner(&format!("AWSBatch-lab-{uuid}")).as_deref(), Some("lab"));
        assert_eq!(owner(&format!("lab_Batch_{uuid}")).as_deref(), Some("lab"));
        assert_eq!(owner(&format!("lab-{uuid}")), None);
        assert_eq!(owner("AWSBatch-lab"), None);
    }
}
