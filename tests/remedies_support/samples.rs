//! Resources to fill remedies with: one made up after the facts of each kind, and those of the recorded answers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use closeout::model::{Kind, Resource};
use closeout::plan::remedy::{Backup, Move, Unprotect};
use closeout::plan::{Remedy, Verb};
use closeout::rules::Vocabulary;
use closeout::rules::vocabulary::Field;
use closeout::scan::{Reach, Scanner, scanner, scanners};
use serde_json::{Map, Value, json};

pub const ACCOUNT: &str = "111122223333";
pub const HOME: &str = "eu-west-1";

/// The words rules may use.
pub fn words() -> Vocabulary {
    let mut words = Vocabulary::of_quotas();
    for scanner in scanners() {
        words.add(scanner.kind.clone(), scanner.schema().as_value());
    }
    words
}

/// The facts of a kind, without what every resource has besides. Empty when nothing lists it.
pub fn facts(kind: &Kind) -> BTreeMap<String, Field> {
    let Some(scanner) = scanner(kind) else { return BTreeMap::new() };
    let schema = scanner.schema();
    let mut words = Vocabulary::default();
    words.add(kind.clone(), schema.as_value());
    let mut fields = words.fields(kind).cloned().unwrap_or_default();
    fields.retain(|name, _| schema.as_value()["properties"].get(name).is_some());
    fields
}

/// As long as the longest ids that AWS's models ask for.
const ID: &str = "sample-0123456789abcdef0123456789abcdef";

/// A resource of a kind with every fact it can have. Texts say what they are samples of, as no value of AWS's does.
pub fn sample(scanner: &Scanner) -> Resource {
    let schema = scanner.schema();
    let mut facts = Map::new();
    for (name, property) in schema.as_value()["properties"].as_object().into_iter().flatten() {
        facts.insert(name.clone(), of_type(name, property));
    }
    let region = if scanner.reach == Reach::Global { "global" } else { HOME };
    let arn = format!("arn:aws:{}:{HOME}:{ACCOUNT}:sample-thing/{ID}", scanner.kind.service());
    let made_at = "2026-01-02T03:04:05Z";
    serde_json::from_value(json!({
        "arn": arn, "id": ID, "name": "sample-name", "kind": scanner.kind, "account": ACCOUNT,
        "region": region, "created_at": made_at, "facts": facts,
    }))
    .expect("a resource")
}

fn of_type(name: &str, property: &Value) -> Value {
    let types: Vec<&str> = match &property["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |wanted: &str| types.contains(&wanted);
    match () {
        () if property["format"] == "date-time" => json!("2026-01-02T03:04:05Z"),
        () if is("number") => json!(7.0),
        () if is("integer") => json!(7),
        () if is("boolean") => json!(true),
        () if is("array") => json!([format!("sample-{name}")]),
        () if is("object") => json!({}),
        () => json!(format!("sample-{name}")),
    }
}

/// The resources of the recorded answers of a kind. Empty when it has none.
pub fn recorded(kind: &Kind) -> Vec<Resource> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers");
    let Ok(text) = fs::read_to_string(folder.join(kind.service()).join(format!("{}.json", kind.thing()))) else {
        return Vec::new();
    };
    let recording: Value = serde_json::from_str(&text).expect("a recording");
    let read = |one: &Value| {
        let mut one = one.clone();
        one["kind"] = json!(kind);
        one["account"] = json!(ACCOUNT);
        one.as_object_mut().expect("a resource").remove("billed");
        serde_json::from_value(one).unwrap_or_else(|error| panic!("{kind}: {error}"))
    };
    recording["found"].as_array().into_iter().flatten().map(read).collect()
}

/// A call of a remedy.
pub struct Act {
    /// Where it stands: `ec2:volume delete 1`.
    pub place: String,
    pub call: &'static str,
    pub http: Option<&'static str>,
    pub at: Option<&'static str>,
    pub input: &'static Map<String, Value>,
    /// Whether it is said to take `DryRun`. `None` where nothing says so.
    pub dry_run: Option<bool>,
    /// Where the answer holds the id of what it makes. Empty for most.
    pub answered: &'static str,
}

impl Act {
    fn of_backup(kind: &Kind, one: &'static Backup) -> Act {
        let answered = if one.id.starts_with("answer:") { one.id.as_str() } else { "" };
        let (http, at) = (one.http.as_deref(), one.at.as_deref());
        Act { place: format!("{kind} backup"), call: &one.call, http, at, input: &one.input, dry_run: None, answered }
    }

    fn of_unprotect(kind: &Kind, one: &'static Unprotect) -> Act {
        let place = format!("{kind} {}", one.flag);
        let (http, at) = (one.http.as_deref(), one.at.as_deref());
        Act { place, call: &one.call, http, at, input: &one.input, dry_run: None, answered: "" }
    }

    fn of_move(place: String, one: &'static Move) -> Act {
        let (http, at) = (one.http.as_deref(), one.at.as_deref());
        Act { place, call: &one.call, http, at, input: &one.input, dry_run: Some(one.dry_run), answered: "" }
    }
}

/// Every call of a remedy.
pub fn acts(remedy: &'static Remedy) -> Vec<Act> {
    let kind = &remedy.kind;
    let mut acts: Vec<Act> = remedy.backup.iter().map(|one| Act::of_backup(kind, one)).collect();
    acts.extend(remedy.unprotect.iter().map(|one| Act::of_unprotect(kind, one)));
    for (word, verb) in &remedy.verbs {
        let moves = verb.moves.iter().enumerate();
        acts.extend(moves.map(|(i, one)| Act::of_move(format!("{kind} {word} {}", i + 1), one)));
    }
    acts
}

/// Every command line of a remedy, with where it stands.
pub fn lines(remedy: &'static Remedy) -> Vec<(String, &'static str)> {
    let kind = &remedy.kind;
    let undo = |(word, verb): (&String, &'static Verb)| (format!("{kind} {word} undo"), verb.undo.as_str());
    let restore = remedy.backup.iter().map(|one| (format!("{kind} restore"), one.restore.as_str()));
    let typed = remedy.verbs.iter().flat_map(|(word, verb)| {
        let procedure = verb.procedure.map(|one| one.name());
        let commands = procedure.into_iter().flat_map(typed);
        commands.map(move |line| (format!("{kind} {word} {}", procedure.unwrap_or_default()), line))
    });
    restore.chain(remedy.verbs.iter().map(undo)).chain(typed).filter(|(_, line)| !line.is_empty()).collect()
}

/// What a person would type for a procedure. Without that of S3, whose commands have names of the AWS CLI's own, and
/// whose buckets have regions though they are listed for all of them at once.
fn typed(procedure: &str) -> impl Iterator<Item = &'static str> {
    static NAMES: LazyLock<toml::Table> =
        LazyLock::new(|| include_str!("../../rules/actions.toml").parse().expect("TOML"));
    let commands = NAMES["procedures"][procedure]["commands"].as_array().into_iter().flatten();
    commands.filter_map(toml::Value::as_str).filter(|line| !line.starts_with("aws s3"))
}

/// Every text of a value, however deep.
pub fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The names of the placeholders of a text.
pub fn blanks(text: &str) -> Vec<&str> {
    let pieces = text.split('{').skip(1);
    pieces.filter_map(|piece| piece.split_once('}')).map(|(name, _)| name.trim_end_matches('?')).collect()
}
