use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::REDSHIFT;
use crate::aws::api::{At, Call, List};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = REDSHIFT.rpc("DescribeReservedNodes").paged("Marker");

/// Reservations of cluster nodes, ended ones included.
pub struct ReservedNodes;

/// Facts of a reservation of nodes. Source: `redshift:DescribeReservedNodes`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `payment-pending`, `payment-failed`, `retired` or `exchanging`.
    state: String,
    /// Node type it was bought for, `ra3.xlplus`.
    node_type: String,
    /// How many nodes.
    count: f64,
    /// `No Upfront`, `Partial Upfront` or `All Upfront`. Absent when Redshift tells none.
    offering_type: Option<String>,
    /// When it began. Absent while payment is pending.
    start_at: Option<Timestamp>,
    /// When it ends: start and duration. Absent when Redshift does not tell both.
    end_at: Option<Timestamp>,
    /// Whole days until it ends; below 0 when it has ended. Absent like `end_at`.
    ends_in_days: Option<f64>,
    /// What it covers, as clusters refer to it: `redshift-node/ra3.xlplus`.
    covers: String,
    /// Price paid at the start for each node, in `currency`.
    upfront: f64,
    /// Price an hour for each node until it ends, whether the node runs or not, in `currency`.
    hourly: f64,
    /// `USD` or another code of ISO 4217. Absent when Redshift tells none.
    currency: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    reserved_nodes: List<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Node {
    reserved_node_id: String,
    node_type: String,
    start_time: Option<At>,
    duration: Option<f64>,
    fixed_price: Option<f64>,
    usage_price: Option<f64>,
    currency_code: Option<String>,
    node_count: Option<f64>,
    state: Option<String>,
    offering_type: Option<String>,
    #[serde(default)]
    recurring_charges: List<Charge>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Charge {
    recurring_charge_amount: Option<f64>,
    recurring_charge_frequency: Option<String>,
}

impl Scan for ReservedNodes {
    const KIND: Kind = Kind::new("redshift:reserved-node");
    const TITLE: &'static str = "Redshift reservations";
    const ACTIONS: &'static [&'static str] = &["redshift:DescribeReservedNodes"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxRecords": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for node in page.reserved_nodes.items {
                found.add(listed(node, cx.now())).await;
            }
        }
        Ok(())
    }
}

fn listed(node: Node, now: Timestamp) -> Listed<Facts> {
    let hourly =
        node.recurring_charges.items.iter().filter(|c| c.recurring_charge_frequency.as_deref() == Some("Hourly"));
    let recurring: f64 = hourly.filter_map(|charge| charge.recurring_charge_amount).sum();
    let start_at = node.start_time.map(|at| at.0);
    let end_at = node.start_time.zip(node.duration).and_then(|(start, seconds)| start.plus(seconds));
    let facts = Facts {
        state: node.state.unwrap_or_default(),
        count: node.node_count.unwrap_or_default(),
        offering_type: node.offering_type,
        start_at,
        end_at,
        ends_in_days: end_at.map(|end| (end.as_second() - now.as_second()).div_euclid(86_400) as f64),
        covers: format!("redshift-node/{}", node.node_type),
        node_type: node.node_type,
        upfront: node.fixed_price.unwrap_or_default(),
        hourly: recurring + node.usage_price.unwrap_or_default(),
        currency: node.currency_code,
    };
    Listed::new(node.reserved_node_id, facts).created(start_at)
}

/// Its hourly fee is agreed in the contract, not in a price list.
fn needs(node: &Resource) -> Needs {
    let runs = matches!(node.text("state"), Some("active" | "exchanging"));
    if runs && node.number("hourly").unwrap_or_default() > 0.0 {
        return Needs::unpriced("hourly fee of the reservation");
    }
    Needs::free()
}
