use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::GRAFANA;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = GRAFANA.get("ListWorkspaces", "/workspaces").paged("nextToken");

/// Amazon Managed Grafana workspaces.
pub struct Workspaces;

/// Facts of a workspace. Source: `grafana:ListWorkspaces`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, `CREATION_FAILED`, `LICENSE_REMOVAL_FAILED` and others.
    status: String,
    /// Version of Grafana.
    version: String,
    /// `ENTERPRISE` or `ENTERPRISE_FREE_TRIAL`. Absent without a Grafana Enterprise licence.
    license: Option<String>,
    /// When its settings last changed. Absent when the service tells none.
    modified: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    workspaces: Vec<Workspace>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Workspace {
    id: String,
    status: Option<String>,
    grafana_version: Option<String>,
    license_type: Option<String>,
    modified: Option<At>,
    name: Option<String>,
    created: Option<At>,
    tags: Option<Tags>,
}

impl Scan for Workspaces {
    const KIND: Kind = Kind::new("grafana:workspaces");
    const TITLE: &'static str = "Managed Grafana workspaces";
    const ACTIONS: &'static [&'static str] = &["grafana:ListWorkspaces"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 50 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.workspaces {
                found.add(listed(cx, one)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: Workspace) -> Listed<Facts> {
    let arn = format!("arn:{}:grafana:{}:{}:/workspaces/{}", cx.partition(), cx.region(), cx.account(), one.id);
    let facts = Facts {
        status: one.status.unwrap_or_default(),
        version: one.grafana_version.unwrap_or_default(),
        license: one.license_type.filter(|text| !text.is_empty()),
        modified: one.modified.map(|at| at.0),
    };
    Listed::new(one.id, facts)
        .arn(Some(arn))
        .name(one.name)
        .created(one.created.map(|at| at.0))
        .tags(one.tags.unwrap_or_default().0)
}

/// By users who signed in within the month; the listing does not tell how many.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("users who sign in")
}
