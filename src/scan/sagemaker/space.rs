use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SAGEMAKER;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = SAGEMAKER.rpc("ListSpaces").paged("NextToken");

/// Spaces of SageMaker Studio: the storage that stays when their apps are deleted.
pub struct Spaces;

/// Facts of a space. Source: `sagemaker:ListSpaces`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `InService`, `Pending`, `Updating`, `Failed`, `Deleting` and others. Absent when SageMaker tells none.
    status: Option<String>,
    /// Domain it belongs to.
    domain_id: String,
    /// Its name inside the domain.
    space_name: String,
    /// App it is made for: `JupyterLab`, `CodeEditor` and others. Absent when SageMaker tells none.
    app_type: Option<String>,
    /// Size of its volume, in GiB, billed with and without an app. Absent when it has none.
    volume_gib: Option<f64>,
    /// `Private` or `Shared`. Absent when SageMaker tells none.
    sharing: Option<String>,
    /// User profile it belongs to. Absent when SageMaker tells none.
    owner_profile: Option<String>,
    /// When it was last changed. Absent when SageMaker tells none.
    last_modified_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    spaces: Vec<Space>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Space {
    domain_id: String,
    space_name: String,
    status: Option<String>,
    creation_time: Option<At>,
    last_modified_time: Option<At>,
    #[serde(default)]
    space_settings_summary: Settings,
    #[serde(default)]
    space_sharing_settings_summary: Sharing,
    #[serde(default)]
    ownership_settings_summary: Ownership,
    space_display_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Settings {
    app_type: Option<String>,
    space_storage_settings: Option<Storage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Storage {
    ebs_storage_settings: Option<Volume>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Volume {
    ebs_volume_size_in_gb: f64,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sharing {
    sharing_type: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ownership {
    owner_user_profile_name: Option<String>,
}

impl Scan for Spaces {
    const KIND: Kind = Kind::new("sagemaker:space");
    const TITLE: &'static str = "SageMaker Studio spaces";
    const ACTIONS: &'static [&'static str] = &["sagemaker:ListSpaces", "sagemaker:ListTags"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let spaces = each(page.spaces, async |space: Space| {
                let thing = format!("space/{}/{}", space.domain_id, space.space_name);
                let arn = cx.arn("sagemaker", cx.region(), &thing);
                let tags = super::tags(cx, found, &tagging, &arn).await;
                listed(space).arn(Some(arn)).tags(tags)
            });
            for space in spaces.await {
                found.add(space).await;
            }
        }
        Ok(())
    }
}

fn listed(space: Space) -> Listed<Facts> {
    let settings = space.space_settings_summary;
    let volume = settings.space_storage_settings.and_then(|storage| storage.ebs_storage_settings);
    let facts = Facts {
        status: space.status,
        domain_id: space.domain_id.clone(),
        space_name: space.space_name.clone(),
        app_type: settings.app_type,
        volume_gib: volume.map(|volume| volume.ebs_volume_size_in_gb),
        sharing: space.space_sharing_settings_summary.sharing_type,
        owner_profile: space.ownership_settings_summary.owner_user_profile_name,
        last_modified_at: space.last_modified_time.map(|at| at.0),
    };
    Listed::new(format!("{}/{}", space.domain_id, space.space_name), facts)
        .name(space.space_display_name.or(Some(space.space_name)))
        .created(space.creation_time.map(|at| at.0))
        .refers(Role::Inside, Some(space.domain_id))
}

fn needs(space: &Resource) -> Needs {
    if space.number("volume_gib").is_some() { Needs::unpriced("volume") } else { Needs::free() }
}
