use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde_json::Value;

use crate::audit::Audit;
use crate::model::{Kind, Region, Resource, ResourceId};
use crate::rules::Vocabulary;

/// A line of the bill of the last thirty days.
pub const LINE: Kind = Kind::new("bill:line");

/// A charge of the bill that is not usage.
pub const CHARGE: Kind = Kind::new("bill:charge");

/// A region of the account.
pub const REGION: Kind = Kind::new("account:region");

/// Facts of a line of the bill.
#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    /// Cost Explorer's long name of the service.
    service: String,
    /// Usage type as billed.
    usage_type: String,
    /// Region; `global` where the usage type names none.
    place: String,
    /// Dollars over the period.
    usd: f64,
    /// Dollars of the last two days of it that are not estimated. Absent where days are not known.
    lately_usd: Option<f64>,
}

/// Facts of a charge.
#[derive(Debug, Serialize, JsonSchema)]
struct Charge {
    /// `Tax`, `Credit`, `Refund`, …
    record_type: String,
    /// Dollars over the period; credits and refunds are negative.
    usd: f64,
}

/// Facts of a region.
#[derive(Debug, Serialize, JsonSchema)]
struct Place {
    /// Whether anything can run there now.
    on: bool,
    /// Dollars billed for it in the last thirty days. Absent without a bill.
    usd: Option<f64>,
}

/// The words of scanners, and those of the bill and of regions.
pub fn vocabulary(words: &Vocabulary) -> Vocabulary {
    let mut words = words.clone();
    words.add(LINE, schema_for!(Line).as_value());
    words.add(CHARGE, schema_for!(Charge).as_value());
    words.add(REGION, schema_for!(Place).as_value());
    words
}

/// Whether a kind is made here and not listed by a scanner.
pub fn is_made(kind: &Kind) -> bool {
    [LINE, CHARGE, REGION].contains(kind)
}

/// Why nothing is known of a kind that is made here. `None` when everything is.
pub fn unseen(kind: &Kind, audit: &Audit) -> Option<String> {
    match (*kind == REGION, audit.bill.is_some()) {
        (true, _) => audit.regions.is_empty().then(|| "the regions of the account could not be read".to_owned()),
        (false, true) => None,
        (false, false) => Some("the bill was not read".to_owned()),
    }
}

/// Everything of a kind that is made here.
pub fn things(kind: &Kind, audit: &Audit) -> Vec<Resource> {
    if *kind == REGION {
        return audit.regions.iter().map(|(region, state)| place(audit, region, state.is_on())).collect();
    }
    let Some(bill) = &audit.bill else { return Vec::new() };
    if *kind == CHARGE {
        let charge = |one: &crate::model::Charge| {
            let facts = Charge { record_type: one.record_type.clone(), usd: one.usd.dollars() };
            thing(audit, CHARGE, &one.record_type, &Region::global(), &facts)
        };
        return bill.charges.iter().map(charge).collect();
    }
    let days = bill.period.days();
    let line = |one: &crate::model::BillLine| {
        // The last days may still be estimated; three days back are whole.
        let lately = (one.daily_usd.len() == days && days > 4)
            .then(|| one.daily_usd.iter().rev().skip(1).take(2).map(|usd| usd.dollars()).sum());
        let facts = Line {
            service: one.service.clone(),
            usage_type: one.usage_type.clone(),
            place: one.region.clone(),
            usd: one.usd.dollars(),
            lately_usd: lately,
        };
        let id = format!("{} {}", one.service, one.usage_type);
        thing(audit, LINE, &id, &Region::new(one.region.clone()), &facts)
    };
    bill.lines.iter().map(line).collect()
}

fn place(audit: &Audit, region: &Region, on: bool) -> Resource {
    let sum = |bill: &crate::model::Bill| {
        let of = bill.lines.iter().filter(|line| line.region == region.as_str());
        of.map(|line| line.usd.dollars()).sum()
    };
    let facts = Place { on, usd: audit.bill.as_ref().map(sum) };
    thing(audit, REGION, region.as_str(), region, &facts)
}

fn thing(audit: &Audit, kind: Kind, id: &str, region: &Region, facts: &impl Serialize) -> Resource {
    let facts = match serde_json::to_value(facts) {
        Ok(Value::Object(facts)) => facts.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        // Plain data is always an object.
        _ => serde_json::Map::new(),
    };
    Resource {
        arn: ResourceId::new(format!("{kind}/{}/{region}/{id}", audit.account.id)),
        id: id.to_owned(),
        kind,
        account: audit.account.id.clone(),
        region: region.clone(),
        name: None,
        created_at: None,
        tags: Default::default(),
        facts,
        refs: Vec::new(),
        owner: None,
        protections: Vec::new(),
        cost: None,
    }
}
