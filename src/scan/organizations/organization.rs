use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::organization::organization;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

/// The organization the account is in, as its manager or as a member.
pub struct Organizations;

/// Facts of an organization. Source: `organizations:DescribeOrganization`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// The organization, `o-…`.
    id: String,
    /// Account that manages it. Absent when AWS tells none.
    management_account_id: Option<String>,
    /// `ALL` or `CONSOLIDATED_BILLING`. Absent when AWS tells none.
    feature_set: Option<String>,
    /// Whether the audited account is the one that manages it. Absent when AWS names none.
    is_management: Option<bool>,
}

impl Scan for Organizations {
    const KIND: Kind = Kind::new("organizations:organization");
    const TITLE: &'static str = "Organization";
    const ACTIONS: &'static [&'static str] = &["organizations:DescribeOrganization"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let Some(one) = organization(cx).await? else { return Ok(()) };
        let facts = Facts {
            id: one.id.clone(),
            is_management: one.master_account_id.as_ref().map(|id| id == cx.account()),
            management_account_id: one.master_account_id,
            feature_set: one.feature_set,
        };
        found.add(Listed::new(one.id, facts).arn(one.arn)).await;
        Ok(())
    }
}
