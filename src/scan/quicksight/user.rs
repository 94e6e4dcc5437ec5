use schemars::JsonSchema;
use serde::Serialize;

use super::{User, UserPage, namespaces, subscribed, users};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan, Tested};

/// QuickSight users of every namespace: the seats of the subscription. When one last looked at anything no operation tells;
/// whether it was ever used, `active` does.
pub struct Users;

/// Facts of a user. Source: `quicksight:ListUsers`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ADMIN`, `AUTHOR`, `READER`, one of them with `_PRO`, `RESTRICTED_AUTHOR` or `RESTRICTED_READER`.
    role: String,
    /// Whether its invitation was taken up. Absent when QuickSight tells none.
    active: Option<bool>,
    /// How it logs in: `IAM`, `QUICKSIGHT` or `IAM_IDENTITY_CENTER`. Absent when QuickSight tells none.
    identity_type: Option<String>,
    /// Namespace it belongs to.
    namespace: String,
    /// Edition of the subscription, which sets its price.
    edition: String,
}

impl Scan for Users {
    const KIND: Kind = Kind::new("quicksight:user");
    const TITLE: &'static str = "QuickSight users";
    const ACTIONS: &'static [&'static str] =
        &["quicksight:DescribeAccountSubscription", "quicksight:ListNamespaces", "quicksight:ListUsers"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let Some((there, info)) = subscribed(cx).await? else { return Ok(()) };
        let edition = info.edition.unwrap_or_default();
        for namespace in namespaces(&there).await? {
            let mut pages = users(&there, &namespace);
            while let Some(page) = pages.next::<UserPage>().await? {
                for user in page.user_list {
                    found.add(listed(namespace.clone(), user, &edition)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(namespace: String, user: User, edition: &str) -> Listed<Facts> {
    let facts = Facts {
        role: user.role,
        active: user.active,
        identity_type: user.identity_type,
        namespace,
        edition: edition.to_owned(),
    };
    Listed::new(user.user_name, facts).arn(Some(user.arn)).refers(Role::Inside, Some("subscription"))
}

/// A seat by the month at the price without an annual commitment. Readers may be billed by the session instead, up to this.
fn needs(user: &Resource) -> Needs {
    let role = user.text("role").unwrap_or_default();
    let standard = user.text("edition") == Some("STANDARD");
    let (key, at_most) = match role {
        "ADMIN_PRO" | "AUTHOR_PRO" => ("quicksight.enterprise.author_pro", false),
        "READER_PRO" => ("quicksight.enterprise.reader_pro", false),
        "READER" | "RESTRICTED_READER" => ("quicksight.enterprise.reader", true),
        _ if standard => ("quicksight.standard.author_monthly", false),
        _ => ("quicksight.enterprise.author_monthly", false),
    };
    let needs = Needs::of(vec![Need::months("seat", key, 1.0)]);
    if at_most { needs.at_most() } else { needs }
}
