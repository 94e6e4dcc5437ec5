use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::FREETIER;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const GET: Call = FREETIER.rpc("GetAccountPlanState");

/// The plan of the account: free for a time, or paid.
pub struct Plans;

/// Facts of the plan. Source: `freetier:GetAccountPlanState`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `FREE` or `PAID`.
    plan_type: String,
    /// `NOT_STARTED`, `ACTIVE` or `EXPIRED`.
    status: String,
    /// Credits that are left, in dollars. Absent when AWS tells none.
    remaining_credits_usd: Option<f64>,
    /// When the plan ends. Absent without an end.
    expires_at: Option<Timestamp>,
    /// Whole days from the scan until then, negative when it is over. Absent without an end.
    ends_in_days: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    account_plan_type: String,
    account_plan_status: String,
    account_plan_remaining_credits: Option<Credits>,
    account_plan_expiration_date: Option<At>,
}

#[derive(Deserialize)]
struct Credits {
    amount: f64,
    unit: String,
}

impl Scan for Plans {
    const KIND: Kind = Kind::new("freetier:plan");
    const TITLE: &'static str = "Plan of the account";
    const ACTIONS: &'static [&'static str] = &["freetier:GetAccountPlanState"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let plan = match cx.call::<Plan>(&GET, json!({})).await {
            Err(fault) if fault.code == "ResourceNotFoundException" => return Ok(()),
            answer => answer?,
        };
        found.add(listed(cx, plan)).await;
        Ok(())
    }
}

fn listed(cx: &Cx, plan: Plan) -> Listed<Facts> {
    let expires_at = plan.account_plan_expiration_date.map(|at| at.0);
    let credits = plan.account_plan_remaining_credits.filter(|credits| credits.unit == "USD");
    let facts = Facts {
        plan_type: plan.account_plan_type,
        status: plan.account_plan_status,
        remaining_credits_usd: credits.map(|credits| credits.amount),
        expires_at,
        ends_in_days: expires_at.map(|end| cx.now().duration_until(end).as_secs().div_euclid(86_400)),
    };
    Listed::new("plan", facts)
}
