//! What rules may read: the facts of every kind, out of the JSON schemas of the scanners and of quotas.

use std::collections::BTreeMap;
use std::fmt;

use schemars::schema_for;
use serde_json::Value;

use crate::audit::QuotaFacts;
use crate::model::Kind;

/// The type of a fact, as far as conditions care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// A number with decimals: a CEL double.
    Double,
    /// A whole number: a CEL int.
    Int,
    /// True or false.
    Flag,
    /// A list.
    List,
    /// An object.
    Map,
    /// Not known: anything goes.
    Any,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::Text => "a text",
            Type::Double => "a number with decimals (write 0.0, not 0)",
            Type::Int => "a whole number (write 0, not 0.0)",
            Type::Flag => "true or false",
            Type::List => "a list",
            Type::Map => "an object",
            Type::Any => "anything",
        })
    }
}

/// A fact rules may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its type.
    pub ty: Type,
    /// Whether it may be absent, so that `has()` is needed.
    pub optional: bool,
    /// Its documentation.
    pub doc: String,
}

/// What every resource has besides its facts.
const BUILT_IN: &[(&str, Type, bool, &str)] = &[
    ("account", Type::Text, false, "Twelve digits of the account."),
    ("arn", Type::Text, false, "ARN, or a synthesised one."),
    ("id", Type::Text, false, "Short id."),
    ("kind", Type::Text, false, "The kind."),
    ("name", Type::Text, true, "Name tag or the service's own name. Absent when it has neither."),
    ("region", Type::Text, false, "Region; `global` for global services."),
    ("tags", Type::Map, false, "Tags by key."),
];

/// The facts of every kind.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    kinds: BTreeMap<Kind, BTreeMap<String, Field>>,
}

impl Vocabulary {
    /// The facts of quotas, which no scanner lists; [`Vocabulary::add`] the scanners' kinds to them.
    pub fn of_quotas() -> Vocabulary {
        let mut words = Vocabulary::default();
        words.add(Kind::QUOTA, schema_for!(QuotaFacts).as_value());
        words
    }

    /// Adds a kind with the JSON schema of its facts.
    pub fn add(&mut self, kind: Kind, schema: &Value) {
        let mut fields: BTreeMap<String, Field> = BUILT_IN
            .iter()
            .map(|(name, ty, optional, doc)| {
                ((*name).to_owned(), Field { ty: *ty, optional: *optional, doc: (*doc).to_owned() })
            })
            .collect();
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let field = Field {
                ty: type_of(property),
                optional: !required.contains(&name.as_str()) || admits_null(property),
                doc: property["description"].as_str().unwrap_or_default().to_owned(),
            };
            fields.insert(name.clone(), field);
        }
        self.kinds.insert(kind, fields);
    }

    /// Every kind.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.keys()
    }

    /// The facts of a kind. `None` when no scanner lists it.
    pub fn fields(&self, kind: &Kind) -> Option<&BTreeMap<String, Field>> {
        self.kinds.get(kind)
    }
}

fn type_of(property: &Value) -> Type {
    let name = match &property["type"] {
        Value::String(name) => Some(name.as_str()),
        Value::Array(names) => names.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        _ => None,
    };
    match name {
        Some("string") => Type::Text,
        Some("number") => Type::Double,
        Some("integer") => Type::Int,
        Some("boolean") => Type::Flag,
        Some("array") => Type::List,
        Some("object") => Type::Map,
        _ => Type::Any,
    }
}

fn admits_null(property: &Value) -> bool {
    property["type"].as_array().is_some_and(|names| names.iter().any(|name| name == "null"))
        || property["anyOf"].as_array().is_some_and(|any| any.iter().any(|one| one["type"] == "null"))
}
