use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ATHENA;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = ATHENA.rpc("ListCapacityReservations").paged("NextToken");
const ASSIGNED: Call = ATHENA.rpc("GetCapacityAssignmentConfiguration");
const TAGS: Call = ATHENA.rpc("ListTagsForResource");

/// Capacity reservations that are not cancelled.
pub struct CapacityReservations;

/// Facts of a capacity reservation. Source: `athena:ListCapacityReservations`,
/// `athena:GetCapacityAssignmentConfiguration`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `PENDING`, `ACTIVE`, `UPDATE_PENDING` or `CANCELLING`.
    status: String,
    /// Data Processing Units it holds, billed by the hour.
    allocated_dpus: f64,
    /// Data Processing Units asked for.
    target_dpus: f64,
    /// How many workgroups may use it. Absent when that could not be read.
    workgroups: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    capacity_reservations: Vec<Reservation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reservation {
    name: String,
    status: String,
    target_dpus: f64,
    allocated_dpus: f64,
    creation_time: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Assigned {
    capacity_assignment_configuration: Configuration,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    #[serde(default)]
    capacity_assignments: Vec<Assignment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Assignment {
    #[serde(default)]
    work_group_names: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for CapacityReservations {
    const KIND: Kind = Kind::new("athena:capacity-reservation");
    const TITLE: &'static str = "Athena capacity reservations";
    const ACTIONS: &'static [&'static str] =
        &["athena:GetCapacityAssignmentConfiguration", "athena:ListCapacityReservations", "athena:ListTagsForResource"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (assigning, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 50 }));
        while let Some(page) = pages.next::<Page>().await? {
            let held =
                page.capacity_reservations.into_iter().filter(|one| !matches!(&*one.status, "CANCELLED" | "FAILED"));
            let reservations = each(held, async |one: Reservation| {
                let asked = cx.call::<Assigned>(&ASSIGNED, json!({ "CapacityReservationName": one.name }));
                let assigned = assigning.ask(found, &one.name, asked).await;
                let arn = cx.arn("athena", cx.region(), &format!("capacity-reservation/{}", one.name));
                let asked = cx.call::<Tagged>(&TAGS, json!({ "ResourceARN": arn }));
                let tagged = tagging.ask(found, &one.name, asked).await.unwrap_or_default();
                listed(one, assigned).arn(Some(arn)).tags(tagged.tags.0)
            });
            for reservation in reservations.await {
                found.add(reservation).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Reservation, assigned: Option<Assigned>) -> Listed<Facts> {
    let assignments = assigned.map(|a| a.capacity_assignment_configuration.capacity_assignments);
    let facts = Facts {
        status: one.status,
        allocated_dpus: one.allocated_dpus,
        target_dpus: one.target_dpus,
        workgroups: assignments.map(|list| list.iter().map(|one| one.work_group_names.len()).sum::<usize>() as f64),
    };
    Listed::new(one.name, facts).created(one.creation_time.map(|at| at.0))
}

fn needs(_: &Resource) -> Needs {
    Needs::unpriced("DPUs")
}
