use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::FMS;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const GET: Call = FMS.rpc("GetAdminAccount");

/// The account that administers Firewall Manager for the organization, where there is one. It is asked in the home region.
pub struct Admins;

/// Facts of the administrator. Source: `fms:GetAdminAccount`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// The account.
    admin_account: String,
    /// Whether it is this one.
    is_self: bool,
    /// `READY`, `CREATING`, `PENDING_DELETION`, `DELETING` or `DELETED`. Absent when AWS gives none.
    role_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Admin {
    admin_account: Option<String>,
    role_status: Option<String>,
}

impl Scan for Admins {
    const KIND: Kind = Kind::new("fms:admin");
    const TITLE: &'static str = "Firewall Manager administrators";
    const ACTIONS: &'static [&'static str] = &["fms:GetAdminAccount"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let admin = match cx.call::<Admin>(&GET, json!({})).await {
            Ok(admin) => admin,
            Err(fault) if is_none(&fault) => return Ok(()),
            Err(fault) => return Err(fault),
        };
        if let Some(account) = admin.admin_account {
            let is_self = account == cx.account();
            let facts = Facts { admin_account: account.clone(), is_self, role_status: admin.role_status };
            found.add(Listed::new(account, facts)).await;
        }
        Ok(())
    }
}

/// Firewall Manager refuses access where no administrator was ever appointed, and says so in words.
///
/// Source: <https://github.com/rebuy-de/aws-nuke/issues/992>, read 2026-11-27.
fn is_none(fault: &Fault) -> bool {
    fault.is_gone() || fault.said.contains("No default admin could be found")
}
