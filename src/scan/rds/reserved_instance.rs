use aws_sdk_rds::types::ReservedDbInstance;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::{PAGE, family, text, word};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan};

/// Reserved database instances, ended ones included.
pub struct ReservedInstances;

/// Facts of a reservation of database instances. Source: `rds:DescribeReservedDBInstances`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `payment-pending`, `payment-failed` or `retired`.
    state: String,
    /// Instance class it was bought for, `db.r5.large`.
    class: String,
    /// Engine it was bought for, `postgresql`.
    engine: String,
    /// How many instances.
    count: i64,
    /// Whether it covers Multi-AZ instances.
    multi_az: bool,
    /// `No Upfront`, `Partial Upfront` or `All Upfront`. Absent when RDS tells none.
    offering_type: Option<String>,
    /// When it began. Absent while payment is pending.
    start_at: Option<Timestamp>,
    /// When it ends: start and duration. Absent when RDS does not tell both.
    end_at: Option<Timestamp>,
    /// Whole days until it ends; below 0 when it has ended. Absent like `end_at`.
    ends_in_days: Option<i64>,
    /// What it covers, as instances refer to it: engine and family, `db-family/postgresql/r5`. Where sizes may
    /// differ (MySQL, MariaDB, PostgreSQL, Aurora and Oracle with own license) any of the family is covered.
    covers: String,
    /// Dollars paid at the start, for each instance.
    upfront_usd: f64,
    /// Dollars an hour for each instance until it ends, whether the instance runs or not.
    hourly_usd: f64,
}

impl Scan for ReservedInstances {
    const KIND: Kind = Kind::new("rds:ri");
    const TITLE: &'static str = "RDS reservations";
    const ACTIONS: &'static [&'static str] = &["rds:DescribeReservedDBInstances"];
    const BILLING: Billing = Billing::By(super::billing::reserved_instance);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.rds();
        let mut pages = client.describe_reserved_db_instances().into_paginator().page_size(PAGE).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("rds:DescribeReservedDBInstances"))?;
            for reservation in page.reserved_db_instances() {
                found.add(listed(reservation, cx.now())).await;
            }
        }
        Ok(())
    }
}

fn listed(reservation: &ReservedDbInstance, now: Timestamp) -> Listed<Facts> {
    let start_at = time(reservation.start_time());
    let recurring: f64 = reservation
        .recurring_charges()
        .iter()
        .filter(|charge| charge.recurring_charge_frequency() == Some("Hourly"))
        .filter_map(|charge| charge.recurring_charge_amount())
        .sum();
    let end_at = end(start_at, reservation.duration());
    let facts = Facts {
        state: word(reservation.state()),
        class: word(reservation.db_instance_class()),
        engine: word(reservation.product_description()),
        count: i64::from(reservation.db_instance_count().unwrap_or_default()),
        multi_az: reservation.multi_az().unwrap_or_default(),
        offering_type: text(reservation.offering_type()),
        start_at,
        end_at,
        ends_in_days: end_at.map(|end| (end.as_second() - now.as_second()).div_euclid(86_400)),
        covers: family(
            reservation.product_description().unwrap_or_default(),
            reservation.db_instance_class().unwrap_or_default(),
        ),
        upfront_usd: reservation.fixed_price().unwrap_or_default(),
        hourly_usd: recurring + reservation.usage_price().unwrap_or_default(),
    };
    Listed::new(word(reservation.reserved_db_instance_id()), facts)
        .arn(reservation.reserved_db_instance_arn())
        .created(start_at)
}

/// A term of so many seconds, counted from its start.
fn end(start: Option<Timestamp>, seconds: Option<i32>) -> Option<Timestamp> {
    start?.checked_add(SignedDuration::from_secs(i64::from(seconds?))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn term_ends_a_year_after_it_began() {
        let start: Timestamp = "2025-01-01T00:00:00Z".parse().expect("a time");
        let over = end(Some(start), Some(31_536_000)).expect("an end");
        assert_eq!(over.to_string(), "2026-01-01T00:00:00Z");
        assert!(end(None, Some(1)).is_none());
        assert!(end(Some(start), None).is_none());
    }
}
