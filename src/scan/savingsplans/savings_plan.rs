use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SAVINGSPLANS;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{HOURS_PER_MONTH, Kind};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = SAVINGSPLANS.post("DescribeSavingsPlans", "/DescribeSavingsPlans").paged("nextToken");

/// Savings Plans that are or will be in force. What they cost is a commitment, no price of a resource: it is paid whether
/// anything runs or not, and beyond the closing of the account.
pub struct SavingsPlans;

/// Facts of a Savings Plan. Source: `savingsplans:DescribeSavingsPlans`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `queued` (begins on a later day), `payment-pending`, `payment-failed` or `pending-return`.
    state: String,
    /// `Compute`, `EC2Instance`, `SageMaker` or `Database`.
    plan_type: String,
    /// `All Upfront`, `Partial Upfront` or `No Upfront`.
    payment: String,
    /// Dollars an hour that were promised.
    hourly_usd: f64,
    /// The same a month of 730 hours.
    monthly_usd: f64,
    /// Of those, dollars a month that are still billed: what was paid upfront is not.
    recurring_monthly_usd: f64,
    /// Dollars still to be billed until its end, as of the scan. Absent when its end is not known.
    remaining_usd: Option<f64>,
    /// First day. Absent when AWS tells none.
    starts_at: Option<Timestamp>,
    /// When it ends. Absent when AWS tells none.
    ends_at: Option<Timestamp>,
    /// Until when it can be given back. Absent when it cannot.
    returnable_until: Option<Timestamp>,
    /// Family of instances and region it is bound to. Absent for plans that are bound to none.
    bound_to: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    savings_plans: Vec<Plan>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    savings_plan_id: String,
    savings_plan_arn: String,
    start: Option<At>,
    end: Option<At>,
    #[serde(default)]
    state: String,
    region: Option<String>,
    ec2_instance_family: Option<String>,
    #[serde(default)]
    savings_plan_type: String,
    #[serde(default)]
    payment_option: String,
    commitment: Option<String>,
    recurring_payment_amount: Option<String>,
    returnable_until: Option<At>,
    #[serde(default)]
    tags: Option<Tags>,
}

impl Scan for SavingsPlans {
    const KIND: Kind = Kind::new("savingsplans:savingsplan");
    const TITLE: &'static str = "Savings Plans";
    const ACTIONS: &'static [&'static str] = &["savingsplans:DescribeSavingsPlans"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let states = ["active", "payment-failed", "payment-pending", "pending-return", "queued"];
        let mut pages = cx.pages(&LIST, json!({ "states": states, "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for plan in page.savings_plans {
                found.add(listed(cx, plan)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, plan: Plan) -> Listed<Facts> {
    let month = HOURS_PER_MONTH as f64;
    let amount = |text: Option<String>| text.and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
    let (hourly, recurring) = (amount(plan.commitment), amount(plan.recurring_payment_amount));
    let facts = Facts {
        state: plan.state,
        plan_type: plan.savings_plan_type,
        payment: plan.payment_option,
        hourly_usd: hourly,
        monthly_usd: hourly * month,
        recurring_monthly_usd: recurring * month,
        remaining_usd: plan.end.map(|end| recurring * hours_until(cx.now(), plan.start, end)),
        starts_at: plan.start.map(|at| at.0),
        ends_at: plan.end.map(|at| at.0),
        returnable_until: plan.returnable_until.map(|at| at.0),
        bound_to: plan
            .ec2_instance_family
            .filter(|text| !text.is_empty())
            .map(|family| format!("{family} {}", plan.region.unwrap_or_default()).trim_end().to_owned()),
    };
    Listed::new(plan.savings_plan_id, facts)
        .arn(Some(plan.savings_plan_arn))
        .created(plan.start.map(|at| at.0))
        .tags(plan.tags.unwrap_or_default().0)
}

/// Hours of a plan that lie ahead; of one that has not begun, all of them.
fn hours_until(now: Timestamp, start: Option<At>, end: At) -> f64 {
    let from = start.map_or(now, |start| start.0.max(now));
    (end.0.as_second() - from.as_second()).max(0) as f64 / 3_600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_remains_counts_from_today_or_from_the_first_day() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let now = at("2026-11-26T00:00:00Z");
        assert_eq!(hours_until(now, Some(At(at("2026-01-01T00:00:00Z"))), At(at("2026-11-27T00:00:00Z"))), 24.0);
        assert_eq!(hours_until(now, Some(At(at("2026-12-01T00:00:00Z"))), At(at("2026-12-03T00:00:00Z"))), 48.0);
        assert_eq!(hours_until(now, None, At(at("2026-01-01T00:00:00Z"))), 0.0);
    }
}
