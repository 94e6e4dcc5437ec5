use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SYNTHETICS;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = SYNTHETICS.post("DescribeCanaries", "/canaries").paged("NextToken");

/// CloudWatch Synthetics canaries.
pub struct Canaries;

/// Facts of a canary. Source: `synthetics:DescribeCanaries`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `RUNNING`, `STOPPED`, `READY`, `ERROR` and others.
    state: String,
    /// `rate(5 minutes)` and the like; each run is billed.
    schedule: String,
    /// Version of the runtime, `syn-nodejs-puppeteer-9.1`.
    runtime: String,
    /// When it was last started. Absent when it never was.
    started_at: Option<Timestamp>,
    /// When it was last stopped. Absent when it never was.
    stopped_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    canaries: Vec<Canary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Canary {
    name: String,
    schedule: Option<Schedule>,
    status: Option<Status>,
    timeline: Option<Timeline>,
    runtime_version: Option<String>,
    #[serde(default)]
    tags: Option<Tags>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Schedule {
    expression: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    state: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Timeline {
    created: Option<At>,
    last_started: Option<At>,
    last_stopped: Option<At>,
}

impl Scan for Canaries {
    const KIND: Kind = Kind::new("synthetics:canary");
    const TITLE: &'static str = "CloudWatch canaries";
    const ACTIONS: &'static [&'static str] = &["synthetics:DescribeCanaries"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 20 }));
        while let Some(page) = pages.next::<Page>().await? {
            for canary in page.canaries {
                found.add(listed(cx, canary)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, canary: Canary) -> Listed<Facts> {
    let arn = cx.arn("synthetics", cx.region(), &format!("canary:{}", canary.name));
    let timeline = canary.timeline.unwrap_or_default();
    let facts = Facts {
        state: canary.status.and_then(|status| status.state).unwrap_or_default(),
        schedule: canary.schedule.and_then(|schedule| schedule.expression).unwrap_or_default(),
        runtime: canary.runtime_version.unwrap_or_default(),
        started_at: timeline.last_started.map(|at| at.0),
        stopped_at: timeline.last_stopped.map(|at| at.0),
    };
    Listed::new(canary.name, facts)
        .arn(Some(arn))
        .created(timeline.created.map(|at| at.0))
        .tags(canary.tags.unwrap_or_default().0)
}

/// Runs are billed one by one; a canary that is stopped makes none.
fn needs(canary: &Resource) -> Needs {
    if canary.text("state") == Some("RUNNING") { Needs::unpriced("runs") } else { Needs::free() }
}
