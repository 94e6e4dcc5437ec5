//! What a resource costs a month: what its scanner says it is billed for meets a price list.
//!
//! A need names a price by its key in the book (`ebs.gp3`) and how many units a month it takes; which
//! list answers (the account's own bill, AWS's list, the built-in one) is decided in one place, [`lists`].

pub mod book;
pub mod list_api;
pub mod lists;

use crate::model::{Cost, CostPart, Needs, Region, Usd};
use lists::Lists;

/// The monthly cost of what a resource in a region is billed for, at list price. `None` when no part has a price.
pub fn cost(needs: Needs, region: &Region, lists: &Lists) -> Option<Cost> {
    let mut cost = Cost { upper_bound: needs.upper_bound, unpriced: needs.unpriced, ..Cost::default() };
    for need in needs.parts {
        match lists.price(&need.key, region.as_str()) {
            Some(price) => cost.parts.push(CostPart {
                monthly_usd: Usd::from_dollars(price.usd * need.quantity),
                list_usd: price.list_usd.map(|usd| Usd::from_dollars(usd * need.quantity)),
                what: need.what,
                key: need.key,
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
