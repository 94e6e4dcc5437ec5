use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::RAM;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Owner};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = RAM.post("GetResourceShares", "/getresourceshares").paged("nextToken");

/// Resource shares that are not deleted: what this account lends to others, and what others lend to it.
pub struct ResourceShares;

/// Facts of a share. Source: `ram:GetResourceShares`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Whose it is: `self`, or `other` for one this account only takes part in.
    owner: String,
    /// Account that lends. Absent when RAM tells none.
    owner_id: Option<String>,
    /// `PENDING`, `ACTIVE`, `FAILED` or `DELETING`.
    status: String,
    /// Whether accounts outside the organization may take part. Absent when RAM does not tell.
    external: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    resource_shares: Vec<Share>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Share {
    resource_share_arn: String,
    name: Option<String>,
    owning_account_id: Option<String>,
    allow_external_principals: Option<bool>,
    status: Option<String>,
    #[serde(default)]
    tags: Option<Tags>,
    creation_time: Option<At>,
}

impl Scan for ResourceShares {
    const KIND: Kind = Kind::new("ram:resource-share");
    const TITLE: &'static str = "Resource shares";
    const ACTIONS: &'static [&'static str] = &["ram:GetResourceShares"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        for (owner, word) in [("SELF", "self"), ("OTHER-ACCOUNTS", "other")] {
            let mut pages = cx.pages(&LIST, json!({ "resourceOwner": owner, "maxResults": 500 }));
            while let Some(page) = pages.next::<Page>().await? {
                // What is deleted stays in the listing for a while.
                for one in page.resource_shares.into_iter().filter(|one| one.status.as_deref() != Some("DELETED")) {
                    found.add(listed(one, word)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(one: Share, owner: &str) -> Listed<Facts> {
    let id = one.resource_share_arn.rsplit('/').next().unwrap_or_default().to_owned();
    let elsewhere = one.owning_account_id.clone().filter(|_| owner == "other");
    let facts = Facts {
        owner: owner.to_owned(),
        owner_id: one.owning_account_id,
        status: one.status.unwrap_or_default(),
        external: one.allow_external_principals,
    };
    Listed::new(id, facts)
        .arn(Some(one.resource_share_arn))
        .name(one.name)
        .created(one.creation_time.map(|at| at.0))
        .tags(one.tags.unwrap_or_default().0)
        .owner(elsewhere.map(|id| Owner { by: "account".to_owned(), id, evidence: "owningAccountId".to_owned() }))
}
