//! The bill against what was seen: which resource causes which line, what nobody can explain, and what that means for
//! what could be saved.
//!
//! A line of the bill says which usage type was billed in which region. Where the bill itself names resources, that is
//! the first source. Else [`usage`] says what causes a usage type, and as much of the line is explained as the resources
//! that were alive in that region can have used; the rest stands there as unexplained. What no resource can be named for,
//! bytes and requests, is known and counted apart.
//!
//! - [`usage`]: which usage type is caused by what
//! - [`seen`]: resources as the lines look for them
//! - [`named`]: resources as the bill names them
//! - [`shares`]: dollars over resources, to the micro-dollar
//! - [`rates`]: what the account really pays for a unit
//! - [`savings`]: list prices and the next bill
//! - [`commitments`]: what is billed until its end, whatever is deleted

pub mod commitments;
mod named;
pub mod rates;
mod savings;
mod seen;
mod shares;
pub mod usage;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::audit::Audit;
use crate::model::{
    Basis, Bill, BillLine, DaysBilled, Explained, Kind, Reckoning, Reconciliation, Region, Resource, ResourceId, Share,
    Usd,
};
use named::Named;
use seen::{Billed, Seen, Units};
use usage::{Table, Usage};

pub use seen::Gone;

/// What an earlier audit saw and the present one does not, although it looked. What lies behind a gap now may still be
/// there: that is no explanation.
pub fn gone(audit: &Audit, earlier: &Audit) -> Vec<Gone> {
    let is_listed = |resource: &Resource| {
        let cell = |region: &Region| audit.coverage_of(region, &resource.kind);
        let coverage = cell(&resource.region).or_else(|| cell(&Region::global()));
        coverage.is_some_and(|coverage| coverage.state.is_listed())
    };
    let missing = earlier.resources().filter(|one| audit.resource(&one.arn).is_none() && is_listed(one));
    missing.map(|one| Gone { resource: one.clone(), until: earlier.started_at }).collect()
}

/// Each of them once, as it was seen last.
pub fn last_seen(gone: Vec<Gone>) -> Vec<Gone> {
    let mut last: BTreeMap<ResourceId, Gone> = BTreeMap::new();
    for one in gone {
        let known = last.entry(one.resource.arn.clone()).or_insert_with(|| one.clone());
        if one.until > known.until {
            *known = one;
        }
    }
    last.into_values().collect()
}

/// How much more than was counted a line may be without a rest: hours are billed as they begin, and clocks differ.
const ROUNDING: f64 = 0.02;

/// What the bills mean for what was found. `gone` is what earlier audits saw and this one does not.
///
/// Without a bill only commitments are told. The same while the built-in table cannot be read, which a test rules out.
pub fn of(audit: &Audit, gone: &[Gone]) -> Reckoning {
    let commitments = commitments::of(audit);
    let (Some(bill), Ok(table)) = (&audit.bill, Table::embedded()) else {
        return Reckoning { commitments, ..Reckoning::default() };
    };
    let hidden = |kind: &str, region: &str| {
        let cell = |region: &Region| audit.coverage_of(region, &Kind::owned(kind));
        let coverage = cell(&Region::new(region)).or_else(|| cell(&Region::global()));
        coverage.is_none_or(|coverage| !coverage.state.is_listed())
    };
    let books = Books { table: &table, hidden: &hidden, gone };
    let wasted = savings::wasted(audit);
    let reconcile = |bill: &Bill| {
        let mut said = books.reconcile(bill, || audit.resources());
        for line in &mut said.lines {
            let part = |share: &Share| share.usd.times(wasted.get(&share.resource).copied().unwrap_or_default());
            line.waste_usd = line.by.iter().map(part).sum();
        }
        said
    };
    let said = reconcile(bill);
    let months = audit.months.iter().map(reconcile).collect();
    Reckoning { savings: savings::of(audit, bill, &said, &table), reconciliation: Some(said), months, commitments }
}

/// What a bill is held against, beside the resources.
pub struct Books<'a> {
    /// Which usage type is caused by what.
    pub table: &'a Table,
    /// Whether a kind was not listed to the end in a region.
    pub hidden: &'a dyn Fn(&str, &str) -> bool,
    /// What earlier audits saw and the present one does not.
    pub gone: &'a [Gone],
}

impl Books<'_> {
    /// Reconciles a bill with resources.
    pub fn reconcile<'r, I: Iterator<Item = &'r Resource>>(
        &self,
        bill: &Bill,
        resources: impl Fn() -> I,
    ) -> Reconciliation {
        let seen = Seen::of(bill, resources(), self.gone, self.table);
        let named = Named::of(bill, resources(), self.gone);
        let totals = Totals::of(bill);
        let mut billed = Billed::default();
        let lines: Vec<Explained> = bill
            .lines
            .iter()
            .map(|line| {
                let mut outcome = self.explain(bill, line, &seen, &named, &totals, &mut billed);
                outcome.by.sort_by(|a, b| b.usd.cmp(&a.usd).then_with(|| a.resource.cmp(&b.resource)));
                outcome
            })
            .collect();
        let sum = |of: fn(&Explained) -> Usd| lines.iter().map(of).sum::<Usd>();
        let (explained_usd, known_usd, unexplained_usd) =
            (sum(|line| line.explained_usd), sum(|line| line.known_usd), sum(|line| line.unexplained_usd));
        let share = (explained_usd + known_usd).dollars() / bill.usage_usd.dollars() * 100.0;
        Reconciliation {
            explained_percent: share.is_finite().then_some(share),
            unbilled: seen.unbilled(bill, self.table, &billed),
            lines,
            explained_usd,
            known_usd,
            unexplained_usd,
        }
    }

    fn explain(
        &self,
        bill: &Bill,
        line: &BillLine,
        seen: &Seen<'_>,
        named: &Named,
        totals: &Totals<'_>,
        billed: &mut Billed,
    ) -> Explained {
        let measured = named.shares(line);
        let measured_usd: Usd = measured.iter().map(|share| share.usd).sum();
        // What the bill names is no guess; only the rest is to be explained by what is there.
        let open = line.usd - measured_usd;
        let mut outcome = Explained { by: measured, explained_usd: measured_usd, ..Explained::default() };
        let Some((row, key)) = self.table.row(line) else {
            return self.with_rest(bill, line, open, &[], outcome);
        };
        (outcome.what, outcome.kinds) = (Some(row.what.clone()), row.kinds.clone());
        if row.known.is_some() {
            outcome.known_usd = open;
            return outcome;
        }
        let (counted, uncounted) = causes(seen, row, &line.region, key.as_deref(), billed);
        // Days the bill itself is clear about need no counting.
        let unmeasured = |units: &Units| if outcome.by.is_empty() { 1.0 } else { units.share_outside(bill) };
        let used: f64 = counted.iter().map(|(_, units)| units.quantity * unmeasured(units)).sum();
        let worth: f64 = counted.iter().map(|(_, units)| units.usd * unmeasured(units)).sum();
        // Quantities tell best; a bill without them is compared by price. Whatever way it was paid for, use is use.
        let part = if line.usd == Usd::ZERO { 1.0 } else { open.dollars() / line.usd.dollars() };
        let share = match totals.quantity(line).map(|quantity| quantity * part).filter(|quantity| *quantity > 0.0) {
            Some(quantity) => used / quantity,
            None if open > Usd::ZERO => worth / open.dollars(),
            None => 0.0,
        };
        let share = if share >= 1.0 - ROUNDING { 1.0 } else { share };
        let by_use = if counted.is_empty() { Usd::ZERO } else { open.times(share) };
        let mut rest = open - by_use;
        let weights =
            counted.iter().map(|(at, units)| (seen.share(*at, Basis::Counted), units.quantity * unmeasured(units)));
        let mut by = shares::split(by_use, weights);
        if by.is_empty() {
            rest = open;
        }
        if !uncounted.is_empty() {
            by.extend(shares::split(
                rest,
                uncounted.iter().map(|at| (seen.share(*at, Basis::Present), seen.days(*at))),
            ));
        }
        outcome.explained_usd += by.iter().map(|share| share.usd).sum();
        merge(&mut outcome.by, by);
        let open = line.usd - outcome.explained_usd;
        self.with_rest(bill, line, open, &counted, outcome)
    }

    /// Adds what is left of a line: dollars, the days they were billed on, and the gaps that may hide a cause.
    fn with_rest(
        &self,
        bill: &Bill,
        line: &BillLine,
        open: Usd,
        counted: &[(usize, Units)],
        mut outcome: Explained,
    ) -> Explained {
        outcome.unexplained_usd = open;
        if open == Usd::ZERO {
            return outcome;
        }
        outcome.hidden_by = outcome.kinds.iter().filter(|kind| (self.hidden)(kind, &line.region)).cloned().collect();
        outcome.unexplained_on = days_of_rest(bill, line, counted);
        outcome
    }
}

/// Resources that cause a line: those whose use can be counted, and those that are there.
fn causes(
    seen: &Seen<'_>,
    row: &Usage,
    region: &str,
    key: Option<&str>,
    billed: &mut Billed,
) -> (Vec<(usize, Units)>, Vec<usize>) {
    let (mut counted, mut uncounted) = (Vec::new(), Vec::new());
    for at in seen.causes(row, region) {
        match seen.units(at, key, billed) {
            Some(units) => counted.push((at, units)),
            None if seen.has_unknown_use(at, row) => uncounted.push(at),
            None => {}
        }
    }
    (counted, uncounted)
}

/// Adds shares to those that are there; a resource stands in the list once, under the better reason.
fn merge(all: &mut Vec<Share>, more: Vec<Share>) {
    let mut at: BTreeMap<_, usize> = all.iter().enumerate().map(|(i, share)| (share.resource.clone(), i)).collect();
    for share in more {
        match at.get(&share.resource) {
            Some(&i) => all[i].usd += share.usd,
            None => {
                at.insert(share.resource.clone(), all.len());
                all.push(share);
            }
        }
    }
}

/// How much was used of a usage type in a region, over all ways of paying.
struct Totals<'a>(BTreeMap<(&'a str, &'a str, &'a str), f64>);

impl<'a> Totals<'a> {
    fn of(bill: &'a Bill) -> Totals<'a> {
        let mut totals: BTreeMap<_, f64> = BTreeMap::new();
        for line in &bill.lines {
            *totals.entry(Totals::key(line)).or_default() += line.quantity.unwrap_or_default();
        }
        Totals(totals)
    }

    fn key(line: &BillLine) -> (&str, &str, &str) {
        (&line.service, &line.usage_type, &line.region)
    }

    /// `None` where the line itself tells no quantity.
    fn quantity(&self, line: &BillLine) -> Option<f64> {
        line.quantity?;
        self.0.get(&Totals::key(line)).copied().filter(|quantity| *quantity > 0.0)
    }
}

/// Days on which a line came to more than its counted resources can have caused on that day. Days that agree do not
/// explain a rest, so then it is every day on which something was billed.
fn days_of_rest(bill: &Bill, line: &BillLine, counted: &[(usize, Units)]) -> Option<DaysBilled> {
    let first: Date = bill.period.start.parse().ok()?;
    let used: f64 = counted.iter().map(|(_, units)| units.quantity).sum();
    let unit_usd = line.quantity.filter(|quantity| *quantity > 0.0).map(|quantity| line.usd.dollars() / quantity);
    let days = line.daily_usd.len();
    let expected = |day: usize| {
        let quantity: f64 = counted.iter().map(|(_, units)| units.on(day, days)).sum();
        unit_usd.filter(|_| used > 0.0).map_or(0.0, |usd| quantity * usd)
    };
    let is_over = |day: usize, usd: &Usd| usd.dollars() > expected(day) * (1.0 + ROUNDING) + 0.000_001;
    let billed = |over: bool| {
        let days = line.daily_usd.iter().enumerate();
        let days = days.filter(|(day, usd)| **usd != Usd::ZERO && (!over || is_over(*day, usd)));
        days.map(|(day, _)| first.saturating_add((day as i64).days())).collect::<Vec<Date>>()
    };
    let mut on = billed(true);
    if on.is_empty() {
        on = billed(false);
    }
    Some(DaysBilled { first: on.first()?.to_string(), last: on.last()?.to_string(), count: on.len() })
}

#[cfg(test)]
mod tests;
