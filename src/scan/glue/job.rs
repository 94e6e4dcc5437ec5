use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{capacity, tags};
use crate::aws::api::services::GLUE;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = GLUE.rpc("GetJobs").paged("NextToken");
const RUNS: Call = GLUE.rpc("GetJobRuns");

/// Jobs, each with its latest run.
pub struct Jobs;

/// Facts of a job. Source: `glue:GetJobs`, `glue:GetJobRuns`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `glueetl` (Spark), `gluestreaming` (Spark without an end), `pythonshell` or `glueray`. Absent when Glue tells
    /// none.
    command: Option<String>,
    /// `4.0` and the like. Absent when Glue tells none.
    glue_version: Option<String>,
    /// Data Processing Units a run takes. Absent when Glue tells neither them nor a worker type known here.
    dpus: Option<f64>,
    /// Whether Glue remembers a run; it forgets them after some months. Absent when the runs could not be read.
    has_run: Option<bool>,
    /// When the latest run began. Absent like `last_run_state`.
    last_run_at: Option<Timestamp>,
    /// `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMEOUT`, … of the latest run. Absent when there is none, or the runs could
    /// not be read.
    last_run_state: Option<String>,
    /// When its definition was last changed. Absent when Glue tells none.
    modified_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    jobs: Vec<Job>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Job {
    name: String,
    created_on: Option<At>,
    last_modified_on: Option<At>,
    command: Option<Command>,
    max_capacity: Option<f64>,
    worker_type: Option<String>,
    number_of_workers: Option<f64>,
    glue_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Command {
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Runs {
    #[serde(default)]
    job_runs: Vec<Run>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Run {
    started_on: Option<At>,
    job_run_state: Option<String>,
}

impl Scan for Jobs {
    const KIND: Kind = Kind::new("glue:job");
    const TITLE: &'static str = "Glue jobs";
    const ACTIONS: &'static [&'static str] = &["glue:GetJobRuns", "glue:GetJobs", "glue:GetTags"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (running, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let jobs = each(page.jobs, async |job: Job| {
                let arn = cx.arn("glue", cx.region(), &format!("job/{}", job.name));
                // The latest one stands first.
                let asked = cx.call::<Runs>(&RUNS, json!({ "JobName": job.name, "MaxResults": 1 }));
                let runs = running.ask(found, &job.name, asked).await;
                let tags = tags(cx, &tagging, found, &job.name, &arn).await;
                listed(job, runs.map(|runs| runs.job_runs)).arn(Some(arn)).tags(tags.0)
            });
            for job in jobs.await {
                found.add(job).await;
            }
        }
        Ok(())
    }
}

fn listed(job: Job, runs: Option<Vec<Run>>) -> Listed<Facts> {
    let has_run = runs.as_ref().map(|runs| !runs.is_empty());
    let latest = runs.and_then(|runs| runs.into_iter().next());
    let facts = Facts {
        command: job.command.and_then(|command| command.name),
        glue_version: job.glue_version,
        dpus: capacity(job.worker_type.as_deref(), job.number_of_workers, job.max_capacity),
        has_run,
        last_run_at: latest.as_ref().and_then(|run| run.started_on).map(|at| at.0),
        last_run_state: latest.and_then(|run| run.job_run_state),
        modified_at: job.last_modified_on.map(|at| at.0),
    };
    Listed::new(job.name, facts).created(job.created_on.map(|at| at.0))
}

/// A streaming run that goes on, as if it went on all month. Others are billed by the run, and what is defined costs
/// nothing.
fn needs(job: &Resource) -> Needs {
    if job.text("command") != Some("gluestreaming") || job.text("last_run_state") != Some("RUNNING") {
        return Needs::free();
    }
    match job.number("dpus") {
        Some(dpus) => Needs::of(vec![Need::hours("streaming run", "glue.job.dpu", dpus)]),
        None => Needs::unpriced("streaming run"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn only_a_stream_that_runs_is_paid_by_the_month() {
        let job = |command: &str, state: &str| {
            let facts = json!({ "command": command, "last_run_state": state, "dpus": 2.0 });
            needs(&resource("glue:job", facts)).parts.len()
        };
        assert_eq!(
            (job("gluestreaming", "RUNNING"), job("gluestreaming", "STOPPED"), job("glueetl", "RUNNING")),
            (1, 0, 0)
        );
    }
}
