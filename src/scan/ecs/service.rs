use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{clusters, next};
use crate::aws::api::services::ECS;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = ECS.rpc("ListServices").paged("nextToken");
const DESCRIBE: Call = ECS.rpc("DescribeServices");

/// Services ECS describes in one call.
const AT_ONCE: usize = 10;

/// ECS services that were not deleted, of every cluster.
pub struct Services;

/// Facts of a service. Source: `ecs:ListServices`, `ecs:DescribeServices`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE` or `DRAINING`.
    status: String,
    /// Name of its cluster.
    cluster: String,
    /// Tasks it is to run.
    desired: f64,
    /// Tasks it runs.
    running: f64,
    /// `FARGATE`, `EC2`, `EXTERNAL`, or the capacity provider it runs on. Absent when ECS tells none.
    launch_type: Option<String>,
    /// Target groups its tasks register with.
    target_groups: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    service_arns: Vec<String>,
}

#[derive(Deserialize)]
struct Described {
    #[serde(default)]
    services: Vec<Service>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Service {
    service_arn: String,
    service_name: String,
    cluster_arn: Option<String>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    desired_count: f64,
    #[serde(default)]
    running_count: f64,
    launch_type: Option<String>,
    #[serde(default)]
    capacity_provider_strategy: Vec<Strategy>,
    #[serde(default)]
    load_balancers: Vec<Balancer>,
    created_at: Option<At>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Strategy {
    capacity_provider: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Balancer {
    target_group_arn: Option<String>,
}

impl Scan for Services {
    const KIND: Kind = Kind::new("ecs:service");
    const TITLE: &'static str = "ECS services";
    const ACTIONS: &'static [&'static str] = &["ecs:DescribeServices", "ecs:ListClusters", "ecs:ListServices"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = clusters(cx);
        while let Some(arns) = next(&mut pages).await? {
            for outcome in each(arns, async |arn: String| of_cluster(cx, found, &arn).await).await {
                outcome?;
            }
        }
        Ok(())
    }
}

async fn of_cluster(cx: &Cx, found: &Found<'_, Facts>, cluster: &str) -> Result<(), Fault> {
    let mut pages = cx.pages(&LIST, json!({ "cluster": cluster, "maxResults": 100 }));
    while let Some(page) = pages.next::<Page>().await? {
        for some in page.service_arns.chunks(AT_ONCE) {
            let input = json!({ "cluster": cluster, "services": some, "include": ["TAGS"] });
            for service in cx.call::<Described>(&DESCRIBE, input).await?.services {
                if service.status != "INACTIVE" {
                    found.add(listed(service)).await;
                }
            }
        }
    }
    Ok(())
}

fn listed(service: Service) -> Listed<Facts> {
    let provider = service.capacity_provider_strategy.into_iter().next().map(|one| one.capacity_provider);
    let cluster_arn = service.cluster_arn.unwrap_or_default();
    let facts = Facts {
        status: service.status,
        cluster: cluster_arn.rsplit('/').next().unwrap_or_default().to_owned(),
        desired: service.desired_count,
        running: service.running_count,
        launch_type: service.launch_type.or(provider),
        target_groups: service.load_balancers.len() as f64,
    };
    let listed = Listed::new(service.service_name, facts)
        .arn(Some(service.service_arn))
        .created(service.created_at.map(|at| at.0))
        .tags(service.tags.0)
        .refers(Role::Inside, Some(cluster_arn));
    let groups = service.load_balancers.into_iter().map(|balancer| balancer.target_group_arn);
    groups.fold(listed, |listed, group| listed.refers(Role::Uses, group))
}

/// Tasks on Fargate are billed by the memory and the processors of their definition, which this listing does not tell;
/// those on instances by the instances.
fn needs(service: &Resource) -> Needs {
    let on_fargate = service.text("launch_type").is_some_and(|kind| kind.starts_with("FARGATE"));
    let runs = service.number("running").is_some_and(|tasks| tasks > 0.0);
    if on_fargate && runs { Needs::unpriced("tasks on Fargate") } else { Needs::free() }
}
