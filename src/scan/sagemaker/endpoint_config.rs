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

const LIST: Call = SAGEMAKER.rpc("ListEndpointConfigs").paged("NextToken");
const DESCRIBE: Call = SAGEMAKER.rpc("DescribeEndpointConfig");

/// Configurations SageMaker endpoints are made from. They cost nothing; the endpoints do.
///
/// One that could not be described hides which models it uses: the listing then counts as broken off, so that no
/// model looks orphaned because of it.
pub struct EndpointConfigs;

/// Facts of an endpoint configuration. Source: `sagemaker:ListEndpointConfigs`, `sagemaker:DescribeEndpointConfig`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Types of the instances it asks for. Absent when the details could not be read.
    instance_types: Option<Vec<String>>,
    /// Models it deploys. Absent when the details could not be read.
    models: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    endpoint_configs: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    endpoint_config_name: String,
    endpoint_config_arn: String,
    creation_time: Option<At>,
}

/// What an endpoint runs.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Config {
    #[serde(default)]
    production_variants: Vec<Variant>,
    #[serde(default)]
    shadow_production_variants: Vec<Variant>,
    kms_key_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Variant {
    variant_name: String,
    model_name: Option<String>,
    instance_type: Option<String>,
    #[serde(default)]
    instance_pools: Vec<Pool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Pool {
    instance_type: String,
    model_name_override: Option<String>,
}

/// Reads a configuration by its name.
pub async fn describe(cx: &Cx, name: &str) -> Result<Config, Fault> {
    cx.call(&DESCRIBE, json!({ "EndpointConfigName": name })).await
}

impl Config {
    fn variants(&self) -> impl Iterator<Item = &Variant> {
        self.production_variants.iter().chain(&self.shadow_production_variants)
    }

    /// Type of the instances of a variant, where it has a single one.
    pub fn instance_type(&self, variant: &str) -> Option<&str> {
        self.variants().find(|one| one.variant_name == variant)?.instance_type.as_deref()
    }

    /// Whether a variant comes without a model, to be filled with inference components.
    pub fn has_components(&self) -> bool {
        self.variants().any(|variant| variant.model_name.is_none())
    }

    fn instance_types(&self) -> Vec<String> {
        let pools = self.variants().flat_map(|variant| &variant.instance_pools).map(|pool| pool.instance_type.clone());
        sorted(self.variants().filter_map(|variant| variant.instance_type.clone()).chain(pools))
    }

    fn models(&self) -> Vec<String> {
        let pools = self.variants().flat_map(|variant| &variant.instance_pools);
        let others = pools.filter_map(|pool| pool.model_name_override.clone());
        sorted(self.variants().filter_map(|variant| variant.model_name.clone()).chain(others))
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    names
}

impl Scan for EndpointConfigs {
    const KIND: Kind = Kind::new("sagemaker:endpoint-config");
    const TITLE: &'static str = "SageMaker endpoint configurations";
    const ACTIONS: &'static [&'static str] =
        &["sagemaker:DescribeEndpointConfig", "sagemaker:ListEndpointConfigs", "sagemaker:ListTags"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut refused = None;
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let configs = each(page.endpoint_configs, async |summary: Summary| {
                let config = describe(cx, &summary.endpoint_config_name).await;
                let tags = super::tags(cx, found, &tagging, &summary.endpoint_config_arn).await;
                (summary, config, tags)
            });
            for (summary, config, tags) in configs.await {
                let config = match config {
                    Ok(config) => Some(config),
                    Err(fault) if super::is_gone(&fault) => continue,
                    Err(fault) => {
                        refused.get_or_insert(fault);
                        None
                    }
                };
                found.add(listed(cx, summary, config).tags(tags)).await;
            }
        }
        refused.map_or(Ok(()), Err)
    }
}

fn listed(cx: &Cx, summary: Summary, config: Option<Config>) -> Listed<Facts> {
    let facts = Facts {
        instance_types: config.as_ref().map(Config::instance_types),
        models: config.as_ref().map(Config::models),
    };
    let models: Vec<_> = facts.models.iter().flatten().flat_map(|name| super::arns(cx, "model", name)).collect();
    let listed = Listed::new(summary.endpoint_config_name, facts)
        .arn(Some(summary.endpoint_config_arn))
        .created(summary.creation_time.map(|at| at.0))
        .refers(Role::Needs, config.and_then(|config| config.kms_key_id));
    models.into_iter().fold(listed, |listed, arn| listed.refers(Role::Needs, Some(arn)))
}
