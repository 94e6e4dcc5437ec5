//! What conditions see: facts, age, cost, parameters, metrics, and questions about other resources.

use std::collections::HashMap;
use std::sync::Arc;

use cel::objects::{Key, Map};
use cel::{Context, ExecutionError, Value};
use jiff::Timestamp;
use serde_json::Value as Json;

use super::{Catalogue, Param};
use crate::audit::Audit;
use crate::model::{Bill, Cost, Kind, Measurement, Region, Resource, Usd};

/// Seconds in a day.
const DAY: i64 = 86_400;

/// The root context of a region: functions and the clock.
pub fn root(audit: &Arc<Audit>, region: &Region, now: Timestamp) -> Context<'static, 'static> {
    let mut context = Context::default();
    let added = [
        context.add_function("days", |count: i64| chrono_days(count)),
        context.add_function("since", move |text: Arc<String>| since(&text, now)),
        context.add_function("exists", {
            let (audit, region) = (audit.clone(), region.clone());
            move |kind: Arc<String>, id: Arc<String>| audit.lookup(&Kind::owned(kind.as_str()), &region, &id).is_some()
        }),
        context.add_function("lookup", {
            let (audit, region) = (audit.clone(), region.clone());
            move |kind: Arc<String>, id: Arc<String>| match audit.lookup(&Kind::owned(kind.as_str()), &region, &id) {
                Some(found) => Ok(facts(found)),
                None => Err(ExecutionError::function_error("lookup", format!("there is no {kind} {id}"))),
            }
        }),
        context.add_function("users", {
            let (audit, region) = (audit.clone(), region.clone());
            move |kind: Arc<String>, id: Arc<String>| {
                let kind = Kind::owned(kind.as_str());
                let users = audit.users(&kind, &region, &id);
                Value::List(Arc::new(users.into_iter().map(facts).collect()))
            }
        }),
    ];
    let bill = audit.clone();
    let billed = context.add_function("billed", move |prefix: Arc<String>| match &bill.bill {
        Some(bill) => Ok(dollars(bill, &prefix)),
        None => Err(ExecutionError::function_error("billed", "there is no bill to look at")),
    });
    debug_assert!(added.iter().chain([&billed]).all(Result::is_ok), "none of the names is one of CEL's own");
    context.add_variable_from_value("now", timestamp(now));
    context
}

/// Dollars of the bill's period for usage types that begin so, whatever region's code stands before it.
fn dollars(bill: &Bill, prefix: &str) -> f64 {
    let begins = |usage: &str| {
        usage.starts_with(prefix) || usage.split_once('-').is_some_and(|(_, rest)| rest.starts_with(prefix))
    };
    let sum: Usd = bill.lines.iter().filter(|line| begins(&line.usage_type)).map(|line| line.usd).sum();
    sum.micros() as f64 / 1_000_000.0
}

fn chrono_days(count: i64) -> Value {
    Value::Duration(chrono::Duration::seconds(count.saturating_mul(DAY)))
}

fn since(text: &str, now: Timestamp) -> Result<Value, ExecutionError> {
    let at: Timestamp =
        text.parse().map_err(|_| ExecutionError::function_error("since", format!("`{text}` is no time")))?;
    Ok(Value::Duration(chrono::Duration::seconds(now.as_second() - at.as_second())))
}

fn timestamp(at: Timestamp) -> Value {
    let utc = chrono::DateTime::from_timestamp(at.as_second(), 0).unwrap_or_default();
    Value::Timestamp(utc.fixed_offset())
}

/// `resource` and `age` of a resource, in a scope of their own.
pub fn bind_resource(context: &mut Context<'_, '_>, resource: &Resource, now: Timestamp) {
    context.add_variable_from_value("resource", facts(resource));
    if let Some(created) = resource.created_at {
        let age = chrono::Duration::seconds(now.as_second() - created.as_second());
        context.add_variable_from_value("age", Value::Duration(age));
    }
    context.add_variable_from_value("cost", resource.cost.as_ref().map_or_else(empty, cost));
}

/// `params` of a rule.
pub fn bind_params(context: &mut Context<'_, '_>, params: &std::collections::BTreeMap<String, Param>) {
    let map = params.iter().map(|(name, param)| (name.as_str(), toml_value(&param.value)));
    context.add_variable_from_value("params", object(map));
}

/// `metrics` of a resource: readings with too little data are left out, so that reading them is an error
/// and never a zero.
pub fn bind_metrics(
    context: &mut Context<'_, '_>,
    measurement: Option<&Measurement>,
    catalogue: &Catalogue,
    kind: &Kind,
) {
    let mut known = Vec::new();
    for (name, reading) in measurement.into_iter().flat_map(|m| &m.readings) {
        let enough = catalogue.get(kind, name).is_none_or(|metric| reading.days_with_data >= metric.min_days);
        if let (true, Some(max), Some(sum), Some(mean)) = (enough, reading.max, reading.sum, reading.mean) {
            let fields = [
                ("max", Value::Float(max)),
                ("sum", Value::Float(sum)),
                ("mean", Value::Float(mean)),
                ("datapoints", Value::Int(i64::from(reading.datapoints))),
                ("days", Value::Int(i64::from(reading.days_with_data))),
            ];
            known.push((name.as_str(), object(fields)));
        }
    }
    context.add_variable_from_value("metrics", object(known));
}

fn cost(cost: &Cost) -> Value {
    let parts = cost.parts.iter().map(|part| (part.what.as_str(), Value::Float(part.monthly_usd.dollars())));
    object([("monthly", Value::Float(cost.monthly_usd.dollars())), ("parts", object(parts))])
}

/// A resource as rules see it.
pub fn facts(resource: &Resource) -> Value {
    let text = |text: &str| Value::String(Arc::new(text.to_owned()));
    let mut map: HashMap<Key, Value> = resource.facts.iter().map(|(name, value)| (key(name), json(value))).collect();
    map.insert(key("id"), text(&resource.id));
    map.insert(key("arn"), text(resource.arn.as_str()));
    map.insert(key("kind"), text(resource.kind.as_str()));
    map.insert(key("account"), text(&resource.account));
    map.insert(key("region"), text(resource.region.as_str()));
    if let Some(name) = &resource.name {
        map.insert(key("name"), text(name));
    }
    map.insert(key("tags"), object(resource.tags.iter().map(|(name, value)| (name.as_str(), text(value)))));
    Value::Map(Map { map: Arc::new(map) })
}

fn key(name: &str) -> Key {
    Key::String(Arc::new(name.to_owned()))
}

/// A map by its fields.
pub(super) fn object<'n>(fields: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    let map: HashMap<Key, Value> = fields.into_iter().map(|(name, value)| (key(name), value)).collect();
    Value::Map(Map { map: Arc::new(map) })
}

fn empty() -> Value {
    object([])
}

fn json(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) if !number.is_f64() => Value::Int(whole),
            _ => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::String(Arc::new(text.clone())),
        Json::Array(list) => Value::List(Arc::new(list.iter().map(json).collect())),
        Json::Object(map) => object(map.iter().map(|(name, value)| (name.as_str(), json(value)))),
    }
}

fn toml_value(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(Arc::new(text.clone())),
        toml::Value::Integer(whole) => Value::Int(*whole),
        toml::Value::Float(number) => Value::Float(*number),
        toml::Value::Boolean(flag) => Value::Bool(*flag),
        toml::Value::Array(list) => Value::List(Arc::new(list.iter().map(toml_value).collect())),
        toml::Value::Datetime(at) => Value::String(Arc::new(at.to_string())),
        toml::Value::Table(table) => object(table.iter().map(|(name, value)| (name.as_str(), toml_value(value)))),
    }
}
