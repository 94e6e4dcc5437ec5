use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::MEMORYDB;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = MEMORYDB.rpc("DescribeSnapshots").paged("NextToken");

/// MemoryDB snapshots, made by hand or by the service.
pub struct Snapshots;

/// Facts of a snapshot. Source: `memorydb:DescribeSnapshots`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `creating`, `copying` and others.
    status: String,
    /// `manual`, kept until somebody deletes it, or `automated`.
    source: String,
    /// Cluster it was made of. Absent when MemoryDB tells none.
    cluster: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    snapshots: Vec<Snapshot>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Snapshot {
    name: String,
    status: Option<String>,
    source: Option<String>,
    cluster_configuration: Option<Configuration>,
    #[serde(rename = "ARN")]
    arn: String,
    kms_key_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    name: Option<String>,
    #[serde(default)]
    shards: Vec<Shard>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Shard {
    snapshot_creation_time: Option<At>,
}

impl Scan for Snapshots {
    const KIND: Kind = Kind::new("memorydb:snapshot");
    const TITLE: &'static str = "MemoryDB snapshots";
    const ACTIONS: &'static [&'static str] = &["memorydb:DescribeSnapshots"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 50, "ShowDetail": true }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.snapshots {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Snapshot) -> Listed<Facts> {
    let of = one.cluster_configuration.unwrap_or_default();
    let made = of.shards.iter().find_map(|shard| shard.snapshot_creation_time);
    let cluster = of.name.filter(|text| !text.is_empty());
    let facts = Facts {
        status: one.status.unwrap_or_default(),
        source: one.source.unwrap_or_default(),
        cluster: cluster.clone(),
    };
    Listed::new(one.name, facts)
        .arn(Some(one.arn))
        .created(made.map(|at| at.0))
        .refers(Role::Needs, one.kms_key_id)
        .refers(Role::MadeFrom, cluster)
}

/// Storage of a snapshot; the listing tells its size in words only.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("snapshot storage")
}
