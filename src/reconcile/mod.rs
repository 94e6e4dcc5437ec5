//! The bill against what was seen: which resource causes which line, and what nobody can explain.
//!
//! A line of the bill says which usage type was billed in which region. [`usage`] says what causes it. As much of the
//! line is explained as the resources that were alive in that region can have used; the rest stands there as
//! unexplained. What no resource can be named for, bytes and requests, is known and counted apart.
//!
//! - [`usage`]: which usage type is caused by what
//! - [`shares`]: dollars over resources, to the micro-dollar

mod shares;
pub mod usage;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::audit::Audit;
use crate::model::{Bill, BillLine, Explained, Kind, Reconciliation, Region, Resource, ResourceId, Unbilled, Usd};
use usage::{Table, Usage, fits};

/// Days of the month a list price is for: 730 hours.
const MONTH_DAYS: f64 = 730.0 / 24.0;

/// How much more than was counted a line may be without a rest: hours are billed as they begin, and clocks differ.
const ROUNDING: f64 = 0.02;

/// Reconciles an audit's bill with its resources. `None` without a bill, and while the built-in table cannot be read,
/// which a test rules out.
pub fn of(audit: &Audit) -> Option<Reconciliation> {
    let bill = audit.bill.as_ref()?;
    let table = Table::embedded().ok()?;
    let hidden = |kind: &str, region: &str| {
        let cell = |region: &Region| audit.coverage_of(region, &Kind::owned(kind));
        let coverage = cell(&Region::new(region)).or_else(|| cell(&Region::global()));
        coverage.is_none_or(|coverage| !coverage.state.is_listed())
    };
    Some(reconcile(bill, audit.resources(), &table, &hidden))
}

/// Reconciles a bill with resources. `hidden` tells whether a kind was not listed to the end in a region.
pub fn reconcile<'a>(
    bill: &Bill,
    resources: impl Iterator<Item = &'a Resource>,
    table: &Table,
    hidden: &dyn Fn(&str, &str) -> bool,
) -> Reconciliation {
    let seen = Seen::of(bill, resources, table);
    let mut billed: BTreeSet<(usize, usize)> = BTreeSet::new();
    let lines: Vec<Explained> = bill.lines.iter().map(|line| seen.explain(line, table, hidden, &mut billed)).collect();
    let sum = |of: fn(&Explained) -> Usd| lines.iter().map(of).sum::<Usd>();
    let (explained_usd, known_usd, unexplained_usd) =
        (sum(|line| line.explained_usd), sum(|line| line.known_usd), sum(|line| line.unexplained_usd));
    let share = (explained_usd + known_usd).dollars() / bill.usage_usd.dollars() * 100.0;
    Reconciliation {
        explained_percent: share.is_finite().then_some(share),
        unbilled: seen.unbilled(table, &billed),
        lines,
        explained_usd,
        known_usd,
        unexplained_usd,
    }
}

/// The resources as the lines look for them.
struct Seen<'a> {
    all: Vec<Alive<'a>>,
    /// By the kind and the region they are billed in.
    places: BTreeMap<(&'a str, &'a str), Vec<usize>>,
}

/// A resource and how much of the bill's period it was there.
struct Alive<'a> {
    resource: &'a Resource,
    /// Days of the period since its creation; all of them when that is not known.
    days: f64,
}

impl<'a> Seen<'a> {
    fn of(bill: &Bill, resources: impl Iterator<Item = &'a Resource>, table: &Table) -> Seen<'a> {
        let causes: BTreeSet<&str> = table.rows().iter().flat_map(|row| row.kinds.iter().map(String::as_str)).collect();
        let (start, end) = (midnight(&bill.period.start), midnight(&bill.period.end));
        let mut seen = Seen { all: Vec::new(), places: BTreeMap::new() };
        for resource in resources.filter(|resource| causes.contains(resource.kind.as_str())) {
            let days = days_alive(resource.created_at, start, end);
            if days > 0.0 {
                let place = (resource.kind.as_str(), resource.region.as_str());
                seen.places.entry(place).or_default().push(seen.all.len());
                seen.all.push(Alive { resource, days });
            }
        }
        seen
    }

    /// Resources of a row's kinds where a line was billed. What is read once is looked for everywhere.
    fn causes(&self, row: &Usage, region: &str) -> Vec<usize> {
        let regions = if region == "global" { ["global", "us-east-1"] } else { [region, "global"] };
        let places = row.kinds.iter().flat_map(|kind| regions.map(|region| (kind.as_str(), region)));
        places.flat_map(|place| self.places.get(&place).into_iter().flatten().copied()).collect()
    }

    fn explain(
        &self,
        line: &BillLine,
        table: &Table,
        hidden: &dyn Fn(&str, &str) -> bool,
        billed: &mut BTreeSet<(usize, usize)>,
    ) -> Explained {
        let Some((row, key)) = table.row(line) else {
            return Explained { unexplained_usd: line.usd, ..Explained::default() };
        };
        let mut outcome = Explained { what: Some(row.what.clone()), kinds: row.kinds.clone(), ..Explained::default() };
        if row.known.is_some() {
            outcome.known_usd = line.usd;
            return outcome;
        }
        let causes = self.causes(row, &line.region);
        let (mut counted, mut uncounted) = (Vec::new(), Vec::new());
        for &at in &causes {
            let units = self.units(at, key.as_deref(), billed);
            match units {
                Some(units) => counted.push((at, units)),
                None if self.has_unknown_use(at, row) => uncounted.push(at),
                None => {}
            }
        }
        let used: f64 = counted.iter().map(|(_, units)| units.quantity).sum();
        let worth: f64 = counted.iter().map(|(_, units)| units.usd).sum();
        // Quantities tell best; a bill without them is compared by list price.
        let share = match line.quantity.filter(|quantity| *quantity > 0.0) {
            Some(quantity) => used / quantity,
            None if line.usd > Usd::ZERO => worth / line.usd.dollars(),
            None => 0.0,
        };
        let share = if share >= 1.0 - ROUNDING { 1.0 } else { share };
        let by_use = if counted.is_empty() { Usd::ZERO } else { line.usd.times(share) };
        let rest = line.usd - by_use;
        outcome.by = shares::split(by_use, counted.iter().map(|(at, units)| (self.id(*at), units.quantity)), true);
        if !uncounted.is_empty() {
            outcome.by.extend(shares::split(
                rest,
                uncounted.iter().map(|at| (self.id(*at), self.all[*at].days)),
                false,
            ));
        }
        outcome.by.sort_by(|a, b| b.usd.cmp(&a.usd).then_with(|| a.resource.cmp(&b.resource)));
        outcome.explained_usd = outcome.by.iter().map(|share| share.usd).sum();
        outcome.unexplained_usd = line.usd - outcome.explained_usd;
        if outcome.unexplained_usd != Usd::ZERO {
            outcome.hidden_by = row.kinds.iter().filter(|kind| hidden(kind, &line.region)).cloned().collect();
        }
        outcome
    }

    fn id(&self, at: usize) -> ResourceId {
        self.all[at].resource.arn.clone()
    }

    /// What a resource can have used of a key in the period, by its list price's parts.
    fn units(&self, at: usize, key: Option<&str>, billed: &mut BTreeSet<(usize, usize)>) -> Option<Units> {
        let alive = &self.all[at];
        let (key, cost) = (key?, alive.resource.cost.as_ref()?);
        let mut units: Option<Units> = None;
        for (number, part) in cost.parts.iter().enumerate() {
            if fits(key, &part.source.key).is_some() {
                billed.insert((at, number));
                let months = alive.days / MONTH_DAYS;
                let known = units.get_or_insert(Units { quantity: 0.0, usd: 0.0 });
                known.quantity += part.quantity * months;
                known.usd += part.monthly_usd.dollars() * months;
            }
        }
        units
    }

    /// Whether a resource uses something nobody can count: it has no price, or not for all of its parts, or what is
    /// billed has no key.
    fn has_unknown_use(&self, at: usize, row: &Usage) -> bool {
        let cost = self.all[at].resource.cost.as_ref();
        row.key.is_none() || cost.is_none_or(|cost| !cost.unpriced.is_empty())
    }

    /// Priced parts no line of the bill was tied to, although a usage type is known for them.
    fn unbilled(&self, table: &Table, billed: &BTreeSet<(usize, usize)>) -> Vec<Unbilled> {
        let mut unbilled = Vec::new();
        for (at, alive) in self.all.iter().enumerate() {
            let parts = alive.resource.cost.iter().flat_map(|cost| cost.parts.iter().enumerate());
            for (number, part) in parts.filter(|(_, part)| part.monthly_usd > Usd::ZERO) {
                let is_known = |row: &Usage| {
                    let pattern = row.key.as_ref().map(|key| key.replace("{}", "*"));
                    row.is_caused_by(&alive.resource.kind)
                        && pattern.is_some_and(|key| fits(&key, &part.source.key).is_some())
                };
                if !billed.contains(&(at, number)) && table.rows().iter().any(is_known) {
                    unbilled.push(Unbilled {
                        resource: alive.resource.arn.clone(),
                        what: part.what.clone(),
                        monthly_usd: part.monthly_usd,
                    });
                }
            }
        }
        unbilled.sort_by(|a, b| b.monthly_usd.cmp(&a.monthly_usd).then_with(|| a.resource.cmp(&b.resource)));
        unbilled
    }
}

/// What a resource used.
struct Units {
    quantity: f64,
    usd: f64,
}

/// A day's beginning in UTC.
fn midnight(day: &str) -> Option<Timestamp> {
    let day: Date = day.parse().ok()?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Days of the period a resource was there: since its creation, which may be before it; to its end, as it still is.
fn days_alive(created: Option<Timestamp>, start: Option<Timestamp>, end: Option<Timestamp>) -> f64 {
    let (Some(start), Some(end)) = (start, end) else { return 0.0 };
    let from = created.map_or(start, |created| created.max(start));
    ((end.as_second() - from.as_second()) as f64 / 86_400.0).max(0.0)
}

#[cfg(test)]
mod tests;
