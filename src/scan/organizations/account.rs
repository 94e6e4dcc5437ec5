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

const LIST: Call = ORGANIZATIONS.rpc("ListAccounts").paged("NextToken");

/// Accounts of the organization, itself among them, when the audited account manages it.
pub struct Accounts;

/// Facts of an account of the organization. Source: `organizations:ListAccounts`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `PENDING_ACTIVATION`, `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE` or `CLOSED`. Empty when AWS tells none.
    state: String,
    /// `INVITED` or `CREATED`. Absent when AWS tells none.
    joined: Option<String>,
    /// When it came in. Absent when AWS tells none.
    joined_at: Option<Timestamp>,
    /// Whether it is the audited account.
    is_own: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    accounts: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    id: String,
    arn: Option<String>,
    name: Option<String>,
    status: Option<String>,
    state: Option<String>,
    joined_method: Option<String>,
    joined_timestamp: Option<At>,
}

impl Scan for Accounts {
    const KIND: Kind = Kind::new("organizations:account");
    const TITLE: &'static str = "Accounts of the organization";
    const ACTIONS: &'static [&'static str] = &["organizations:DescribeOrganization", "organizations:ListAccounts"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        if !manages(cx).await? {
            return Ok(());
        }
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 20 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.accounts {
                found.add(listed(cx, one)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: One) -> Listed<Facts> {
    let joined_at = one.joined_timestamp.map(|at| at.0);
    let facts = Facts {
        state: one.state.or(one.status).unwrap_or_default(),
        joined: one.joined_method,
        joined_at,
        is_own: one.id == cx.account(),
    };
    Listed::new(one.id, facts).arn(one.arn).name(one.name).created(joined_at)
}
