use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::IAM;
use crate::aws::api::{At, Call, List, each};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = IAM.rpc("ListUsers").paged("Marker");
const KEYS: Call = IAM.rpc("ListAccessKeys");

/// IAM users. The listing tells no tags of them.
pub struct Users;

/// Facts of a user. Source: `iam:ListUsers`, `iam:ListAccessKeys`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Its path, `/` unless somebody sorted users into paths.
    path: String,
    /// When it last signed in with its password. Absent when it has none or never did, as far as IAM remembers.
    password_last_used: Option<Timestamp>,
    /// Its access keys, two at most. Absent when they could not be read.
    access_keys: Option<f64>,
    /// Of them those that work. Absent when they could not be read.
    active_keys: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    users: List<User>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct User {
    path: Option<String>,
    user_name: String,
    arn: String,
    create_date: Option<At>,
    password_last_used: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    #[serde(default)]
    access_key_metadata: List<Key>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Key {
    status: Option<String>,
}

impl Scan for Users {
    const KIND: Kind = Kind::new("iam:user");
    const TITLE: &'static str = "IAM users";
    const ACTIONS: &'static [&'static str] = &["iam:ListAccessKeys", "iam:ListUsers"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let asking = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxItems": 1000 }));
        while let Some(page) = pages.next::<Page>().await? {
            let users = each(page.users.items, async |user: User| {
                let keys = cx.call::<Keys>(&KEYS, json!({ "UserName": user.user_name }));
                let keys = asking.ask(found, &user.user_name, keys).await;
                (user, keys)
            });
            for (user, keys) in users.await {
                found.add(listed(user, keys)).await;
            }
        }
        Ok(())
    }
}

fn listed(user: User, keys: Option<Keys>) -> Listed<Facts> {
    let keys = keys.map(|read| read.access_key_metadata.items);
    let is_active = |key: &&Key| key.status.as_deref() == Some("Active");
    let facts = Facts {
        path: user.path.unwrap_or_else(|| "/".to_owned()),
        password_last_used: user.password_last_used.map(|at| at.0),
        access_keys: keys.as_ref().map(|all| all.len() as f64),
        active_keys: keys.as_ref().map(|all| all.iter().filter(is_active).count() as f64),
    };
    Listed::new(user.user_name, facts).arn(Some(user.arn)).created(user.create_date.map(|at| at.0))
}
