use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::endpoint_config::{self, Config};
use crate::aws::api::services::SAGEMAKER;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = SAGEMAKER.rpc("ListEndpoints").paged("NextToken");
const DESCRIBE: Call = SAGEMAKER.rpc("DescribeEndpoint");

/// SageMaker endpoints, with the instances behind all of their variants.
///
/// An endpoint that could not be described hides which configuration it uses: the listing then counts as broken off,
/// so that no configuration looks orphaned because of it.
pub struct Endpoints;

/// Facts of an endpoint. Source: `sagemaker:ListEndpoints`, `sagemaker:DescribeEndpoint`,
/// `sagemaker:DescribeEndpointConfig`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `InService`, `Creating`, `Updating`, `Failed`, `OutOfService`, `Deleting` and others.
    status: String,
    /// Configuration it runs. Absent when the details could not be read.
    config: Option<String>,
    /// Name of its variant. Absent when it has several, or when the details could not be read.
    variant: Option<String>,
    /// Running instances of all variants; 0 when it runs without a server. Absent when the details could not be read.
    instances: Option<f64>,
    /// The same by type: `{ "ml.m5.large": 2 }`. Absent when the details could not be read.
    instances_by_type: Option<BTreeMap<String, f64>>,
    /// How many requests variants without a server are kept warm for, billed by the hour. Absent when the details
    /// could not be read.
    provisioned_concurrency: Option<f64>,
    /// Whether requests wait in a queue. Absent when the details could not be read.
    asynchronous: Option<bool>,
    /// Whether models are deployed on it as inference components, which have metrics of their own. Absent when its
    /// configuration could not be read.
    has_components: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    endpoints: Vec<Endpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    endpoint_name: String,
    endpoint_arn: String,
    creation_time: Option<At>,
    endpoint_status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    endpoint_config_name: Option<String>,
    #[serde(default)]
    production_variants: Vec<Variant>,
    #[serde(default)]
    shadow_production_variants: Vec<Variant>,
    async_inference_config: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Variant {
    variant_name: String,
    current_instance_count: Option<f64>,
    #[serde(default)]
    instance_pools: Vec<Pool>,
    current_serverless_config: Option<Serverless>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Pool {
    instance_type: String,
    current_instance_count: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Serverless {
    provisioned_concurrency: Option<f64>,
}

impl Scan for Endpoints {
    const KIND: Kind = Kind::new("sagemaker:endpoint");
    const TITLE: &'static str = "SageMaker endpoints";
    const ACTIONS: &'static [&'static str] = &[
        "sagemaker:DescribeEndpoint",
        "sagemaker:DescribeEndpointConfig",
        "sagemaker:ListEndpoints",
        "sagemaker:ListTags",
    ];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (configuring, tagging) = (Detail::default(), Detail::default());
        let mut refused = None;
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let endpoints = each(page.endpoints, async |endpoint: Endpoint| {
                let input = json!({ "EndpointName": endpoint.endpoint_name });
                let described = cx.call::<Described>(&DESCRIBE, input).await;
                let config = match described.as_ref().ok().and_then(|d| d.endpoint_config_name.clone()) {
                    Some(name) => configuring.ask(found, &name, endpoint_config::describe(cx, &name)).await,
                    None => None,
                };
                let tags = super::tags(cx, found, &tagging, &endpoint.endpoint_arn).await;
                (endpoint, described, config, tags)
            });
            for (endpoint, described, config, tags) in endpoints.await {
                let described = match described {
                    Ok(described) => Some(described),
                    Err(fault) if super::is_gone(&fault) => continue,
                    Err(fault) => {
                        refused.get_or_insert(fault);
                        None
                    }
                };
                found.add(listed(cx, endpoint, described, config).tags(tags)).await;
            }
        }
        refused.map_or(Ok(()), Err)
    }
}

fn listed(cx: &Cx, endpoint: Endpoint, described: Option<Described>, config: Option<Config>) -> Listed<Facts> {
    let variants = || described.iter().flat_map(|d| d.production_variants.iter().chain(&d.shadow_production_variants));
    let warm = |variant: &Variant| variant.current_serverless_config.as_ref()?.provisioned_concurrency;
    let only = described.as_ref().and_then(|d| match d.production_variants.as_slice() {
        [one] => Some(one.variant_name.clone()),
        _ => None,
    });
    let by_type = config.as_ref().map(|config| running(variants(), config));
    let facts = Facts {
        status: endpoint.endpoint_status,
        variant: only,
        instances: by_type.as_ref().map(|by_type| by_type.values().fold(0.0, |all, count| all + count)),
        instances_by_type: by_type,
        provisioned_concurrency: described
            .as_ref()
            .map(|_| variants().filter_map(warm).fold(0.0, |all, count| all + count)),
        asynchronous: described.as_ref().map(|d| d.async_inference_config.is_some()),
        has_components: config.as_ref().map(Config::has_components),
        config: described.and_then(|d| d.endpoint_config_name),
    };
    let configs = facts.config.as_ref().map(|name| super::arns(cx, "endpoint-config", name));
    let listed = Listed::new(endpoint.endpoint_name, facts)
        .arn(Some(endpoint.endpoint_arn))
        .created(endpoint.creation_time.map(|at| at.0));
    configs.into_iter().flatten().fold(listed, |listed, arn| listed.refers(Role::Needs, Some(arn)))
}

/// Instances by type. A variant tells how many it runs, and its configuration of which type.
fn running<'v>(variants: impl Iterator<Item = &'v Variant>, config: &Config) -> BTreeMap<String, f64> {
    let mut instances = BTreeMap::new();
    for variant in variants {
        let class = config.instance_type(&variant.variant_name).filter(|_| variant.instance_pools.is_empty());
        if let (Some(class), Some(count)) = (class, variant.current_instance_count) {
            *instances.entry(class.to_owned()).or_default() += count;
        }
        for pool in &variant.instance_pools {
            *instances.entry(pool.instance_type.clone()).or_default() += pool.current_instance_count;
        }
    }
    instances.retain(|_, count| *count > 0.0);
    instances
}

/// Instances by the hour, and what keeps variants without a server warm.
fn needs(endpoint: &Resource) -> Needs {
    let Some(instances) = endpoint.facts.get("instances_by_type").and_then(serde_json::Value::as_object) else {
        return Needs::unpriced("instances");
    };
    let hours = |(class, count): (&String, &serde_json::Value)| {
        Need::hours(format!("{class} instances"), format!("sagemaker.instance.{class}"), count.as_f64().unwrap_or(1.0))
    };
    let needs = Needs::of(instances.iter().map(hours).collect());
    let warm = endpoint.number("provisioned_concurrency").is_some_and(|count| count > 0.0);
    if warm { needs.and_unpriced("provisioned concurrency") } else { needs }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn each_type_of_instance_has_its_price_and_none_is_free() {
        let priced = |facts| needs(&resource("sagemaker:endpoint", facts));
        let two = priced(json!({ "instances_by_type": { "ml.m5.large": 2.0, "ml.g5.xlarge": 1.0 } }));
        let keys: Vec<_> = two.parts.iter().map(|part| (part.key.as_str(), part.quantity / 730.0)).collect();
        assert_eq!(keys, [("sagemaker.instance.ml.g5.xlarge", 1.0), ("sagemaker.instance.ml.m5.large", 2.0)]);
        assert_eq!(priced(json!({ "instances_by_type": {}, "provisioned_concurrency": 0.0 })), Needs::free());
        assert_eq!(priced(json!({})), Needs::unpriced("instances"));
    }
}
