use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::SESV2;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = SESV2.post("ListEmailIdentities", "/v2/email/list-identities").paged("NextToken");

/// Domains and addresses mail is sent from through Amazon SES.
pub struct Identities;

/// Facts of an identity. Source: `ses:ListEmailIdentities`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `EMAIL_ADDRESS`, `DOMAIN` or `MANAGED_DOMAIN`.
    identity_type: String,
    /// Whether mail may be sent from it now.
    sending: bool,
    /// `PENDING`, `SUCCESS`, `FAILED`, `TEMPORARY_FAILURE` or `NOT_STARTED`. Absent when SES gives none.
    verification: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    email_identities: Vec<Identity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Identity {
    identity_type: Option<String>,
    identity_name: String,
    sending_enabled: Option<bool>,
    verification_status: Option<String>,
}

impl Scan for Identities {
    const KIND: Kind = Kind::new("ses:identity");
    const TITLE: &'static str = "SES identities";
    const ACTIONS: &'static [&'static str] = &["ses:ListEmailIdentities"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "PageSize": 1000 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.email_identities {
                let facts = Facts {
                    identity_type: one.identity_type.unwrap_or_default(),
                    sending: one.sending_enabled.unwrap_or_default(),
                    verification: one.verification_status,
                };
                found.add(Listed::new(one.identity_name, facts)).await;
            }
        }
        Ok(())
    }
}
