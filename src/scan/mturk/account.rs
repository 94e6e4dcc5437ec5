use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::MTURK;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Why};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const BALANCE: Call = MTURK.rpc("GetAccountBalance");
const HITS: Call = MTURK.rpc("ListHITs").paged("NextToken");

/// The Mechanical Turk requester the account is linked to, where it is.
pub struct Accounts;

/// Facts of the requester. Source: `mturk:GetAccountBalance`, `mturk:ListHITs`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// What was paid in advance and is not spent, in dollars. Absent when AWS gives no number.
    balance_usd: Option<f64>,
    /// What is held back of it, in dollars. Absent when AWS gives no number.
    on_hold_usd: Option<f64>,
    /// Tasks that are not deleted. Absent when they could not be read.
    hits: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Balance {
    available_balance: Option<String>,
    on_hold_balance: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "HITs", default)]
    hits: Vec<serde::de::IgnoredAny>,
}

impl Scan for Accounts {
    const KIND: Kind = Kind::new("mturk:account");
    const TITLE: &'static str = "Mechanical Turk requesters";
    const ACTIONS: &'static [&'static str] = &["mechanicalturk:GetAccountBalance", "mechanicalturk:ListHITs"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let balance = match cx.call::<Balance>(&BALANCE, json!({})).await {
            Ok(balance) => balance,
            // The request has nothing in it that could be wrong: the account is linked to no requester.
            Err(fault) if fault.code == "RequestError" && fault.why != Why::Denied => return Ok(()),
            Err(fault) => return Err(fault),
        };
        let hits = Detail::default().ask(found, "tasks", hits(cx)).await;
        let dollars = |text: Option<String>| text.and_then(|text| text.parse::<f64>().ok());
        let facts = Facts {
            balance_usd: dollars(balance.available_balance),
            on_hold_usd: dollars(balance.on_hold_balance),
            hits,
        };
        found.add(Listed::new(cx.account(), facts)).await;
        Ok(())
    }
}

async fn hits(cx: &Cx) -> Result<f64, Fault> {
    let mut pages = cx.pages(&HITS, json!({ "MaxResults": 100 }));
    let mut count = 0;
    while let Some(page) = pages.next::<Page>().await? {
        count += page.hits.len();
    }
    Ok(count as f64)
}
