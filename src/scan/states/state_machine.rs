use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::STEPFUNCTIONS;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = STEPFUNCTIONS.rpc("ListStateMachines").paged("nextToken");
const RUNS: Call = STEPFUNCTIONS.rpc("ListExecutions");
const TAGS: Call = STEPFUNCTIONS.rpc("ListTagsForResource");

/// Step Functions state machines.
pub struct StateMachines;

/// Facts of a state machine. Source: `states:ListStateMachines`, `states:ListExecutions`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `STANDARD`, or `EXPRESS`, of whose runs Step Functions keeps no list.
    machine_type: String,
    /// Whether it was run in the last 90 days, for which Step Functions keeps a run. Absent for express ones, and when it
    /// could not be read.
    has_runs: Option<bool>,
    /// When it was last started. Absent for express ones, without runs, and when it could not be read.
    started_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    state_machines: Vec<Machine>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Machine {
    state_machine_arn: String,
    name: String,
    #[serde(rename = "type", default)]
    sort: String,
    creation_date: Option<At>,
}

#[derive(Deserialize)]
struct Runs {
    #[serde(default)]
    executions: Vec<Run>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    start_date: Option<At>,
}

#[derive(Default, Deserialize)]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for StateMachines {
    const KIND: Kind = Kind::new("states:stateMachine");
    const TITLE: &'static str = "Step Functions state machines";
    const ACTIONS: &'static [&'static str] =
        &["states:ListExecutions", "states:ListStateMachines", "states:ListTagsForResource"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (running, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 1000 }));
        while let Some(page) = pages.next::<Page>().await? {
            let machines = each(page.state_machines, async |machine: Machine| {
                let arn = &machine.state_machine_arn;
                // The newest run comes first.
                let runs = cx.call::<Runs>(&RUNS, json!({ "stateMachineArn": arn, "maxResults": 1 }));
                let runs =
                    if machine.sort == "STANDARD" { running.ask(found, &machine.name, runs).await } else { None };
                let tags = cx.call::<Tagged>(&TAGS, json!({ "resourceArn": arn }));
                let tagged = tagging.ask(found, &machine.name, tags).await.unwrap_or_default();
                (machine, runs, tagged)
            });
            for (machine, runs, tagged) in machines.await {
                let facts = Facts {
                    machine_type: machine.sort,
                    has_runs: runs.as_ref().map(|runs| !runs.executions.is_empty()),
                    started_at: runs.and_then(|runs| runs.executions.first()?.start_date).map(|at| at.0),
                };
                let listed = Listed::new(machine.name, facts)
                    .arn(Some(machine.state_machine_arn))
                    .created(machine.creation_date.map(|at| at.0))
                    .tags(tagged.tags.0);
                found.add(listed).await;
            }
        }
        Ok(())
    }
}
