//! Amazon WorkSpaces.

pub mod directory;
pub mod workspace;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Scanner;
use super::detail::Detail;
use super::found::Found;
use crate::aws::Cx;
use crate::aws::api::services::WORKSPACES;
use crate::aws::api::{Call, Tags};

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<workspace::Workspaces>(), Scanner::of::<directory::Directories>()];

const TAGS: Call = WORKSPACES.rpc("DescribeTags");

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tag_list: Tags,
}

/// Tags of a WorkSpace or a directory; nothing when they cannot be read.
async fn tags<F: Serialize>(cx: &Cx, found: &Found<'_, F>, tagging: &Detail, id: &str) -> BTreeMap<String, String> {
    let call = cx.call::<Tagged>(&TAGS, json!({ "ResourceId": id }));
    tagging.ask(found, id, call).await.unwrap_or_default().tag_list.0
}
