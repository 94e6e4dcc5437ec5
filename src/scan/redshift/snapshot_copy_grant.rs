use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::REDSHIFT;
use crate::aws::api::{Call, List, Pair};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = REDSHIFT.rpc("DescribeSnapshotCopyGrants").paged("Marker");
const SNAPSHOTS: Call = REDSHIFT.rpc("DescribeClusterSnapshots").paged("Marker");

/// Grants by which Redshift encrypts, with a key of this region, snapshots it copies from clusters of other regions.
pub struct SnapshotCopyGrants;

/// Facts of a snapshot copy grant. Source: `redshift:DescribeSnapshotCopyGrants`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// ARN or id of the key. Absent when Redshift tells none.
    kms_key: Option<String>,
    /// How many snapshots of this region, automated ones included, came from another region and are encrypted with
    /// its key. Absent when the snapshots could not be read, or no key is told.
    copies: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    snapshot_copy_grants: List<Grant>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Grant {
    snapshot_copy_grant_name: String,
    kms_key_id: Option<String>,
    #[serde(default)]
    tags: List<Pair>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SnapshotPage {
    #[serde(default)]
    snapshots: List<Snapshot>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Snapshot {
    source_region: Option<String>,
    kms_key_id: Option<String>,
}

impl Scan for SnapshotCopyGrants {
    const KIND: Kind = Kind::new("redshift:snapshotcopygrant");
    const TITLE: &'static str = "Redshift snapshot copy grants";
    const ACTIONS: &'static [&'static str] =
        &["redshift:DescribeClusterSnapshots", "redshift:DescribeSnapshotCopyGrants"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let detail = Detail::default();
        // Most regions have no grant, and their snapshots are not asked for.
        let mut keys = None;
        let mut pages = cx.pages(&LIST, json!({ "MaxRecords": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            if keys.is_none() && !page.snapshot_copy_grants.items.is_empty() {
                keys = Some(detail.ask(found, "snapshots", keys_of_copies(cx)).await);
            }
            for grant in page.snapshot_copy_grants.items {
                found.add(listed(cx, grant, keys.as_ref().and_then(Option::as_ref))).await;
            }
        }
        Ok(())
    }
}

/// The keys of snapshots that came from another region, each as often as there are snapshots.
async fn keys_of_copies(cx: &Cx) -> Result<Vec<String>, Fault> {
    let mut keys = Vec::new();
    let mut pages = cx.pages(&SNAPSHOTS, json!({ "MaxRecords": 100 }));
    while let Some(page) = pages.next::<SnapshotPage>().await? {
        let copies =
            page.snapshots.items.into_iter().filter(|one| one.source_region.as_ref().is_some_and(|r| !r.is_empty()));
        keys.extend(copies.filter_map(|copy| copy.kms_key_id));
    }
    Ok(keys)
}

fn listed(cx: &Cx, grant: Grant, keys: Option<&Vec<String>>) -> Listed<Facts> {
    let copies = keys.zip(grant.kms_key_id.as_deref());
    let facts = Facts {
        kms_key: grant.kms_key_id.clone(),
        copies: copies.map(|(keys, own)| keys.iter().filter(|key| key_id(key) == key_id(own)).count() as f64),
    };
    let thing = format!("snapshotcopygrant:{}", grant.snapshot_copy_grant_name);
    Listed::new(grant.snapshot_copy_grant_name, facts)
        .arn(Some(cx.arn("redshift", cx.region(), &thing)))
        .tags(grant.tags.tags())
        .refers(Role::Needs, grant.kms_key_id)
}

/// A key may be told by its ARN or by its id.
fn key_id(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}
