use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::CODEBUILD;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = CODEBUILD.rpc("ListFleets").paged("nextToken");
const DESCRIBE: Call = CODEBUILD.rpc("BatchGetFleets");
const PROJECTS: Call = CODEBUILD.rpc("ListProjects").paged("nextToken");
const PROJECT: Call = CODEBUILD.rpc("BatchGetProjects");

/// Reserved capacity of CodeBuild. Projects, which cost nothing until they build, are only counted.
pub struct Fleets;

/// Facts of a fleet. Source: `codebuild:BatchGetFleets`, `codebuild:BatchGetProjects`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, `CREATING`, `UPDATING`, `ROTATING`, `PENDING_DELETION`, `DELETING`, `CREATE_FAILED` or
    /// `UPDATE_ROLLBACK_FAILED`.
    status: String,
    /// Machines that are kept, billed by the minute whether they build or not.
    capacity: f64,
    /// Their size: `BUILD_GENERAL1_SMALL`. Absent when AWS tells none.
    compute: Option<String>,
    /// What they run: `LINUX_CONTAINER`, `MAC_ARM`. Absent when AWS tells none.
    environment: Option<String>,
    /// Projects that build on it. Absent when they could not be read.
    projects: Option<f64>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    fleets: Vec<String>,
}

#[derive(Deserialize)]
struct Described {
    #[serde(default)]
    fleets: Vec<Fleet>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fleet {
    arn: String,
    name: String,
    created: Option<At>,
    status: Option<Status>,
    #[serde(default)]
    base_capacity: f64,
    environment_type: Option<String>,
    compute_type: Option<String>,
    vpc_config: Option<Network>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    status_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Network {
    vpc_id: Option<String>,
}

#[derive(Deserialize)]
struct ProjectPage {
    #[serde(default)]
    projects: Vec<String>,
}

#[derive(Deserialize)]
struct Projects {
    #[serde(default)]
    projects: Vec<Project>,
}

#[derive(Deserialize)]
struct Project {
    environment: Option<Environment>,
}

#[derive(Deserialize)]
struct Environment {
    fleet: Option<On>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct On {
    fleet_arn: Option<String>,
}

impl Scan for Fleets {
    const KIND: Kind = Kind::new("codebuild:fleet");
    const TITLE: &'static str = "CodeBuild fleets";
    const ACTIONS: &'static [&'static str] =
        &["codebuild:BatchGetFleets", "codebuild:BatchGetProjects", "codebuild:ListFleets", "codebuild:ListProjects"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let counting = Detail::default();
        let mut counted = None;
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            if page.fleets.is_empty() {
                continue;
            }
            // Asked once, and only where there are fleets: most accounts have projects alone.
            if counted.is_none() {
                counted = Some(counting.ask(found, "projects", projects(cx)).await);
            }
            let counts = counted.as_ref().and_then(Option::as_ref);
            let described: Described = cx.call(&DESCRIBE, json!({ "names": page.fleets })).await?;
            for fleet in described.fleets {
                found.add(listed(fleet, counts)).await;
            }
        }
        Ok(())
    }
}

/// How many projects build on which fleet.
async fn projects(cx: &Cx) -> Result<BTreeMap<String, f64>, Fault> {
    let mut counts = BTreeMap::new();
    let mut pages = cx.pages(&PROJECTS, json!({}));
    while let Some(page) = pages.next::<ProjectPage>().await? {
        for names in page.projects.chunks(100) {
            let described: Projects = cx.call(&PROJECT, json!({ "names": names })).await?;
            let on = described.projects.into_iter().filter_map(|project| project.environment?.fleet?.fleet_arn);
            on.for_each(|fleet| *counts.entry(fleet).or_default() += 1.0);
        }
    }
    Ok(counts)
}

fn listed(fleet: Fleet, counts: Option<&BTreeMap<String, f64>>) -> Listed<Facts> {
    let facts = Facts {
        status: fleet.status.and_then(|status| status.status_code).unwrap_or_default(),
        capacity: fleet.base_capacity,
        compute: fleet.compute_type,
        environment: fleet.environment_type,
        projects: counts.map(|counts| counts.get(&fleet.arn).copied().unwrap_or_default()),
    };
    Listed::new(fleet.name, facts)
        .arn(Some(fleet.arn))
        .created(fleet.created.map(|at| at.0))
        .tags(fleet.tags.0)
        .refers(Role::Inside, fleet.vpc_config.and_then(|network| network.vpc_id))
}

/// Machines by the minute, at prices of their own: those of builds on demand are others.
fn needs(fleet: &Resource) -> Needs {
    let idle = fleet.number("capacity").is_some_and(|capacity| capacity <= 0.0);
    let failed = fleet.text("status") == Some("CREATE_FAILED");
    if idle || failed { Needs::free() } else { Needs::unpriced("reserved capacity") }
}
