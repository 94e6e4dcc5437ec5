use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::CONTROLTOWER;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = CONTROLTOWER.post("ListLandingZones", "/list-landingzones").paged("nextToken");

/// Landing zones of AWS Control Tower, at most one in an organization.
pub struct LandingZones;

/// Facts of it. Source: `controltower:ListLandingZones`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Region it is managed from.
    home_region: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    landing_zones: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    arn: String,
}

impl Scan for LandingZones {
    const KIND: Kind = Kind::new("controltower:landing-zone");
    const TITLE: &'static str = "Control Tower landing zones";
    const ACTIONS: &'static [&'static str] = &["controltower:ListLandingZones"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.landing_zones {
                found.add(listed(cx, one)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: One) -> Listed<Facts> {
    let id = one.arn.rsplit('/').next().unwrap_or_default().to_owned();
    let facts = Facts { home_region: cx.region().to_string() };
    Listed::new(id, facts).arn(Some(one.arn))
}
