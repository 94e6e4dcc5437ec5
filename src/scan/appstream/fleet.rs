use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::APPSTREAM;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = APPSTREAM.rpc("DescribeFleets").paged("NextToken");
const STACKS: Call = APPSTREAM.rpc("ListAssociatedStacks");
const TAGS: Call = APPSTREAM.rpc("ListTagsForResource");

/// AppStream fleets (WorkSpaces Applications), running or stopped.
pub struct Fleets;

/// Facts of a fleet. Source: `appstream:DescribeFleets`, `appstream:ListAssociatedStacks`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `RUNNING`, `STOPPED`, `STARTING` or `STOPPING`.
    state: String,
    /// `ALWAYS_ON`, `ON_DEMAND`, or `ELASTIC`, which is billed by the session only. Absent when AppStream tells none,
    /// which means `ALWAYS_ON`.
    fleet_type: Option<String>,
    /// `stream.standard.medium`, …
    instance_type: String,
    /// Instances it tries to have.
    desired: f64,
    /// Instances in use now. Absent when AppStream tells none.
    in_use: Option<f64>,
    /// Users one instance serves at a time. Absent when that is one.
    sessions_per_instance: Option<f64>,
    /// Stacks users reach it through; without one nobody does. Absent when they could not be read.
    stacks: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    fleets: Vec<Fleet>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Fleet {
    arn: String,
    name: String,
    display_name: Option<String>,
    instance_type: String,
    fleet_type: Option<String>,
    compute_capacity_status: Capacity,
    max_sessions_per_instance: Option<f64>,
    state: String,
    created_time: Option<At>,
    #[serde(default)]
    vpc_config: Network,
    image_arn: Option<String>,
    iam_role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Capacity {
    desired: f64,
    in_use: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Network {
    #[serde(default)]
    subnet_ids: Vec<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stacks {
    #[serde(default)]
    names: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Fleets {
    const KIND: Kind = Kind::new("appstream:fleet");
    const TITLE: &'static str = "AppStream fleets";
    const ACTIONS: &'static [&'static str] =
        &["appstream:DescribeFleets", "appstream:ListAssociatedStacks", "appstream:ListTagsForResource"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (reaching, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            let fleets = each(page.fleets, async |fleet: Fleet| {
                let call = cx.call::<Stacks>(&STACKS, json!({ "FleetName": fleet.name }));
                let stacks = reaching.ask(found, &fleet.name, call).await.map(|stacks| stacks.names);
                let call = cx.call::<Tagged>(&TAGS, json!({ "ResourceArn": fleet.arn }));
                let tagged = tagging.ask(found, &fleet.name, call).await.unwrap_or_default();
                listed(fleet, stacks).tags(tagged.tags.0)
            });
            for fleet in fleets.await {
                found.add(fleet).await;
            }
        }
        Ok(())
    }
}

fn listed(fleet: Fleet, stacks: Option<Vec<String>>) -> Listed<Facts> {
    let facts = Facts {
        state: fleet.state,
        fleet_type: fleet.fleet_type,
        instance_type: fleet.instance_type,
        desired: fleet.compute_capacity_status.desired,
        in_use: fleet.compute_capacity_status.in_use,
        sessions_per_instance: fleet.max_sessions_per_instance.filter(|sessions| *sessions > 1.0),
        stacks,
    };
    let listed = Listed::new(fleet.name, facts)
        .arn(Some(fleet.arn))
        .name(fleet.display_name)
        .created(fleet.created_time.map(|at| at.0))
        .refers(Role::Needs, fleet.image_arn)
        .refers(Role::Needs, fleet.iam_role_arn);
    let listed = fleet.vpc_config.subnet_ids.into_iter().fold(listed, |to, id| to.refers(Role::Inside, Some(id)));
    fleet.vpc_config.security_group_ids.into_iter().fold(listed, |to, id| to.refers(Role::Needs, Some(id)))
}

/// A stopped fleet costs nothing, and an elastic one only its sessions.
fn needs(fleet: &Resource) -> Needs {
    let stopped = fleet.text("state") == Some("STOPPED");
    if stopped || fleet.text("fleet_type") == Some("ELASTIC") { Needs::free() } else { Needs::unpriced("instances") }
}
