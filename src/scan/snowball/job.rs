use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SNOWBALL;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = SNOWBALL.rpc("ListJobs").paged("NextToken");

/// Jobs of the Snow family: devices that are on their way, at the customer, or back.
pub struct Jobs;

/// Facts of it. Source: `snowball:ListJobs`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `New`, `PreparingAppliance`, `PreparingShipment`, `InTransitToCustomer`, `WithCustomer`,
    /// `InTransitToAWS`, `WithAWSSortingFacility`, `WithAWS`, `InProgress`, `Complete`, `Cancelled` or `Listing`.
    state: String,
    /// `IMPORT`, `EXPORT` or `LOCAL_USE`. Absent when AWS tells none.
    job_type: Option<String>,
    /// `EDGE`, `SNC1_HDD` and others. Absent when AWS tells none.
    device: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    job_list_entries: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    job_id: String,
    job_state: Option<String>,
    job_type: Option<String>,
    snowball_type: Option<String>,
    creation_date: Option<At>,
    description: Option<String>,
}

impl Scan for Jobs {
    const KIND: Kind = Kind::new("snowball:job");
    const TITLE: &'static str = "Snow jobs";
    const ACTIONS: &'static [&'static str] = &["snowball:ListJobs"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.job_list_entries {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: One) -> Listed<Facts> {
    let facts = Facts { state: one.job_state.unwrap_or_default(), job_type: one.job_type, device: one.snowball_type };
    Listed::new(one.job_id, facts).name(one.description).created(one.creation_date.map(|at| at.0))
}

/// By the job, and by the day the device is kept.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("the device")
}
