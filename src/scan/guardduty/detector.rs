use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::GUARDDUTY;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, ownership};

const LIST: Call = GUARDDUTY.get("ListDetectors", "/detector").paged("nextToken");
const GET: Call = GUARDDUTY.get("GetDetector", "/detector/{DetectorId}");
const TRIAL: Call = GUARDDUTY.post("GetRemainingFreeTrialDays", "/detector/{DetectorId}/freeTrial/daysRemaining");
const ADMIN: Call = GUARDDUTY.get("GetAdministratorAccount", "/detector/{DetectorId}/administrator");

/// GuardDuty detectors, one a region where it is switched on. One that an administrator account manages names it as its
/// owner.
pub struct Detectors;

/// Facts of a detector. Source: `guardduty:GetDetector`, `guardduty:GetRemainingFreeTrialDays`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ENABLED` or `DISABLED`.
    status: String,
    /// What it watches: `CLOUD_TRAIL`, `FLOW_LOGS`, `S3_DATA_EVENTS` and others.
    features: Vec<String>,
    /// Days left of the free trial that ends first among what it watches. Absent when none is left, and when it could not be
    /// read.
    trial_days_left: Option<f64>,
    /// Whether the trial of anything it watches still runs. Absent when that could not be read.
    on_trial: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    detector_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detector {
    created_at: Option<At>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    tags: Option<Tags>,
    #[serde(default)]
    features: Option<Vec<Feature>>,
}

#[derive(Deserialize)]
struct Feature {
    name: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
struct Trials {
    #[serde(default)]
    accounts: Vec<AccountTrial>,
}

#[derive(Deserialize)]
struct AccountTrial {
    #[serde(default)]
    features: Vec<FeatureTrial>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FeatureTrial {
    free_trial_days_remaining: Option<f64>,
}

#[derive(Deserialize)]
struct Admin {
    administrator: Option<Administrator>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Administrator {
    account_id: Option<String>,
}

impl Scan for Detectors {
    const KIND: Kind = Kind::new("guardduty:detector");
    const TITLE: &'static str = "GuardDuty detectors";
    const ACTIONS: &'static [&'static str] = &[
        "guardduty:GetAdministratorAccount",
        "guardduty:GetDetector",
        "guardduty:GetRemainingFreeTrialDays",
        "guardduty:ListDetectors",
    ];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (trying, managing) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 50 }));
        while let Some(page) = pages.next::<Page>().await? {
            for id in page.detector_ids {
                let detector = cx.call::<Detector>(&GET, json!({ "DetectorId": id })).await?;
                let ask = json!({ "DetectorId": id, "accountIds": [cx.account()] });
                let trials = trying.ask(found, &id, cx.call::<Trials>(&TRIAL, ask)).await;
                let admin = cx.call::<Admin>(&ADMIN, json!({ "DetectorId": id }));
                let admin = managing.ask(found, &id, admin).await.and_then(|read| read.administrator);
                found.add(listed(cx, id, detector, trials, admin)).await;
            }
        }
        Ok(())
    }
}

fn listed(
    cx: &Cx,
    id: String,
    detector: Detector,
    trials: Option<Trials>,
    admin: Option<Administrator>,
) -> Listed<Facts> {
    let arn = cx.arn("guardduty", cx.region(), &format!("detector/{id}"));
    let is_on = |feature: &Feature| feature.status.as_deref() == Some("ENABLED");
    let left: Option<Vec<f64>> = trials.map(|read| {
        let features = read.accounts.into_iter().flat_map(|account| account.features);
        features.filter_map(|feature| feature.free_trial_days_remaining).filter(|days| *days > 0.0).collect()
    });
    let admin = admin.and_then(|admin| admin.account_id).filter(|account| account != cx.account());
    let facts = Facts {
        status: detector.status,
        features: detector.features.into_iter().flatten().filter(is_on).filter_map(|one| one.name).collect(),
        trial_days_left: left.as_ref().and_then(|days| days.iter().copied().reduce(f64::min)),
        on_trial: left.map(|days| !days.is_empty()),
    };
    Listed::new(id, facts)
        .arn(Some(arn))
        .created(detector.created_at.map(|at| at.0))
        .tags(detector.tags.unwrap_or_default().0)
        .owner(admin.map(|account| ownership::service(&format!("GuardDuty of account {account}"), "administrator")))
}

/// By the events it looks at, which no listing tells.
fn needs(detector: &Resource) -> Needs {
    if detector.text("status") == Some("ENABLED") { Needs::unpriced("events looked at") } else { Needs::free() }
}
