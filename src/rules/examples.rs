//! The samples every rule carries: a thing it hits and a near miss.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::error::{RuleError, hint};
use super::judge::judge_one;
use super::vocabulary::{Type, Vocabulary};
use super::{Rule, RuleSet};
use crate::audit::Audit;
use crate::model::{
    Account, Bill, BillLine, BillPeriod, Cell, CellState, Cost, CostPart, Event, Kind, Measurement, MetricReading,
    PriceSource, Ref, Region, RegionState, Resource, ResourceId, Role, Usd,
};
use crate::score::Weights;

/// A sample of a rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What it shows.
    pub name: String,
    /// Whether the rule hits it.
    pub hit: bool,
    #[serde(default = "example_id")]
    id: String,
    age_days: Option<i64>,
    #[serde(default)]
    resource: toml::Table,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    refs: Vec<String>,
    cost: Option<f64>,
    #[serde(default)]
    cost_parts: BTreeMap<String, f64>,
    #[serde(default)]
    metrics: BTreeMap<String, ExampleReading>,
    #[serde(default)]
    others: Vec<Other>,
    /// Dollars by usage type. Absent where there is no bill.
    bill: Option<BTreeMap<String, f64>>,
}

fn example_id() -> String {
    "example".to_owned()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleReading {
    #[serde(default)]
    max: f64,
    #[serde(default)]
    sum: f64,
    #[serde(default)]
    mean: f64,
    #[serde(default)]
    datapoints: u32,
    #[serde(default)]
    days: u32,
}

/// Another resource of a sample.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    kind: String,
    id: String,
    age_days: Option<i64>,
    #[serde(default)]
    resource: toml::Table,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    refs: Vec<String>,
}

/// Runs the samples of every rule a test picks, and says which come out wrong.
pub fn run_all(set: &RuleSet, words: &Vocabulary, pick: impl Fn(&Rule) -> bool) -> Vec<RuleError> {
    let mut broken = Vec::new();
    for rule in set.iter().filter(|rule| pick(rule)) {
        for example in &rule.examples {
            if let Err(mistake) = run(set, rule, example, words) {
                broken.push(RuleError::new(&rule.origin, 0, format!("example \"{}\": {mistake}", example.name)));
            }
        }
    }
    broken
}

fn run(set: &RuleSet, rule: &Rule, example: &Example, words: &Vocabulary) -> Result<(), String> {
    let now: Timestamp = Timestamp::from_second(1_795_000_000).map_err(|error| error.to_string())?;
    let region = Region::new("us-east-1");
    let mut audit = Audit::default();
    let kinds: Vec<Kind> = rule.needs.iter().cloned().chain([rule.kind.clone()]).collect();
    let cells: Vec<Cell> = kinds.iter().map(|kind| Cell::new(region.clone(), kind.clone())).collect();
    audit.apply(Event::Began {
        account: Account { id: "111122223333".to_owned(), partition: "aws".to_owned(), ..Account::default() },
        at: now,
        regions: BTreeMap::from([(region.clone(), RegionState::OptInNotRequired)]),
        scope: vec![region],
        kinds,
        cells: cells.clone(),
    });
    let mine = resource(
        &rule.kind,
        &example.id,
        example.age_days,
        &example.resource,
        &example.tags,
        &example.refs,
        words,
        now,
    )?;
    let arn = mine.arn.clone();
    audit.apply(Event::Found { resource: Box::new(mine) });
    if let Some(monthly) = example.cost {
        audit.apply(Event::Priced { resource: arn.clone(), cost: cost(monthly, &example.cost_parts) });
    }
    if !rule.metrics.is_empty() {
        audit.apply(Event::Measured { measurement: measurement(rule, example, &arn) });
    }
    for other in &example.others {
        let kind = Kind::owned(other.kind.clone());
        let other = resource(&kind, &other.id, other.age_days, &other.resource, &other.tags, &other.refs, words, now)?;
        audit.apply(Event::Found { resource: Box::new(other) });
    }
    if let Some(usage) = &example.bill {
        audit.apply(Event::Billed { bill: bill(usage, now), months: Vec::new() });
    }
    for cell in cells {
        audit.apply(Event::Finished { cell, state: CellState::Seen, requests: 0, seconds: 0.0 });
    }
    let said = judge_one(set, rule, &Arc::new(audit), Weights::embedded());
    let hit = said.findings.iter().any(|finding| finding.resource.arn == arn);
    match (example.hit, hit) {
        (true, false) => {
            let reasons: Vec<&str> = said.gaps.iter().map(|gap| gap.detail.as_str()).collect();
            Err(format!("should be hit and is not{}", because(&reasons)))
        }
        (false, true) => Err("should be missed and is hit".to_owned()),
        _ => Ok(()),
    }
}

/// A bill with these dollars by usage type.
fn bill(usage: &BTreeMap<String, f64>, now: Timestamp) -> Bill {
    let line = |(usage_type, usd): (&String, &f64)| BillLine {
        service: "sample".to_owned(),
        region: "us-east-1".to_owned(),
        usage_type: usage_type.clone(),
        usd: Usd::from_dollars(*usd),
        ..BillLine::default()
    };
    let lines: Vec<BillLine> = usage.iter().map(line).collect();
    Bill {
        period: BillPeriod { start: "2026-10-27".to_owned(), end: "2026-11-26".to_owned(), ..BillPeriod::default() },
        currency: "USD".to_owned(),
        usage_usd: lines.iter().map(|line| line.usd).sum(),
        lines,
        fetched_at: now,
        ..Bill::default()
    }
}

fn because(reasons: &[&str]) -> String {
    if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join("; ")) }
}

#[allow(clippy::too_many_arguments)] // A sample's parts, each named in its file.
fn resource(
    kind: &Kind,
    id: &str,
    age_days: Option<i64>,
    facts: &toml::Table,
    tags: &BTreeMap<String, String>,
    refs: &[String],
    words: &Vocabulary,
    now: Timestamp,
) -> Result<Resource, String> {
    let created_at = age_days.and_then(|days| now.checked_sub(SignedDuration::from_hours(days * 24)).ok());
    let mut facts = typed(kind, facts, words)?;
    let name = match facts.remove("name") {
        Some(Json::String(name)) => Some(name),
        _ => tags.get("Name").cloned(),
    };
    Ok(Resource {
        arn: ResourceId::new(format!("arn:aws:{}:us-east-1:111122223333:{}/{id}", kind.service(), kind.thing())),
        id: id.to_owned(),
        kind: kind.clone(),
        account: "111122223333".to_owned(),
        region: Region::new("us-east-1"),
        name,
        created_at,
        tags: tags.clone(),
        facts,
        refs: refs.iter().map(|id| Ref { id: id.clone(), role: Role::Uses }).collect(),
        owner: None,
        protections: Vec::new(),
        cost: None,
    })
}

/// Facts with the types scanners give them: a whole number where decimals are meant becomes one with decimals.
fn typed(kind: &Kind, facts: &toml::Table, words: &Vocabulary) -> Result<Map<String, Json>, String> {
    let fields = words.fields(kind).ok_or_else(|| format!("no scanner lists `{kind}`"))?;
    let mut out = Map::new();
    for (name, value) in facts {
        let Some(field) = fields.get(name) else {
            let near = hint(name, fields.keys().map(String::as_str));
            return Err(format!("{kind} has no fact `{name}`{near}"));
        };
        let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
        let value = match (field.ty, value) {
            (Type::Double, Json::Number(number)) => Json::from(number.as_f64().unwrap_or_default()),
            (_, other) => other,
        };
        out.insert(name.clone(), value);
    }
    Ok(out)
}

fn cost(monthly: f64, parts: &BTreeMap<String, f64>) -> Cost {
    let part = |what: &String, usd: &f64| CostPart {
        what: what.clone(),
        quantity: 1.0,
        unit: "month".to_owned(),
        unit_usd: usd.to_string(),
        monthly_usd: Usd::from_dollars(*usd),
        source: PriceSource { region: "us-east-1".to_owned(), ..PriceSource::default() },
        ..CostPart::default()
    };
    Cost {
        monthly_usd: Usd::from_dollars(monthly),
        parts: parts.iter().map(|(what, usd)| part(what, usd)).collect(),
        ..Cost::default()
    }
}

/// Readings of a sample; a metric the sample does not give was asked for and has no data.
fn measurement(rule: &Rule, example: &Example, arn: &ResourceId) -> Measurement {
    let reading = |name: &String| {
        let given = example.metrics.get(name);
        MetricReading {
            metric: name.clone(),
            statistic: "Maximum".to_owned(),
            window_days: 14,
            period_seconds: 86_400,
            datapoints: given.map_or(0, |r| r.datapoints.max(r.days)),
            days_with_data: given.map_or(0, |r| r.days.max(r.datapoints.min(14))),
            max: given.map(|r| r.max),
            sum: given.map(|r| r.sum),
            mean: given.map(|r| r.mean),
            last_nonzero_at: None,
            daily: Vec::new(),
        }
    };
    Measurement {
        resource: arn.clone(),
        readings: rule.metrics.iter().map(|name| (name.clone(), reading(name))).collect(),
    }
}
