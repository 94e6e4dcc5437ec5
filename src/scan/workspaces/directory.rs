use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::tags;
use crate::aws::api::services::WORKSPACES;
use crate::aws::api::{Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = WORKSPACES.rpc("DescribeWorkspaceDirectories").paged("NextToken");

/// Directories registered with WorkSpaces. The registration costs nothing; the directory of Directory Service behind it
/// is a kind of its own. Deregistered ones are left out. AWS does not tell when one was registered.
pub struct Directories;

/// Facts of a registered directory. Source: `workspaces:DescribeWorkspaceDirectories`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `REGISTERED`, `REGISTERING`, `DEREGISTERING` or `ERROR`. Absent when WorkSpaces tells none.
    state: Option<String>,
    /// `SIMPLE_AD`, `AD_CONNECTOR`, `CUSTOMER_MANAGED` or `AWS_IAM_IDENTITY_CENTER`. Absent when WorkSpaces tells none.
    directory_type: Option<String>,
    /// `PERSONAL`, or `POOLS`, whose WorkSpaces come and go. Absent when WorkSpaces tells none.
    workspace_type: Option<String>,
    /// Name people type when they sign in. Absent when WorkSpaces tells none.
    registration_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    directories: Vec<Directory>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Directory {
    directory_id: String,
    directory_name: Option<String>,
    registration_code: Option<String>,
    #[serde(default)]
    subnet_ids: Vec<String>,
    directory_type: Option<String>,
    workspace_security_group_id: Option<String>,
    state: Option<String>,
    workspace_directory_name: Option<String>,
    workspace_type: Option<String>,
}

impl Scan for Directories {
    const KIND: Kind = Kind::new("workspaces:directory");
    const TITLE: &'static str = "Directories of WorkSpaces";
    const ACTIONS: &'static [&'static str] = &["workspaces:DescribeTags", "workspaces:DescribeWorkspaceDirectories"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "Limit": 25 }));
        while let Some(page) = pages.next::<Page>().await? {
            let registered = page.directories.into_iter().filter(|one| one.state.as_deref() != Some("DEREGISTERED"));
            let directories = each(registered, async |directory: Directory| {
                let tags = tags(cx, found, &tagging, &directory.directory_id).await;
                listed(cx, directory).tags(tags)
            });
            for directory in directories.await {
                found.add(directory).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, directory: Directory) -> Listed<Facts> {
    let thing = format!("directory/{}", directory.directory_id);
    let facts = Facts {
        state: directory.state,
        directory_type: directory.directory_type,
        workspace_type: directory.workspace_type,
        registration_code: directory.registration_code,
    };
    // The directory behind it has the same short id, so only its ARN tells the two apart. Pools and Identity Center
    // have ids of their own kind (`wsd-…`).
    let behind = directory.directory_id.starts_with("d-").then(|| cx.arn("ds", cx.region(), &thing));
    let listed = Listed::new(directory.directory_id, facts)
        .arn(Some(cx.arn("workspaces", cx.region(), &thing)))
        .name(directory.workspace_directory_name.or(directory.directory_name))
        .refers(Role::Needs, behind)
        .refers(Role::Needs, directory.workspace_security_group_id);
    directory.subnet_ids.into_iter().fold(listed, |listed, subnet| listed.refers(Role::Inside, Some(subnet)))
}
