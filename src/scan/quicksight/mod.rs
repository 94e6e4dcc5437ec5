//! Amazon QuickSight: the subscription of the account, and the seats it pays for.
//!
//! Users live in one region, whichever the account was signed up in; asked elsewhere, QuickSight names it.

pub mod subscription;
pub mod user;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Scanner;
use crate::aws::api::services::QUICKSIGHT;
use crate::aws::api::{Call, Pages};
use crate::aws::{Cx, Fault};
use crate::model::Region;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<subscription::Subscriptions>(), Scanner::of::<user::Users>()];

const SUBSCRIPTION: Call = QUICKSIGHT.get("DescribeAccountSubscription", "/account/{AwsAccountId}");
const NAMESPACES: Call =
    QUICKSIGHT.get("ListNamespaces", "/accounts/{AwsAccountId}/namespaces").paged_as("next-token", "NextToken");
const USERS: Call = QUICKSIGHT
    .get("ListUsers", "/accounts/{AwsAccountId}/namespaces/{Namespace}/users")
    .paged_as("next-token", "NextToken");

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    account_info: Info,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Info {
    account_name: Option<String>,
    edition: Option<String>,
    authentication_type: Option<String>,
    account_subscription_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NamespacePage {
    #[serde(default)]
    namespaces: Vec<Namespace>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Namespace {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UserPage {
    #[serde(default)]
    user_list: Vec<User>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct User {
    arn: String,
    user_name: String,
    #[serde(default)]
    role: String,
    identity_type: Option<String>,
    active: Option<bool>,
}

/// A context in the account's identity region, with its subscription. `None` when the account has none.
async fn subscribed(cx: &Cx) -> Result<Option<(Cx, Info)>, Fault> {
    let here = cx.in_region(cx.endpoint_region());
    let asked = json!({ "AwsAccountId": cx.account() });
    let (cx, answer) = match ask::<Described>(&here, asked.clone()).await {
        Err(fault) => match identity_region(&fault.said) {
            Some(region) => {
                let there = here.in_region(&region);
                let answer = ask::<Described>(&there, asked).await;
                (there, answer)
            }
            None => (here, Err(fault)),
        },
        answer => (here, answer),
    };
    match answer {
        Ok(described) if is_unsubscribed(&described.account_info) => Ok(None),
        Ok(described) => Ok(Some((cx, described.account_info))),
        Err(fault) if fault.code == "ResourceNotFoundException" => Ok(None),
        Err(fault) => Err(fault),
    }
}

async fn ask<T: DeserializeOwned>(cx: &Cx, input: Value) -> Result<T, Fault> {
    cx.call(&SUBSCRIPTION, input).await
}

fn is_unsubscribed(info: &Info) -> bool {
    info.account_subscription_status.as_deref() == Some("UNSUBSCRIBED")
}

/// The region QuickSight sends one to: "… but your identity region is eu-west-1. Please use the eu-west-1 endpoint."
fn identity_region(said: &str) -> Option<Region> {
    let behind = said.split("identity region is ").nth(1)?;
    let name: String = behind.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    (!name.is_empty()).then(|| Region::new(name))
}

/// Names of the namespaces.
async fn namespaces(cx: &Cx) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    let mut pages = cx.pages(&NAMESPACES, json!({ "AwsAccountId": cx.account(), "max-results": 100 }));
    while let Some(page) = pages.next::<NamespacePage>().await? {
        names.extend(page.namespaces.into_iter().map(|namespace| namespace.name));
    }
    Ok(names)
}

/// The users of a namespace, page by page.
fn users<'a>(cx: &'a Cx, namespace: &str) -> Pages<'a> {
    cx.pages(&USERS, json!({ "AwsAccountId": cx.account(), "Namespace": namespace, "max-results": 100 }))
}

/// Every user of every namespace.
async fn all_users(cx: &Cx) -> Result<Vec<User>, Fault> {
    let mut all = Vec::new();
    for namespace in namespaces(cx).await? {
        let mut pages = users(cx, &namespace);
        while let Some(page) = pages.next::<UserPage>().await? {
            all.extend(page.user_list);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identity_region_is_read_out_of_the_refusal() {
        let said = "Operation is being called from endpoint us-east-1, but your identity region is eu-west-1. Please use \
                    the eu-west-1 endpoint.";
        assert_eq!(identity_region(said), Some(Region::new("eu-west-1")));
        assert_eq!(identity_region("not authorized"), None);
    }
}
