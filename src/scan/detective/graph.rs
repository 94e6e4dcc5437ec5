use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::DETECTIVE;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = DETECTIVE.post("ListGraphs", "/graphs/list").paged("NextToken");

/// Days of the free trial of Detective. Source: <https://aws.amazon.com/detective/pricing/>.
const TRIAL_DAYS: f64 = 30.0;

/// Behaviour graphs of Amazon Detective that this account administers.
pub struct Graphs;

/// Facts of a graph. Source: `detective:ListGraphs`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Days left of the trial of thirty days since it was made, 0 when it is over. The trial is the account's, so that a graph
    /// made anew has none: this is the most it can be. Absent when Detective does not tell when it was made.
    trial_days_left: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    graph_list: Vec<Graph>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Graph {
    arn: String,
    created_time: Option<At>,
}

impl Scan for Graphs {
    const KIND: Kind = Kind::new("detective:graph");
    const TITLE: &'static str = "Detective graphs";
    const ACTIONS: &'static [&'static str] = &["detective:ListGraphs"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for graph in page.graph_list {
                found.add(listed(cx, graph)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, graph: Graph) -> Listed<Facts> {
    let made = graph.created_time.map(|at| at.0);
    let passed = made.map(|at| (cx.now().as_second() - at.as_second()) as f64 / 86_400.0);
    let facts = Facts { trial_days_left: passed.map(|days| (TRIAL_DAYS - days).ceil().max(0.0)) };
    let id = graph.arn.rsplit(':').next().unwrap_or_default().to_owned();
    Listed::new(id, facts).arn(Some(graph.arn)).created(made)
}

/// By the gigabyte it takes in.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("logs taken in")
}
