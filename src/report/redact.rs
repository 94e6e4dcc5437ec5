//! A report that can leave the house: what names an account, its resources and its people is replaced by words that
//! say nothing, the same word for the same thing within a report, so that what belongs together still does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::{Captures, Regex};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Document, schema};
use crate::audit::Audit;
use crate::model::Resource;

/// Members whose texts are words of AWS or of this program, and stay.
const PLAIN: &[&str] = &[
    "account_regions",
    "account_type",
    "action",
    "basis",
    "category",
    "certainty",
    "closure",
    "counted_under",
    "currency",
    "docs",
    "end",
    "first",
    "is",
    "kind",
    "kinds",
    "last",
    "level",
    "limit_source",
    "lock",
    "origin",
    "partition",
    "procedure",
    "quota_code",
    "record_type",
    "region",
    "regions",
    "remedy",
    "role",
    "rule",
    "schema_version",
    "section",
    "service",
    "service_code",
    "severity",
    "source",
    "start",
    "state",
    "statistic",
    "tool",
    "unit",
    "usage_type",
    "verdict",
    "why",
];

/// Members in which a person speaks: all they say is replaced, but for when.
const SAID: &[&str] = &["ignored", "tick"];

/// Members that are fingerprints of names: who guesses the name can tell that they guessed right.
const FINGERPRINTS: &[&str] = &["rests_on"];

/// Endings of facts that name something.
const NAMING: &[&str] = &[
    "_id",
    "_ids",
    "address",
    "alias",
    "aliases",
    "arn",
    "bucket",
    "cluster",
    "description",
    "dns",
    "domain",
    "email",
    "endpoint",
    "host",
    "ip",
    "key_name",
    "members",
    "name",
    "names",
    "owner",
    "path",
    "principal",
    "role",
    "url",
    "user",
];

/// What gives itself away wherever it stands: ARNs, mail addresses, addresses of networks, ids of AWS and numbers of
/// accounts.
static TELLING: LazyLock<Result<Regex, regex::Error>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<arn>\barn:aws[a-z-]*:[^\s,;'\x22)\]}]+)",
        r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)",
        r"|(?P<ip>\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{0,4}\b)",
        r"|(?P<id>\b[a-z]{1,20}-[0-9a-f]{8}(?:[0-9a-f]{9})?\b)",
        r"|(?P<number>\b\d{12}\b)",
    ))
});

/// Why a report cannot be redacted.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be redacted: {0}")]
pub struct RedactError(String);

fn trouble(error: impl std::fmt::Display) -> RedactError {
    RedactError(error.to_string())
}

/// The audit without what names anything of the account: facts, tags and the inventory are left out, and numbers, ARNs,
/// ids, names, mail and network addresses are replaced. `key` decides the words that stand for them; nobody who does not
/// have it can find them again by trying.
///
/// Errors when the document cannot be taken apart and put together again.
pub fn redacted(audit: &Audit, key: &[u8]) -> Result<Audit, RedactError> {
    let words = Words { key };
    let tokens: Vec<(String, String)> = tokens(audit, &words).into_iter().collect();
    let mut longest = AhoCorasick::builder();
    longest.match_kind(MatchKind::LeftmostLongest);
    let known = longest.build(tokens.iter().map(|(token, _)| token)).map_err(trouble)?;
    let telling = TELLING.as_ref().map_err(trouble)?;
    let mut members = BTreeSet::new();
    of_schema(&serde_json::to_value(schema()).map_err(trouble)?, &mut members);
    let redactor = Redactor { words, known, tokens, telling, members };
    let mut value = serde_json::to_value(Document::of(audit, false)).map_err(trouble)?;
    redactor.walk("", &mut value);
    let document: Document = serde_json::from_value(value).map_err(trouble)?;
    Ok(document.into_audit())
}

/// Makes words that stand for others.
struct Words<'k> {
    key: &'k [u8],
}

impl Words<'_> {
    fn digits(&self, text: &str) -> String {
        let mut digest = Sha256::new();
        digest.update(self.key);
        digest.update(text.as_bytes());
        digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    fn word(&self, sort: &str, text: &str) -> String {
        format!("{sort}_{}", &self.digits(text)[..10])
    }
}

/// Everything by name that the audit knows, with the word that stands for it.
fn tokens(audit: &Audit, words: &Words<'_>) -> BTreeMap<String, String> {
    let mut tokens: BTreeMap<String, String> = BTreeMap::new();
    let mut put = |token: &str, word: String| {
        // One or two letters are in every text, and tell nothing.
        if token.chars().count() > 2 && !token.chars().all(|c| c.is_ascii_digit() && token.len() < 6) {
            tokens.entry(token.to_owned()).or_insert(word);
        }
    };
    let account = &audit.account;
    put(&account.id, words.word("account", &account.id));
    account.alias.iter().for_each(|alias| put(alias, words.word("account", &account.id)));
    put(&account.caller_arn, words.word("caller", &account.caller_arn));
    let of_findings = audit.findings.iter().map(|finding| &finding.resource);
    for resource in audit.resources().chain(of_findings) {
        of_resource(resource, words, &mut put);
    }
    for finding in &audit.findings {
        put(&finding.id, words.digits(&finding.id));
        finding.refs.iter().for_each(|id| put(id, words.word("id", id)));
        finding.managed_by.iter().for_each(|owner| put(&owner.id, words.word("owner", &owner.id)));
    }
    tokens
}

fn of_resource(resource: &Resource, words: &Words<'_>, put: &mut impl FnMut(&str, String)) {
    let sort = resource.kind.as_str().rsplit(':').next().unwrap_or("resource");
    let arn = resource.arn.as_str();
    put(arn, words.word(sort, arn));
    put(&resource.id, words.word(sort, arn));
    resource.name.iter().for_each(|name| put(name, words.word("name", name)));
    resource.refs.iter().for_each(|one| put(&one.id, words.word("id", &one.id)));
    resource.owner.iter().for_each(|owner| put(&owner.id, words.word("owner", &owner.id)));
    for (key, value) in &resource.tags {
        put(value, words.word("tag", value));
        if !key.starts_with("aws:") {
            put(key, words.word("tag", key));
        }
    }
    for (name, fact) in &resource.facts {
        if NAMING.iter().any(|ending| name.ends_with(ending)) {
            texts(fact).into_iter().for_each(|text| put(text, words.word("id", text)));
        }
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// Gathers the names of members that a schema has.
fn of_schema(schema: &Value, members: &mut BTreeSet<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| of_schema(item, members)),
        Value::Object(parts) => {
            if let Some(Value::Object(properties)) = parts.get("properties") {
                members.extend(properties.keys().cloned());
            }
            parts.values().for_each(|part| of_schema(part, members));
        }
        _ => {}
    }
}

/// Whether a text is an amount, a day or a moment: it names nothing, whatever is called the same.
fn is_figure(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let amount = text.strip_prefix('-').unwrap_or(text);
    amount.split_once('.').is_some_and(|(whole, rest)| digits(whole) && digits(rest))
        || text.parse::<jiff::Timestamp>().is_ok()
        || text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()
}

struct Redactor<'k> {
    words: Words<'k>,
    known: AhoCorasick,
    tokens: Vec<(String, String)>,
    telling: &'static Regex,
    /// Names of the document's own members.
    members: BTreeSet<String>,
}

impl Redactor<'_> {
    fn walk(&self, member: &str, value: &mut Value) {
        match value {
            Value::String(text) if FINGERPRINTS.contains(&member) => *text = self.words.digits(text),
            Value::Object(members) if SAID.contains(&member) => {
                for (name, said) in members {
                    match said {
                        Value::String(text) if FINGERPRINTS.contains(&name.as_str()) => *text = self.words.digits(text),
                        Value::String(text) if !text.is_empty() && !is_figure(text) => {
                            *text = self.words.word(name, text)
                        }
                        _ => {}
                    }
                }
            }
            Value::String(text) if !PLAIN.contains(&member) && !is_figure(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(member, item)),
            Value::Object(members) if member == "tags" || member == "facts" => members.clear(),
            Value::Object(members) => {
                // What a map is keyed by may be an id too.
                let renamed = std::mem::take(members).into_iter().map(|(name, mut value)| {
                    let is_plain = PLAIN.contains(&member);
                    self.walk(if is_plain { member } else { &name }, &mut value);
                    let is_own = is_plain || self.members.contains(&name);
                    let name = if is_own { name } else { self.text(&name) };
                    (name, value)
                });
                members.extend(renamed);
            }
            _ => {}
        }
    }

    fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for found in self.known.find_iter(text) {
            let is_whole = !text[..found.start()].chars().next_back().is_some_and(char::is_alphanumeric)
                && !text[found.end()..].chars().next().is_some_and(char::is_alphanumeric);
            if is_whole {
                out.push_str(&text[at..found.start()]);
                out.push_str(&self.tokens[found.pattern().as_usize()].1);
                at = found.end();
            }
        }
        out.push_str(&text[at..]);
        let word = |found: &Captures<'_>| {
            let sort = ["arn", "mail", "ip", "id", "number"].into_iter().find(|sort| found.name(sort).is_some());
            self.words.word(sort.unwrap_or("id"), &found[0])
        };
        self.telling.replace_all(&out, word).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Account, Event, Evidence, Finding, Gap, Kind, Region, Why};
    use crate::report::{Format, Options, write};
    use serde_json::json;

    /// Pieces that must not be in any report, each put where AWS or a person would have put it.
    const SECRETS: &[&str] = &[
        "111122223333",
        "zebra-alias",
        "zebra-caller",
        "vol-0abc1234def567890",
        "zebra-volume",
        "zebra-tag",
        "zebra-key",
        "zebra-stack",
        "10.11.12.13",
        "zebra@example.com",
        "i-0123456789abcdef0",
        "zebra-bucket",
        "444455556666",
        "0011223344556677",
        "zebra-reason",
        "zebra-person",
        "zebra-note",
        "8899aabbccddeeff",
    ];

    fn finding() -> Finding {
        serde_json::from_value(json!({
            "id": "0011223344556677", "rule": "unattached-volume", "title": "EBS volume attached to nothing",
            "category": "orphaned", "severity": "high", "score": 70, "score_parts": [], "certainty": "certain",
            "closure": "bills", "remedy": "delete", "monthly_usd": "8.00",
            "resource": {
                "arn": "arn:aws:ec2:eu-west-1:111122223333:volume/vol-0abc1234def567890", "id": "vol-0abc1234def567890",
                "kind": "ec2:volume", "account": "111122223333", "region": "eu-west-1", "name": "zebra-volume",
                "tags": { "zebra-key": "zebra-tag" }, "facts": { "state": "available", "bucket": "zebra-bucket" },
                "owner": { "by": "cloudformation-stack", "id": "zebra-stack", "evidence": "tag zebra-stack" }
            },
            "evidence": [], "refs": ["i-0123456789abcdef0"],
            "command": "aws ec2 delete-volume --volume-id vol-0abc1234def567890",
            "managed_by": { "by": "cloudformation-stack", "id": "zebra-stack", "evidence": "tag zebra-stack" },
            "ignored": { "why": "zebra-reason of one", "until": "2027-01-31", "by": "zebra-person" }
        }))
        .expect("a finding")
    }

    fn audit() -> Audit {
        let mut audit = Audit::default();
        let account = Account {
            id: "111122223333".to_owned(),
            alias: Some("zebra-alias".to_owned()),
            partition: "aws".to_owned(),
            caller_arn: "arn:aws:sts::111122223333:assumed-role/Auditor/zebra-caller".to_owned(),
        };
        let at = "2026-11-27T02:00:00Z".parse().expect("a time");
        let (regions, scope, kinds) = (BTreeMap::new(), vec![Region::new("eu-west-1")], vec![Kind::new("ec2:volume")]);
        audit.apply(Event::Began { account, at, regions, scope, kinds, cells: Vec::new() });
        let mut finding = finding();
        let said = "zebra-volume at 10.11.12.13 in zebra-bucket, asked zebra@example.com, shared with 444455556666.";
        finding.evidence = vec![Evidence::said(said)];
        audit.apply(Event::Found { resource: Box::new(finding.resource.clone()) });
        audit.apply(Event::Missed {
            gap: Gap {
                account: "111122223333".to_owned(),
                region: Region::new("eu-west-1"),
                kind: Kind::new("ec2:snapshot"),
                action: "ec2:DescribeSnapshots".to_owned(),
                why: Why::Denied,
                detail: "User: arn:aws:sts::111122223333:assumed-role/Auditor/zebra-caller is not authorized"
                    .to_owned(),
            },
        });
        audit.apply(Event::Judged { findings: vec![finding], gaps: Vec::new() });
        let item = serde_json::from_value(json!({
            "id": "names-of-people", "section": "names", "title": "No names", "level": "manual", "state": "ticked",
            "result": "zebra-volume", "why": "", "remedy": "", "rests_on": "8899aabbccddeeff",
            "tick": {
                "note": "zebra-note of one", "by": "zebra-person", "at": at, "rests_on": "8899aabbccddeeff"
            }
        }));
        let items = vec![item.expect("an item")];
        audit.apply(Event::Checked { closure: Box::default(), items });
        audit
    }

    fn printed(format: Format, audit: &Audit) -> String {
        let mut out = Vec::new();
        write(format, audit, &Options { width: 400, inventory: true, ..Options::default() }, &mut out).expect("bytes");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn nothing_that_names_the_account_is_in_any_form() {
        let (open, redacted) = (audit(), redacted(&audit(), b"a key").expect("an audit"));
        let forms = [
            Format::Table,
            Format::Json,
            Format::Ndjson,
            Format::Csv,
            Format::Markdown,
            Format::Html,
            Format::Sarif,
            Format::Openmetrics,
        ];
        for format in forms {
            let text = printed(format, &redacted);
            for secret in SECRETS {
                assert!(!text.contains(secret), "{format:?} has {secret}:\n{text}");
            }
        }
        // Each of them would be there otherwise.
        let all = printed(Format::Json, &open);
        let missing: Vec<&&str> = SECRETS.iter().filter(|secret| !all.contains(**secret)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn equal_things_stay_equal_and_figures_stay() {
        let (open, hidden) = (audit(), redacted(&audit(), b"a key").expect("an audit"));
        assert_eq!(hidden.waste(), open.waste());
        assert_eq!((hidden.findings.len(), hidden.gap_count()), (open.findings.len(), open.gap_count()));
        let finding = &hidden.findings[0];
        assert!(finding.command.as_ref().expect("a command").contains(finding.resource.id.as_str()), "{finding:?}");
        assert_eq!(finding.rule, "unattached-volume");
        assert_eq!(finding.resource.region, Region::new("eu-west-1"));
        let other = redacted(&audit(), b"another key").expect("an audit");
        assert_ne!(other.findings[0].resource.id, finding.resource.id);
        let again = redacted(&audit(), b"a key").expect("an audit");
        assert_eq!(printed(Format::Json, &again), printed(Format::Json, &hidden));
    }
}
