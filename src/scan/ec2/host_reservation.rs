use aws_sdk_ec2::types::HostReservation;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{HOURS_PER_MONTH, Kind, Needs, Resource};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan};

/// Dedicated Host reservations that bind, or are about to. Those that are over, cancelled or failed are left out.
/// Created is the start of the term.
pub struct HostReservations;

/// States in which nothing is owed any more.
const OVER: &[&str] = &["expired", "cancelled", "failed", "retired", "unsupported"];

/// Facts of a Dedicated Host reservation. Source: `ec2:DescribeHostReservations`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `scheduled`, `pending`, `delayed`, `payment-pending` or `payment-failed`.
    state: String,
    /// Instance family of the hosts: `c5`.
    family: String,
    /// Hosts it covers.
    host_ids: Vec<String>,
    /// `AllUpfront`, `PartialUpfront` or `NoUpfront`.
    payment_option: String,
    /// When the term starts. Absent when AWS gives none.
    start_at: Option<Timestamp>,
    /// When the term ends. Absent when AWS gives none.
    end_at: Option<Timestamp>,
    /// Whole days from the scan to the end of the term, negative when it is over. Absent without an end.
    ends_in_days: Option<i64>,
    /// Paid up front, in the reservation's currency.
    upfront: f64,
    /// Charged for each hour of the term, used or not, in the reservation's currency.
    recurring_hourly: f64,
    /// Charged in a month of 730 hours, used or not, in the reservation's currency.
    recurring_monthly: f64,
    /// `USD`.
    currency: String,
}

impl Scan for HostReservations {
    const KIND: Kind = Kind::new("ec2:host-reservation");
    const TITLE: &'static str = "Dedicated Host reservations";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeHostReservations"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_host_reservations().into_paginator().page_size(500).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeHostReservations"))?;
            let binds = |one: &&HostReservation| !one.state().is_some_and(|state| OVER.contains(&state.as_str()));
            for reservation in page.host_reservation_set().iter().filter(binds) {
                found.add(listed(reservation, cx.now())).await;
            }
        }
        Ok(())
    }
}

fn listed(reservation: &HostReservation, now: Timestamp) -> Listed<Facts> {
    let money = |text: Option<&str>| text.and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
    let hourly = money(reservation.hourly_price());
    let (start, end) = (time(reservation.start()), time(reservation.end()));
    let facts = Facts {
        state: reservation.state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        family: reservation.instance_family().unwrap_or_default().to_owned(),
        host_ids: reservation.host_id_set().to_vec(),
        payment_option: reservation.payment_option().map(|option| option.as_str().to_owned()).unwrap_or_default(),
        start_at: start,
        end_at: end,
        ends_in_days: end.map(|end| (end.as_second() - now.as_second()).div_euclid(86_400)),
        upfront: money(reservation.upfront_price()),
        recurring_hourly: hourly,
        recurring_monthly: (hourly * HOURS_PER_MONTH as f64 * 100.0).round() / 100.0,
        currency: reservation.currency_code().map_or("USD", |code| code.as_str()).to_owned(),
    };
    Listed::new(reservation.host_reservation_id().unwrap_or_default(), facts)
        .created(start)
        .tags(super::tags(reservation.tags()))
}

/// Nothing a month when all was paid up front. What recurs is in its own contract, not in any list.
fn needs(reservation: &Resource) -> Needs {
    let recurring = reservation.number("recurring_hourly").unwrap_or_default() > 0.0;
    if recurring && reservation.text("state") == Some("active") {
        return Needs::unpriced("recurring charge of the reservation");
    }
    Needs::free()
}
