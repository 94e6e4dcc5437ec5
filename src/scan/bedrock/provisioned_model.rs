use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::BEDROCK;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = BEDROCK.get("ListProvisionedModelThroughputs", "/provisioned-model-throughputs").paged("nextToken");
const TAGS: Call = BEDROCK.post("ListTagsForResource", "/listTagsForResource");

/// Provisioned throughput of Bedrock models: model units by the hour, used or not.
pub struct ProvisionedModels;

/// Facts of a provisioned model. Source: `bedrock:ListProvisionedModelThroughputs`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `InService`, `Creating`, `Updating` or `Failed`.
    status: String,
    /// ARN of the model it serves.
    model_arn: String,
    /// Model units, billed by the hour.
    model_units: f64,
    /// `OneMonth` or `SixMonths`. Absent when it can be deleted at any time.
    commitment: Option<String>,
    /// Before this time it cannot be deleted. Absent without a commitment.
    commitment_ends_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    provisioned_model_summaries: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    provisioned_model_name: String,
    provisioned_model_arn: String,
    model_arn: String,
    model_units: f64,
    status: String,
    commitment_duration: Option<String>,
    commitment_expiration_time: Option<At>,
    creation_time: Option<At>,
}

#[derive(Default, Deserialize)]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for ProvisionedModels {
    const KIND: Kind = Kind::new("bedrock:provisioned-model");
    const TITLE: &'static str = "Bedrock provisioned models";
    const ACTIONS: &'static [&'static str] =
        &["bedrock:ListProvisionedModelThroughputs", "bedrock:ListTagsForResource"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let models = each(page.provisioned_model_summaries, async |model: Summary| {
                let call = cx.call::<Tagged>(&TAGS, json!({ "resourceARN": model.provisioned_model_arn }));
                let tagged = tagging.ask(found, &model.provisioned_model_name, call).await.unwrap_or_default();
                listed(model).tags(tagged.tags.0)
            });
            for model in models.await {
                found.add(model).await;
            }
        }
        Ok(())
    }
}

fn listed(model: Summary) -> Listed<Facts> {
    let id = model.provisioned_model_arn.rsplit('/').next().unwrap_or_default().to_owned();
    let facts = Facts {
        status: model.status,
        model_arn: model.model_arn.clone(),
        model_units: model.model_units,
        commitment: model.commitment_duration,
        commitment_ends_at: model.commitment_expiration_time.map(|at| at.0),
    };
    Listed::new(id, facts)
        .arn(Some(model.provisioned_model_arn))
        .name(Some(model.provisioned_model_name))
        .created(model.creation_time.map(|at| at.0))
        .refers(Role::Needs, Some(model.model_arn))
}

/// The price of a unit depends on the model and on the commitment.
fn needs(model: &Resource) -> Needs {
    if model.text("status") == Some("Failed") { Needs::free() } else { Needs::unpriced("model units") }
}
