use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{clusters, next, nodegroups, unless_gone};
use crate::aws::api::services::EKS;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const DESCRIBE: Call = EKS.get("DescribeNodegroup", "/clusters/{name}/node-groups/{nodegroupName}");

/// Managed node groups of EKS clusters. Their nodes are EC2 instances and billed as such.
pub struct Nodegroups;

/// Facts of a node group. Source: `eks:DescribeNodegroup`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `CREATING`, `ACTIVE`, `UPDATING`, `DELETING`, `CREATE_FAILED`, `DELETE_FAILED` or `DEGRADED`.
    status: String,
    /// Name of its cluster.
    cluster: String,
    /// Kubernetes version of its nodes.
    version: String,
    /// `ON_DEMAND`, `SPOT` or `CAPACITY_BLOCK`. Absent when EKS tells none.
    capacity_type: Option<String>,
    /// Types of instances it may start.
    instance_types: Vec<String>,
    /// Nodes it is to have.
    desired: f64,
    /// Nodes it keeps at the least.
    least: f64,
    /// Nodes it may grow to.
    most: f64,
    /// What EKS finds wrong with it, by code: `AutoScalingGroupNotFound`.
    issues: Vec<String>,
}

#[derive(Deserialize)]
struct Described {
    nodegroup: Nodegroup,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Nodegroup {
    nodegroup_name: String,
    nodegroup_arn: String,
    cluster_name: String,
    #[serde(default)]
    version: String,
    created_at: Option<At>,
    #[serde(default)]
    status: String,
    capacity_type: Option<String>,
    scaling_config: Option<Scaling>,
    #[serde(default)]
    instance_types: Option<Vec<String>>,
    resources: Option<Resources>,
    health: Option<Health>,
    #[serde(default)]
    tags: Option<Tags>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scaling {
    min_size: Option<f64>,
    max_size: Option<f64>,
    desired_size: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resources {
    #[serde(default)]
    auto_scaling_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Health {
    #[serde(default)]
    issues: Vec<Issue>,
}

#[derive(Deserialize)]
struct Issue {
    code: Option<String>,
}

impl Scan for Nodegroups {
    const KIND: Kind = Kind::new("eks:nodegroup");
    const TITLE: &'static str = "EKS node groups";
    const ACTIONS: &'static [&'static str] = &["eks:DescribeNodegroup", "eks:ListClusters", "eks:ListNodegroups"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = clusters(cx);
        while let Some(names) = next(&mut pages).await? {
            for cluster in names {
                let groups = each(nodegroups(cx, &cluster).await?, async |group: String| {
                    cx.call::<Described>(&DESCRIBE, json!({ "name": cluster, "nodegroupName": group })).await
                });
                for described in groups.await {
                    if let Some(described) = unless_gone(described)? {
                        found.add(listed(described.nodegroup)).await;
                    }
                }
            }
        }
        Ok(())
    }
}

fn listed(group: Nodegroup) -> Listed<Facts> {
    let scaling = group.scaling_config.unwrap_or_default();
    let issues = group.health.map(|health| health.issues).unwrap_or_default();
    let facts = Facts {
        status: group.status,
        cluster: group.cluster_name.clone(),
        version: group.version,
        capacity_type: group.capacity_type,
        instance_types: group.instance_types.unwrap_or_default(),
        desired: scaling.desired_size.unwrap_or_default(),
        least: scaling.min_size.unwrap_or_default(),
        most: scaling.max_size.unwrap_or_default(),
        issues: issues.into_iter().filter_map(|issue| issue.code).collect(),
    };
    let groups = group.resources.map(|all| all.auto_scaling_groups).unwrap_or_default();
    let listed = Listed::new(group.nodegroup_name, facts)
        .arn(Some(group.nodegroup_arn))
        .created(group.created_at.map(|at| at.0))
        .tags(group.tags.unwrap_or_default().0)
        .refers(Role::Inside, Some(group.cluster_name));
    groups.into_iter().fold(listed, |listed, one| listed.refers(Role::Uses, one.name))
}
