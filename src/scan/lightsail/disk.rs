use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::LIGHTSAIL;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = LIGHTSAIL.rpc("GetDisks").paged_as("pageToken", "nextPageToken");

/// Lightsail block storage disks. System disks, which are part of the plan of their instance, are left out.
pub struct Disks;

/// Facts of a disk. Source: `lightsail:GetDisks`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `in-use`, `pending`, `error` or `unknown`. Absent when Lightsail tells none.
    state: Option<String>,
    /// Size in GiB, billed attached or not.
    size_gib: f64,
    /// Whether it is attached to an instance.
    attached: bool,
    /// Instance it is attached to. Absent when there is none.
    instance: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    disks: Vec<Disk>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Disk {
    name: String,
    arn: String,
    created_at: Option<At>,
    #[serde(default)]
    tags: Tags,
    state: Option<String>,
    size_in_gb: f64,
    is_attached: Option<bool>,
    is_system_disk: Option<bool>,
    attached_to: Option<String>,
}

impl Scan for Disks {
    const KIND: Kind = Kind::new("lightsail:Disk");
    const TITLE: &'static str = "Lightsail disks";
    const ACTIONS: &'static [&'static str] = &["lightsail:GetDisks"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.disks.into_iter().filter(|disk| disk.is_system_disk != Some(true)) {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(disk: Disk) -> Listed<Facts> {
    let instance = disk.attached_to.filter(|name| !name.is_empty());
    let facts = Facts {
        state: disk.state,
        size_gib: disk.size_in_gb,
        attached: disk.is_attached.unwrap_or(instance.is_some()),
        instance: instance.clone(),
    };
    Listed::new(disk.name, facts)
        .arn(Some(disk.arn))
        .created(disk.created_at.map(|at| at.0))
        .tags(disk.tags.0)
        .refers(Role::AttachedTo, instance)
}

fn needs(disk: &Resource) -> Needs {
    let size = disk.number("size_gib").unwrap_or_default();
    Needs::of(vec![Need::storage("storage", "lightsail.disk", size)])
}
