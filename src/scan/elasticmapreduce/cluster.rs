use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::EMR;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = EMR.rpc("ListClusters").paged("Marker");
const DESCRIBE: Call = EMR.rpc("DescribeCluster");

/// Clusters that are starting, running or waiting for a step. Terminated ones are left out: EMR keeps only a record.
pub struct Clusters;

/// Facts of a cluster. Source: `elasticmapreduce:ListClusters`, `elasticmapreduce:DescribeCluster`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `STARTING`, `BOOTSTRAPPING`, `RUNNING` or `WAITING`.
    state: String,
    /// `emr-7.1.0` and the like. Absent when the details could not be read.
    release: Option<String>,
    /// Whether it ends after its last step. Absent when the details could not be read.
    auto_terminate: Option<bool>,
    /// `INSTANCE_GROUP` or `INSTANCE_FLEET`. Absent when the details could not be read.
    instances: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    clusters: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    id: String,
    name: Option<String>,
    cluster_arn: Option<String>,
    status: Status,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    state: String,
    timeline: Option<Timeline>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Timeline {
    creation_date_time: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    cluster: Cluster,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cluster {
    release_label: Option<String>,
    auto_terminate: Option<bool>,
    termination_protected: Option<bool>,
    instance_collection_type: Option<String>,
    ec2_instance_attributes: Option<Attributes>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    ec2_subnet_id: Option<String>,
}

impl Scan for Clusters {
    const KIND: Kind = Kind::new("elasticmapreduce:cluster");
    const TITLE: &'static str = "EMR clusters";
    const ACTIONS: &'static [&'static str] = &["elasticmapreduce:DescribeCluster", "elasticmapreduce:ListClusters"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let describing = Detail::default();
        let input = json!({ "ClusterStates": ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"] });
        let mut pages = cx.pages(&LIST, input);
        while let Some(page) = pages.next::<Page>().await? {
            let clusters = each(page.clusters, async |one: Summary| {
                let asked = cx.call::<Described>(&DESCRIBE, json!({ "ClusterId": one.id }));
                let described = describing.ask(found, &one.id, asked).await;
                listed(cx, one, described.map(|d| d.cluster))
            });
            for cluster in clusters.await {
                found.add(cluster).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: Summary, described: Option<Cluster>) -> Listed<Facts> {
    let arn =
        one.cluster_arn.unwrap_or_else(|| cx.arn("elasticmapreduce", cx.region(), &format!("cluster/{}", one.id)));
    let created = one.status.timeline.and_then(|timeline| timeline.creation_date_time);
    let facts = Facts {
        state: one.status.state,
        release: described.as_ref().and_then(|d| d.release_label.clone()),
        auto_terminate: described.as_ref().and_then(|d| d.auto_terminate),
        instances: described.as_ref().and_then(|d| d.instance_collection_type.clone()),
    };
    let protected = described.as_ref().and_then(|d| d.termination_protected).unwrap_or_default();
    let (tags, attributes) = described.map(|d| (d.tags.0, d.ec2_instance_attributes)).unwrap_or_default();
    Listed::new(one.id, facts)
        .arn(Some(arn))
        .name(one.name)
        .created(created.map(|at| at.0))
        .tags(tags)
        .locked(protected, "TerminationProtected")
        .refers(Role::Inside, attributes.and_then(|a| a.ec2_subnet_id))
}

/// What EMR asks on top of each instance. The instances and their volumes are billed, and listed, by EC2.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("EMR's charge on each instance")
}
