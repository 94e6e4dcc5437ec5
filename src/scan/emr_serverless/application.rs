use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::EMR_SERVERLESS;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = EMR_SERVERLESS.get("ListApplications", "/applications").paged("nextToken");
const DESCRIBE: Call = EMR_SERVERLESS.get("GetApplication", "/applications/{applicationId}");

/// EMR Serverless applications. Terminated ones are left out.
pub struct Applications;

/// Facts of an application. Source: `emr-serverless:ListApplications`, `emr-serverless:GetApplication`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `CREATING`, `CREATED`, `STARTING`, `STARTED`, `STOPPING` or `STOPPED`.
    state: String,
    /// `Spark` or `Hive`.
    engine: String,
    /// `emr-7.1.0` and the like.
    release: String,
    /// Workers that are kept warm and billed while it is started. Absent when the details could not be read.
    warm_workers: Option<f64>,
    /// Whether it stops by itself when no job runs. Absent when the details could not be read, or do not tell.
    auto_stop: Option<bool>,
    /// Minutes without a job after which it stops by itself. Absent when it does not, or the details do not tell.
    idle_timeout_minutes: Option<f64>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    applications: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    id: String,
    name: Option<String>,
    arn: String,
    release_label: String,
    #[serde(rename = "type")]
    engine: String,
    state: String,
    created_at: Option<At>,
}

#[derive(Deserialize)]
struct Described {
    application: Application,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Application {
    #[serde(default)]
    initial_capacity: std::collections::BTreeMap<String, Capacity>,
    auto_stop_configuration: Option<AutoStop>,
    network_configuration: Option<Network>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Capacity {
    worker_count: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AutoStop {
    enabled: Option<bool>,
    idle_timeout_minutes: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Network {
    #[serde(default)]
    subnet_ids: Vec<String>,
}

impl Scan for Applications {
    const KIND: Kind = Kind::new("emr-serverless:application");
    const TITLE: &'static str = "EMR Serverless applications";
    const ACTIONS: &'static [&'static str] = &["emr-serverless:GetApplication", "emr-serverless:ListApplications"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let describing = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 50 }));
        while let Some(page) = pages.next::<Page>().await? {
            let live = page.applications.into_iter().filter(|one| one.state != "TERMINATED");
            let applications = each(live, async |one: Summary| {
                let asked = cx.call::<Described>(&DESCRIBE, json!({ "applicationId": one.id }));
                let described = describing.ask(found, &one.id, asked).await;
                listed(one, described.map(|d| d.application))
            });
            for application in applications.await {
                found.add(application).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Summary, described: Option<Application>) -> Listed<Facts> {
    let stop = described.as_ref().and_then(|d| d.auto_stop_configuration.as_ref());
    let facts = Facts {
        state: one.state,
        engine: one.engine,
        release: one.release_label,
        warm_workers: described.as_ref().map(|d| d.initial_capacity.values().fold(0.0, |sum, c| sum + c.worker_count)),
        auto_stop: stop.and_then(|stop| stop.enabled),
        idle_timeout_minutes: stop.and_then(|stop| stop.idle_timeout_minutes),
    };
    let (tags, network) = described.map(|d| (d.tags.0, d.network_configuration)).unwrap_or_default();
    let listed =
        Listed::new(one.id, facts).arn(Some(one.arn)).name(one.name).created(one.created_at.map(|at| at.0)).tags(tags);
    let subnets = network.map(|network| network.subnet_ids).unwrap_or_default();
    subnets.into_iter().fold(listed, |listed, subnet| listed.refers(Role::Inside, Some(subnet)))
}

/// Warm workers while it is started; jobs are billed by what they take.
fn needs(application: &Resource) -> Needs {
    let warm = application.number("warm_workers").is_none_or(|workers| workers > 0.0);
    if application.text("state") == Some("STARTED") && warm { Needs::unpriced("warm workers") } else { Needs::free() }
}
