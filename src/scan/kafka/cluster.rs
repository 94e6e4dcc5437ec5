use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::KAFKA;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = KAFKA.get("ListClustersV2", "/api/v2/clusters").paged("nextToken");

/// MSK clusters, provisioned and serverless.
pub struct Clusters;

/// Facts of a cluster. Source: `kafka:ListClustersV2`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, `CREATING`, `UPDATING`, `HEALING`, `MAINTENANCE`, `REBOOTING_BROKER`, `FAILED` or `DELETING`.
    state: String,
    /// `PROVISIONED` or `SERVERLESS`.
    cluster_type: String,
    /// `kafka.m7g.large`, `express.m7g.large`, … Absent for serverless clusters.
    instance_type: Option<String>,
    /// How many brokers, each billed by the hour. Absent for serverless clusters.
    brokers: Option<f64>,
    /// Storage of one broker, in GiB. Absent for serverless clusters and Express brokers.
    broker_storage_gib: Option<f64>,
    /// Whether older data move to a cheaper tier. Absent for serverless clusters.
    tiered_storage: Option<bool>,
    /// `3.6.0` and the like. Absent for serverless clusters.
    kafka_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    cluster_info_list: Vec<Cluster>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cluster {
    cluster_arn: String,
    cluster_name: String,
    cluster_type: String,
    #[serde(default)]
    state: String,
    creation_time: Option<At>,
    #[serde(default)]
    tags: Tags,
    provisioned: Option<Provisioned>,
    serverless: Option<Serverless>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provisioned {
    broker_node_group_info: Group,
    number_of_broker_nodes: f64,
    storage_mode: Option<String>,
    current_broker_software_info: Option<Software>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    instance_type: String,
    #[serde(default)]
    client_subnets: Vec<String>,
    storage_info: Option<Storage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Storage {
    ebs_storage_info: Option<Ebs>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ebs {
    volume_size: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Software {
    kafka_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Serverless {
    #[serde(default)]
    vpc_configs: Vec<Vpc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vpc {
    #[serde(default)]
    subnet_ids: Vec<String>,
}

impl Scan for Clusters {
    const KIND: Kind = Kind::new("kafka:cluster");
    const TITLE: &'static str = "MSK clusters";
    const ACTIONS: &'static [&'static str] = &["kafka:ListClustersV2"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for cluster in page.cluster_info_list {
                found.add(listed(cluster)).await;
            }
        }
        Ok(())
    }
}

fn listed(cluster: Cluster) -> Listed<Facts> {
    let group = cluster.provisioned.as_ref().map(|p| &p.broker_node_group_info);
    let mut subnets = group.map(|group| group.client_subnets.clone()).unwrap_or_default();
    let networks = cluster.serverless.map(|serverless| serverless.vpc_configs).unwrap_or_default();
    subnets.extend(networks.into_iter().flat_map(|vpc| vpc.subnet_ids));
    let storage = group.and_then(|group| group.storage_info.as_ref()?.ebs_storage_info.as_ref()?.volume_size);
    let facts = Facts {
        state: cluster.state,
        cluster_type: cluster.cluster_type,
        instance_type: group.map(|group| group.instance_type.clone()),
        brokers: cluster.provisioned.as_ref().map(|p| p.number_of_broker_nodes),
        broker_storage_gib: storage,
        tiered_storage: cluster.provisioned.as_ref().map(|p| p.storage_mode.as_deref() == Some("TIERED")),
        kafka_version: cluster.provisioned.and_then(|p| p.current_broker_software_info?.kafka_version),
    };
    let listed = Listed::new(cluster.cluster_name, facts)
        .arn(Some(cluster.cluster_arn))
        .created(cluster.creation_time.map(|at| at.0))
        .tags(cluster.tags.0);
    subnets.into_iter().fold(listed, |listed, subnet| listed.refers(Role::Inside, Some(subnet)))
}

/// Brokers by the hour and their storage. A serverless cluster is billed by the hour, by its partitions and by what
/// goes through.
fn needs(cluster: &Resource) -> Needs {
    let Some(brokers) = cluster.number("brokers") else { return Needs::unpriced("serverless cluster") };
    let instance = cluster.text("instance_type").unwrap_or_default();
    if !instance.starts_with("kafka.") {
        return Needs::unpriced("Express brokers").and_unpriced("storage");
    }
    let mut parts = vec![Need::hours("brokers", format!("msk.broker.{instance}"), brokers)];
    if let Some(gib) = cluster.number("broker_storage_gib") {
        parts.push(Need::storage("storage", "msk.storage", gib * brokers));
    }
    let needs = Needs::of(parts);
    if cluster.flag("tiered_storage") == Some(true) { needs.and_unpriced("tiered storage") } else { needs }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn every_broker_has_its_storage() {
        let facts = json!({ "brokers": 3.0, "instance_type": "kafka.m7g.large", "broker_storage_gib": 100.0 });
        let parts = needs(&resource("kafka:cluster", facts)).parts;
        assert_eq!(parts[0], Need::hours("brokers", "msk.broker.kafka.m7g.large", 3.0));
        assert_eq!(parts[1], Need::storage("storage", "msk.storage", 300.0));
    }
}
