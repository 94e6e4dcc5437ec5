//! The organization an account is in, and its accounts.

use serde::Deserialize;
use serde_json::json;

use super::api::Call;
use super::api::services::ORGANIZATIONS;
use super::{Cx, Fault};
use crate::model::clean;

const DESCRIBE: Call = ORGANIZATIONS.rpc("DescribeOrganization");
const LIST: Call = ORGANIZATIONS.rpc("ListAccounts").paged("NextToken");

/// IAM actions of listing the accounts.
pub const ACTIONS: &[&str] = &["organizations:ListAccounts"];

/// IAM action of telling the organization.
pub const DESCRIBE_ACTION: &str = "organizations:DescribeOrganization";

/// An organization. Source: `organizations:DescribeOrganization`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Organization {
    /// `o-…`.
    pub id: String,
    /// Its ARN. Absent when AWS tells none.
    pub arn: Option<String>,
    /// `ALL` or `CONSOLIDATED_BILLING`. Absent when AWS tells none.
    pub feature_set: Option<String>,
    /// Account that manages it, and pays. Absent when AWS tells none.
    pub master_account_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    organization: Organization,
}

/// The organization the account is in. `None` for an account that stands alone.
pub async fn organization(cx: &Cx) -> Result<Option<Organization>, Fault> {
    match cx.call::<Described>(&DESCRIBE, json!({})).await {
        Ok(described) => Ok(Some(described.organization)),
        Err(fault) if fault.code == "AWSOrganizationsNotInUseException" => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Whether the account manages an organization.
pub async fn manages(cx: &Cx) -> Result<bool, Fault> {
    let organization = organization(cx).await?;
    Ok(organization.and_then(|one| one.master_account_id).is_some_and(|id| id == cx.account()))
}

/// An account of an organization. Source: `organizations:ListAccounts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Twelve digits.
    pub id: String,
    /// Its name in the organization. May be empty.
    pub name: String,
    /// `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE` and the like.
    pub state: String,
    /// Whether it is the account that manages the organization.
    pub manages: bool,
}

impl Member {
    /// Whether it can be read.
    pub fn is_active(&self) -> bool {
        self.state == "ACTIVE"
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    accounts: Vec<Account>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Account {
    id: String,
    arn: Option<String>,
    name: Option<String>,
    /// Deprecated in favour of `State`, which older endpoints do not have.
    status: Option<String>,
    state: Option<String>,
}

/// Every account of the caller's organization, by id. Only the management account and delegated administrators may
/// ask.
pub async fn members(cx: &Cx) -> Result<Vec<Member>, Fault> {
    let mut members = Vec::new();
    let mut pages = cx.pages(&LIST, json!({ "MaxResults": 20 }));
    while let Some(page) = pages.next::<Page>().await? {
        members.extend(page.accounts.into_iter().map(member));
    }
    members.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(members)
}

fn member(account: Account) -> Member {
    // arn:aws:organizations::MANAGEMENT:account/o-ORGANIZATION/MEMBER
    let arn = account.arn.unwrap_or_default();
    let managed_by = arn.split(':').nth(4).unwrap_or_default();
    let text = |text: Option<String>| clean(&text.unwrap_or_default()).into_owned();
    Member {
        manages: managed_by == account.id,
        id: clean(&account.id).into_owned(),
        name: text(account.name),
        state: text(account.state.or(account.status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_goes_before_status_and_the_arn_tells_the_management_account() {
        let of = |json: serde_json::Value| member(serde_json::from_value(json).expect("an account"));
        let arn = "arn:aws:organizations::111122223333:account/o-a/111122223333";
        let one = of(json!({ "Id": "111122223333", "Arn": arn, "Name": "root", "Status": "ACTIVE" }));
        assert!(one.is_active() && one.manages);
        let other = of(json!({ "Id": "444455556666", "Arn": arn, "Status": "ACTIVE", "State": "PENDING_CLOSURE" }));
        assert!(!other.is_active() && !other.manages);
        assert!(!of(json!({ "Id": "444455556666" })).is_active(), "what nobody says is not taken for active");
    }
}
