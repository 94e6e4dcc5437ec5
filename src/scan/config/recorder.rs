use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::CONFIG;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, ownership};

const LIST: Call = CONFIG.rpc("DescribeConfigurationRecorders");
const STATUS: Call = CONFIG.rpc("DescribeConfigurationRecorderStatus");

/// AWS Config recorders. Those a service runs for itself (Control Tower, Security Hub) name it as their owner.
pub struct Recorders;

/// Facts of a recorder. Source: `config:DescribeConfigurationRecorders`, `config:DescribeConfigurationRecorderStatus`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Whether it records every type of resource.
    records_all: bool,
    /// `CONTINUOUS` (billed by each change) or `DAILY` (by each resource that changed). Absent when Config tells none.
    frequency: Option<String>,
    /// Whether it is switched on. Absent when that could not be read.
    recording: Option<bool>,
    /// How it fared last: `Success`, `Failure`, `Pending`. Absent when that could not be read.
    last_status: Option<String>,
    /// Whether what it records is billed: `PAID` or `INTERNAL`. Absent when Config tells none.
    scope: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    configuration_recorders: Vec<Recorder>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recorder {
    name: String,
    arn: Option<String>,
    #[serde(rename = "roleARN")]
    role_arn: Option<String>,
    recording_group: Option<Group>,
    recording_mode: Option<Mode>,
    recording_scope: Option<String>,
    service_principal: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    all_supported: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mode {
    recording_frequency: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statuses {
    #[serde(default)]
    configuration_recorders_status: Vec<Status>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    name: String,
    recording: Option<bool>,
    last_status: Option<String>,
}

impl Scan for Recorders {
    const KIND: Kind = Kind::new("config:configuration-recorder");
    const TITLE: &'static str = "AWS Config recorders";
    const ACTIONS: &'static [&'static str] =
        &["config:DescribeConfigurationRecorderStatus", "config:DescribeConfigurationRecorders"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            if page.configuration_recorders.is_empty() {
                continue;
            }
            let statuses = cx.call::<Statuses>(&STATUS, json!({}));
            let statuses = Detail::default().ask(found, "", statuses).await;
            let statuses: BTreeMap<String, Status> = statuses
                .into_iter()
                .flat_map(|read| read.configuration_recorders_status)
                .map(|status| (status.name.clone(), status))
                .collect();
            for recorder in page.configuration_recorders {
                let status = statuses.get(&recorder.name).cloned();
                found.add(listed(cx, recorder, status)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, recorder: Recorder, status: Option<Status>) -> Listed<Facts> {
    let made_up = || cx.arn("config", cx.region(), &format!("configuration-recorder/{}", recorder.name));
    let arn = recorder.arn.clone().unwrap_or_else(made_up);
    let owner = recorder.service_principal.map(|service| ownership::service(&service, "servicePrincipal"));
    let facts = Facts {
        records_all: recorder.recording_group.and_then(|group| group.all_supported).unwrap_or_default(),
        frequency: recorder.recording_mode.and_then(|mode| mode.recording_frequency),
        recording: status.as_ref().and_then(|status| status.recording),
        last_status: status.and_then(|status| status.last_status),
        scope: recorder.recording_scope,
    };
    Listed::new(recorder.name, facts).arn(Some(arn)).owner(owner).refers(Role::Needs, recorder.role_arn)
}

/// What it writes down is billed by the item while it records; no listing tells how many.
fn needs(recorder: &Resource) -> Needs {
    let stopped = recorder.flag("recording") == Some(false) || recorder.text("scope") == Some("INTERNAL");
    if stopped { Needs::free() } else { Needs::unpriced("configuration items") }
}
