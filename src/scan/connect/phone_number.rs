use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::CONNECT;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = CONNECT.post("ListPhoneNumbersV2", "/phone-number/list").paged("NextToken");

/// Telephone numbers claimed for Amazon Connect, each billed by the day.
pub struct PhoneNumbers;

/// Facts of a number. Source: `connect:ListPhoneNumbersV2`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// The number, `+18005550100`.
    number: String,
    /// Two letters of its country.
    country: String,
    /// `DID`, `TOLL_FREE` and others.
    number_type: String,
    /// Instance that answers it. Absent when none does.
    instance_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    list_phone_numbers_summary_list: Vec<Number>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Number {
    phone_number_id: String,
    phone_number: Option<String>,
    phone_number_country_code: Option<String>,
    phone_number_type: Option<String>,
    instance_id: Option<String>,
    phone_number_arn: String,
    target_arn: Option<String>,
}

impl Scan for PhoneNumbers {
    const KIND: Kind = Kind::new("connect:phone-number");
    const TITLE: &'static str = "Connect phone numbers";
    const ACTIONS: &'static [&'static str] = &["connect:ListPhoneNumbersV2"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.list_phone_numbers_summary_list {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Number) -> Listed<Facts> {
    let facts = Facts {
        number: one.phone_number.clone().unwrap_or_default(),
        country: one.phone_number_country_code.unwrap_or_default(),
        number_type: one.phone_number_type.unwrap_or_default(),
        instance_id: one.instance_id.filter(|text| !text.is_empty()),
    };
    Listed::new(one.phone_number_id, facts)
        .arn(Some(one.phone_number_arn))
        .name(one.phone_number)
        .refers(Role::Uses, one.target_arn)
}

/// By the day and the country, which no price list here has.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("the number by the day")
}
