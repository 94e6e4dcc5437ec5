use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::tags;
use crate::aws::api::services::WORKSPACES;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = WORKSPACES.rpc("DescribeWorkspaces").paged("NextToken");
const CONNECTIONS: Call = WORKSPACES.rpc("DescribeWorkspacesConnectionStatus");

/// Most ids one question about connections takes, and so the size of a page.
const PAGE: u32 = 25;

/// Personal WorkSpaces. Terminated ones are left out. AWS does not tell when one was made.
pub struct Workspaces;

/// Facts of a WorkSpace. Source: `workspaces:DescribeWorkspaces`, `workspaces:DescribeWorkspacesConnectionStatus`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `AVAILABLE`, `STOPPED`, `SUSPENDED`, `ERROR` and others. Absent when WorkSpaces tells none.
    state: Option<String>,
    /// `ALWAYS_ON`, billed by the month, `AUTO_STOP`, billed by a small monthly fee and by the hour, or `MANUAL`.
    /// Absent when WorkSpaces tells none.
    running_mode: Option<String>,
    /// `VALUE`, `STANDARD`, `PERFORMANCE`, `POWER` and others. Absent when WorkSpaces tells none.
    compute_type: Option<String>,
    /// Size of the system volume, in GiB. Absent when WorkSpaces tells none.
    root_gib: Option<f64>,
    /// Size of the volume with the user's files, in GiB. Absent when WorkSpaces tells none.
    user_gib: Option<f64>,
    /// `WINDOWS_11`, `AMAZON_LINUX_2` and others. Absent when WorkSpaces tells none.
    operating_system: Option<String>,
    /// Bundle it was made from. Absent when WorkSpaces tells none.
    bundle_id: Option<String>,
    /// Whose it is. Absent when WorkSpaces tells none.
    user: Option<String>,
    /// `CONNECTED`, `DISCONNECTED`, or `UNKNOWN`, as for stopped ones. Absent when it could not be read.
    connection: Option<String>,
    /// When its user last connected. Absent when nobody ever did, or when `connection` is absent.
    last_connected_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    workspaces: Vec<Workspace>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Workspace {
    workspace_id: String,
    directory_id: Option<String>,
    user_name: Option<String>,
    state: Option<String>,
    bundle_id: Option<String>,
    subnet_id: Option<String>,
    volume_encryption_key: Option<String>,
    workspace_name: Option<String>,
    #[serde(default)]
    workspace_properties: Properties,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    running_mode: Option<String>,
    root_volume_size_gib: Option<f64>,
    user_volume_size_gib: Option<f64>,
    compute_type_name: Option<String>,
    operating_system_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Connections {
    #[serde(default)]
    workspaces_connection_status: Vec<Connection>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Connection {
    workspace_id: String,
    connection_state: Option<String>,
    last_known_user_connection_timestamp: Option<At>,
}

impl Scan for Workspaces {
    const KIND: Kind = Kind::new("workspaces:workspace");
    const TITLE: &'static str = "WorkSpaces";
    const ACTIONS: &'static [&'static str] =
        &["workspaces:DescribeTags", "workspaces:DescribeWorkspaces", "workspaces:DescribeWorkspacesConnectionStatus"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (connecting, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "Limit": PAGE }));
        while let Some(page) = pages.next::<Page>().await? {
            let alive: Vec<Workspace> =
                page.workspaces.into_iter().filter(|one| one.state.as_deref() != Some("TERMINATED")).collect();
            let mut connections = BTreeMap::new();
            if !alive.is_empty() {
                let ids: Vec<&str> = alive.iter().map(|one| one.workspace_id.as_str()).collect();
                let call = cx.call::<Connections>(&CONNECTIONS, json!({ "WorkspaceIds": ids }));
                let told = connecting.ask(found, "", call).await.unwrap_or_default().workspaces_connection_status;
                connections.extend(told.into_iter().map(|one| (one.workspace_id.clone(), one)));
            }
            let tagged = each(alive, async |workspace: Workspace| {
                let tags = tags(cx, found, &tagging, &workspace.workspace_id).await;
                (workspace, tags)
            });
            for (workspace, tags) in tagged.await {
                let connection = connections.remove(&workspace.workspace_id);
                found.add(listed(cx, workspace, connection).tags(tags)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, workspace: Workspace, connection: Option<Connection>) -> Listed<Facts> {
    let arn = |thing: &str, id: &str| cx.arn("workspaces", cx.region(), &format!("{thing}/{id}"));
    let properties = workspace.workspace_properties;
    let facts = Facts {
        state: workspace.state,
        running_mode: properties.running_mode,
        compute_type: properties.compute_type_name,
        root_gib: properties.root_volume_size_gib,
        user_gib: properties.user_volume_size_gib,
        operating_system: properties.operating_system_name,
        bundle_id: workspace.bundle_id.clone(),
        user: workspace.user_name.clone(),
        connection: connection.as_ref().map(|one| one.connection_state.clone().unwrap_or_else(|| "UNKNOWN".to_owned())),
        last_connected_at: connection.and_then(|one| one.last_known_user_connection_timestamp).map(|at| at.0),
    };
    let own = arn("workspace", &workspace.workspace_id);
    let directory = workspace.directory_id.map(|id| arn("directory", &id));
    Listed::new(workspace.workspace_id, facts)
        .arn(Some(own))
        .name(workspace.workspace_name.or(workspace.user_name))
        .refers(Role::Inside, directory)
        .refers(Role::Inside, workspace.subnet_id)
        .refers(Role::MadeFrom, workspace.bundle_id)
        .refers(Role::Needs, workspace.volume_encryption_key)
}

/// The price of a bundle depends on its compute type, volumes, license and running mode.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("bundle")
}
