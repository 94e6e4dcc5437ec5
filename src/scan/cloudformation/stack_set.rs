use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::CLOUDFORMATION;
use crate::aws::api::{Call, List};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = CLOUDFORMATION.rpc("ListStackSets").paged("NextToken");

/// Stack sets this account administers, which keep stacks in this account and in others.
pub struct StackSets;

/// Facts of a stack set. Source: `cloudformation:ListStackSets`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `SERVICE_MANAGED` where the organization says who gets a stack, or `SELF_MANAGED`. Absent when AWS gives none.
    permission_model: Option<String>,
    /// Whether accounts that join an organizational unit get a stack by themselves. Absent when AWS does not tell.
    auto_deployment: Option<bool>,
    /// Whether the stack of an account that leaves stays there. Absent when AWS does not tell.
    retains_stacks: Option<bool>,
    /// Description. Absent when empty.
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    summaries: List<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    stack_set_name: String,
    stack_set_id: String,
    description: Option<String>,
    permission_model: Option<String>,
    auto_deployment: Option<AutoDeployment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AutoDeployment {
    enabled: Option<bool>,
    retain_stacks_on_account_removal: Option<bool>,
}

impl Scan for StackSets {
    const KIND: Kind = Kind::new("cloudformation:stackset");
    const TITLE: &'static str = "CloudFormation stack sets";
    const ACTIONS: &'static [&'static str] = &["cloudformation:ListStackSets"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "Status": "ACTIVE", "CallAs": "SELF", "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.summaries.items {
                found.add(listed(cx, one)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: Summary) -> Listed<Facts> {
    let arn = cx.arn("cloudformation", cx.region(), &format!("stackset/{}", one.stack_set_id));
    let auto = one.auto_deployment;
    let facts = Facts {
        permission_model: one.permission_model,
        auto_deployment: auto.as_ref().and_then(|auto| auto.enabled),
        retains_stacks: auto.and_then(|auto| auto.retain_stacks_on_account_removal),
        description: one.description.filter(|text| !text.is_empty()),
    };
    Listed::new(one.stack_set_id, facts).arn(Some(arn)).name(Some(one.stack_set_name))
}
