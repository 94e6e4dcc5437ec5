use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::COMPREHEND;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = COMPREHEND.rpc("ListEndpoints").paged("NextToken");
const TAGS: Call = COMPREHEND.rpc("ListTagsForResource");

/// Endpoints of custom Comprehend models, billed by the second from creation to deletion.
pub struct Endpoints;

/// Facts of an endpoint. Source: `comprehend:ListEndpoints`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `IN_SERVICE`, `CREATING`, `UPDATING`, `FAILED` or `DELETING`.
    status: String,
    /// ARN of the model it answers with. Absent when Comprehend tells none.
    model_arn: Option<String>,
    /// Inference units, each billed by the second. Absent when Comprehend tells none.
    inference_units: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    endpoint_properties_list: Vec<Endpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    endpoint_arn: String,
    #[serde(default)]
    status: String,
    model_arn: Option<String>,
    current_inference_units: Option<f64>,
    creation_time: Option<At>,
    data_access_role_arn: Option<String>,
    flywheel_arn: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Endpoints {
    const KIND: Kind = Kind::new("comprehend:endpoint");
    const TITLE: &'static str = "Comprehend endpoints";
    const ACTIONS: &'static [&'static str] = &["comprehend:ListEndpoints", "comprehend:ListTagsForResource"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let endpoints = each(page.endpoint_properties_list, async |endpoint: Endpoint| {
                let call = cx.call::<Tagged>(&TAGS, json!({ "ResourceArn": endpoint.endpoint_arn }));
                let tagged = tagging.ask(found, &endpoint.endpoint_arn, call).await.unwrap_or_default();
                listed(endpoint).tags(tagged.tags.0)
            });
            for endpoint in endpoints.await {
                found.add(endpoint).await;
            }
        }
        Ok(())
    }
}

fn listed(endpoint: Endpoint) -> Listed<Facts> {
    // `…:document-classifier-endpoint/NAME` or `…:entity-recognizer-endpoint/NAME`.
    let id = endpoint.endpoint_arn.rsplit('/').next().unwrap_or_default().to_owned();
    let facts = Facts {
        status: endpoint.status,
        model_arn: endpoint.model_arn.clone(),
        inference_units: endpoint.current_inference_units,
    };
    Listed::new(id, facts)
        .arn(Some(endpoint.endpoint_arn))
        .created(endpoint.creation_time.map(|at| at.0))
        .refers(Role::Needs, endpoint.model_arn)
        .refers(Role::Needs, endpoint.data_access_role_arn)
        .refers(Role::Needs, endpoint.flywheel_arn)
}

fn needs(endpoint: &Resource) -> Needs {
    if endpoint.text("status") == Some("FAILED") { Needs::free() } else { Needs::unpriced("inference units") }
}
