use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::PINPOINT_SMS_VOICE_V2;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = PINPOINT_SMS_VOICE_V2.rpc("DescribePhoneNumbers").paged("NextToken");

/// Telephone numbers of AWS End User Messaging, each leased by the month; deleted ones are not listed.
pub struct PhoneNumbers;

/// Facts of a number. Source: `sms-voice:DescribePhoneNumbers`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// The number.
    number: String,
    /// `ACTIVE`, `PENDING`, `ASSOCIATING` or `DISASSOCIATING`.
    status: String,
    /// Two letters of its country.
    country: String,
    /// `LONG_CODE`, `TOLL_FREE`, `SHORT_CODE`, `TEN_DLC` or `SIMULATOR`.
    number_type: String,
    /// What AWS asks for it a month, in dollars. Absent when it tells none.
    monthly_usd: Option<f64>,
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
    phone_number: Option<String>,
    status: Option<String>,
    iso_country_code: Option<String>,
    number_type: Option<String>,
    monthly_leasing_price: Option<String>,
    phone_number_arn: String,
    created_timestamp: Option<At>,
    pool_id: Option<String>,
    deletion_protection_enabled: Option<bool>,
}

impl Scan for PhoneNumbers {
    const KIND: Kind = Kind::new("sms-voice:phone-number");
    const TITLE: &'static str = "SMS and voice phone numbers";
    const ACTIONS: &'static [&'static str] = &["sms-voice:DescribePhoneNumbers"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.phone_numbers {
                if one.status.as_deref() != Some("DELETED") {
                    found.add(listed(one)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(one: Number) -> Listed<Facts> {
    let facts = Facts {
        number: one.phone_number.clone().unwrap_or_default(),
        status: one.status.unwrap_or_default(),
        country: one.iso_country_code.unwrap_or_default(),
        number_type: one.number_type.unwrap_or_default(),
        monthly_usd: one.monthly_leasing_price.and_then(|text| text.parse().ok()),
    };
    Listed::new(one.phone_number_id, facts)
        .arn(Some(one.phone_number_arn))
        .name(one.phone_number)
        .created(one.created_timestamp.map(|at| at.0))
        .locked(one.deletion_protection_enabled == Some(true), "DeletionProtectionEnabled")
        .refers(Role::Inside, one.pool_id)
}

/// What AWS asks stands in the fact `monthly_usd`; no price list has it.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("the lease of the number, see `monthly_usd`")
}
