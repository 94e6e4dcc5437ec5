use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::MACIE2;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const SESSION: Call = MACIE2.get("GetMacieSession", "/macie");
const USAGE: Call = MACIE2.post("GetUsageStatistics", "/usage/statistics").paged("nextToken");

/// Days of the free trial of Macie. Source: <https://aws.amazon.com/macie/pricing/>.
const TRIAL_DAYS: f64 = 30.0;

/// Macie, once a region where it is switched on.
pub struct Sessions;

/// Facts of Macie in a region. Source: `macie2:GetMacieSession`, `macie2:GetUsageStatistics`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ENABLED` or `PAUSED`.
    status: String,
    /// When its free trial began. Absent when it had none, and when that could not be read.
    trial_started_at: Option<Timestamp>,
    /// Days left of the trial of thirty days, 0 when it is over. Absent as its beginning is.
    trial_days_left: Option<f64>,
    /// What Macie thinks it cost in the last 30 days, in dollars. Absent when that could not be read.
    estimated_usd: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    created_at: Option<At>,
    #[serde(default)]
    status: String,
}

#[derive(Deserialize)]
struct UsagePage {
    #[serde(default)]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    account_id: Option<String>,
    free_trial_start_date: Option<At>,
    #[serde(default)]
    usage: Vec<Usage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    estimated_cost: Option<String>,
}

impl Scan for Sessions {
    const KIND: Kind = Kind::new("macie2:session");
    const TITLE: &'static str = "Macie";
    const ACTIONS: &'static [&'static str] = &["macie2:GetMacieSession", "macie2:GetUsageStatistics"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let session = match cx.call::<Session>(&SESSION, json!({})).await {
            Ok(session) => session,
            Err(fault) if is_off(&fault) => return Ok(()),
            Err(fault) => return Err(fault),
        };
        let usage = Detail::default().ask(found, "usage", usage(cx)).await;
        found.add(listed(cx, session, usage.flatten())).await;
        Ok(())
    }
}

/// Macie answers AccessDenied where it is switched off, and says so in words.
fn is_off(fault: &Fault) -> bool {
    fault.code == "ResourceNotFoundException" || fault.said.contains("Macie is not enabled")
}

/// The account's own usage.
async fn usage(cx: &Cx) -> Result<Option<Record>, Fault> {
    let mut pages = cx.pages(&USAGE, json!({ "maxResults": 100, "timeRange": "PAST_30_DAYS" }));
    while let Some(page) = pages.next::<UsagePage>().await? {
        let own = page.records.into_iter().find(|record| record.account_id.as_deref() == Some(cx.account()));
        if own.is_some() {
            return Ok(own);
        }
    }
    Ok(None)
}

fn listed(cx: &Cx, session: Session, usage: Option<Record>) -> Listed<Facts> {
    let started = usage.as_ref().and_then(|record| record.free_trial_start_date).map(|at| at.0);
    let passed = |at: Timestamp| (cx.now().as_second() - at.as_second()) as f64 / 86_400.0;
    let costs = usage.map(|record| {
        let amounts = record.usage.into_iter().filter_map(|one| one.estimated_cost?.parse::<f64>().ok());
        amounts.fold(0.0, |sum, amount| sum + amount)
    });
    let facts = Facts {
        status: session.status,
        trial_started_at: started,
        trial_days_left: started.map(|at| (TRIAL_DAYS - passed(at)).ceil().max(0.0)),
        estimated_usd: costs,
    };
    Listed::new("macie", facts)
        .arn(Some(cx.arn("macie2", cx.region(), "session")))
        .created(session.created_at.map(|at| at.0))
}

/// Buckets it keeps an eye on by the month, and what it reads by the gigabyte; its own estimate is a fact.
fn needs(session: &Resource) -> Needs {
    if session.text("status") == Some("ENABLED") { Needs::unpriced("buckets looked at") } else { Needs::free() }
}
