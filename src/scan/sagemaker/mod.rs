//! Amazon SageMaker.

pub mod app;
pub mod domain;
pub mod endpoint;
pub mod endpoint_config;
pub mod model;
pub mod notebook;
pub mod space;
pub mod training_plan;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Scanner;
use super::detail::Detail;
use super::found::Found;
use crate::aws::api::services::SAGEMAKER;
use crate::aws::api::{Call, Tags};
use crate::aws::{Cx, Fault};

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[
    Scanner::of::<notebook::Notebooks>(),
    Scanner::of::<endpoint::Endpoints>(),
    Scanner::of::<endpoint_config::EndpointConfigs>(),
    Scanner::of::<model::Models>(),
    Scanner::of::<domain::Domains>(),
    Scanner::of::<app::Apps>(),
    Scanner::of::<space::Spaces>(),
    Scanner::of::<training_plan::TrainingPlans>(),
];

const TAGS: Call = SAGEMAKER.rpc("ListTags");

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

/// Tags of a resource; nothing when they cannot be read.
async fn tags<F: Serialize>(cx: &Cx, found: &Found<'_, F>, tagging: &Detail, arn: &str) -> BTreeMap<String, String> {
    let call = cx.call::<Tagged>(&TAGS, json!({ "ResourceArn": arn }));
    tagging.ask(found, arn, call).await.unwrap_or_default().tags.0
}

/// Whether a fault only says that something was deleted since it was listed. SageMaker has no code of its own for
/// that in most of its operations.
fn is_gone(fault: &Fault) -> bool {
    fault.is_gone() || (fault.code == "ValidationException" && fault.detail.contains("Could not find"))
}

/// The ARNs a name may stand for: SageMaker wrote names in small letters in the ARNs of many resources, and keeps
/// the letters of newer ones.
fn arns(cx: &Cx, thing: &str, name: &str) -> [String; 2] {
    let arn = |name: &str| cx.arn("sagemaker", cx.region(), &format!("{thing}/{name}"));
    [arn(name), arn(&name.to_lowercase())]
}
