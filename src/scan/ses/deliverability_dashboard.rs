use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SESV2;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Why};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const GET: Call = SESV2.get("GetDeliverabilityDashboardOptions", "/v2/email/deliverability-dashboard");

/// The subscription to SES's Deliverability dashboard, where there is one.
pub struct DeliverabilityDashboards;

/// Facts of the subscription. Source: `ses:GetDeliverabilityDashboardOptions`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, or `PENDING_EXPIRATION` when it ends with this month. Absent when AWS gives none.
    status: Option<String>,
    /// When it ends by itself. Absent when it goes on.
    ends_at: Option<Timestamp>,
    /// Domains it watches.
    domains: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Options {
    dashboard_enabled: bool,
    subscription_expiry_date: Option<At>,
    account_status: Option<String>,
    #[serde(default)]
    active_subscribed_domains: Vec<Domain>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Domain {
    #[serde(default)]
    domain: String,
    subscription_start_date: Option<At>,
}

impl Scan for DeliverabilityDashboards {
    const KIND: Kind = Kind::new("ses:deliverability-dashboard");
    const TITLE: &'static str = "SES Deliverability dashboards";
    const ACTIONS: &'static [&'static str] = &["ses:GetDeliverabilityDashboardOptions"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let options: Options = cx.call(&GET, json!({})).await.map_err(|fault| match fault.code.as_str() {
            // The request has nothing in it that could be bad: the region does not offer the dashboard.
            "BadRequestException" => Fault { why: Why::NotOffered, ..fault },
            _ => fault,
        })?;
        if options.dashboard_enabled {
            found.add(listed(options)).await;
        }
        Ok(())
    }
}

fn listed(options: Options) -> Listed<Facts> {
    let started = options.active_subscribed_domains.iter().filter_map(|one| one.subscription_start_date);
    let created = started.map(|at| at.0).min();
    let facts = Facts {
        status: options.account_status,
        ends_at: options.subscription_expiry_date.map(|at| at.0),
        domains: options.active_subscribed_domains.into_iter().map(|one| one.domain).collect(),
    };
    Listed::new("deliverability-dashboard", facts).created(created)
}

/// A fixed price by the month, which covers the first domains.
fn needs(_: &Resource) -> Needs {
    Needs::of(vec![Need::months("dashboard subscription", "ses.deliverability_dashboard", 1.0)])
}
