use serde::Deserialize;
use serde_json::json;

use super::parts::{Manner, Part, Way};
use crate::aws::Fault;
use crate::aws::api::Call;
use crate::aws::api::services::CLOUDHSMV2;

const LIST: Call = CLOUDHSMV2.rpc("DescribeClusters").paged("NextToken");
/// One after the other: the cluster changes its state while a module goes, and nothing says that it takes another
/// call meanwhile.
const MANNER: Manner = Manner { parts: "modules", listing: &LIST, batch: 1, together: 1 };

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    clusters: Vec<Cluster>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cluster {
    #[serde(default)]
    hsms: Vec<Module>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Module {
    hsm_id: String,
    #[serde(default)]
    state: String,
}

/// Deletes the modules of a cluster. Its backups stay.
pub(super) async fn delete_modules(way: &Way<'_>, cluster: &str) -> Result<(), Fault> {
    let delete = CLOUDHSMV2.act("DeleteHsm", None);
    let delete = &delete;
    way.empty(
        &MANNER,
        || modules(way, cluster),
        |ids| async move {
            for id in ids {
                way.take(delete, &json!({ "ClusterId": cluster, "HsmId": id })).await?;
            }
            Ok(())
        },
    )
    .await
}

async fn modules(way: &Way<'_>, cluster: &str) -> Result<Vec<Part>, Fault> {
    let mut pages = way.cx.pages(&LIST, json!({ "Filters": { "clusterIds": [cluster] }, "MaxResults": 25 }));
    let mut parts = Vec::new();
    while let Some(page) = pages.next::<Page>().await? {
        let modules = page.clusters.into_iter().flat_map(|cluster| cluster.hsms);
        let here = modules.filter(|module| module.state != "DELETED");
        parts.extend(here.map(|module| Part::new(module.hsm_id, module.state, "DELETE_IN_PROGRESS")));
    }
    Ok(parts)
}
