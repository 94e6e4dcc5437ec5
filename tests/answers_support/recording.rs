//! A recording: what is asked of AWS for one kind, and what comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use closeout::model::{Kind, Resource};
use closeout::price::book::Book;
use closeout::scan::{self, Scanner};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// One file of `tests/answers`.
pub struct Recording {
    pub kind: String,
    path: PathBuf,
    /// The file as it stands.
    document: Map<String, Value>,
    pub region: String,
    pub unpaged: Option<String>,
    pub exchanges: Vec<Exchange>,
}

/// A question and its answer. The first one that fits a request answers it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// `ListStreams`, or `GET /clusters` for services with paths.
    pub ask: String,
    /// Members the request must have, in its body, its form or its query.
    #[serde(default)]
    pub with: BTreeMap<String, Value>,
    /// 2 where this is the second page of the listing.
    #[serde(default)]
    pub page: u32,
    /// The answer: an object, or the text of an XML document.
    #[serde(default)]
    pub answer: Value,
    /// A refusal instead of an answer: its code.
    pub error: Option<String>,
    /// The message of the refusal.
    #[serde(default)]
    pub message: String,
    /// The HTTP status of the refusal.
    pub status: Option<u16>,
    /// The answer in an account that has none of this.
    pub empty: Option<Value>,
    /// The service in AWS's models, where the signature does not tell it.
    pub service: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers")
}

fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for service in fs::read_dir(folder()).expect("tests/answers") {
        let service = service.expect("an entry").path();
        if service.is_dir() {
            files.extend(fs::read_dir(service).expect("a folder").map(|entry| entry.expect("an entry").path()));
        }
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    files
}

fn kind_of(path: &Path) -> String {
    let thing = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let service = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    format!("{service}:{thing}")
}

/// The kinds that have a recording.
pub fn kinds() -> BTreeSet<String> {
    files().iter().map(|path| kind_of(path)).collect()
}

/// Every recording, or those `$ANSWERS` names the beginning of.
pub fn all() -> Vec<Recording> {
    let wanted = std::env::var("ANSWERS").unwrap_or_default().replace('/', ":");
    let chosen = files().into_iter().filter(|path| kind_of(path).starts_with(&wanted));
    chosen.map(|path| Recording::read(&path)).collect()
}

impl Recording {
    fn read(path: &Path) -> Recording {
        let text = fs::read_to_string(path).expect("a recording");
        let trouble = |error: serde_json::Error| format!("{}: {error}", path.display());
        let document: Map<String, Value> =
            serde_json::from_str(&text).map_err(trouble).unwrap_or_else(|why| panic!("{why}"));
        let exchanges: Vec<Exchange> = serde_json::from_value(document["exchanges"].clone())
            .map_err(trouble)
            .unwrap_or_else(|why| panic!("{why}"));
        let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
        Recording {
            kind: kind_of(path),
            path: path.to_owned(),
            region: text("region").unwrap_or_else(|| "us-east-1".to_owned()),
            unpaged: text("unpaged"),
            exchanges,
            document,
        }
    }

    /// A recording without a file, of what no scanner asks.
    pub fn of(kind: &str, region: &str, exchanges: Vec<Exchange>) -> Recording {
        let (path, document) = (PathBuf::new(), Map::new());
        Recording { kind: kind.to_owned(), path, document, region: region.to_owned(), unpaged: None, exchanges }
    }

    /// The scanner of its kind.
    pub fn scanner(&self) -> &'static Scanner {
        scan::scanner(&Kind::owned(self.kind.clone())).unwrap_or_else(|| panic!("nothing lists {}", self.kind))
    }

    /// Whether the listing goes on.
    pub fn has_second_page(&self) -> bool {
        self.exchanges.iter().any(|exchange| exchange.page == 2)
    }

    /// What is asked, each once.
    pub fn asks(&self) -> BTreeSet<String> {
        self.exchanges.iter().map(|exchange| exchange.ask.clone()).collect()
    }

    /// What nobody asked.
    pub fn unasked(&self, used: &BTreeSet<usize>) -> Vec<&str> {
        let left = self.exchanges.iter().enumerate().filter(|(i, _)| !used.contains(i));
        left.map(|(_, exchange)| exchange.ask.as_str()).collect()
    }

    /// Whether errors are written in XML.
    pub fn is_xml(&self) -> bool {
        self.exchanges.iter().any(|exchange| exchange.answer.is_string())
    }

    /// Compares what was found with what the file says, or writes it there when asked to.
    pub fn compare(&self, found: &[Resource]) -> Result<(), String> {
        let seen: Vec<Value> = found.iter().map(shown).collect();
        if std::env::var_os("UPDATE_ANSWERS").is_some() {
            let mut document = self.document.clone();
            document.insert("found".to_owned(), json!(seen));
            let text = serde_json::to_string_pretty(&document).expect("JSON");
            fs::write(&self.path, format!("{text}\n")).expect("the recording can be written");
            return Ok(());
        }
        let said = self.document.get("found").cloned().unwrap_or(json!([]));
        if said.as_array().is_none_or(Vec::is_empty) {
            return Err("says nothing of what is found".to_owned());
        }
        if said == json!(seen) {
            return Ok(());
        }
        Err(format!("found\n{}", serde_json::to_string_pretty(&seen).expect("JSON")))
    }
}

/// A resource as recordings write it, with what it is billed for.
fn shown(resource: &Resource) -> Value {
    let mut value = serde_json::to_value(resource).expect("a resource");
    if let Some(members) = value.as_object_mut() {
        for known in ["account", "kind", "cost"] {
            members.remove(known);
        }
    }
    let book = Book::embedded();
    let billed: Value = match scan::needs(resource) {
        None => json!("unknown"),
        Some(needs) => {
            let parts = needs.parts.iter().map(|need| {
                let known = book.price(&need.key, resource.region.as_str()).is_some();
                let price = if known { "" } else { " (not in the book)" };
                format!("{}: {} {} of {}{price}", need.what, need.quantity, need.unit, need.key)
            });
            let unpriced = needs.unpriced.iter().map(|what| format!("{what}: not priced"));
            json!(parts.chain(unpriced).collect::<Vec<_>>())
        }
    };
    value["billed"] = billed;
    value
}
