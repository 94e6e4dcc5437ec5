use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::DATASYNC;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = DATASYNC.rpc("ListAgents").paged("NextToken");

/// Agents of DataSync, which run outside of it.
pub struct Agents;

/// Facts of it. Source: `datasync:ListAgents`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ONLINE` or `OFFLINE`. Empty when AWS tells none.
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    agents: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    agent_arn: String,
    name: Option<String>,
    status: Option<String>,
}

impl Scan for Agents {
    const KIND: Kind = Kind::new("datasync:agent");
    const TITLE: &'static str = "DataSync agents";
    const ACTIONS: &'static [&'static str] = &["datasync:ListAgents"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.agents {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: One) -> Listed<Facts> {
    let id = one.agent_arn.rsplit('/').next().unwrap_or_default().to_owned();
    let facts = Facts { status: one.status.unwrap_or_default() };
    Listed::new(id, facts).arn(Some(one.agent_arn)).name(one.name)
}
