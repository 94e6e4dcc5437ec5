use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::APIGATEWAY;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = APIGATEWAY.get("GetRestApis", "/restapis").paged("position").needs("apigateway:GET");
const STAGES: Call = APIGATEWAY.get("GetStages", "/restapis/{restapi_id}/stages").needs("apigateway:GET");

/// REST APIs of API Gateway, each with its stages and their caches.
pub struct RestApis;

/// Facts of a REST API. Source: `apigateway:GET` on `/restapis` and on the stages of each.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Its name, which need not be unique; its metrics go by it.
    api_name: String,
    /// `EDGE`, `REGIONAL` or `PRIVATE`. Absent when API Gateway tells none.
    endpoint: Option<String>,
    /// Stages: deployments that can be called. Absent when they could not be read.
    stages: Option<f64>,
    /// Names of stages with a cache, which is billed by the hour. Empty when none has, or they could not be read.
    cached_stages: Vec<String>,
    /// Sizes of these caches in GB, as API Gateway writes them: `0.5`. In the order of their stages.
    cache_sizes: Vec<String>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    item: Vec<Api>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Api {
    id: String,
    #[serde(default)]
    name: String,
    created_date: Option<At>,
    endpoint_configuration: Option<Endpoint>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint {
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    vpc_endpoint_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Stages {
    #[serde(default)]
    item: Vec<Stage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stage {
    stage_name: String,
    #[serde(default)]
    cache_cluster_enabled: bool,
    cache_cluster_size: Option<String>,
}

impl Scan for RestApis {
    const KIND: Kind = Kind::new("apigateway:restapis");
    const TITLE: &'static str = "REST APIs";
    const ACTIONS: &'static [&'static str] = &["apigateway:GET"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let staging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "limit": 500 }));
        while let Some(page) = pages.next::<Page>().await? {
            let apis = each(page.item, async |api: Api| {
                let input = json!({ "restapi_id": api.id });
                let stages = staging.ask(found, &api.id, cx.call::<Stages>(&STAGES, input)).await;
                listed(cx, api, stages)
            });
            for api in apis.await {
                found.add(api).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, api: Api, stages: Option<Stages>) -> Listed<Facts> {
    let count = stages.as_ref().map(|stages| stages.item.len() as f64);
    let cached = stages.map(|stages| stages.item).unwrap_or_default().into_iter().filter(|s| s.cache_cluster_enabled);
    let (names, sizes) = cached.map(|s| (s.stage_name, s.cache_cluster_size.unwrap_or_default())).unzip();
    let endpoint = api.endpoint_configuration.unwrap_or_default();
    let facts = Facts {
        api_name: api.name.clone(),
        endpoint: endpoint.types.into_iter().next(),
        stages: count,
        cached_stages: names,
        cache_sizes: sizes,
    };
    let arn = format!("arn:{}:apigateway:{}::/restapis/{}", cx.partition(), cx.region(), api.id);
    let mut listed = Listed::new(api.id, facts)
        .arn(Some(arn))
        .name(Some(api.name))
        .created(api.created_date.map(|at| at.0))
        .tags(api.tags.0);
    for endpoint in endpoint.vpc_endpoint_ids {
        listed = listed.refers(Role::Uses, Some(endpoint));
    }
    listed
}

/// Caches by the hour and size; requests are billed by use.
fn needs(api: &Resource) -> Needs {
    if api.number("stages").is_none() {
        return Needs::unpriced("caches of its stages");
    }
    let sizes = api.facts.get("cache_sizes").and_then(serde_json::Value::as_array);
    let sizes = sizes.into_iter().flatten().filter_map(serde_json::Value::as_str);
    Needs::of(sizes.map(|gb| Need::hours(format!("{gb} GB cache"), format!("apigateway.cache.{gb}gb"), 1.0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn every_cache_is_billed_for_its_size() {
        let api = resource("apigateway:restapis", json!({ "stages": 3.0, "cache_sizes": ["0.5", "6.1"] }));
        let keys: Vec<_> = needs(&api).parts.into_iter().map(|part| part.key).collect();
        assert_eq!(keys, ["apigateway.cache.0.5gb", "apigateway.cache.6.1gb"]);
        assert_eq!(needs(&resource("apigateway:restapis", json!({}))).unpriced.len(), 1);
    }
}
