//! A report that can leave the house: what names an account, its resources and its people is replaced by words that
//! say nothing, the same word for the same thing within a report, so that what belongs together still does.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Document, schema};
use crate::audit::Audit;
use crate::model::{ChecklistItem, Resource};

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
        r"|(?P<id>\b[a-z]{1,20}-[0-9a-f]{8}(?:[0-9a-f]{9})?\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)",
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
    let known = AhoCorasick::new(tokens.iter().map(|(token, _)| token)).map_err(trouble)?;
    let telling = TELLING.as_ref().map_err(trouble)?;
    let mut members = BTreeSet::new();
    of_schema(&serde_json::to_value(schema()).map_err(trouble)?, &mut members);
    let redactor = Redactor { words, known, tokens, telling, members };
    let mut document = Document::of(audit, false);
    document.findings.iter_mut().filter_map(|finding| finding.ignored.as_mut()).for_each(|said| {
        said.why = redactor.words.word("reason", &said.why);
        said.by = redactor.words.person(&said.by);
    });
    document.checklist.iter_mut().for_each(|item| of_item(item, &redactor.words));
    let mut value = serde_json::to_value(document).map_err(trouble)?;
    redactor.walk("", &mut value);
    let document: Document = serde_json::from_value(value).map_err(trouble)?;
    Ok(document.into_audit())
}

/// An item's own words name what no finding and no inventory of the report does, so only how many they are is left. A
/// fingerprint is replaced too: whoever guesses what is behind it could tell that they guessed right.
fn of_item(item: &mut ChecklistItem, words: &Words<'_>) {
    match std::mem::take(&mut item.evidence).len() {
        0 => {}
        1 => item.result = "1 line, left out".to_owned(),
        lines => item.result = format!("{lines} lines, left out"),
    }
    item.rests_on = words.digits(&item.rests_on);
    if let Some(tick) = &mut item.tick {
        tick.note = words.word("note", &tick.note);
        tick.by = words.person(&tick.by);
        tick.rests_on = words.digits(&tick.rests_on);
    }
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

    /// A person, or nobody where nobody is written down.
    fn person(&self, name: &str) -> String {
        if name.is_empty() { String::new() } else { self.word("person", name) }
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
    // A report that was saved without its inventory names more than it has resources.
    let kept = audit.closure.iter().flat_map(|closure| &closure.keeps_billing).map(|one| &one.label);
    let graced = audit.quarantined.iter().map(|one| &one.label);
    let committed = audit.reckoning.commitments.iter().map(|one| &one.name);
    let lines = audit.bill.iter().chain(&audit.months).flat_map(|bill| &bill.lines);
    let billed = lines.flat_map(|line| &line.resources).map(|one| &one.id);
    for name in kept.chain(graced).chain(committed).chain(billed) {
        put(name, words.word("name", name));
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

    /// Replaces what begins first, and the longest of what begins there: a name may hold a number, an ARN a name.
    fn text(&self, text: &str) -> String {
        let is_whole = |start: usize, end: usize| {
            !text[..start].chars().next_back().is_some_and(char::is_alphanumeric)
                && !text[end..].chars().next().is_some_and(char::is_alphanumeric)
        };
        let known = self.known.find_overlapping_iter(text).filter(|found| is_whole(found.start(), found.end()));
        let mut spans: Vec<(usize, usize, Cow<'_, str>)> = known
            .map(|found| (found.start(), found.end(), Cow::from(&self.tokens[found.pattern().as_usize()].1)))
            .collect();
        for found in self.telling.captures_iter(text) {
            let sort = ["arn", "mail", "ip", "id", "number"].into_iter().find(|sort| found.name(sort).is_some());
            let whole = found.get_match();
            let word = self.words.word(sort.unwrap_or("id"), whole.as_str());
            spans.push((whole.start(), whole.end(), word.into()));
        }
        // Stable: of two of the same length the known one wins.
        spans.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (start, end, word) in spans {
            if start >= at {
                out.push_str(&text[at..start]);
                out.push_str(&word);
                at = end;
            }
        }
        out.push_str(&text[at..]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Account, Bill, BillLine, BilledResource, Event, Evidence, Finding, Gap, Kind, Region, Usd, Why,
    };
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
        "zebra-graced",
        "zebra-billed",
        "zebra-clean",
        "striped-horse",
    ];

    fn finding() -> Finding {
        serde_json::from_value(json!({
            "id": "0011223344556677", "rule": "unattached-volume", "title": "EBS volume attached to nothing",
            "category": "orphaned", "severity": "high", "score": 70, "score_parts": [], "certainty": "certain",
            "closure": "bills", "remedy": "delete", "monthly_usd": "8.00",
            "resource": {
                "arn": "arn:aws:ec2:eu-west-1:111122223333:volume/vol-0abc1234def567890", "id": "vol-0abc1234def567890",
                "kind": "ec2:volume", "account": "111122223333", "region": "eu-west-1", "name": "zebra-volume",
                "tags": { "zebra-key": "zebra-tag", "aws": "zebra" }, "facts": { "state": "available", "bucket": "zebra-bucket" },
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
        let said = "zebra-volume at 10.11.12.13 in zebra-bucket, asked zebra@example.com, shared with 444455556666 \
                    and arn:aws:kinesis:eu-west-1:444455556666:stream/striped-horse.";
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
            "result": "zebra-clean and 1 more", "evidence": ["zebra-clean", "zebra-cleaner"],
            "why": "", "remedy": "", "rests_on": "8899aabbccddeeff",
            "tick": {
                "note": "zebra-note of one", "by": "zebra-person", "at": at, "rests_on": "8899aabbccddeeff"
            }
        }));
        let items = vec![item.expect("an item")];
        audit.apply(Event::Checked { closure: Box::default(), items });
        let graced = json!({
            "resource": "zebra-graced", "kind": "ec2:volume", "region": "eu-west-1", "label": "zebra-graced",
            "meanwhile": { "is": "due" }
        });
        audit.apply(Event::Graced { quarantined: vec![serde_json::from_value(graced).expect("one in quarantine")] });
        let resources = vec![BilledResource { id: "zebra-billed".to_owned(), usd: Usd::ZERO }];
        let lines = vec![BillLine { resources, ..BillLine::default() }];
        audit.apply(Event::Billed { bill: Bill { lines, ..Bill::default() }, months: Vec::new() });
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
    fn nobody_stays_nobody() {
        let mut audit = audit();
        audit.findings[0].ignored.as_mut().expect("it is set aside").by = String::new();
        let hidden = redacted(&audit, b"a key").expect("an audit");
        assert_eq!(hidden.findings[0].ignored.as_ref().expect("it is set aside").by, "");
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
