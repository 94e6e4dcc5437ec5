use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::is_basic;
use crate::aws::api::Call;
use crate::aws::api::services::SUPPORT;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LEVELS: Call = SUPPORT.rpc("DescribeSeverityLevels");

/// The support plan of the account, when it is a paid one. No operation tells which.
pub struct Plans;

/// Facts of the plan. Source: `support:DescribeSeverityLevels`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// How many degrees of urgency a case may have; the dearer the plan, the more.
    levels: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    severity_levels: Vec<Level>,
}

#[derive(Deserialize)]
struct Level {}

impl Scan for Plans {
    const KIND: Kind = Kind::new("support:plan");
    const TITLE: &'static str = "Paid support plan";
    const ACTIONS: &'static [&'static str] = &["support:DescribeSeverityLevels"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let answer = match cx.call::<Answer>(&LEVELS, json!({ "language": "en" })).await {
            Err(fault) if is_basic(&fault) => return Ok(()),
            answer => answer?,
        };
        let facts = Facts { levels: answer.severity_levels.len() as f64 };
        found.add(Listed::new("plan", facts).name(Some("paid plan"))).await;
        Ok(())
    }
}

/// By a share of the bill, at least a fee that depends on the plan.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("the plan")
}
