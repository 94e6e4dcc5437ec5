use serde::Deserialize;
use serde_json::json;

use super::parts::{Manner, Part, Way};
use crate::aws::Fault;
use crate::aws::api::Call;
use crate::aws::api::services::EFS;

const LIST: Call = EFS.get("DescribeMountTargets", "/2015-02-01/mount-targets").paged_as("Marker", "NextMarker");
const DELETE: &str = "DELETE /2015-02-01/mount-targets/{MountTargetId}";
const MANNER: Manner = Manner::each("mount targets", &LIST);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    mount_targets: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    mount_target_id: String,
    #[serde(default)]
    life_cycle_state: String,
}

/// Deletes the mount targets of a file system, with their interfaces in the subnets. The files stay.
pub(super) async fn delete_mount_targets(way: &Way<'_>, file_system: &str) -> Result<(), Fault> {
    let delete = EFS.act("DeleteMountTarget", Some(DELETE));
    let delete = &delete;
    way.empty(
        &MANNER,
        || mount_targets(way, file_system),
        |ids| async move {
            for id in ids {
                way.take(delete, &json!({ "MountTargetId": id })).await?;
            }
            Ok(())
        },
    )
    .await
}

async fn mount_targets(way: &Way<'_>, file_system: &str) -> Result<Vec<Part>, Fault> {
    let mut pages = way.cx.pages(&LIST, json!({ "FileSystemId": file_system, "MaxItems": 100 }));
    let mut parts = Vec::new();
    while let Some(page) = pages.next::<Page>().await? {
        let here = page.mount_targets.into_iter().filter(|target| target.life_cycle_state != "deleted");
        parts.extend(here.map(|target| Part::new(target.mount_target_id, target.life_cycle_state, "deleting")));
    }
    Ok(parts)
}
