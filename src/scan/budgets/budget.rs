use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::BUDGETS;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan, Tested};

const LIST: Call = BUDGETS.rpc("DescribeBudgets").paged("NextToken").needs("budgets:ViewBudget");
const ACTIONS: Call = BUDGETS.rpc("DescribeBudgetActionsForAccount").paged("NextToken");

/// Budgets of the account.
pub struct Budgets;

/// Facts of a budget. Source: `budgets:DescribeBudgets`, `budgets:DescribeBudgetActionsForAccount`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `COST`, `USAGE`, `RI_UTILIZATION` and others.
    budget_type: String,
    /// `DAILY`, `MONTHLY`, `QUARTERLY`, `ANNUALLY` or `CUSTOM`.
    time_unit: String,
    /// What it allows, in `currency`. Absent for budgets that plan each period apart.
    limit: Option<f64>,
    /// Unit of the limit: `USD`. Absent with it.
    currency: Option<String>,
    /// What was spent in the present period, in the same unit. Absent when AWS has not worked it out yet.
    spent: Option<f64>,
    /// Actions it takes by itself. A budget with any is billed by the day, however many it has, beyond the first two such
    /// budgets of an account. Absent when they could not be listed.
    actions: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    budgets: Vec<Budget>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Budget {
    budget_name: String,
    budget_limit: Option<Spend>,
    calculated_spend: Option<Calculated>,
    time_unit: Option<String>,
    budget_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Calculated {
    actual_spend: Option<Spend>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Spend {
    amount: String,
    unit: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ActionPage {
    #[serde(default)]
    actions: Vec<Action>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Action {
    budget_name: String,
}

impl Scan for Budgets {
    const KIND: Kind = Kind::new("budgets:budget");
    const TITLE: &'static str = "Budgets";
    const ACTIONS: &'static [&'static str] = &["budgets:DescribeBudgetActionsForAccount", "budgets:ViewBudget"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut acting = None;
        let mut pages = cx.pages(&LIST, json!({ "AccountId": cx.account(), "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            if acting.is_none() && !page.budgets.is_empty() {
                acting = Some(Detail::default().ask(found, "actions", actions(cx)).await);
            }
            for budget in page.budgets {
                let known = acting.as_ref().and_then(Option::as_ref);
                let count = known.map(|all| all.get(&budget.budget_name).copied().unwrap_or_default());
                found.add(listed(cx, budget, count)).await;
            }
        }
        Ok(())
    }
}

/// How many actions each budget has.
async fn actions(cx: &Cx) -> Result<BTreeMap<String, f64>, Fault> {
    let mut counts = BTreeMap::new();
    let mut pages = cx.pages(&ACTIONS, json!({ "AccountId": cx.account(), "MaxResults": 100 }));
    while let Some(page) = pages.next::<ActionPage>().await? {
        for action in page.actions {
            *counts.entry(action.budget_name).or_insert(0.0) += 1.0;
        }
    }
    Ok(counts)
}

fn listed(cx: &Cx, budget: Budget, actions: Option<f64>) -> Listed<Facts> {
    let arn = cx.arn("budgets", cx.region(), &format!("budget/{}", budget.budget_name));
    let spent = budget.calculated_spend.and_then(|spend| spend.actual_spend);
    let facts = Facts {
        budget_type: budget.budget_type.unwrap_or_default(),
        time_unit: budget.time_unit.unwrap_or_default(),
        limit: budget.budget_limit.as_ref().and_then(|limit| limit.amount.parse().ok()),
        currency: budget.budget_limit.map(|limit| limit.unit),
        spent: spent.and_then(|spend| spend.amount.parse().ok()),
        actions,
    };
    Listed::new(budget.budget_name, facts).arn(Some(arn))
}

/// A budget with actions by the day, whatever their number. The first two of an account are free and nobody tells which
/// ones, so this is the most it can be.
fn needs(budget: &Resource) -> Needs {
    const DAYS: f64 = 730.0 / 24.0;
    match budget.number("actions") {
        Some(count) if count > 0.0 => {
            Needs::of(vec![Need::new("actions", "budgets.action_enabled", DAYS, "day")]).at_most()
        }
        Some(_) => Needs::free(),
        None => Needs::unpriced("actions"),
    }
}
