use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{clusters, next, nodegroups, unless_gone};
use crate::aws::api::services::EKS;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const DESCRIBE: Call = EKS.get("DescribeCluster", "/clusters/{name}");
const FARGATE: Call = EKS.get("ListFargateProfiles", "/clusters/{name}/fargate-profiles").paged("nextToken");
const VERSIONS: Call = EKS.get("DescribeClusterVersions", "/cluster-versions").paged("nextToken");

/// EKS clusters.
pub struct Clusters;

/// Facts of a cluster. Source: `eks:DescribeCluster`, `eks:ListNodegroups`, `eks:ListFargateProfiles`,
/// `eks:DescribeClusterVersions`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `CREATING`, `ACTIVE`, `DELETING`, `FAILED`, `UPDATING` or `PENDING`.
    status: String,
    /// Kubernetes version, `1.29`.
    version: String,
    /// What AWS does for the version: `STANDARD_SUPPORT`, `EXTENDED_SUPPORT` (billed on top by the hour) or
    /// `UNSUPPORTED`. Absent when it could not be read.
    version_status: Option<String>,
    /// What happens at the end of standard support: `STANDARD` upgrades the cluster, `EXTENDED` keeps it and bills.
    /// Absent when EKS tells none.
    support_type: Option<String>,
    /// Managed node groups. Absent when they could not be listed.
    nodegroups: Option<f64>,
    /// Fargate profiles. Absent when they could not be listed.
    fargate_profiles: Option<f64>,
    /// Whether EKS makes and removes nodes by itself (Auto Mode).
    auto_mode: bool,
}

#[derive(Deserialize)]
struct Described {
    cluster: Cluster,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cluster {
    name: String,
    arn: String,
    created_at: Option<At>,
    #[serde(default)]
    version: String,
    #[serde(default)]
    status: String,
    resources_vpc_config: Option<Vpc>,
    upgrade_policy: Option<Policy>,
    compute_config: Option<Compute>,
    deletion_protection: Option<bool>,
    #[serde(default)]
    tags: Option<Tags>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vpc {
    vpc_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Policy {
    support_type: Option<String>,
}

#[derive(Deserialize)]
struct Compute {
    enabled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProfilePage {
    #[serde(default)]
    fargate_profile_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VersionPage {
    #[serde(default)]
    cluster_versions: Vec<Version>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    cluster_version: String,
    version_status: Option<String>,
}

/// What was read of a cluster.
struct Read {
    cluster: Cluster,
    nodegroups: Option<f64>,
    fargate_profiles: Option<f64>,
}

impl Scan for Clusters {
    const KIND: Kind = Kind::new("eks:cluster");
    const TITLE: &'static str = "EKS clusters";
    const ACTIONS: &'static [&'static str] = &[
        "eks:DescribeCluster",
        "eks:DescribeClusterVersions",
        "eks:ListClusters",
        "eks:ListFargateProfiles",
        "eks:ListNodegroups",
    ];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (grouping, profiling) = (Detail::default(), Detail::default());
        let mut versions = None;
        let mut pages = clusters(cx);
        while let Some(names) = next(&mut pages).await? {
            if !names.is_empty() && versions.is_none() {
                versions = Some(Detail::default().ask(found, "versions", supported(cx)).await.unwrap_or_default());
            }
            let read = each(names, async |name: String| {
                let described = cx.call::<Described>(&DESCRIBE, json!({ "name": name })).await;
                let Some(described) = unless_gone(described)? else { return Ok(None) };
                let groups = grouping.ask(found, &name, nodegroups(cx, &name)).await;
                let fargate_profiles = profiling.ask(found, &name, profiles(cx, &name)).await;
                let nodegroups = groups.map(|names| names.len() as f64);
                Ok(Some(Read { cluster: described.cluster, nodegroups, fargate_profiles }))
            });
            let mut trouble = None;
            for read in read.await {
                match read {
                    Ok(Some(read)) => found.add(listed(read, versions.as_ref())).await,
                    Ok(None) => {}
                    Err(fault) => trouble = trouble.or(Some(fault)),
                }
            }
            // What cannot be described is not listed, and the listing is not whole.
            if let Some(fault) = trouble {
                return Err(fault);
            }
        }
        Ok(())
    }
}

/// How many Fargate profiles a cluster has.
async fn profiles(cx: &Cx, cluster: &str) -> Result<f64, Fault> {
    let mut count = 0;
    let mut pages = cx.pages(&FARGATE, json!({ "name": cluster, "maxResults": 100 }));
    while let Some(page) = pages.next::<ProfilePage>().await? {
        count += page.fargate_profile_names.len();
    }
    Ok(f64::from(u32::try_from(count).unwrap_or(u32::MAX)))
}

/// What AWS does for each version.
async fn supported(cx: &Cx) -> Result<BTreeMap<String, String>, Fault> {
    let mut versions = BTreeMap::new();
    let mut pages = cx.pages(&VERSIONS, json!({ "includeAll": true, "maxResults": 100 }));
    while let Some(page) = pages.next::<VersionPage>().await? {
        let known = page.cluster_versions.into_iter();
        versions.extend(known.filter_map(|one| Some((one.cluster_version, one.version_status?))));
    }
    Ok(versions)
}

fn listed(read: Read, versions: Option<&BTreeMap<String, String>>) -> Listed<Facts> {
    let cluster = read.cluster;
    let facts = Facts {
        status: cluster.status,
        version_status: versions.and_then(|known| known.get(&cluster.version)).cloned(),
        version: cluster.version,
        support_type: cluster.upgrade_policy.and_then(|policy| policy.support_type),
        nodegroups: read.nodegroups,
        fargate_profiles: read.fargate_profiles,
        auto_mode: cluster.compute_config.and_then(|compute| compute.enabled).unwrap_or_default(),
    };
    Listed::new(cluster.name, facts)
        .arn(Some(cluster.arn))
        .created(cluster.created_at.map(|at| at.0))
        .tags(cluster.tags.unwrap_or_default().0)
        .locked(cluster.deletion_protection == Some(true), "deletionProtection")
        .refers(Role::Inside, cluster.resources_vpc_config.and_then(|vpc| vpc.vpc_id))
}

/// The control plane by the hour, and extended support on top. Rules read the parts by these names: `control plane`,
/// `extended support`.
fn needs(cluster: &Resource) -> Needs {
    let mut parts = vec![Need::hours("control plane", "eks.cluster", 1.0)];
    if cluster.text("version_status") == Some("EXTENDED_SUPPORT") {
        parts.push(Need::hours("extended support", "eks.cluster.extended_support_surcharge", 1.0));
    }
    Needs::of(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn an_old_version_pays_twice() {
        let parts = |status: &str| needs(&resource("eks:cluster", json!({ "version_status": status }))).parts.len();
        assert_eq!([parts("STANDARD_SUPPORT"), parts("EXTENDED_SUPPORT")], [1, 2]);
    }
}
