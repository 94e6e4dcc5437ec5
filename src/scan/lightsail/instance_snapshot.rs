use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::LIGHTSAIL;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = LIGHTSAIL.rpc("GetInstanceSnapshots").paged_as("pageToken", "nextPageToken");

/// Snapshots of Lightsail instances that were made by hand or kept by hand. Those of the automatic add-on belong to
/// their instance and go with it.
pub struct InstanceSnapshots;

/// Facts of a snapshot. Source: `lightsail:GetInstanceSnapshots`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `pending` or `error`. Absent when Lightsail tells none.
    state: Option<String>,
    /// Size of the system disk it was made from, in GiB; billed for what changed since earlier ones. Absent when Lightsail
    /// tells none.
    size_gib: Option<f64>,
    /// Instance it was made from, which may be gone. Absent when Lightsail tells none.
    instance: Option<String>,
    /// Whether it was an automatic snapshot that somebody kept. Absent when Lightsail does not say.
    from_auto_snapshot: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    instance_snapshots: Vec<InstanceSnapshot>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InstanceSnapshot {
    name: String,
    arn: String,
    created_at: Option<At>,
    #[serde(default)]
    tags: Tags,
    state: Option<String>,
    size_in_gb: Option<f64>,
    from_instance_name: Option<String>,
    from_instance_arn: Option<String>,
    is_from_auto_snapshot: Option<bool>,
}

impl Scan for InstanceSnapshots {
    const KIND: Kind = Kind::new("lightsail:InstanceSnapshot");
    const TITLE: &'static str = "Lightsail instance snapshots";
    const ACTIONS: &'static [&'static str] = &["lightsail:GetInstanceSnapshots"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.instance_snapshots {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(snapshot: InstanceSnapshot) -> Listed<Facts> {
    let facts = Facts {
        state: snapshot.state,
        size_gib: snapshot.size_in_gb,
        instance: snapshot.from_instance_name,
        from_auto_snapshot: snapshot.is_from_auto_snapshot,
    };
    Listed::new(snapshot.name, facts)
        .arn(Some(snapshot.arn))
        .created(snapshot.created_at.map(|at| at.0))
        .tags(snapshot.tags.0)
        .refers(Role::MadeFrom, snapshot.from_instance_arn)
}

/// By what it takes beside earlier snapshots, which Lightsail does not tell.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("snapshot storage")
}
