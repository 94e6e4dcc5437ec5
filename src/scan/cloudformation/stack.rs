use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::CLOUDFORMATION;
use crate::aws::api::{At, Call, List, Pair};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Owner, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = CLOUDFORMATION.rpc("DescribeStacks").paged("NextToken");

/// CloudFormation stacks that are not deleted. What a stack made carries its name in a tag and leads back to it; a nested
/// stack leads to its root.
pub struct Stacks;

/// Facts of a stack. Source: `cloudformation:DescribeStacks`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `CREATE_COMPLETE`, `ROLLBACK_COMPLETE`, `DELETE_FAILED` and others.
    status: String,
    /// What CloudFormation says about it. Absent when nothing.
    status_reason: Option<String>,
    /// When it was last changed. Absent when it never was.
    updated_at: Option<Timestamp>,
    /// Whether another stack made it.
    is_nested: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    stacks: List<Stack>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stack {
    stack_name: String,
    stack_status: Option<String>,
    stack_status_reason: Option<String>,
    last_updated_time: Option<At>,
    stack_id: String,
    creation_time: Option<At>,
    tags: Option<List<Pair>>,
    root_id: Option<String>,
    enable_termination_protection: Option<bool>,
}

impl Scan for Stacks {
    const KIND: Kind = Kind::new("cloudformation:stack");
    const TITLE: &'static str = "CloudFormation stacks";
    const ACTIONS: &'static [&'static str] = &["cloudformation:DescribeStacks"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.stacks.items {
                if one.stack_status.as_deref() != Some("DELETE_COMPLETE") {
                    found.add(listed(one)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(one: Stack) -> Listed<Facts> {
    let facts = Facts {
        status: one.stack_status.unwrap_or_default(),
        status_reason: one.stack_status_reason.filter(|text| !text.is_empty()),
        updated_at: one.last_updated_time.map(|at| at.0),
        is_nested: one.root_id.is_some(),
    };
    let owner = owner(one.root_id.as_deref(), &one.stack_name);
    Listed::new(one.stack_name, facts)
        .arn(Some(one.stack_id))
        .created(one.creation_time.map(|at| at.0))
        .tags(one.tags.unwrap_or_default().tags())
        .owner(owner)
        .locked(one.enable_termination_protection == Some(true), "EnableTerminationProtection")
        .refers(Role::Inside, one.root_id)
}

/// The root of a nested stack, or the stack set that made it: `StackSet-NAME-UUID`.
fn owner(root: Option<&str>, name: &str) -> Option<Owner> {
    if let Some(root) = root {
        let id = root.split('/').nth(1).unwrap_or(root).to_owned();
        return Some(Owner { by: "cloudformation-stack".to_owned(), id, evidence: "RootId".to_owned() });
    }
    let rest = name.strip_prefix("StackSet-")?;
    let id = rest.len().checked_sub("-00000000-0000-0000-0000-000000000000".len()).and_then(|at| rest.get(..at))?;
    let evidence = "name of the stack".to_owned();
    Some(Owner { by: "cloudformation-stack-set".to_owned(), id: id.to_owned(), evidence })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_of_a_stack_and_of_a_stack_set_have_an_owner() {
        let id = |root: Option<&str>, name: &str| owner(root, name).map(|owner| owner.id);
        assert_eq!(
            id(Some("arn:aws:cloudformation:us-east-1:111122223333:stack/app/0a1b"), "app-db").as_deref(),
            Some("app")
        );
        assert_eq!(id(None, "StackSet-baseline-0a1b2c3d-0000-4000-8000-000000000001").as_deref(), Some("baseline"));
        assert_eq!(id(None, "StackSet-mine"), None);
        assert_eq!(id(None, "app"), None);
    }
}
