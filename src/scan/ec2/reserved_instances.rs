use aws_sdk_ec2::types::ReservedInstances as Reservation;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::instance::family;
use crate::aws::{Cx, Fault};
use crate::model::{HOURS_PER_MONTH, Kind};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan};

/// EC2 Reserved Instances, past and queued ones too. Created is the start of the term.
pub struct ReservedInstances;

/// Facts of a Reserved Instances purchase. Source: `ec2:DescribeReservedInstances`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `active`, `queued` (bought, to start later), `payment-pending`, `payment-failed`, `queued-deleted` or
    /// `retired` (the term is over).
    state: String,
    /// How many instances are reserved.
    instance_count: i64,
    /// `m5.large`.
    instance_type: String,
    /// What stands before the dot of the type: `m5`.
    family: String,
    /// `Region`, or `Availability Zone` when it reserves capacity in one zone.
    scope: String,
    /// Availability Zone. Absent unless the scope is one.
    zone: Option<String>,
    /// `Linux/UNIX`, `Windows`, `SUSE Linux`, …
    product_description: String,
    /// `default` or `dedicated`.
    tenancy: String,
    /// `standard` or `convertible`.
    offering_class: String,
    /// `No Upfront`, `Partial Upfront`, `All Upfront`, or one of the utilization classes of old.
    offering_type: String,
    /// When the term starts. Absent when AWS gives none.
    start_at: Option<Timestamp>,
    /// When the term ends. Absent when AWS gives none.
    end_at: Option<Timestamp>,
    /// Whole days from the scan to the end of the term, negative when it is over. Absent without an end.
    ends_in_days: Option<i64>,
    /// Paid up front for one instance, in the purchase's currency.
    fixed_price: f64,
    /// Charged for one instance and hour of the term, used or not, in the purchase's currency.
    recurring_hourly: f64,
    /// Charged for all instances in a month of 730 hours, used or not, in the purchase's currency.
    recurring_monthly: f64,
    /// `USD` or `CNY`.
    currency: String,
}

impl Scan for ReservedInstances {
    const KIND: Kind = Kind::new("ec2:reserved-instances");
    const TITLE: &'static str = "Reserved Instances";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeReservedInstances"];
    const BILLING: Billing = Billing::By(super::billing::compute::reserved_instances);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let answer = cx.ec2().describe_reserved_instances().send().await;
        let answer = answer.map_err(Fault::sdk("ec2:DescribeReservedInstances"))?;
        for reservation in answer.reserved_instances() {
            let listed =
                Listed::new(reservation.reserved_instances_id().unwrap_or_default(), facts(reservation, cx.now()))
                    .created(time(reservation.start()))
                    .tags(super::tags(reservation.tags()));
            found.add(listed).await;
        }
        Ok(())
    }
}

fn facts(reservation: &Reservation, now: Timestamp) -> Facts {
    let count = reservation.instance_count().unwrap_or_default();
    let hourly: f64 = reservation.recurring_charges().iter().filter_map(|charge| charge.amount()).sum();
    let instance_type = reservation.instance_type().map(|t| t.as_str().to_owned()).unwrap_or_default();
    let end_at = time(reservation.end());
    Facts {
        state: reservation.state().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        instance_count: i64::from(count),
        family: family(&instance_type).to_owned(),
        instance_type,
        scope: reservation.scope().map_or("Region", |s| s.as_str()).to_owned(),
        zone: reservation.availability_zone().filter(|z| !z.is_empty()).map(str::to_owned),
        product_description: reservation.product_description().map(|p| p.as_str().to_owned()).unwrap_or_default(),
        tenancy: reservation.instance_tenancy().map_or("default", |t| t.as_str()).to_owned(),
        offering_class: reservation.offering_class().map_or("standard", |c| c.as_str()).to_owned(),
        offering_type: reservation.offering_type().map(|t| t.as_str().to_owned()).unwrap_or_default(),
        start_at: time(reservation.start()),
        end_at,
        ends_in_days: end_at.map(|end| now.duration_until(end).as_secs().div_euclid(86_400)),
        fixed_price: reservation.fixed_price().map_or(0.0, widened),
        recurring_hourly: hourly,
        recurring_monthly: cents(hourly * f64::from(count) * HOURS_PER_MONTH as f64),
        currency: reservation.currency_code().map_or("USD", |c| c.as_str()).to_owned(),
    }
}

/// An `f32` price as the decimal it was written as: 0.1 stays 0.1 and does not become 0.10000000149.
fn widened(price: f32) -> f64 {
    price.to_string().parse().unwrap_or(f64::from(price))
}

fn cents(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ec2::types::RecurringCharge;
    use aws_smithy_types::DateTime;

    #[test]
    fn charges_and_days_left_are_worked_out() {
        let reservation = Reservation::builder()
            .instance_count(2)
            .fixed_price(0.1)
            .recurring_charges(RecurringCharge::builder().amount(0.062).build())
            .end(DateTime::from_secs(20 * 86_400 - 1))
            .build();
        let facts = facts(&reservation, Timestamp::UNIX_EPOCH);
        assert_eq!(facts.ends_in_days, Some(19));
        assert_eq!(facts.fixed_price, 0.1);
        assert_eq!(facts.recurring_monthly, 90.52);
    }

    #[test]
    fn a_term_that_ended_this_morning_is_over() {
        let reservation = Reservation::builder().end(DateTime::from_secs(-1)).build();
        assert_eq!(facts(&reservation, Timestamp::UNIX_EPOCH).ends_in_days, Some(-1));
    }
}
