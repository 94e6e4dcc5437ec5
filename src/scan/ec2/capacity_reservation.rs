use aws_sdk_ec2::types::CapacityReservation;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan};

/// EC2 capacity reservations this account owns or pays the unused part of.
///
/// Reservations that other accounts merely share with this one are left out: they cannot be changed from
/// here and cost nothing here.
pub struct CapacityReservations;

/// Facts of a capacity reservation. Source: `ec2:DescribeCapacityReservations`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `scheduled`, `pending`, `cancelling` (still billed), `cancelled`, `expired`, `failed`, …
    state: String,
    /// Instances reserved.
    total_count: i64,
    /// Reserved instances nobody is running now; they are billed like running ones.
    available_count: i64,
    /// `m5.large`.
    instance_type: String,
    /// `Linux/UNIX`, `Windows`, `Red Hat Enterprise Linux`, …
    platform: String,
    /// `default` or `dedicated`.
    tenancy: String,
    /// `default`, or `capacity-block` for one paid in advance.
    reservation_type: String,
    /// `open` (any matching instance lands in it) or `targeted`.
    match_criteria: String,
    /// When it started. Absent before it did.
    start_at: Option<Timestamp>,
    /// When it ends by itself. Absent when it lasts until cancelled.
    end_at: Option<Timestamp>,
    /// End of the commitment, before which it cannot be cancelled. Absent without one.
    commitment_ends_at: Option<Timestamp>,
    /// Account the unused part is billed to. Absent when that is the owner.
    unused_billed_to: Option<String>,
    /// Availability Zone.
    zone: String,
}

impl Scan for CapacityReservations {
    const KIND: Kind = Kind::new("ec2:capacity-reservation");
    const TITLE: &'static str = "Capacity reservations";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeCapacityReservations"];
    const BILLING: Billing = Billing::By(super::billing::compute::capacity_reservation);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_capacity_reservations().into_paginator().page_size(500).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeCapacityReservations"))?;
            for reservation in page.capacity_reservations().iter().filter(|r| concerns(r, cx.account())) {
                let listed = Listed::new(reservation.capacity_reservation_id().unwrap_or_default(), facts(reservation))
                    .arn(reservation.capacity_reservation_arn())
                    .created(time(reservation.create_date()).or(time(reservation.start_date())))
                    .tags(super::tags(reservation.tags()));
                found.add(listed).await;
            }
        }
        Ok(())
    }
}

fn concerns(reservation: &CapacityReservation, account: &str) -> bool {
    let owned = reservation.owner_id().is_none_or(|owner| owner == account);
    owned || reservation.unused_reservation_billing_owner_id() == Some(account)
}

fn facts(reservation: &CapacityReservation) -> Facts {
    let committed = reservation.commitment_info().and_then(|info| info.commitment_end_date());
    let payer = reservation.unused_reservation_billing_owner_id().filter(|id| Some(*id) != reservation.owner_id());
    Facts {
        state: reservation.state().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        total_count: i64::from(reservation.total_instance_count().unwrap_or_default()),
        available_count: i64::from(reservation.available_instance_count().unwrap_or_default()),
        instance_type: reservation.instance_type().unwrap_or_default().to_owned(),
        platform: reservation.instance_platform().map(|p| p.as_str().to_owned()).unwrap_or_default(),
        tenancy: reservation.tenancy().map_or("default", |t| t.as_str()).to_owned(),
        reservation_type: reservation.reservation_type().map_or("default", |t| t.as_str()).to_owned(),
        match_criteria: reservation.instance_match_criteria().map_or("open", |c| c.as_str()).to_owned(),
        start_at: time(reservation.start_date()),
        end_at: time(reservation.end_date()),
        commitment_ends_at: time(committed),
        unused_billed_to: payer.filter(|id| !id.is_empty()).map(str::to_owned),
        zone: reservation.availability_zone().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_account_owns_or_pays_for_is_listed() {
        let owned_by = |owner: &str| CapacityReservation::builder().owner_id(owner);
        assert!(concerns(&owned_by("111122223333").build(), "111122223333"));
        assert!(!concerns(&owned_by("444455556666").build(), "111122223333"));
        let payer = owned_by("444455556666").unused_reservation_billing_owner_id("111122223333").build();
        assert!(concerns(&payer, "111122223333"));
    }
}
