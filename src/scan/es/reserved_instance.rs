use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::OPENSEARCH;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = OPENSEARCH
    .get("DescribeReservedInstances", "/2021-01-01/opensearch/reservedInstances")
    .paged_as("nextToken", "NextToken");

/// OpenSearch reservations that are or will be in force. What they cost is a commitment, no price of a resource.
pub struct Reservations;

/// Facts of a reservation. Source: `es:DescribeReservedInstances`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `payment-pending`, `payment-failed` or `retired`.
    state: String,
    /// Type of nodes it covers.
    instance_type: String,
    /// Nodes it covers.
    instances: f64,
    /// `ALL_UPFRONT`, `PARTIAL_UPFRONT` or `NO_UPFRONT`.
    payment: String,
    /// Dollars an hour that are still billed for all of its nodes.
    hourly_usd: f64,
    /// Dollars still to be billed until its end, as of the scan. Absent when its end is not known.
    remaining_usd: Option<f64>,
    /// When it ends. Absent when OpenSearch does not tell when it began.
    ends_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    reserved_instances: Vec<Reservation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reservation {
    reservation_name: Option<String>,
    reserved_instance_id: String,
    instance_type: Option<String>,
    start_time: Option<At>,
    duration: Option<f64>,
    instance_count: Option<f64>,
    #[serde(default)]
    state: String,
    payment_option: Option<String>,
    #[serde(default)]
    recurring_charges: Vec<Charge>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Charge {
    recurring_charge_amount: Option<f64>,
}

impl Scan for Reservations {
    const KIND: Kind = Kind::new("es:reserved-instance");
    const TITLE: &'static str = "OpenSearch reservations";
    const ACTIONS: &'static [&'static str] = &["es:DescribeReservedInstances"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.reserved_instances {
                if one.state != "retired" {
                    found.add(listed(cx, one)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: Reservation) -> Listed<Facts> {
    let instances = one.instance_count.unwrap_or(1.0);
    let hourly =
        one.recurring_charges.iter().filter_map(|charge| charge.recurring_charge_amount).fold(0.0, |a, b| a + b);
    let ends_at = one.start_time.zip(one.duration).and_then(|(start, seconds)| start.plus(seconds));
    let left = |end: Timestamp| (end.as_second() - cx.now().as_second()).max(0) as f64 / 3_600.0;
    let facts = Facts {
        state: one.state,
        instance_type: one.instance_type.unwrap_or_default(),
        instances,
        payment: one.payment_option.unwrap_or_default(),
        hourly_usd: hourly * instances,
        remaining_usd: ends_at.map(|end| left(end) * hourly * instances),
        ends_at,
    };
    let arn = cx.arn("es", cx.region(), &format!("reserved-instance/{}", one.reserved_instance_id));
    Listed::new(one.reserved_instance_id, facts)
        .arn(Some(arn))
        .name(one.reservation_name)
        .created(one.start_time.map(|at| at.0))
}
