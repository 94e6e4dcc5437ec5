use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::LIGHTSAIL;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = LIGHTSAIL.rpc("GetRelationalDatabases").paged_as("pageToken", "nextPageToken");

/// Lightsail databases. A stopped one is billed like a running one, and starts again after seven days.
pub struct RelationalDatabases;

/// Facts of a database. Source: `lightsail:GetRelationalDatabases`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `stopped`, `creating`, `modifying` and others. Absent when Lightsail tells none.
    state: Option<String>,
    /// Plan it is billed by: `micro_2_0`, or `micro_ha_2_0` with a second copy. Absent when Lightsail tells none.
    bundle: Option<String>,
    /// `mysql` or `postgres`. Absent when Lightsail tells none.
    engine: Option<String>,
    /// Version of the engine. Absent when Lightsail tells none.
    engine_version: Option<String>,
    /// Whether it is backed up every day. Absent when Lightsail does not say.
    backups: Option<bool>,
    /// Whether it answers from the internet. Absent when Lightsail does not say.
    publicly_accessible: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    relational_databases: Vec<RelationalDatabase>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RelationalDatabase {
    name: String,
    arn: String,
    created_at: Option<At>,
    #[serde(default)]
    tags: Tags,
    state: Option<String>,
    relational_database_bundle_id: Option<String>,
    engine: Option<String>,
    engine_version: Option<String>,
    backup_retention_enabled: Option<bool>,
    publicly_accessible: Option<bool>,
}

impl Scan for RelationalDatabases {
    const KIND: Kind = Kind::new("lightsail:RelationalDatabase");
    const TITLE: &'static str = "Lightsail databases";
    const ACTIONS: &'static [&'static str] = &["lightsail:GetRelationalDatabases"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.relational_databases {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(database: RelationalDatabase) -> Listed<Facts> {
    let facts = Facts {
        state: database.state,
        bundle: database.relational_database_bundle_id,
        engine: database.engine,
        engine_version: database.engine_version,
        backups: database.backup_retention_enabled,
        publicly_accessible: database.publicly_accessible,
    };
    Listed::new(database.name, facts)
        .arn(Some(database.arn))
        .created(database.created_at.map(|at| at.0))
        .tags(database.tags.0)
}

/// The plan by the hour, running or not.
fn needs(database: &Resource) -> Needs {
    match database.text("bundle").and_then(price_key) {
        Some(key) => Needs::of(vec![Need::hours("plan", key, 1.0)]),
        None => Needs::unpriced("plan"),
    }
}

fn price_key(bundle: &str) -> Option<String> {
    let words: Vec<&str> = bundle.split('_').collect();
    let (size, plan) = match words.as_slice() {
        [size, "1" | "2", _] => (*size, "standard"),
        [size, "ha", "1" | "2", _] => (*size, "high"),
        _ => return None,
    };
    let memory = match size {
        "micro" => "1gb",
        "small" => "2gb",
        "medium" => "4gb",
        "large" => "8gb",
        _ => return None,
    };
    Some(format!("lightsail.database.{plan}.{memory}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_told_from_its_name() {
        assert_eq!(price_key("micro_2_0").as_deref(), Some("lightsail.database.standard.1gb"));
        assert_eq!(price_key("large_ha_1_0").as_deref(), Some("lightsail.database.high.8gb"));
        assert_eq!(price_key("huge_2_0"), None);
    }
}
