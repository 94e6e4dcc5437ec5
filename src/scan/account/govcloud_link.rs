use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::ACCOUNT;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const GET: Call = ACCOUNT.post("GetGovCloudAccountInformation", "/getGovCloudAccountInformation");

/// The GovCloud account that is linked to this one and is closed together with it.
pub struct GovCloudLinks;

/// Facts of the linked account. Source: `account:GetGovCloudAccountInformation`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// The GovCloud account, twelve digits.
    govcloud_account_id: String,
    /// `PENDING_ACTIVATION`, `ACTIVE`, `SUSPENDED` or `CLOSED`.
    state: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Linked {
    gov_cloud_account_id: String,
    account_state: String,
}

impl Scan for GovCloudLinks {
    const KIND: Kind = Kind::new("account:govcloud-link");
    const TITLE: &'static str = "Linked GovCloud account";
    const ACTIONS: &'static [&'static str] = &["account:GetGovCloudAccountInformation"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let linked = match cx.call::<Linked>(&GET, json!({})).await {
            Err(fault) if fault.code == "ResourceNotFoundException" => return Ok(()),
            answer => answer?,
        };
        let id = linked.gov_cloud_account_id;
        let facts = Facts { govcloud_account_id: id.clone(), state: linked.account_state };
        found.add(Listed::new(id, facts)).await;
        Ok(())
    }
}
