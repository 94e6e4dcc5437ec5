use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::MWAA;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = MWAA.get("ListEnvironments", "/environments").paged("NextToken");
const DESCRIBE: Call = MWAA.get("GetEnvironment", "/environments/{Name}");

/// Sizes the price book knows.
const PRICED: &[&str] = &["small", "medium", "large"];

/// Airflow environments.
pub struct Environments;

/// Facts of an environment. Source: `airflow:GetEnvironment`; without it only the name is known.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Facts {
    /// `AVAILABLE`, `CREATING`, `CREATE_FAILED`, `UPDATING`, `DELETING` and others. Absent when the details could not
    /// be read.
    status: Option<String>,
    /// `mw1.small`, `mw1.medium`, … Absent when the details could not be read.
    class: Option<String>,
    /// Workers it keeps at least; the first is in the price of the environment. Absent when MWAA tells none.
    min_workers: Option<f64>,
    /// Schedulers; two are in the price of most classes. Absent when MWAA tells none.
    schedulers: Option<f64>,
    /// `2.10.1` and the like. Absent when the details could not be read.
    airflow_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    environments: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    environment: Environment,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    arn: Option<String>,
    status: Option<String>,
    environment_class: Option<String>,
    min_workers: Option<f64>,
    schedulers: Option<f64>,
    airflow_version: Option<String>,
    created_at: Option<At>,
    kms_key: Option<String>,
    source_bucket_arn: Option<String>,
    network_configuration: Option<Network>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Network {
    #[serde(default)]
    subnet_ids: Vec<String>,
}

impl Scan for Environments {
    const KIND: Kind = Kind::new("airflow:environment");
    const TITLE: &'static str = "Airflow environments";
    const ACTIONS: &'static [&'static str] = &["airflow:GetEnvironment", "airflow:ListEnvironments"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let describing = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 25 }));
        while let Some(page) = pages.next::<Page>().await? {
            let environments = each(page.environments, async |name: String| {
                let asked = cx.call::<Described>(&DESCRIBE, json!({ "Name": name }));
                let described = describing.ask(found, &name, asked).await;
                (name, described.map(|d| d.environment))
            });
            for (name, environment) in environments.await {
                found.add(listed(cx, name, environment)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, name: String, environment: Option<Environment>) -> Listed<Facts> {
    let arn = cx.arn("airflow", cx.region(), &format!("environment/{name}"));
    let Some(environment) = environment else { return Listed::new(name, Facts::default()).arn(Some(arn)) };
    let facts = Facts {
        status: environment.status,
        class: environment.environment_class,
        min_workers: environment.min_workers,
        schedulers: environment.schedulers,
        airflow_version: environment.airflow_version,
    };
    let listed = Listed::new(name, facts)
        .arn(Some(environment.arn.unwrap_or(arn)))
        .created(environment.created_at.map(|at| at.0))
        .tags(environment.tags.0)
        .refers(Role::Needs, environment.kms_key)
        .refers(Role::Needs, environment.source_bucket_arn);
    let subnets = environment.network_configuration.map(|network| network.subnet_ids).unwrap_or_default();
    subnets.into_iter().fold(listed, |listed, subnet| listed.refers(Role::Inside, Some(subnet)))
}

/// The environment by the hour, workers beyond the first, and the database of its metadata, whose size nothing tells.
fn needs(environment: &Resource) -> Needs {
    let class = environment.text("class").unwrap_or_default();
    let Some(size) = class.strip_prefix("mw1.").filter(|size| PRICED.contains(size)) else {
        return Needs::unpriced("environment");
    };
    let mut parts = vec![Need::hours("environment", format!("mwaa.environment.{size}"), 1.0)];
    let more = environment.number("min_workers").unwrap_or(1.0) - 1.0;
    if more > 0.0 {
        parts.push(Need::hours("more workers", format!("mwaa.worker.{size}"), more));
    }
    let needs = Needs::of(parts).and_unpriced("metadata database");
    let schedulers = environment.number("schedulers").unwrap_or_default();
    if schedulers > 2.0 { needs.and_unpriced("more schedulers") } else { needs }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn the_first_worker_is_in_the_price() {
        let parts = |workers: f64| {
            let facts = json!({ "class": "mw1.small", "min_workers": workers });
            needs(&resource("airflow:environment", facts)).parts.len()
        };
        assert_eq!((parts(1.0), parts(3.0)), (1, 2));
    }
}
