use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::LIGHTSAIL;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = LIGHTSAIL.rpc("GetDiskSnapshots").paged_as("pageToken", "nextPageToken");

/// Snapshots of Lightsail disks, and of system disks of instances, that were made or kept by hand.
pub struct DiskSnapshots;

/// Facts of a snapshot. Source: `lightsail:GetDiskSnapshots`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `completed`, `pending`, `error` or `unknown`. Absent when Lightsail tells none.
    state: Option<String>,
    /// Size of the disk it was made from, in GiB; billed for what changed since earlier ones. Absent when Lightsail tells
    /// none.
    size_gib: Option<f64>,
    /// Disk it was made from, which may be gone. Absent when it was made from a system disk.
    disk: Option<String>,
    /// Instance whose system disk it was made from, which may be gone. Absent when it was made from a disk.
    instance: Option<String>,
    /// Whether it was an automatic snapshot that somebody kept. Absent when Lightsail does not say.
    from_auto_snapshot: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    disk_snapshots: Vec<DiskSnapshot>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DiskSnapshot {
    name: String,
    arn: String,
    created_at: Option<At>,
    #[serde(default)]
    tags: Tags,
    state: Option<String>,
    size_in_gb: Option<f64>,
    from_disk_name: Option<String>,
    from_disk_arn: Option<String>,
    from_instance_name: Option<String>,
    from_instance_arn: Option<String>,
    is_from_auto_snapshot: Option<bool>,
}

impl Scan for DiskSnapshots {
    const KIND: Kind = Kind::new("lightsail:DiskSnapshot");
    const TITLE: &'static str = "Lightsail disk snapshots";
    const ACTIONS: &'static [&'static str] = &["lightsail:GetDiskSnapshots"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.disk_snapshots {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(snapshot: DiskSnapshot) -> Listed<Facts> {
    let facts = Facts {
        state: snapshot.state,
        size_gib: snapshot.size_in_gb,
        disk: snapshot.from_disk_name,
        instance: snapshot.from_instance_name,
        from_auto_snapshot: snapshot.is_from_auto_snapshot,
    };
    Listed::new(snapshot.name, facts)
        .arn(Some(snapshot.arn))
        .created(snapshot.created_at.map(|at| at.0))
        .tags(snapshot.tags.0)
        .refers(Role::MadeFrom, snapshot.from_disk_arn)
        .refers(Role::MadeFrom, snapshot.from_instance_arn)
}

/// By what it takes beside earlier snapshots, which Lightsail does not tell.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("snapshot storage")
}
