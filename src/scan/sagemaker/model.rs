use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SAGEMAKER;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = SAGEMAKER.rpc("ListModels").paged("NextToken");
const DESCRIBE: Call = SAGEMAKER.rpc("DescribeModel");

/// SageMaker models: a name for an image and a file in S3. They cost nothing; the file does, in its bucket.
pub struct Models;

/// Facts of a model. Source: `sagemaker:ListModels`, `sagemaker:DescribeModel`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Images of its containers. Absent when the details could not be read.
    images: Option<Vec<String>>,
    /// Where its files lie in S3. Absent when the details could not be read.
    data_urls: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    models: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Model {
    model_name: String,
    model_arn: String,
    creation_time: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    primary_container: Option<Container>,
    #[serde(default)]
    containers: Vec<Container>,
    execution_role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Container {
    image: Option<String>,
    model_data_url: Option<String>,
}

impl Scan for Models {
    const KIND: Kind = Kind::new("sagemaker:model");
    const TITLE: &'static str = "SageMaker models";
    const ACTIONS: &'static [&'static str] = &["sagemaker:DescribeModel", "sagemaker:ListModels", "sagemaker:ListTags"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (describing, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let models = each(page.models, async |model: Model| {
                let call = cx.call::<Described>(&DESCRIBE, json!({ "ModelName": model.model_name }));
                let described = describing.ask(found, &model.model_name, call).await;
                let tags = super::tags(cx, found, &tagging, &model.model_arn).await;
                listed(model, described).tags(tags)
            });
            for model in models.await {
                found.add(model).await;
            }
        }
        Ok(())
    }
}

fn listed(model: Model, described: Option<Described>) -> Listed<Facts> {
    let containers = |described: &Described, text: fn(&Container) -> Option<&String>| -> Vec<String> {
        described.primary_container.iter().chain(&described.containers).filter_map(text).cloned().collect()
    };
    let facts = Facts {
        images: described.as_ref().map(|d| containers(d, |container| container.image.as_ref())),
        data_urls: described.as_ref().map(|d| containers(d, |container| container.model_data_url.as_ref())),
    };
    Listed::new(model.model_name, facts)
        .arn(Some(model.model_arn))
        .created(model.creation_time.map(|at| at.0))
        .refers(Role::Needs, described.and_then(|d| d.execution_role_arn))
}
