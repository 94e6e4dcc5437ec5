use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::LIGHTSAIL;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = LIGHTSAIL.rpc("GetLoadBalancers").paged_as("pageToken", "nextPageToken");

/// Lightsail load balancers, billed by the month whatever goes through them.
pub struct LoadBalancers;

/// Facts of a load balancer. Source: `lightsail:GetLoadBalancers`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `provisioning`, `active_impaired`, `failed` or `unknown`. Absent when Lightsail tells none.
    state: Option<String>,
    /// Where it answers. Absent when Lightsail tells none.
    dns_name: Option<String>,
    /// Instances attached to it.
    instances: Vec<String>,
    /// How many of them are healthy.
    healthy: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    load_balancers: Vec<LoadBalancer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoadBalancer {
    name: String,
    arn: String,
    created_at: Option<At>,
    #[serde(default)]
    tags: Tags,
    state: Option<String>,
    dns_name: Option<String>,
    #[serde(default)]
    instance_health_summary: Vec<Health>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    instance_name: Option<String>,
    instance_health: Option<String>,
}

impl Scan for LoadBalancers {
    const KIND: Kind = Kind::new("lightsail:LoadBalancer");
    const TITLE: &'static str = "Lightsail load balancers";
    const ACTIONS: &'static [&'static str] = &["lightsail:GetLoadBalancers"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.load_balancers {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(balancer: LoadBalancer) -> Listed<Facts> {
    let health = &balancer.instance_health_summary;
    let facts = Facts {
        state: balancer.state,
        dns_name: balancer.dns_name,
        instances: health.iter().filter_map(|one| one.instance_name.clone()).collect(),
        healthy: health.iter().filter(|one| one.instance_health.as_deref() == Some("healthy")).count() as f64,
    };
    let listed = Listed::new(balancer.name, facts)
        .arn(Some(balancer.arn))
        .created(balancer.created_at.map(|at| at.0))
        .tags(balancer.tags.0);
    let instances = balancer.instance_health_summary.into_iter();
    instances.fold(listed, |listed, one| listed.refers(Role::Uses, one.instance_name))
}

fn needs(_: &Resource) -> Needs {
    Needs::unpriced("load balancer")
}
