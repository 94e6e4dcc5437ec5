use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::TAXSETTINGS;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = TAXSETTINGS.post("ListTaxRegistrations", "/ListTaxRegistrations").paged("nextToken");

/// Tax registrations of the account and, in the account that manages an organization, of its members.
/// Numbers and names are not read.
pub struct Registrations;

/// Facts of it. Source: `tax:ListTaxRegistrations`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Account it is for.
    account_id: String,
    /// `Verified`, `Pending`, `Deleted` or `Rejected`. Empty when AWS tells none.
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    account_details: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    #[serde(default)]
    account_id: String,
    tax_registration: Option<Tax>,
}

#[derive(Deserialize)]
struct Tax {
    status: Option<String>,
}

impl Scan for Registrations {
    const KIND: Kind = Kind::new("taxsettings:registration");
    const TITLE: &'static str = "Tax registrations";
    const ACTIONS: &'static [&'static str] = &["tax:ListTaxRegistrations"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.account_details {
                if one.tax_registration.is_some() {
                    found.add(listed(one)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(one: One) -> Listed<Facts> {
    let facts = Facts {
        account_id: one.account_id.clone(),
        status: one.tax_registration.and_then(|tax| tax.status).unwrap_or_default(),
    };
    Listed::new(one.account_id, facts)
}
