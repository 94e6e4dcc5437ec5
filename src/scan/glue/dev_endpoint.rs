use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{capacity, tags};
use crate::aws::api::services::GLUE;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = GLUE.rpc("GetDevEndpoints").paged("NextToken");

/// Development endpoints: Spark clusters that wait for somebody to try things out.
pub struct DevEndpoints;

/// Facts of a development endpoint. Source: `glue:GetDevEndpoints`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `PROVISIONING`, `READY`, `FAILED`, `TERMINATING` and others.
    status: String,
    /// Data Processing Units, billed by the hour while it is ready. Absent when Glue tells neither them nor a worker
    /// type known here.
    dpus: Option<f64>,
    /// `1.0` and the like. Absent when Glue tells none.
    glue_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    dev_endpoints: Vec<Endpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    endpoint_name: String,
    #[serde(default)]
    status: String,
    worker_type: Option<String>,
    number_of_workers: Option<f64>,
    number_of_nodes: Option<f64>,
    glue_version: Option<String>,
    vpc_id: Option<String>,
    subnet_id: Option<String>,
    created_timestamp: Option<At>,
}

impl Scan for DevEndpoints {
    const KIND: Kind = Kind::new("glue:devEndpoint");
    const TITLE: &'static str = "Glue development endpoints";
    const ACTIONS: &'static [&'static str] = &["glue:GetDevEndpoints", "glue:GetTags"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let endpoints = each(page.dev_endpoints, async |endpoint: Endpoint| {
                let arn = cx.arn("glue", cx.region(), &format!("devEndpoint/{}", endpoint.endpoint_name));
                let tags = tags(cx, &tagging, found, &endpoint.endpoint_name, &arn).await;
                listed(endpoint).arn(Some(arn)).tags(tags.0)
            });
            for endpoint in endpoints.await {
                found.add(endpoint).await;
            }
        }
        Ok(())
    }
}

fn listed(endpoint: Endpoint) -> Listed<Facts> {
    let facts = Facts {
        status: endpoint.status,
        dpus: capacity(endpoint.worker_type.as_deref(), endpoint.number_of_workers, endpoint.number_of_nodes),
        glue_version: endpoint.glue_version,
    };
    Listed::new(endpoint.endpoint_name, facts)
        .created(endpoint.created_timestamp.map(|at| at.0))
        .refers(Role::Inside, endpoint.vpc_id)
        .refers(Role::Inside, endpoint.subnet_id)
}

fn needs(endpoint: &Resource) -> Needs {
    if endpoint.text("status") != Some("READY") {
        return Needs::free();
    }
    match endpoint.number("dpus") {
        Some(dpus) => Needs::of(vec![Need::hours("DPUs", "glue.dev_endpoint.dpu", dpus)]),
        None => Needs::unpriced("DPUs"),
    }
}
