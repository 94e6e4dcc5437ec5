use serde_json::{Map, Value};

use crate::model::Resource;

/// What placeholders stand for.
#[derive(Clone, Copy, Debug)]
pub struct Blanks<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// The step's own name for what it makes.
    pub backup: &'a str,
    /// The day of the plan.
    pub when: &'a str,
    /// Days of grace as a quarantine's tag holds them. Empty for every other step.
    pub grace: &'a str,
}

/// A placeholder that stands for nothing known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{{{0}}}` is not known of this resource")]
pub struct UnknownBlank(pub String);

impl Blanks<'_> {
    /// An input with its placeholders filled.
    ///
    /// Errors when a fact it names is absent from the resource.
    pub fn fill(&self, input: &Map<String, Value>) -> Result<Value, UnknownBlank> {
        let mut filled = Map::new();
        for (name, value) in input {
            let optional = value.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix("?}"));
            match optional {
                Some(fact) => filled.extend(self.blank(fact).ok().map(|value| (name.clone(), value))),
                None => {
                    filled.insert(name.clone(), self.value(value)?);
                }
            }
        }
        Ok(Value::Object(filled))
    }

    fn value(&self, value: &Value) -> Result<Value, UnknownBlank> {
        match value {
            Value::String(text) => self.template(text),
            Value::Array(items) => {
                Ok(Value::Array(items.iter().map(|item| self.value(item)).collect::<Result<_, _>>()?))
            }
            Value::Object(members) => self.fill(members),
            other => Ok(other.clone()),
        }
    }

    /// A text; one that is only a placeholder keeps the type of what it stands for.
    fn template(&self, text: &str) -> Result<Value, UnknownBlank> {
        let only = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        match only {
            Some(name) if !name.contains(['{', '}']) => self.blank(name),
            _ => self.text(text).map(Value::String),
        }
    }

    /// A text with its placeholders filled.
    ///
    /// Errors as [`Blanks::fill`] does.
    pub fn text(&self, template: &str) -> Result<String, UnknownBlank> {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else { break };
            filled.push_str(before);
            match self.blank(name)? {
                Value::String(text) => filled.push_str(&text),
                other => filled.push_str(&other.to_string()),
            }
            rest = behind;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn blank(&self, name: &str) -> Result<Value, UnknownBlank> {
        let text = |text: &str| Ok(Value::String(text.to_owned()));
        let resource = self.resource;
        match name {
            "id" => text(&resource.id),
            // What stands behind `#` was put there to tell two kinds of one ARN apart.
            "arn" => text(resource.arn.as_str().split('#').next().unwrap_or_default()),
            "partition" => text(resource.arn.as_str().split(':').nth(1).unwrap_or("aws")),
            "arn_region" => text(resource.arn.as_str().split(':').nth(3).unwrap_or_default()),
            "name" => text(resource.label()),
            "region" => text(resource.region.as_str()),
            "account" => text(&resource.account),
            "backup" => text(self.backup),
            "when" => text(self.when),
            "grace" => text(self.grace),
            "created_at" => {
                let made = resource.created_at.ok_or_else(|| UnknownBlank(name.to_owned()))?;
                Ok(Value::from(made.as_second()))
            }
            fact => resource.facts.get(fact).map(whole).ok_or_else(|| UnknownBlank(fact.to_owned())),
        }
    }
}

/// Facts are decimal numbers; AWS's inputs are whole ones.
fn whole(fact: &Value) -> Value {
    match fact.as_f64() {
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => Value::from(number as i64),
        _ => fact.clone(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;

    pub fn volume() -> Resource {
        serde_json::from_value(json!({
            "arn": "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1", "id": "vol-1", "kind": "ec2:volume",
            "account": "111122223333", "region": "eu-west-1", "facts": { "state": "available", "size_gib": 8.0 }
        }))
        .expect("a resource")
    }

    pub fn input(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn placeholders_are_filled_and_keep_their_type() {
        let volume = volume();
        let blanks = Blanks { resource: &volume, backup: "closeout-1", when: "2026-11-27", grace: "" };
        let filled = blanks.fill(&input(json!({
            "Id": "{id}", "Ids": ["{id}"], "Size": "{size_gib}", "Text": "{name} of {region}, {size_gib} GiB", "Force": true,
            "Zone": "{zone?}", "Home": "{arn_region}"
        })));
        let wanted = json!({
            "Id": "vol-1", "Ids": ["vol-1"], "Size": 8, "Text": "vol-1 of eu-west-1, 8 GiB", "Force": true,
            "Home": "eu-west-1"
        });
        assert_eq!(filled, Ok(wanted));
        let unknown = blanks.fill(&input(json!({ "A": { "B": "{zone}" } })));
        assert_eq!(unknown, Err(UnknownBlank("zone".to_owned())));
    }
}
