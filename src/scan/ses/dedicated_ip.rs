use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::SESV2;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = SESV2.get("GetDedicatedIps", "/v2/email/dedicated-ips").paged("NextToken");

/// Dedicated IP addresses of Amazon SES, each billed by the month. Those of managed pools are not told one by one.
pub struct DedicatedIps;

/// Facts of an address. Source: `ses:GetDedicatedIps`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Pool it belongs to. Absent when to none.
    pool: Option<String>,
    /// `IN_PROGRESS`, `DONE`, or `NOT_APPLICABLE` in a managed pool, whose addresses are not billed one by one.
    warmup: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    dedicated_ips: Vec<Address>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Address {
    ip: String,
    pool_name: Option<String>,
    warmup_status: Option<String>,
}

impl Scan for DedicatedIps {
    const KIND: Kind = Kind::new("ses:dedicated-ip");
    const TITLE: &'static str = "SES dedicated IP addresses";
    const ACTIONS: &'static [&'static str] = &["ses:GetDedicatedIps"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "PageSize": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.dedicated_ips {
                found.add(listed(cx, one)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: Address) -> Listed<Facts> {
    let arn = cx.arn("ses", cx.region(), &format!("dedicated-ip/{}", one.ip));
    let facts =
        Facts { pool: one.pool_name.filter(|text| !text.is_empty()), warmup: one.warmup_status.unwrap_or_default() };
    Listed::new(one.ip, facts).arn(Some(arn))
}

/// By the month, whether mail is sent from it or not. A managed one is in the subscription of the account, which is billed
/// once, and by the message.
fn needs(address: &Resource) -> Needs {
    if address.text("warmup") == Some("NOT_APPLICABLE") {
        return Needs::unpriced("managed dedicated addresses");
    }
    Needs::of(vec![Need::months("dedicated IP address", "ses.dedicated_ip", 1.0)])
}
