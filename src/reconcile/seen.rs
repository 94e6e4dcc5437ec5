use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::usage::{Table, Usage, fits_key};
use crate::model::{Basis, Bill, Resource, Share, Unbilled, Usd};

/// Days of the month a price is for: 730 hours.
pub(super) const MONTH_DAYS: f64 = 730.0 / 24.0;

/// A day in seconds.
const DAY: f64 = 86_400.0;

/// A resource that an earlier audit saw and the present one does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Gone {
    /// As it was.
    pub resource: Resource,
    /// When it was seen last: it is counted until then, and may have lived longer.
    pub until: Timestamp,
}

/// The resources as the lines look for them.
pub(super) struct Seen<'a> {
    all: Vec<Alive<'a>>,
    /// By the kind and the region they are billed in.
    places: BTreeMap<(&'a str, &'a str), Vec<usize>>,
}

/// A resource and how much of the bill's period it was there.
struct Alive<'a> {
    resource: &'a Resource,
    /// From when to when it was there, in days after the period's beginning.
    from: f64,
    until: f64,
    gone: bool,
}

/// Parts of resources that a line was tied to: which resource, and which of its cost's parts.
#[derive(Debug, Default)]
pub(super) struct Billed(BTreeSet<(usize, usize)>);

/// What a resource used.
pub(super) struct Units {
    /// Of the line's unit.
    pub quantity: f64,
    /// At its price.
    pub usd: f64,
    from: f64,
    until: f64,
}

impl Units {
    /// The share of its use on days for which the bill names no resources.
    pub(super) fn share_outside(&self, bill: &Bill) -> f64 {
        let day = |text: &str| text.parse::<Date>().ok();
        let place = |text: &str| Some(f64::from((day(text)? - day(&bill.period.start)?).get_days()));
        let window = bill.measured.as_ref().and_then(|days| place(&days.start).zip(place(&days.end)));
        let Some((first, end)) = window else { return 1.0 };
        let inside = (self.until.min(end) - self.from.max(first)).max(0.0);
        1.0 - inside / (self.until - self.from)
    }

    /// What it used on a day of the period.
    pub(super) fn on(&self, day: usize, days: usize) -> f64 {
        let day = day as f64;
        let there = (self.until.min(day + 1.0).min(days as f64) - self.from.max(day)).max(0.0);
        self.quantity * there / (self.until - self.from)
    }
}

impl<'a> Seen<'a> {
    /// Resources that can cause a line and were there in the bill's period.
    pub(super) fn of<'r: 'a, 'g: 'a>(
        bill: &Bill,
        resources: impl Iterator<Item = &'r Resource>,
        gone: &'g [Gone],
        table: &Table,
    ) -> Seen<'a> {
        let causes: BTreeSet<&str> = table.rows().iter().flat_map(|row| row.kinds.iter().map(String::as_str)).collect();
        let (start, end) = (midnight(&bill.period.start), midnight(&bill.period.end));
        let mut seen = Seen { all: Vec::new(), places: BTreeMap::new() };
        let (Some(start), Some(end)) = (start, end) else { return seen };
        let day = |at: Timestamp| (at.as_second() - start.as_second()) as f64 / DAY;
        let now = resources.map(|resource| (resource, end, false));
        let then = gone.iter().map(|gone| (&gone.resource, gone.until, true));
        for (resource, until, gone) in now.chain(then).filter(|(one, ..)| causes.contains(one.kind.as_str())) {
            let from = resource.created_at.map_or(0.0, |created| day(created).max(0.0));
            let until = day(until.min(end));
            if until > from {
                let place = (resource.kind.as_str(), resource.region.as_str());
                seen.places.entry(place).or_default().push(seen.all.len());
                seen.all.push(Alive { resource, from, until, gone });
            }
        }
        seen
    }

    /// Resources of a row's kinds where a line was billed. What is read once is looked for everywhere.
    pub(super) fn causes(&self, row: &Usage, region: &str) -> Vec<usize> {
        let regions = if region == "global" { ["global", "us-east-1"] } else { [region, "global"] };
        let places = row.kinds.iter().flat_map(|kind| regions.map(|region| (kind.as_str(), region)));
        places.flat_map(|place| self.places.get(&place).into_iter().flatten().copied()).collect()
    }

    /// A resource's share of a line, still without dollars.
    pub(super) fn share(&self, at: usize, basis: Basis) -> Share {
        let alive = &self.all[at];
        Share { resource: alive.resource.arn.clone(), usd: Usd::ZERO, basis, gone: alive.gone }
    }

    /// Days of the period a resource was there.
    pub(super) fn days(&self, at: usize) -> f64 {
        self.all[at].until - self.all[at].from
    }

    /// What a resource can have used of a key in the period, by its price's parts.
    pub(super) fn units(&self, at: usize, key: Option<&str>, billed: &mut Billed) -> Option<Units> {
        let alive = &self.all[at];
        let (key, cost) = (key?, alive.resource.cost.as_ref()?);
        let months = self.days(at) / MONTH_DAYS;
        let mut units: Option<Units> = None;
        for (number, part) in cost.parts.iter().enumerate() {
            if fits_key(key, &part.key) {
                billed.0.insert((at, number));
                let nothing = Units { quantity: 0.0, usd: 0.0, from: alive.from, until: alive.until };
                let known = units.get_or_insert(nothing);
                known.quantity += part.quantity * months;
                known.usd += part.monthly_usd.dollars() * months;
            }
        }
        units
    }

    /// Whether a resource uses what a row is about, and nobody can count how much: what is billed has no key, or the
    /// resource has no price for it. One that has a price for the same thing at another size has nothing to do with the
    /// row's line.
    pub(super) fn has_unknown_use(&self, at: usize, row: &Usage) -> bool {
        let Some(key) = &row.key else { return true };
        let Some(cost) = &self.all[at].resource.cost else { return true };
        let any_size = key.replace("{}", "*");
        !cost.unpriced.is_empty() && !cost.parts.iter().any(|part| fits_key(&any_size, &part.key))
    }

    /// Priced parts no line of the bill was tied to, although a usage type is known for them. What was not there for a
    /// whole day may be on tomorrow's bill.
    pub(super) fn unbilled(&self, bill: &Bill, table: &Table, billed: &Billed) -> Vec<Unbilled> {
        let patterns: Vec<(&Usage, String)> =
            table.rows().iter().filter_map(|row| Some((row, row.key.as_ref()?.replace("{}", "*")))).collect();
        let free: Vec<(&str, String)> =
            bill.free.iter().filter_map(|line| Some((line.region.as_str(), table.row(line)?.1?))).collect();
        let mut unbilled = Vec::new();
        for (at, alive) in self.all.iter().enumerate().filter(|(at, alive)| !alive.gone && self.days(*at) >= 1.0) {
            let parts = alive.resource.cost.iter().flat_map(|cost| cost.parts.iter().enumerate());
            for (number, part) in parts.filter(|(_, part)| part.monthly_usd > Usd::ZERO) {
                let key = part.key.as_str();
                let is_known = |(row, pattern): &(&Usage, String)| {
                    row.is_caused_by(&alive.resource.kind) && fits_key(pattern, key)
                };
                if !billed.0.contains(&(at, number)) && patterns.iter().any(is_known) {
                    let region = alive.resource.region.as_str();
                    unbilled.push(Unbilled {
                        resource: alive.resource.arn.clone(),
                        what: part.what.clone(),
                        monthly_usd: part.monthly_usd,
                        free: free.iter().any(|(place, pattern)| *place == region && fits_key(pattern, key)),
                    });
                }
            }
        }
        unbilled.sort_by(|a, b| b.monthly_usd.cmp(&a.monthly_usd).then_with(|| a.resource.cmp(&b.resource)));
        unbilled
    }
}

/// A day's beginning in UTC.
pub(super) fn midnight(day: &str) -> Option<Timestamp> {
    let day: Date = day.parse().ok()?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
