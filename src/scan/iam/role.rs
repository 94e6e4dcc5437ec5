use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::IAM;
use crate::aws::api::{At, Call, List};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::principals::{Principals, decoded};
use crate::scan::{Billing, Reach, Scan, Tested};

const LIST: Call = IAM.rpc("ListRoles").paged("Marker");

/// Path of the roles that services make for themselves.
const OF_SERVICES: &str = "/aws-service-role/";

/// IAM roles and who may take them on. The listing tells neither their tags nor when they were last used.
pub struct Roles;

/// Facts of a role. Source: `iam:ListRoles`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Its path: `/`, `/service-role/`, …
    path: String,
    /// Whether a service made it for itself and looks after it.
    service_linked: bool,
    /// Other accounts its trust policy lets in. Absent when the policy could not be read.
    trusts_accounts: Option<Vec<String>>,
    /// Identity providers its trust policy lets in: an ARN or a name. Absent when the policy could not be read.
    trusts_federated: Option<Vec<String>>,
    /// Whether its trust policy lets in everyone, whatever its conditions say. Absent when the policy could not be read.
    trusts_everyone: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    roles: List<Role>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Role {
    path: Option<String>,
    role_name: String,
    arn: String,
    create_date: Option<At>,
    assume_role_policy_document: Option<String>,
}

impl Scan for Roles {
    const KIND: Kind = Kind::new("iam:role");
    const TITLE: &'static str = "IAM roles";
    const ACTIONS: &'static [&'static str] = &["iam:ListRoles"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxItems": 1000 }));
        while let Some(page) = pages.next::<Page>().await? {
            for role in page.roles.items {
                found.add(listed(cx, role)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, role: Role) -> Listed<Facts> {
    let trusted = role.assume_role_policy_document.and_then(|policy| Principals::of(&decoded(&policy)));
    let path = role.path.unwrap_or_else(|| "/".to_owned());
    let facts = Facts {
        service_linked: path.starts_with(OF_SERVICES),
        path,
        trusts_accounts: trusted.as_ref().map(|read| read.foreign(cx.account())),
        trusts_federated: trusted.as_ref().map(|read| read.federated.iter().cloned().collect()),
        trusts_everyone: trusted.map(|read| read.everyone),
    };
    Listed::new(role.role_name, facts).arn(Some(role.arn)).created(role.create_date.map(|at| at.0))
}
