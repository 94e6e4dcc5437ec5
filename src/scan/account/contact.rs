use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::aws::api::Call;
use crate::aws::api::services::ACCOUNT;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const PRIMARY: Call = ACCOUNT.post("GetContactInformation", "/getContactInformation");
const ALTERNATE: Call = ACCOUNT.post("GetAlternateContact", "/getAlternateContact");

/// Whom AWS can reach about the account. Only whether there is somebody is kept, not who.
pub struct Contacts;

/// Facts of the contacts. Source: `account:GetContactInformation`, `account:GetAlternateContact`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Whether the account has a contact.
    primary: bool,
    /// Whether it has one for its bills. Absent when that could not be read.
    billing: Option<bool>,
}

/// An answer of which nothing is read: it holds names and addresses.
#[derive(Deserialize)]
struct Present {}

impl Scan for Contacts {
    const KIND: Kind = Kind::new("account:contact");
    const TITLE: &'static str = "Contacts of the account";
    const ACTIONS: &'static [&'static str] = &["account:GetAlternateContact", "account:GetContactInformation"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let primary = is_there(cx, &PRIMARY, json!({})).await?;
        let billing = match is_there(cx, &ALTERNATE, json!({ "AlternateContactType": "BILLING" })).await {
            Ok(billing) => Some(billing),
            Err(fault) => {
                found.missed(fault, "billing contact").await;
                None
            }
        };
        if primary || billing == Some(true) {
            found.add(Listed::new("contacts", Facts { primary, billing })).await;
        }
        Ok(())
    }
}

async fn is_there(cx: &Cx, call: &Call, input: Value) -> Result<bool, Fault> {
    match cx.call::<Present>(call, input).await {
        Ok(Present {}) => Ok(true),
        Err(fault) if fault.code == "ResourceNotFoundException" => Ok(false),
        Err(fault) => Err(fault),
    }
}
