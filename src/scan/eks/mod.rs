//! Amazon EKS.

pub mod cluster;
pub mod nodegroup;

use serde::Deserialize;
use serde_json::json;

use super::Scanner;
use crate::aws::api::services::EKS;
use crate::aws::api::{Call, Pages};
use crate::aws::{Cx, Fault};

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<cluster::Clusters>(), Scanner::of::<nodegroup::Nodegroups>()];

const CLUSTERS: Call = EKS.get("ListClusters", "/clusters").paged("nextToken");
const NODEGROUPS: Call = EKS.get("ListNodegroups", "/clusters/{name}/node-groups").paged("nextToken");

#[derive(Deserialize)]
struct ClusterPage {
    #[serde(default)]
    clusters: Vec<String>,
}

#[derive(Deserialize)]
struct NodegroupPage {
    #[serde(default)]
    nodegroups: Vec<String>,
}

/// The listing of clusters.
fn clusters(cx: &Cx) -> Pages<'_> {
    cx.pages(&CLUSTERS, json!({ "maxResults": 100 }))
}

/// A page of clusters by their names. `None` behind the last one.
async fn next(pages: &mut Pages<'_>) -> Result<Option<Vec<String>>, Fault> {
    Ok(pages.next::<ClusterPage>().await?.map(|page| page.clusters))
}

/// Names of a cluster's managed node groups.
async fn nodegroups(cx: &Cx, cluster: &str) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    let mut pages = cx.pages(&NODEGROUPS, json!({ "name": cluster, "maxResults": 100 }));
    while let Some(page) = pages.next::<NodegroupPage>().await? {
        names.extend(page.nodegroups);
    }
    Ok(names)
}

/// An answer about one thing, or nothing when it was deleted since it was listed.
fn unless_gone<T>(answer: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(fault) if fault.is_gone() => Ok(None),
        Err(fault) => Err(fault),
    }
}
