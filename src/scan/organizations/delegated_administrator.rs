use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ORGANIZATIONS;
use crate::aws::api::{At, Call};
use crate::aws::organization::manages;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = ORGANIZATIONS.rpc("ListDelegatedAdministrators").paged("NextToken");

/// Members of the organization that administer a service for it, when the audited account manages it.
pub struct DelegatedAdministrators;

/// Facts of a delegated administrator. Source: `organizations:ListDelegatedAdministrators`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, `SUSPENDED`, `CLOSED` and others. Empty when AWS tells none.
    state: String,
    /// Since when. Absent when AWS tells none.
    enabled_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    delegated_administrators: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    id: String,
    name: Option<String>,
    status: Option<String>,
    state: Option<String>,
    delegation_enabled_date: Option<At>,
}

impl Scan for DelegatedAdministrators {
    const KIND: Kind = Kind::new("organizations:delegated-administrator");
    const TITLE: &'static str = "Delegated administrators";
    const ACTIONS: &'static [&'static str] =
        &["organizations:DescribeOrganization", "organizations:ListDelegatedAdministrators"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        if !manages(cx).await? {
            return Ok(());
        }
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 20 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.delegated_administrators {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

/// Its ARN is the one of the account, which is a resource of its own: this one is made up.
fn listed(one: One) -> Listed<Facts> {
    let enabled_at = one.delegation_enabled_date.map(|at| at.0);
    let facts = Facts { state: one.state.or(one.status).unwrap_or_default(), enabled_at };
    Listed::new(one.id, facts).name(one.name).created(enabled_at)
}
