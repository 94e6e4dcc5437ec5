use serde::Deserialize;
use serde_json::json;

use super::parts::{Manner, Part, Way};
use crate::aws::Fault;
use crate::aws::api::Call;
use crate::aws::api::services::SAGEMAKER;

const LIST: Call = SAGEMAKER.rpc("ListUserProfiles").paged("NextToken");
const MANNER: Manner = Manner::each("user profiles", &LIST);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    user_profiles: Vec<Profile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Profile {
    user_profile_name: String,
    #[serde(default)]
    status: String,
}

/// Deletes the user profiles of a domain. SageMaker refuses those that still have apps or spaces, which are resources
/// of their own; the homes stay on the domain's file system.
pub(super) async fn delete_user_profiles(way: &Way<'_>, domain: &str) -> Result<(), Fault> {
    let delete = SAGEMAKER.act("DeleteUserProfile", None);
    let delete = &delete;
    way.empty(
        &MANNER,
        || profiles(way, domain),
        |names| async move {
            for name in names {
                way.take(delete, &json!({ "DomainId": domain, "UserProfileName": name })).await?;
            }
            Ok(())
        },
    )
    .await
}

async fn profiles(way: &Way<'_>, domain: &str) -> Result<Vec<Part>, Fault> {
    let mut pages = way.cx.pages(&LIST, json!({ "DomainIdEquals": domain, "MaxResults": 100 }));
    let mut parts = Vec::new();
    while let Some(page) = pages.next::<Page>().await? {
        let profiles = page.user_profiles.into_iter();
        parts.extend(profiles.map(|profile| Part::new(profile.user_profile_name, profile.status, "Deleting")));
    }
    Ok(parts)
}
