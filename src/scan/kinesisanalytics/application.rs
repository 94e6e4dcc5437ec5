use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::KINESISANALYTICSV2;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = KINESISANALYTICSV2.rpc("ListApplications").paged("NextToken");
const DESCRIBE: Call = KINESISANALYTICSV2.rpc("DescribeApplication");
const TAGS: Call = KINESISANALYTICSV2.rpc("ListTagsForResource");

/// GB of running storage every KPU of an application comes with.
const GB_PER_KPU: f64 = 50.0;

/// Flink applications and Studio notebooks.
pub struct Applications;

/// Facts of an application. Source: `kinesisanalytics:ListApplications`, `kinesisanalytics:DescribeApplication`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `READY` (stopped), `STARTING`, `RUNNING`, `UPDATING`, `AUTOSCALING`, `STOPPING`, `DELETING` and others.
    status: String,
    /// `FLINK-1_20`, `ZEPPELIN-FLINK-3_0`, `SQL-1_0`, …
    runtime: String,
    /// `STREAMING`, or `INTERACTIVE` for a Studio notebook.
    mode: String,
    /// Kinesis Processing Units its job runs on; one more, for a notebook two more, are billed for what surrounds it.
    /// Absent when the details could not be read, and for SQL.
    kpu: Option<f64>,
    /// Whether it takes more units by itself. Absent when the details could not be read, and for SQL.
    autoscaling: Option<bool>,
    /// When its settings were last changed. Absent when the details could not be read.
    updated_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    application_summaries: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    application_name: String,
    #[serde(rename = "ApplicationARN")]
    arn: String,
    application_status: String,
    runtime_environment: String,
    application_mode: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    application_detail: Application,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Application {
    create_timestamp: Option<At>,
    last_update_timestamp: Option<At>,
    application_configuration_description: Option<Configuration>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    flink_application_configuration_description: Option<Flink>,
    #[serde(default)]
    vpc_configuration_descriptions: Vec<Vpc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Flink {
    parallelism_configuration_description: Option<Parallelism>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parallelism {
    parallelism: Option<f64>,
    #[serde(rename = "ParallelismPerKPU")]
    per_kpu: Option<f64>,
    current_parallelism: Option<f64>,
    auto_scaling_enabled: Option<bool>,
}

impl Parallelism {
    fn kpu(&self) -> Option<f64> {
        let tasks = self.current_parallelism.or(self.parallelism)?;
        Some((tasks / self.per_kpu.unwrap_or(1.0).max(1.0)).ceil())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vpc {
    vpc_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Applications {
    const KIND: Kind = Kind::new("kinesisanalytics:application");
    const TITLE: &'static str = "Managed Flink applications";
    const ACTIONS: &'static [&'static str] = &[
        "kinesisanalytics:DescribeApplication",
        "kinesisanalytics:ListApplications",
        "kinesisanalytics:ListTagsForResource",
    ];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (describing, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "Limit": 50 }));
        while let Some(page) = pages.next::<Page>().await? {
            let applications = each(page.application_summaries, async |one: Summary| {
                let asked = cx.call::<Described>(&DESCRIBE, json!({ "ApplicationName": one.application_name }));
                let described = describing.ask(found, &one.application_name, asked).await;
                let asked = cx.call::<Tagged>(&TAGS, json!({ "ResourceARN": one.arn }));
                let tagged = tagging.ask(found, &one.application_name, asked).await;
                (one, described.map(|d| d.application_detail), tagged.unwrap_or_default())
            });
            for (one, described, tagged) in applications.await {
                found.add(listed(one, described, tagged)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Summary, described: Option<Application>, tagged: Tagged) -> Listed<Facts> {
    let created = described.as_ref().and_then(|d| d.create_timestamp);
    let updated = described.as_ref().and_then(|d| d.last_update_timestamp);
    let configuration = described.and_then(|d| d.application_configuration_description).unwrap_or_default();
    let flink = configuration.flink_application_configuration_description;
    let parallelism = flink.and_then(|flink| flink.parallelism_configuration_description);
    let notebook = one.runtime_environment.starts_with("ZEPPELIN");
    let mode = one.application_mode.unwrap_or_else(|| if notebook { "INTERACTIVE" } else { "STREAMING" }.to_owned());
    let facts = Facts {
        status: one.application_status,
        runtime: one.runtime_environment,
        mode,
        kpu: parallelism.as_ref().and_then(Parallelism::kpu),
        autoscaling: parallelism.and_then(|p| p.auto_scaling_enabled),
        updated_at: updated.map(|at| at.0),
    };
    let listed =
        Listed::new(one.application_name, facts).arn(Some(one.arn)).created(created.map(|at| at.0)).tags(tagged.tags.0);
    let places = configuration.vpc_configuration_descriptions.into_iter().map(|vpc| vpc.vpc_id);
    places.fold(listed, |listed, vpc| listed.refers(Role::Inside, vpc))
}

/// Units and their storage by the hour while it runs; nothing while it is stopped but the snapshots it keeps.
fn needs(application: &Resource) -> Needs {
    if matches!(application.text("status"), Some("READY" | "DELETING")) {
        return Needs::free();
    }
    let Some(kpu) = application.number("kpu") else { return Needs::unpriced("KPUs") };
    let around = if application.text("mode") == Some("INTERACTIVE") { 2.0 } else { 1.0 };
    Needs::of(vec![
        Need::hours("KPUs", "kinesisanalytics.kpu", kpu + around),
        Need::storage("running storage", "kinesisanalytics.running_storage", kpu * GB_PER_KPU),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn what_surrounds_a_job_is_paid_for_too() {
        let billed = |mode: &str| {
            let facts = json!({ "status": "RUNNING", "mode": mode, "kpu": 2.0 });
            needs(&resource("kinesisanalytics:application", facts)).parts[0].quantity / 730.0
        };
        assert_eq!((billed("STREAMING"), billed("INTERACTIVE")), (3.0, 4.0));
    }

    #[test]
    fn a_unit_takes_several_tasks() {
        let parallelism = Parallelism {
            parallelism: Some(9.0),
            per_kpu: Some(4.0),
            current_parallelism: None,
            auto_scaling_enabled: None,
        };
        assert_eq!(parallelism.kpu(), Some(3.0));
    }
}
