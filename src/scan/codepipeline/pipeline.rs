use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::CODEPIPELINE;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = CODEPIPELINE.rpc("ListPipelines").paged("nextToken");
const RUNS: Call = CODEPIPELINE.rpc("ListPipelineExecutions");

/// CodePipeline pipelines.
pub struct Pipelines;

/// Facts of a pipeline. Source: `codepipeline:ListPipelines`, `codepipeline:ListPipelineExecutions`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `V1`, billed by the month in which a change ran through it, or `V2`, billed by the minute.
    pipeline_type: String,
    /// When its definition was last changed. Absent when CodePipeline tells none.
    updated_at: Option<Timestamp>,
    /// Whether it was ever run, as far back as CodePipeline remembers (a year). Absent when that could not be read.
    has_runs: Option<bool>,
    /// When it last ran. Absent when it never did, or when that could not be read.
    ran_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    pipelines: Vec<Pipeline>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pipeline {
    name: String,
    pipeline_type: Option<String>,
    created: Option<At>,
    updated: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Runs {
    #[serde(default)]
    pipeline_execution_summaries: Vec<Run>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    start_time: Option<At>,
}

impl Scan for Pipelines {
    const KIND: Kind = Kind::new("codepipeline:pipeline");
    const TITLE: &'static str = "CodePipeline pipelines";
    const ACTIONS: &'static [&'static str] = &["codepipeline:ListPipelineExecutions", "codepipeline:ListPipelines"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let running = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 1000 }));
        while let Some(page) = pages.next::<Page>().await? {
            let pipelines = each(page.pipelines, async |pipeline: Pipeline| {
                // The newest run comes first.
                let runs = cx.call::<Runs>(&RUNS, json!({ "pipelineName": pipeline.name, "maxResults": 1 }));
                let runs = running.ask(found, &pipeline.name, runs).await;
                (pipeline, runs)
            });
            for (pipeline, runs) in pipelines.await {
                found.add(listed(cx, pipeline, runs)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, pipeline: Pipeline, runs: Option<Runs>) -> Listed<Facts> {
    let arn = cx.arn("codepipeline", cx.region(), &pipeline.name);
    let runs = runs.map(|runs| runs.pipeline_execution_summaries);
    let facts = Facts {
        pipeline_type: pipeline.pipeline_type.unwrap_or_else(|| "V1".to_owned()),
        updated_at: pipeline.updated.map(|at| at.0),
        has_runs: runs.as_ref().map(|runs| !runs.is_empty()),
        ran_at: runs.and_then(|runs| runs.first()?.start_time).map(|at| at.0),
    };
    Listed::new(pipeline.name, facts).arn(Some(arn)).created(pipeline.created.map(|at| at.0))
}

/// A month of a V1 pipeline is billed when at least one change ran through it, so this is the most it can be.
fn needs(pipeline: &Resource) -> Needs {
    if pipeline.text("pipeline_type") == Some("V2") {
        return Needs::free();
    }
    Needs::of(vec![Need::months("active pipeline", "codepipeline.v1.active_pipeline", 1.0)]).at_most()
}
