use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::CHIME_SDK_VOICE;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = CHIME_SDK_VOICE.get("ListPhoneNumbers", "/phone-numbers").paged_as("next-token", "NextToken");

/// Phone numbers of the Chime SDK. The inventory is the account's and is asked in the home region.
pub struct PhoneNumbers;

/// Facts of a number. Source: `chime:ListPhoneNumbers`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// The number: `+12065550100`. Absent when AWS gives none.
    number: Option<String>,
    /// Two letters: `US`. Absent when AWS gives none.
    country: Option<String>,
    /// `Local` or `TollFree`. Absent when AWS gives none.
    number_type: Option<String>,
    /// `Unassigned`, `Assigned`, `PortinInProgress`, `ReleaseInProgress`, …
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    phone_numbers: Vec<Number>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Number {
    phone_number_id: String,
    #[serde(rename = "E164PhoneNumber")]
    number: Option<String>,
    phone_number_arn: Option<String>,
    country: Option<String>,
    #[serde(rename = "Type")]
    number_type: Option<String>,
    status: Option<String>,
    created_timestamp: Option<At>,
    name: Option<String>,
}

impl Scan for PhoneNumbers {
    const KIND: Kind = Kind::new("chime:phone-number");
    const TITLE: &'static str = "Chime SDK phone numbers";
    const ACTIONS: &'static [&'static str] = &["chime:ListPhoneNumbers"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "max-results": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.phone_numbers {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Number) -> Listed<Facts> {
    let facts = Facts {
        number: one.number,
        country: one.country,
        number_type: one.number_type,
        status: one.status.unwrap_or_default(),
    };
    Listed::new(one.phone_number_id, facts)
        .arn(one.phone_number_arn)
        .name(one.name)
        .created(one.created_timestamp.map(|at| at.0))
}

/// By the month, at a price of its country and type.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("phone number")
}
