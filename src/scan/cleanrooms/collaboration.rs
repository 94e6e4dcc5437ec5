use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::CLEANROOMS;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = CLEANROOMS.get("ListCollaborations", "/collaborations").paged("nextToken");

/// Collaborations in AWS Clean Rooms this account made, takes part in or is invited to.
pub struct Collaborations;

/// Facts of a collaboration. Source: `cleanrooms:ListCollaborations`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Account that made it.
    creator_id: String,
    /// Whether that is this account.
    own: bool,
    /// What this account is in it: `INVITED`, `ACTIVE`, `LEFT` or `REMOVED`.
    member_status: String,
    /// Its membership. Absent when it has none.
    membership_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    collaboration_list: Vec<Collaboration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Collaboration {
    id: String,
    arn: String,
    name: Option<String>,
    creator_account_id: Option<String>,
    create_time: Option<At>,
    member_status: Option<String>,
    membership_id: Option<String>,
}

impl Scan for Collaborations {
    const KIND: Kind = Kind::new("cleanrooms:collaboration");
    const TITLE: &'static str = "Clean Rooms collaborations";
    const ACTIONS: &'static [&'static str] = &["cleanrooms:ListCollaborations"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.collaboration_list {
                found.add(listed(cx, one)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: Collaboration) -> Listed<Facts> {
    let creator = one.creator_account_id.unwrap_or_default();
    let facts = Facts {
        own: creator == cx.account(),
        creator_id: creator,
        member_status: one.member_status.unwrap_or_default(),
        membership_id: one.membership_id.filter(|text| !text.is_empty()),
    };
    Listed::new(one.id, facts).arn(Some(one.arn)).name(one.name).created(one.create_time.map(|at| at.0))
}
