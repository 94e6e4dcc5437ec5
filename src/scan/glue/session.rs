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
use crate::scan::{Billing, Scan};

const LIST: Call = GLUE.rpc("ListSessions").paged("NextToken");

/// States in which nothing of a session is left but its record.
const OVER: &[&str] = &["FAILED", "TIMEOUT", "STOPPED"];

/// Interactive sessions that have not ended. Glue keeps a record of ended ones, which are left out.
pub struct Sessions;

/// Facts of an interactive session. Source: `glue:ListSessions`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `PROVISIONING`, `READY` or `STOPPING`.
    status: String,
    /// Data Processing Units, billed by the hour while it is ready. Absent when Glue tells neither them nor a worker
    /// type known here.
    dpus: Option<f64>,
    /// Minutes without a statement after which it stops by itself. Absent when Glue tells none.
    idle_timeout_minutes: Option<f64>,
    /// `4.0` and the like. Absent when Glue tells none.
    glue_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    sessions: Vec<Session>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Session {
    id: String,
    created_on: Option<At>,
    #[serde(default)]
    status: String,
    max_capacity: Option<f64>,
    worker_type: Option<String>,
    number_of_workers: Option<f64>,
    idle_timeout: Option<f64>,
    glue_version: Option<String>,
}

impl Scan for Sessions {
    const KIND: Kind = Kind::new("glue:session");
    const TITLE: &'static str = "Glue interactive sessions";
    const ACTIONS: &'static [&'static str] = &["glue:GetTags", "glue:ListSessions"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let live = page.sessions.into_iter().filter(|session| !OVER.contains(&session.status.as_str()));
            let sessions = each(live, async |session: Session| {
                let arn = cx.arn("glue", cx.region(), &format!("session/{}", session.id));
                let tags = tags(cx, &tagging, found, &session.id, &arn).await;
                listed(session).arn(Some(arn)).tags(tags.0)
            });
            for session in sessions.await {
                found.add(session).await;
            }
        }
        Ok(())
    }
}

fn listed(session: Session) -> Listed<Facts> {
    let facts = Facts {
        status: session.status,
        dpus: capacity(session.worker_type.as_deref(), session.number_of_workers, session.max_capacity),
        idle_timeout_minutes: session.idle_timeout,
        glue_version: session.glue_version,
    };
    Listed::new(session.id, facts).created(session.created_on.map(|at| at.0))
}

/// Units by the hour, as if it stayed ready all month.
fn needs(session: &Resource) -> Needs {
    if session.text("status") != Some("READY") {
        return Needs::free();
    }
    match session.number("dpus") {
        Some(dpus) => Needs::of(vec![Need::hours("DPUs", "glue.interactive_session.dpu", dpus)]),
        None => Needs::unpriced("DPUs"),
    }
}
