use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::OUTPOSTS;
use crate::aws::api::{Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = OUTPOSTS.get("ListOutposts", "/outposts").paged("NextToken");

/// Outposts, racks and servers of AWS in a building of the customer, also those shared with the account.
pub struct Outposts;

/// Facts of it. Source: `outposts:ListOutposts`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Where it stands in its life, in the words of AWS: `PENDING`, `ACTIVE`, `RETIRED`, … Empty when AWS tells none.
    state: String,
    /// `RACK` or `SERVER`. Absent when AWS tells none.
    hardware: Option<String>,
    /// Whether it is the audited account that owns it. Absent when AWS names no owner.
    is_own: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    outposts: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    outpost_id: String,
    owner_id: Option<String>,
    outpost_arn: Option<String>,
    name: Option<String>,
    life_cycle_status: Option<String>,
    supported_hardware_type: Option<String>,
    #[serde(default)]
    tags: Tags,
}

impl Scan for Outposts {
    const KIND: Kind = Kind::new("outposts:outpost");
    const TITLE: &'static str = "Outposts";
    const ACTIONS: &'static [&'static str] = &["outposts:ListOutposts"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.outposts {
                found.add(listed(cx, one)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: One) -> Listed<Facts> {
    let facts = Facts {
        state: one.life_cycle_status.unwrap_or_default(),
        hardware: one.supported_hardware_type,
        is_own: one.owner_id.map(|id| id == cx.account()),
    };
    Listed::new(one.outpost_id, facts).arn(one.outpost_arn).name(one.name).tags(one.tags.0)
}

/// By a contract of years, which no price list here has.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("the term of the Outpost")
}
