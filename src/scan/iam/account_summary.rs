use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::IAM;
use crate::aws::api::{Call, List};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan, Tested};

const GET: Call = IAM.rpc("GetAccountSummary");

/// What IAM counts in the account, with the state of its root user. There is one an account.
pub struct AccountSummaries;

/// Facts of IAM in the account. Source: `iam:GetAccountSummary`. Each is absent when IAM does not tell it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Whether the root user signs in with a second factor.
    root_mfa: Option<bool>,
    /// Whether the root user has access keys.
    root_access_keys: Option<bool>,
    /// IAM users.
    users: Option<f64>,
    /// Roles, those of services among them.
    roles: Option<f64>,
    /// Devices for a second factor, virtual ones that nobody uses among them.
    mfa_devices: Option<f64>,
    /// Of them those that somebody uses.
    mfa_devices_in_use: Option<f64>,
    /// Identity providers, SAML and OpenID Connect together.
    providers: Option<f64>,
    /// Server certificates kept in IAM.
    server_certificates: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    #[serde(default)]
    summary_map: List<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    key: String,
    value: f64,
}

impl Scan for AccountSummaries {
    const KIND: Kind = Kind::new("iam:account-summary");
    const TITLE: &'static str = "IAM account summary";
    const ACTIONS: &'static [&'static str] = &["iam:GetAccountSummary"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let entries = cx.call::<Summary>(&GET, json!({})).await?.summary_map.items;
        if !entries.is_empty() {
            found.add(listed(cx, &entries)).await;
        }
        Ok(())
    }
}

fn listed(cx: &Cx, entries: &[Entry]) -> Listed<Facts> {
    let count = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| entry.value);
    let is_on = |key: &str| count(key).map(|value| value > 0.0);
    let facts = Facts {
        root_mfa: is_on("AccountMFAEnabled"),
        root_access_keys: is_on("AccountAccessKeysPresent"),
        users: count("Users"),
        roles: count("Roles"),
        mfa_devices: count("MFADevices"),
        mfa_devices_in_use: count("MFADevicesInUse"),
        providers: count("Providers"),
        server_certificates: count("ServerCertificates"),
    };
    Listed::new(cx.account(), facts).arn(Some(cx.arn("iam", cx.region(), "account-summary")))
}
