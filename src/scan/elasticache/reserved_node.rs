use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ELASTICACHE;
use crate::aws::api::{At, Call, List};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = ELASTICACHE.rpc("DescribeReservedCacheNodes").paged("Marker");

/// ElastiCache reserved nodes.
pub struct ReservedNodes;

/// Facts of a reservation. Source: `elasticache:DescribeReservedCacheNodes`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `payment-pending`, `retired` or `payment-failed`.
    state: String,
    /// Node type it is for.
    node_type: String,
    /// Engine it is for.
    engine: String,
    /// Nodes.
    count: f64,
    /// `No Upfront`, `Partial Upfront`, `All Upfront` and older ones.
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
    reserved_cache_nodes: List<Reserved>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reserved {
    reserved_cache_node_id: String,
    state: Option<String>,
    cache_node_type: Option<String>,
    product_description: Option<String>,
    cache_node_count: Option<f64>,
    offering_type: Option<String>,
    #[serde(rename = "ReservationARN")]
    reservation_arn: String,
    start_time: Option<At>,
    duration: Option<f64>,
    recurring_charges: Option<List<Charge>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Charge {
    recurring_charge_amount: Option<f64>,
}

impl Scan for ReservedNodes {
    const KIND: Kind = Kind::new("elasticache:reserved-instance");
    const TITLE: &'static str = "ElastiCache reserved nodes";
    const ACTIONS: &'static [&'static str] = &["elasticache:DescribeReservedCacheNodes"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxRecords": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.reserved_cache_nodes.items {
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
        node_type: one.cache_node_type.unwrap_or_default(),
        engine: one.product_description.unwrap_or_default(),
        count: one.cache_node_count.unwrap_or_default(),
        offering: one.offering_type.unwrap_or_default(),
        hourly_rate: one
            .recurring_charges
            .map(|all| all.items.iter().filter_map(|charge| charge.recurring_charge_amount).fold(0.0, |a, b| a + b)),
        ends,
    };
    Listed::new(one.reserved_cache_node_id, facts).arn(Some(one.reservation_arn)).created(one.start_time.map(|at| at.0))
}

/// What is paid by the month: the rate AWS tells, which holds for each node.
fn needs(reserved: &Resource) -> Needs {
    if reserved.number("hourly_rate") == Some(0.0) {
        Needs::free()
    } else {
        Needs::unpriced("reserved nodes by the hour")
    }
}
