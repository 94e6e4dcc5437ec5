use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ELASTICACHE;
use crate::aws::api::{At, Call, List};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = ELASTICACHE.rpc("DescribeServerlessCaches").paged("NextToken");

/// ElastiCache serverless caches.
pub struct ServerlessCaches;

/// Facts of a serverless cache. Source: `elasticache:DescribeServerlessCaches`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `creating`, `deleting` and others.
    status: String,
    /// `redis`, `valkey` or `memcached`.
    engine: String,
    /// Version of the engine.
    engine_version: String,
    /// Least storage in GB that is billed whatever is held. Absent when only the floor of the service applies.
    min_storage_gb: Option<f64>,
    /// Least ElastiCache processing units a second that are billed. Absent when none is set.
    min_ecpu: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    serverless_caches: List<Cache>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cache {
    serverless_cache_name: String,
    status: Option<String>,
    engine: Option<String>,
    full_engine_version: Option<String>,
    cache_usage_limits: Option<Limits>,
    #[serde(rename = "ARN")]
    arn: String,
    create_time: Option<At>,
    kms_key_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Limits {
    data_storage: Option<Limit>,
    #[serde(rename = "ECPUPerSecond")]
    ecpu: Option<Limit>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Limit {
    minimum: Option<f64>,
}

impl Scan for ServerlessCaches {
    const KIND: Kind = Kind::new("elasticache:serverlesscache");
    const TITLE: &'static str = "ElastiCache serverless caches";
    const ACTIONS: &'static [&'static str] = &["elasticache:DescribeServerlessCaches"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 50 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.serverless_caches.items {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Cache) -> Listed<Facts> {
    let limits = one.cache_usage_limits.unwrap_or_default();
    let facts = Facts {
        status: one.status.unwrap_or_default(),
        engine: one.engine.unwrap_or_default(),
        engine_version: one.full_engine_version.unwrap_or_default(),
        min_storage_gb: limits.data_storage.and_then(|limit| limit.minimum),
        min_ecpu: limits.ecpu.and_then(|limit| limit.minimum),
    };
    Listed::new(one.serverless_cache_name, facts)
        .arn(Some(one.arn))
        .created(one.create_time.map(|at| at.0))
        .refers(Role::Needs, one.kms_key_id)
}

/// Data held by the hour, with a floor, and processing units.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("data held and processing units")
}
