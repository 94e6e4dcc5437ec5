use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SSO_ADMIN;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = SSO_ADMIN.rpc("ListInstances").paged("NextToken");

/// Instances of IAM Identity Center that the account sees in a region; an organization shows its own to its members.
pub struct Instances;

/// Facts of it. Source: `sso:ListInstances`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `CREATE_IN_PROGRESS`, `CREATE_FAILED`, `DELETE_IN_PROGRESS` or `ACTIVE`. Empty when AWS tells none.
    status: String,
    /// Account that owns it. Absent when AWS tells none.
    owner_account_id: Option<String>,
    /// Whether it is the audited account that owns it. Absent when AWS names no owner.
    is_own: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    instances: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    instance_arn: String,
    owner_account_id: Option<String>,
    name: Option<String>,
    created_date: Option<At>,
    status: Option<String>,
}

impl Scan for Instances {
    const KIND: Kind = Kind::new("sso:instance");
    const TITLE: &'static str = "Identity Center instances";
    const ACTIONS: &'static [&'static str] = &["sso:ListInstances"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.instances {
                found.add(listed(cx, one)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: One) -> Listed<Facts> {
    let id = one.instance_arn.rsplit('/').next().unwrap_or_default().to_owned();
    let facts = Facts {
        status: one.status.unwrap_or_default(),
        owner_account_id: one.owner_account_id.clone(),
        is_own: one.owner_account_id.map(|id| id == cx.account()),
    };
    Listed::new(id, facts).arn(Some(one.instance_arn)).name(one.name).created(one.created_date.map(|at| at.0))
}
