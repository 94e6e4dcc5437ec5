use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::MEMORYDB;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = MEMORYDB.rpc("DescribeReservedNodes").paged("NextToken");

/// MemoryDB reserved nodes.
pub struct ReservedNodes;

/// Facts of a reservation. Source: `memorydb:DescribeReservedNodes`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `payment-pending`, `retired` or `payment-failed`.
    state: String,
    /// Node type it is for.
    node_type: String,
    /// Nodes.
    count: f64,
    /// `No Upfront`, `Partial Upfront` or `All Upfront`.
    offering: String,
    /// US dollars an hour and node, on top of what was paid at the start. Absent when the service tells none.
    hourly_rate: Option<f64>,
    /// When its term is over. Absent when the service tells no start or no length.
    ends: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    reserved_nodes: Vec<Reserved>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reserved {
    reservation_id: String,
    state: Option<String>,
    node_type: Option<String>,
    node_count: Option<f64>,
    offering_type: Option<String>,
    recurring_charges: Option<Vec<Charge>>,
    duration: Option<f64>,
    #[serde(rename = "ARN")]
    arn: String,
    start_time: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Charge {
    recurring_charge_amount: Option<f64>,
}

impl Scan for ReservedNodes {
    const KIND: Kind = Kind::new("memorydb:reservednode");
    const TITLE: &'static str = "MemoryDB reserved nodes";
    const ACTIONS: &'static [&'static str] = &["memorydb:DescribeReservedNodes"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 50 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.reserved_nodes {
                if one.state.as_deref() != Some("retired") {
                    found.add(listed(one)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(one: Reserved) -> Listed<Facts> {
    let ends = one.start_time.zip(one.duration).and_then(|(start, seconds)| start.plus(seconds));
    let facts = Facts {
        state: one.state.unwrap_or_default(),
        node_type: one.node_type.unwrap_or_default(),
        count: one.node_count.unwrap_or_default(),
        offering: one.offering_type.unwrap_or_default(),
        hourly_rate: one
            .recurring_charges
            .map(|all| all.iter().filter_map(|charge| charge.recurring_charge_amount).fold(0.0, |a, b| a + b)),
        ends,
    };
    Listed::new(one.reservation_id, facts).arn(Some(one.arn)).created(one.start_time.map(|at| at.0))
}

/// What is paid by the month: the rate AWS tells, which holds for each node.
fn needs(reserved: &Resource) -> Needs {
    if reserved.number("hourly_rate") == Some(0.0) {
        Needs::free()
    } else {
        Needs::unpriced("reserved nodes by the hour")
    }
}
