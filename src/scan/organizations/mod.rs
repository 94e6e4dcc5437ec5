//! AWS Organizations: the organization the account is in, and what only the account that manages it may read.

pub mod account;
pub mod delegated_administrator;
pub mod organization;
pub mod responsibility_transfer;

use serde::Deserialize;
use serde_json::json;

use super::Scanner;
use crate::aws::api::Call;
use crate::aws::api::services::ORGANIZATIONS;
use crate::aws::{Cx, Fault};

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[
    Scanner::of::<organization::Organizations>(),
    Scanner::of::<account::Accounts>(),
    Scanner::of::<delegated_administrator::DelegatedAdministrators>(),
    Scanner::of::<responsibility_transfer::ResponsibilityTransfers>(),
];

const DESCRIBE: Call = ORGANIZATIONS.rpc("DescribeOrganization");

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    organization: Organization,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Organization {
    id: String,
    arn: Option<String>,
    feature_set: Option<String>,
    master_account_id: Option<String>,
}

/// The organization the account is in. `None` for an account that stands alone.
async fn organization(cx: &Cx) -> Result<Option<Organization>, Fault> {
    match cx.call::<Described>(&DESCRIBE, json!({})).await {
        Ok(described) => Ok(Some(described.organization)),
        Err(fault) if fault.code == "AWSOrganizationsNotInUseException" => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Whether the account manages an organization. Any other is refused what is in it, so it is not asked for.
async fn manages(cx: &Cx) -> Result<bool, Fault> {
    let organization = organization(cx).await?;
    Ok(organization.and_then(|one| one.master_account_id).is_some_and(|id| id == cx.account()))
}
