use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SHIELD;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const DESCRIBE: Call = SHIELD.rpc("DescribeSubscription");

/// The subscription of Shield Advanced, a commitment of a year.
pub struct Subscriptions;

/// Facts of the subscription. Source: `shield:DescribeSubscription`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Whether it begins anew at its end. Absent when AWS does not tell.
    auto_renew: Option<bool>,
    /// When the commitment ends. Absent when AWS tells none.
    ends_at: Option<Timestamp>,
    /// Whole days from the scan until then, negative when it is over. Absent without an end.
    ends_in_days: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    subscription: Option<Subscription>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Subscription {
    start_time: Option<At>,
    end_time: Option<At>,
    auto_renew: Option<String>,
    subscription_arn: Option<String>,
}

impl Scan for Subscriptions {
    const KIND: Kind = Kind::new("shield:subscription");
    const TITLE: &'static str = "Shield Advanced";
    const ACTIONS: &'static [&'static str] = &["shield:DescribeSubscription"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let described = match cx.call::<Described>(&DESCRIBE, json!({})).await {
            Err(fault) if fault.code == "ResourceNotFoundException" => return Ok(()),
            answer => answer?,
        };
        if let Some(one) = described.subscription {
            found.add(listed(cx, one)).await;
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: Subscription) -> Listed<Facts> {
    let ends_at = one.end_time.map(|at| at.0);
    let facts = Facts {
        auto_renew: one.auto_renew.map(|text| text == "ENABLED"),
        ends_at,
        ends_in_days: ends_at.map(|end| cx.now().duration_until(end).as_secs().div_euclid(86_400)),
    };
    Listed::new("subscription", facts).arn(one.subscription_arn).created(one.start_time.map(|at| at.0))
}

/// By the month and the organization, whichever of its accounts subscribed.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("the subscription")
}
