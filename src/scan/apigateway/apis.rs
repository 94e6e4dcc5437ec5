use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::APIGATEWAYV2;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = APIGATEWAYV2.get("GetApis", "/v2/apis").paged("nextToken").needs("apigateway:GET");
const STAGES: Call =
    APIGATEWAYV2.get("GetStages", "/v2/apis/{apiId}/stages").paged("nextToken").needs("apigateway:GET");

/// HTTP and WebSocket APIs of API Gateway.
pub struct Apis;

/// Facts of an HTTP or WebSocket API. Source: `apigateway:GET` on `/v2/apis` and on the stages of each.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `HTTP` or `WEBSOCKET`.
    protocol: String,
    /// Stages: deployments that can be called. Absent when they could not be read.
    stages: Option<f64>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    items: Vec<Api>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Api {
    api_id: String,
    name: Option<String>,
    #[serde(default)]
    protocol_type: String,
    created_date: Option<At>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize)]
struct Stages {
    #[serde(default)]
    items: Vec<serde::de::IgnoredAny>,
}

impl Scan for Apis {
    const KIND: Kind = Kind::new("apigateway:apis");
    const TITLE: &'static str = "HTTP and WebSocket APIs";
    const ACTIONS: &'static [&'static str] = &["apigateway:GET"];
    // Requests, messages and connections are billed, the API is not.
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let staging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let apis = each(page.items, async |api: Api| {
                let stages = staging.ask(found, &api.api_id, stages(cx, &api.api_id)).await;
                listed(cx, api, stages)
            });
            for api in apis.await {
                found.add(api).await;
            }
        }
        Ok(())
    }
}

async fn stages(cx: &Cx, api: &str) -> Result<f64, Fault> {
    let mut count = 0;
    let mut pages = cx.pages(&STAGES, json!({ "apiId": api, "maxResults": 100 }));
    while let Some(page) = pages.next::<Stages>().await? {
        count += page.items.len();
    }
    Ok(count as f64)
}

fn listed(cx: &Cx, api: Api, stages: Option<f64>) -> Listed<Facts> {
    let arn = format!("arn:{}:apigateway:{}::/apis/{}", cx.partition(), cx.region(), api.api_id);
    Listed::new(api.api_id, Facts { protocol: api.protocol_type, stages })
        .arn(Some(arn))
        .name(api.name)
        .created(api.created_date.map(|at| at.0))
        .tags(api.tags.0)
}
