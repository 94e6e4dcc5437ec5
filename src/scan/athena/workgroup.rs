use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ATHENA;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = ATHENA.rpc("ListWorkGroups").paged("NextToken");
const QUERIES: Call = ATHENA.rpc("ListQueryExecutions");
const TAGS: Call = ATHENA.rpc("ListTagsForResource");

/// The workgroup every account has in each region.
const DEFAULT: &str = "primary";

/// Workgroups, without `primary`, which AWS makes and nobody can delete.
pub struct Workgroups;

/// Facts of a workgroup. Source: `athena:ListWorkGroups`, `athena:ListQueryExecutions`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ENABLED` or `DISABLED`.
    state: String,
    /// `Athena engine version 3`, `PySpark engine version 3`, … Absent when Athena tells none.
    engine: Option<String>,
    /// Whether Athena remembers a query; it forgets them after 45 days. Absent when the queries could not be read.
    has_queries: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    work_groups: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    name: String,
    #[serde(default)]
    state: String,
    creation_time: Option<At>,
    engine_version: Option<Engine>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Engine {
    effective_engine_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Queries {
    #[serde(default)]
    query_execution_ids: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Workgroups {
    const KIND: Kind = Kind::new("athena:workgroup");
    const TITLE: &'static str = "Athena workgroups";
    const ACTIONS: &'static [&'static str] =
        &["athena:ListQueryExecutions", "athena:ListTagsForResource", "athena:ListWorkGroups"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (asking, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 50 }));
        while let Some(page) = pages.next::<Page>().await? {
            let made = page.work_groups.into_iter().filter(|one| one.name != DEFAULT);
            let workgroups = each(made, async |one: Summary| {
                let asked = cx.call::<Queries>(&QUERIES, json!({ "WorkGroup": one.name, "MaxResults": 1 }));
                let queries = asking.ask(found, &one.name, asked).await;
                let arn = cx.arn("athena", cx.region(), &format!("workgroup/{}", one.name));
                let asked = cx.call::<Tagged>(&TAGS, json!({ "ResourceARN": arn }));
                let tagged = tagging.ask(found, &one.name, asked).await.unwrap_or_default();
                let facts = Facts {
                    state: one.state,
                    engine: one.engine_version.and_then(|engine| engine.effective_engine_version),
                    has_queries: queries.map(|queries| !queries.query_execution_ids.is_empty()),
                };
                let listed = Listed::new(one.name, facts).arn(Some(arn));
                listed.created(one.creation_time.map(|at| at.0)).tags(tagged.tags.0)
            });
            for workgroup in workgroups.await {
                found.add(workgroup).await;
            }
        }
        Ok(())
    }
}
