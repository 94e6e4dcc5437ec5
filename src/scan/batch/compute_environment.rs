use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::BATCH;
use crate::aws::api::{Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = BATCH.post("DescribeComputeEnvironments", "/v1/describecomputeenvironments").paged("nextToken");

/// Batch compute environments. Their instances are EC2 instances and billed as such.
pub struct ComputeEnvironments;

/// Facts of a compute environment. Source: `batch:DescribeComputeEnvironments`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ENABLED`, or `DISABLED`: it takes no new job.
    state: String,
    /// `VALID`, `INVALID`, `CREATING`, `UPDATING` or `DELETING`.
    status: String,
    /// `EC2`, `SPOT`, `FARGATE`, `FARGATE_SPOT` and others. Absent when somebody else manages its instances.
    capacity: Option<String>,
    /// Processors it keeps running though no job is there; billed as instances. Absent when it keeps no instances of its
    /// own.
    least_vcpus: Option<f64>,
    /// Processors it wants at the moment. Absent when it keeps no instances of its own.
    desired_vcpus: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    compute_environments: Vec<Environment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Environment {
    compute_environment_name: String,
    state: Option<String>,
    status: Option<String>,
    compute_environment_arn: String,
    tags: Option<Tags>,
    ecs_cluster_arn: Option<String>,
    compute_resources: Option<Resources>,
}

#[derive(Deserialize)]
struct Resources {
    #[serde(rename = "type")]
    sort: Option<String>,
    #[serde(rename = "minvCpus")]
    least: Option<f64>,
    #[serde(rename = "desiredvCpus")]
    desired: Option<f64>,
}

impl Scan for ComputeEnvironments {
    const KIND: Kind = Kind::new("batch:compute-environment");
    const TITLE: &'static str = "Batch compute environments";
    const ACTIONS: &'static [&'static str] = &["batch:DescribeComputeEnvironments"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.compute_environments {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Environment) -> Listed<Facts> {
    let facts = Facts {
        state: one.state.unwrap_or_default(),
        status: one.status.unwrap_or_default(),
        least_vcpus: one.compute_resources.as_ref().and_then(|kept| kept.least),
        desired_vcpus: one.compute_resources.as_ref().and_then(|kept| kept.desired),
        capacity: one.compute_resources.and_then(|kept| kept.sort),
    };
    Listed::new(one.compute_environment_name, facts)
        .arn(Some(one.compute_environment_arn))
        .tags(one.tags.unwrap_or_default().0)
        .refers(Role::Uses, one.ecs_cluster_arn)
}
