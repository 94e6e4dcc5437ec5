//! What a resource costs a month: its facts become needs, needs meet a price list.
//!
//! A need names a price by its key in the book (`ebs.gp3`) and how many units a month it takes; which
//! list answers (the account's, AWS's, the built-in one) is decided in one place, [`lists`].

pub mod book;
pub mod list_api;
pub mod lists;
mod needs;

use crate::model::{Cost, CostPart, HOURS_PER_MONTH, Resource, Usd};
use lists::Lists;

/// One thing a resource is billed for.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// What is paid for, for people: `gp3 storage`.
    pub what: String,
    /// Key in the price book: `ebs.gp3`.
    pub key: String,
    /// Units a month.
    pub quantity: f64,
    /// The unit, for people: `GB-month`, `hour`, `IOPS-month`.
    pub unit: &'static str,
}

impl Need {
    /// `quantity` units a month at the price `key`.
    pub fn new(what: impl Into<String>, key: impl Into<String>, quantity: f64, unit: &'static str) -> Need {
        Need { what: what.into(), key: key.into(), quantity, unit }
    }

    /// So many gigabytes kept for a month. AWS's GB on storage bills is a GiB.
    pub fn storage(what: impl Into<String>, key: impl Into<String>, gib: f64) -> Need {
        Need::new(what, key, gib, "GB-month")
    }

    /// `count` of something that runs all month: 730 hours each.
    pub fn hours(what: impl Into<String>, key: impl Into<String>, count: f64) -> Need {
        Need::new(what, key, count * HOURS_PER_MONTH as f64, "hour")
    }
}

/// All a resource is billed for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Needs {
    /// Each thing. Empty (with nothing unpriced) means free.
    pub parts: Vec<Need>,
    /// Whether the quantity is more than what AWS bills: a snapshot's full size.
    pub upper_bound: bool,
    /// What is billed and has no key in the book, by name.
    pub unpriced: Vec<String>,
}

impl Needs {
    /// Billed for nothing.
    pub fn free() -> Needs {
        Needs::default()
    }

    /// Billed for these.
    pub fn of(parts: Vec<Need>) -> Needs {
        Needs { parts, ..Needs::default() }
    }
}

/// What a resource is billed for. `None` when nobody has taught this program about its kind.
pub fn needs(resource: &Resource) -> Option<Needs> {
    needs::TABLE.iter().find(|(kind, _)| *kind == resource.kind.as_str()).map(|(_, of)| of(resource))
}

/// The monthly cost of a resource at list price. `None` when its kind is not known or no part has a price.
pub fn cost(resource: &Resource, lists: &Lists) -> Option<Cost> {
    let needs = needs(resource)?;
    let mut cost = Cost { upper_bound: needs.upper_bound, unpriced: needs.unpriced, ..Cost::default() };
    for need in needs.parts {
        match lists.price(&need.key, resource.region.as_str()) {
            Some(price) => cost.parts.push(CostPart {
                monthly_usd: Usd::from_dollars(price.usd * need.quantity),
                what: need.what,
                quantity: need.quantity,
                unit: need.unit.to_owned(),
                unit_usd: price.text,
                source: price.source,
            }),
            None => cost.unpriced.push(need.what),
        }
    }
    if cost.parts.is_empty() && !cost.unpriced.is_empty() {
        return None;
    }
    cost.parts.sort_by(|a, b| b.monthly_usd.cmp(&a.monthly_usd).then_with(|| a.what.cmp(&b.what)));
    cost.monthly_usd = cost.parts.iter().map(|part| part.monthly_usd).sum();
    Some(cost)
}
