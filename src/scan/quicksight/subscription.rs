use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Info, User, all_users, subscribed};
use crate::aws::api::services::{CLOUDTRAIL, QUICKSIGHT};
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const SETTINGS: Call = QUICKSIGHT.get("DescribeAccountSettings", "/accounts/{AwsAccountId}/settings");
const EVENTS: Call = CLOUDTRAIL.rpc("LookupEvents").paged("NextToken");

/// Days of the free trial. No operation tells when it ends: it is counted from the day of the subscription.
///
/// Source: <https://aws.amazon.com/quicksight/pricing/>, a trial of 30 days for four authors, read 2026-11-22.
const TRIAL_DAYS: i64 = 30;

/// The QuickSight subscription of the account, when it has one. The seats themselves are `quicksight:user`.
pub struct Subscriptions;

/// Facts of the subscription. Source: `quicksight:DescribeAccountSubscription`, `quicksight:DescribeAccountSettings`,
/// `quicksight:ListUsers`, `cloudtrail:LookupEvents`. How much SPICE was bought no operation tells: rules ask the bill.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACCOUNT_CREATED` and others.
    status: String,
    /// `STANDARD`, `ENTERPRISE` or `ENTERPRISE_AND_Q`.
    edition: String,
    /// How its users log in: `IDENTITY_POOL`, `ACTIVE_DIRECTORY`, `IAM_AND_QUICKSIGHT`, … Absent when QuickSight tells none.
    authentication: Option<String>,
    /// Region its users live in.
    identity_region: String,
    /// Seats that may administer, author among them. Absent when the users could not be listed.
    admins: Option<f64>,
    /// Seats that may make dashboards. Absent when the users could not be listed.
    authors: Option<f64>,
    /// Seats that may look at them. Absent when the users could not be listed.
    readers: Option<f64>,
    /// Of all seats, those with the dearer Pro features. Absent when the users could not be listed.
    pro_seats: Option<f64>,
    /// Of all seats, those that have ever been used: their invitation was taken up. Absent when the users could not be listed.
    active_seats: Option<f64>,
    /// Day of the subscription, out of CloudTrail, which looks back 90 days. Absent when it is older, and when that could not
    /// be read.
    subscribed_at: Option<Timestamp>,
    /// When the free trial of thirty days ends or ended, if the account had one. Absent as the day of the subscription is.
    trial_ends_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Settings {
    account_settings: Setting,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Setting {
    termination_protection_enabled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EventPage {
    #[serde(default)]
    events: Vec<Logged>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Logged {
    event_time: Option<At>,
    event_source: Option<String>,
}

impl Scan for Subscriptions {
    const KIND: Kind = Kind::new("quicksight:account-subscription");
    const TITLE: &'static str = "QuickSight subscription";
    const ACTIONS: &'static [&'static str] = &[
        "cloudtrail:LookupEvents",
        "quicksight:DescribeAccountSettings",
        "quicksight:DescribeAccountSubscription",
        "quicksight:ListNamespaces",
        "quicksight:ListUsers",
    ];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let Some((there, info)) = subscribed(cx).await? else { return Ok(()) };
        let settings = there.call::<Settings>(&SETTINGS, json!({ "AwsAccountId": cx.account() }));
        let settings = Detail::default().ask(found, "settings", settings).await;
        let seats = Detail::default().ask(found, "users", all_users(&there)).await;
        let since = Detail::default().ask(found, "day of the subscription", since(&there)).await.flatten();
        let locked = settings.and_then(|read| read.account_settings.termination_protection_enabled);
        found
            .add(listed(cx, &there, info, seats, since).locked(locked == Some(true), "TerminationProtectionEnabled"))
            .await;
        Ok(())
    }
}

/// The last time somebody subscribed, as far back as CloudTrail looks.
async fn since(cx: &Cx) -> Result<Option<Timestamp>, Fault> {
    let wanted = json!([{ "AttributeKey": "EventName", "AttributeValue": "Subscribe" }]);
    let mut pages = cx.pages(&EVENTS, json!({ "LookupAttributes": wanted, "MaxResults": 50 }));
    let mut last = None;
    while let Some(page) = pages.next::<EventPage>().await? {
        let ours =
            page.events.into_iter().filter(|one| one.event_source.as_deref() == Some("quicksight.amazonaws.com"));
        last = ours.filter_map(|one| one.event_time).map(|at| at.0).max().max(last);
    }
    Ok(last)
}

fn listed(cx: &Cx, there: &Cx, info: Info, seats: Option<Vec<User>>, since: Option<Timestamp>) -> Listed<Facts> {
    let count = |wanted: &dyn Fn(&User) -> bool| {
        seats.as_ref().map(|all| all.iter().filter(|user| wanted(user)).count() as f64)
    };
    let facts = Facts {
        status: info.account_subscription_status.unwrap_or_default(),
        edition: info.edition.unwrap_or_default(),
        authentication: info.authentication_type,
        identity_region: there.region().to_string(),
        admins: count(&|user| user.role.starts_with("ADMIN")),
        authors: count(&|user| user.role.contains("AUTHOR")),
        readers: count(&|user| user.role.contains("READER")),
        pro_seats: count(&|user| user.role.ends_with("_PRO")),
        active_seats: count(&|user| user.active == Some(true)),
        subscribed_at: since,
        trial_ends_at: since.and_then(|at| at.checked_add(SignedDuration::from_hours(TRIAL_DAYS * 24)).ok()),
    };
    Listed::new("subscription", facts)
        .arn(Some(cx.arn("quicksight", cx.region(), "account-subscription")))
        .name(info.account_name)
        .created(since)
}

/// Seats are billed as users; on top of them a fee for the account once one of them is a Pro seat.
fn needs(subscription: &Resource) -> Needs {
    match subscription.number("pro_seats") {
        Some(seats) if seats > 0.0 => {
            Needs::of(vec![Need::months("fee for Pro seats", "quicksight.enterprise.q_account_fee", 1.0)])
        }
        _ => Needs::free(),
    }
}
