//! Amazon ECS.

pub mod cluster;
pub mod service;

use serde::Deserialize;
use serde_json::json;

use super::Scanner;
use crate::aws::api::Call;
use crate::aws::api::services::ECS;
use crate::aws::{Cx, Fault};

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<cluster::Clusters>(), Scanner::of::<service::Services>()];

const CLUSTERS: Call = ECS.rpc("ListClusters").paged("nextToken");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ArnPage {
    #[serde(default)]
    cluster_arns: Vec<String>,
}

/// A page of clusters by their ARNs. `None` behind the last one.
async fn next(pages: &mut crate::aws::api::Pages<'_>) -> Result<Option<Vec<String>>, Fault> {
    Ok(pages.next::<ArnPage>().await?.map(|page| page.cluster_arns))
}

/// The listing of clusters.
fn clusters(cx: &Cx) -> crate::aws::api::Pages<'_> {
    cx.pages(&CLUSTERS, json!({ "maxResults": 100 }))
}
