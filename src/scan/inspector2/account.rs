use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::aws::api::services::INSPECTOR2;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const STATUS: Call = INSPECTOR2.post("BatchGetAccountStatus", "/status/batch/get");
const TRIAL: Call = INSPECTOR2.post("BatchGetFreeTrialInfo", "/freetrialinfo/batchget");

/// Inspector, once a region where it is switched on.
pub struct Accounts;

/// Facts of Inspector in a region. Source: `inspector2:BatchGetAccountStatus`, `inspector2:BatchGetFreeTrialInfo`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ENABLED`, `SUSPENDED` or on its way there.
    status: String,
    /// What it looks at: `ec2`, `ecr`, `lambda`, …
    looks_at: Vec<String>,
    /// Days left of the free trial that ends first among what it looks at. Absent when none is left, and when that could not
    /// be read.
    trial_days_left: Option<f64>,
}

#[derive(Deserialize)]
struct Statuses {
    #[serde(default)]
    accounts: Vec<Account>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    state: Option<State>,
    #[serde(default)]
    resource_state: Map<String, Value>,
}

#[derive(Deserialize)]
struct State {
    status: Option<String>,
}

#[derive(Deserialize)]
struct Trials {
    #[serde(default)]
    accounts: Vec<AccountTrial>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountTrial {
    #[serde(default)]
    free_trial_info: Vec<Trial>,
}

#[derive(Deserialize)]
struct Trial {
    end: Option<At>,
    status: Option<String>,
}

impl Scan for Accounts {
    const KIND: Kind = Kind::new("inspector2:account");
    const TITLE: &'static str = "Inspector";
    const ACTIONS: &'static [&'static str] = &["inspector2:BatchGetAccountStatus", "inspector2:BatchGetFreeTrialInfo"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let own = json!({ "accountIds": [cx.account()] });
        let statuses = cx.call::<Statuses>(&STATUS, own.clone()).await?;
        for account in statuses.accounts {
            let status = account.state.and_then(|state| state.status).unwrap_or_default();
            if status == "DISABLED" || status.is_empty() {
                continue;
            }
            let trials = Detail::default().ask(found, "trial", cx.call::<Trials>(&TRIAL, own.clone())).await;
            found.add(listed(cx, status, &account.resource_state, trials)).await;
        }
        Ok(())
    }
}

fn listed(cx: &Cx, status: String, looked_at: &Map<String, Value>, trials: Option<Trials>) -> Listed<Facts> {
    let on = looked_at.iter().filter(|(_, state)| state["status"] == "ENABLED");
    let trials = trials.into_iter().flat_map(|read| read.accounts).flat_map(|account| account.free_trial_info);
    let ends = trials.filter(|trial| trial.status.as_deref() == Some("ACTIVE")).filter_map(|trial| trial.end);
    let days = ends.map(|end| (end.0.as_second() - cx.now().as_second()) as f64 / 86_400.0).filter(|days| *days > 0.0);
    let facts = Facts {
        status,
        looks_at: on.map(|(name, _)| name.clone()).collect(),
        trial_days_left: days.reduce(f64::min).map(f64::ceil),
    };
    Listed::new("inspector", facts).arn(Some(cx.arn("inspector2", cx.region(), "account")))
}

/// By the instance, the image and the function it looks at.
fn needs(account: &Resource) -> Needs {
    if account.text("status") == Some("ENABLED") { Needs::unpriced("what is looked at") } else { Needs::free() }
}
