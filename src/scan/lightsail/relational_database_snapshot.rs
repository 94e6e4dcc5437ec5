use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::LIGHTSAIL;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = LIGHTSAIL.rpc("GetRelationalDatabaseSnapshots").paged_as("pageToken", "nextPageToken");

/// Snapshots of Lightsail databases that were made by hand. Daily backups belong to their database and go with it.
pub struct RelationalDatabaseSnapshots;

/// Facts of a snapshot. Source: `lightsail:GetRelationalDatabaseSnapshots`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `creating` and others. Absent when Lightsail tells none.
    state: Option<String>,
    /// Size of the database's disk, in GiB. Absent when Lightsail tells none.
    size_gib: Option<f64>,
    /// `mysql` or `postgres`. Absent when Lightsail tells none.
    engine: Option<String>,
    /// Version of the engine. Absent when Lightsail tells none.
    engine_version: Option<String>,
    /// Database it was made from, which may be gone. Absent when Lightsail tells none.
    database: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    relational_database_snapshots: Vec<RelationalDatabaseSnapshot>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RelationalDatabaseSnapshot {
    name: String,
    arn: String,
    created_at: Option<At>,
    #[serde(default)]
    tags: Tags,
    state: Option<String>,
    size_in_gb: Option<f64>,
    engine: Option<String>,
    engine_version: Option<String>,
    from_relational_database_name: Option<String>,
    from_relational_database_arn: Option<String>,
}

impl Scan for RelationalDatabaseSnapshots {
    const KIND: Kind = Kind::new("lightsail:RelationalDatabaseSnapshot");
    const TITLE: &'static str = "Lightsail database snapshots";
    const ACTIONS: &'static [&'static str] = &["lightsail:GetRelationalDatabaseSnapshots"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.relational_database_snapshots {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(snapshot: RelationalDatabaseSnapshot) -> Listed<Facts> {
    let facts = Facts {
        state: snapshot.state,
        size_gib: snapshot.size_in_gb,
        engine: snapshot.engine,
        engine_version: snapshot.engine_version,
        database: snapshot.from_relational_database_name,
    };
    Listed::new(snapshot.name, facts)
        .arn(Some(snapshot.arn))
        .created(snapshot.created_at.map(|at| at.0))
        .tags(snapshot.tags.0)
        .refers(Role::MadeFrom, snapshot.from_relational_database_arn)
}

/// By what it takes beside earlier snapshots, which Lightsail does not tell.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("snapshot storage")
}
