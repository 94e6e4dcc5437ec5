//! Savings Plans and reservations: what is billed until its end, whatever is deleted, and after the account is closed.

use jiff::Timestamp;

use crate::audit::Audit;
use crate::model::{Commitment, Kind, Resource, Usd};

/// Where a kind's facts tell its price and its end.
struct Source {
    kind: Kind,
    /// Fact with the dollars that are still billed, an hour or a month.
    recurring: &'static str,
    /// Hours the recurring price is for.
    hours: f64,
    /// Fact with the number of nodes or instances the price is for each of. Empty when it is for all.
    count: &'static str,
    /// Fact with its end.
    ends: &'static str,
}

/// Source: the facts of these kinds' scanners.
const SOURCES: &[Source] = &[
    Source::new("savingsplans:savingsplan", "recurring_monthly_usd", 730.0, "", "ends_at"),
    Source::new("ec2:reserved-instances", "recurring_hourly", 1.0, "instance_count", "end_at"),
    Source::new("ec2:host-reservation", "recurring_hourly", 1.0, "", "end_at"),
    Source::new("rds:ri", "hourly_usd", 1.0, "count", "end_at"),
    Source::new("redshift:reserved-node", "hourly", 1.0, "count", "end_at"),
    Source::new("elasticache:reserved-instance", "hourly_rate", 1.0, "count", "ends"),
    Source::new("memorydb:reservednode", "hourly_rate", 1.0, "count", "ends"),
    Source::new("es:reserved-instance", "hourly_usd", 1.0, "", "ends_at"),
];

impl Source {
    const fn new(
        kind: &'static str,
        recurring: &'static str,
        hours: f64,
        count: &'static str,
        ends: &'static str,
    ) -> Source {
        Source { kind: Kind::new(kind), recurring, hours, count, ends }
    }

    fn commitment(&self, audit: &Audit, resource: &Resource) -> Option<Commitment> {
        let state = resource.text("state").unwrap_or_default();
        if matches!(state, "retired" | "payment-failed" | "queued-deleted" | "returned") {
            return None;
        }
        let ends_at: Option<Timestamp> = resource.text(self.ends).and_then(|text| text.parse().ok());
        if ends_at.is_some_and(|end| end <= audit.started_at) {
            return None;
        }
        let is_usd = resource.text("currency").is_none_or(|currency| currency == "USD");
        let count = if self.count.is_empty() { Some(1.0) } else { resource.number(self.count) };
        let hourly = resource.number(self.recurring).filter(|_| is_usd).zip(count);
        let hourly = hourly.map(|(price, count)| price / self.hours * count);
        let bill = audit.bill.as_ref();
        let used = if self.kind.service() == "savingsplans" {
            bill.and_then(|bill| bill.savings_plans_used_percent)
        } else {
            bill.and_then(|bill| bill.reservations_used_percent)
        };
        Some(Commitment {
            resource: resource.arn.clone(),
            kind: resource.kind.clone(),
            name: resource.label().to_owned(),
            region: resource.region.clone(),
            state: state.to_owned(),
            ends_at,
            hourly_usd: hourly.map(Usd::from_dollars),
            remaining_usd: hourly
                .zip(ends_at)
                .map(|(usd, end)| Usd::from_dollars(usd * hours_left(audit, resource, end))),
            used_percent: used,
        })
    }
}

/// Hours a commitment is still billed for; of one that has not begun, all of them.
fn hours_left(audit: &Audit, resource: &Resource, end: Timestamp) -> f64 {
    let start = resource.created_at.map_or(audit.started_at, |start| start.max(audit.started_at));
    (end.as_second() - start.as_second()).max(0) as f64 / 3_600.0
}

/// Every commitment that is in force or will be, the one with most still to pay first.
pub fn of(audit: &Audit) -> Vec<Commitment> {
    let of = |source: &'static Source| {
        audit.of_kind(&source.kind).filter_map(|resource| source.commitment(audit, resource)).collect::<Vec<_>>()
    };
    let mut commitments: Vec<Commitment> = SOURCES.iter().flat_map(of).collect();
    commitments.sort_by(|a, b| b.remaining_usd.cmp(&a.remaining_usd).then_with(|| a.resource.cmp(&b.resource)));
    commitments
}
