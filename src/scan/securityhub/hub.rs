use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SECURITYHUB;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, ownership};

const HUB: Call = SECURITYHUB.get("DescribeHub", "/accounts");
const ADMIN: Call = SECURITYHUB.get("GetAdministratorAccount", "/administrator");

/// Days of the free trial of Security Hub. Source: <https://aws.amazon.com/security-hub/pricing/>.
const TRIAL_DAYS: f64 = 30.0;

/// Security Hub, once a region where it is switched on. One that an administrator account manages names it as its owner.
pub struct Hubs;

/// Facts of Security Hub in a region. Source: `securityhub:DescribeHub`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// When it was switched on. Absent when Security Hub tells none.
    subscribed_at: Option<Timestamp>,
    /// Days left of the trial of thirty days since then, 0 when it is over. The trial is the account's, so that switching it
    /// on anew brings none: this is the most it can be. Absent as the day is.
    trial_days_left: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Hub {
    hub_arn: String,
    subscribed_at: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Admin {
    administrator: Option<Administrator>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Administrator {
    account_id: Option<String>,
}

impl Scan for Hubs {
    const KIND: Kind = Kind::new("securityhub:hub");
    const TITLE: &'static str = "Security Hub";
    const ACTIONS: &'static [&'static str] = &["securityhub:DescribeHub", "securityhub:GetAdministratorAccount"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let hub = match cx.call::<Hub>(&HUB, json!({})).await {
            Ok(hub) => hub,
            // So Security Hub answers an account that has not switched it on.
            Err(fault) if fault.code == "InvalidAccessException" || fault.is_gone() => return Ok(()),
            Err(fault) => return Err(fault),
        };
        let admin = Detail::default().ask(found, "administrator", cx.call::<Admin>(&ADMIN, json!({}))).await;
        found.add(listed(cx, hub, admin.and_then(|read| read.administrator))).await;
        Ok(())
    }
}

fn listed(cx: &Cx, hub: Hub, admin: Option<Administrator>) -> Listed<Facts> {
    let since = hub.subscribed_at.map(|at| at.0);
    let passed = since.map(|at| (cx.now().as_second() - at.as_second()) as f64 / 86_400.0);
    let facts = Facts { subscribed_at: since, trial_days_left: passed.map(|days| (TRIAL_DAYS - days).ceil().max(0.0)) };
    let admin = admin.and_then(|admin| admin.account_id).filter(|account| account != cx.account());
    Listed::new("default", facts)
        .arn(Some(hub.hub_arn))
        .created(since)
        .owner(admin.map(|account| ownership::service(&format!("Security Hub of account {account}"), "Administrator")))
}

/// By the checks it makes and the findings it takes in.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("checks and findings")
}
