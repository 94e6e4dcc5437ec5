//! SARIF 2.1.0, for code-scanning dashboards.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>, and what GitHub asks of a file beside it:
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::document::Tool;
use super::json::inert;
use crate::audit::Audit;
use crate::model::{Evidence, Finding, Gap, Owner, Protection, Severity, Usd, Why, clean};

/// Writes an audit as a log with one run.
pub(super) fn write(audit: &Audit, out: &mut dyn Write) -> io::Result<()> {
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run(audit)],
    });
    writeln!(out, "{}", inert(&serde_json::to_string_pretty(&log)?))
}

fn run(audit: &Audit) -> Value {
    // By the ids as written: a log may name no rule twice, and two ids may be told apart only by what is cleaned away.
    let rules: BTreeMap<Cow<'_, str>, &Finding> =
        audit.findings.iter().rev().map(|finding| (clean(&finding.rule), finding)).collect();
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, rule)| (rule.as_ref(), at)).collect();
    let Tool { name, version } = Tool::this();
    let whys: BTreeSet<Why> = audit.gaps().map(|gap| gap.why).collect();
    json!({
        "tool": {"driver": {
            "name": name,
            "version": version,
            "semanticVersion": version,
            "rules": rules.values().map(|finding| rule(finding)).collect::<Vec<_>>(),
            "notifications": whys.iter().map(|why| descriptor_of_gap(*why)).collect::<Vec<_>>(),
        }},
        "automationDetails": {"id": format!("closeout/{}/", segment(&audit.account.id))},
        "columnKind": "utf16CodeUnits",
        "invocations": [invocation(audit, &whys)],
        "results": audit.findings.iter().map(|finding| result(finding, &index)).collect::<Vec<_>>(),
        "properties": {
            "account": clean(&audit.account.id),
            "monthlyWasteUsd": audit.waste().exact(),
            "gaps": audit.gap_count(),
        },
    })
}

/// The rule of a finding: its title, what to do, and what it rests on.
fn rule(finding: &Finding) -> Value {
    let links: Vec<&str> =
        finding.docs.iter().map(String::as_str).filter(|link| link.starts_with("https://")).collect();
    let remedy = message(&finding.remedy.replace('-', " "));
    let mut rule = json!({
        "id": clean(&finding.rule),
        "shortDescription": {"text": message(&finding.title)},
        "help": {"text": format!("What to do: {remedy}. `closeout rules show {}` tells what it claims and why.", clean(&finding.rule))},
        "defaultConfiguration": {"level": level(finding.severity)},
        "properties": {
            "tags": ["aws", finding.category.word()],
            "precision": match finding.certainty.word() {
                "certain" => "very-high",
                "likely" => "high",
                _ => "medium",
            },
        },
    });
    if let (Some(link), Some(rule)) = (links.first(), rule.as_object_mut()) {
        rule.insert("helpUri".to_owned(), json!(address(link)));
    }
    rule
}

fn result(finding: &Finding, index: &BTreeMap<&str, usize>) -> Value {
    let resource = &finding.resource;
    let mut result = json!({
        "ruleId": clean(&finding.rule),
        "ruleIndex": index.get(clean(&finding.rule).as_ref()),
        "level": level(finding.severity),
        "rank": finding.score,
        "message": {"text": message(&told(finding))},
        "locations": [{
            // A resource has no file and no line. Dashboards refuse a result without, so it gets a path that stays the
            // same every night.
            "physicalLocation": {"artifactLocation": {"uri": uri(finding)}, "region": {"startLine": 1}},
            "logicalLocations": [{
                "name": clean(resource.label()),
                "fullyQualifiedName": clean(resource.arn.as_str()),
                "kind": "resource",
            }],
        }],
        "partialFingerprints": {
            "closeoutFinding/v1": clean(&finding.id),
            "primaryLocationLineHash": format!("{}:1", clean(&finding.id)),
        },
        "properties": properties(finding),
    });
    if let (false, Some(result)) = (finding.counts(), result.as_object_mut()) {
        let why = suppressed(finding);
        result.insert(
            "suppressions".to_owned(),
            json!([{"kind": "external", "status": "accepted", "justification": clean(&why)}]),
        );
    }
    result
}

/// The finding in words: title, what it is of, money, evidence.
fn told(finding: &Finding) -> String {
    let resource = &finding.resource;
    let mut text = format!("{}: {} in {}", finding.title, resource.label(), resource.region);
    match finding.monthly_usd {
        Some(usd) if usd > Usd::ZERO => {
            let _ = write!(text, ", {} a month at list price.", usd.pretty());
        }
        Some(_) => text.push('.'),
        None => text.push_str(", its price is not known."),
    }
    for line in finding.evidence.iter().map(Evidence::line) {
        let _ = write!(text, " {line}");
    }
    text
}

fn properties(finding: &Finding) -> Map<String, Value> {
    let pairs = [
        ("kind", json!(clean(finding.resource.kind.as_str()))),
        ("region", json!(clean(finding.resource.region.as_str()))),
        ("category", json!(finding.category.word())),
        ("certainty", json!(finding.certainty.word())),
        ("remedy", json!(clean(&finding.remedy))),
        ("monthlyUsd", json!(finding.monthly_usd.map(Usd::exact))),
        ("counts", json!(finding.counts())),
    ];
    pairs.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Why a finding is in no total.
fn suppressed(finding: &Finding) -> String {
    let kept = finding.protected.as_ref().map(Protection::label);
    let managed = finding.managed_by.as_ref().map(Owner::label).map(|owner| format!("managed by {owner}"));
    kept.into_iter().chain(managed).collect::<Vec<_>>().join("; ")
}

/// How the run went. A gap is a notification: what could not be looked at is no result, and must not look like none.
fn invocation(audit: &Audit, whys: &BTreeSet<Why>) -> Value {
    let gaps: Vec<Value> = audit.gaps().map(|gap| notification(gap, whys)).collect();
    let mut invocation = json!({
        "executionSuccessful": audit.finished_at.is_some() && !audit.interrupted,
        "startTimeUtc": audit.started_at.to_string(),
        "toolExecutionNotifications": gaps,
    });
    if let (Some(end), Some(invocation)) = (audit.finished_at, invocation.as_object_mut()) {
        invocation.insert("endTimeUtc".to_owned(), json!(end.to_string()));
    }
    invocation
}

fn descriptor_of_gap(why: Why) -> Value {
    json!({"id": format!("gap/{why}"), "shortDescription": {"text": format!("Could not be looked at: {why}")}})
}

fn notification(gap: &Gap, whys: &BTreeSet<Why>) -> Value {
    let text = format!("{} in {}: {} ({}). {}", gap.kind, gap.region, gap.why, gap.action, gap.detail);
    json!({
        "level": "warning",
        "message": {"text": message(&text)},
        "descriptor": {"id": format!("gap/{}", gap.why), "index": whys.iter().position(|why| *why == gap.why)},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// `aws/111122223333/eu-west-1/ec2/volume/vol-0a1b`, every part percent-encoded.
fn uri(finding: &Finding) -> String {
    let resource = &finding.resource;
    let kind = resource.kind.as_str().split(':').map(segment).collect::<Vec<_>>().join("/");
    let parts = [segment(&resource.account), segment(resource.region.as_str()), kind, segment(&resource.id)];
    format!("aws/{}", parts.join("/"))
}

/// A text as one part of a path. Dots alone would step out of it.
fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let only_dots = !text.is_empty() && text.bytes().all(|byte| byte == b'.');
    for byte in text.bytes() {
        match byte {
            b'.' if only_dots => out.push_str("%2E"),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    if out.is_empty() { "-".to_owned() } else { out }
}

/// An address with everything in it encoded that no address holds.
fn address(link: &str) -> String {
    let mut out = String::with_capacity(link.len());
    for byte in link.bytes() {
        match byte {
            b'!' | b'#'..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Text as a message. SARIF reads `[a](b)` as a link and `{0}` as a place to fill in: neither may come from a name.
fn message(text: &str) -> String {
    clean(text).replace("](", "] (").replace('{', "{{").replace('}', "}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_bring_no_links_placeholders_or_paths_into_a_message() {
        assert_eq!(message("[x](https://evil.example) {0}\u{1b}"), "[x] (https://evil.example) {{0}}·");
        assert_eq!((segment("a/../b c").as_str(), segment("..").as_str()), ("a%2F..%2Fb%20c", "%2E%2E"));
        assert_eq!(segment(""), "-");
    }
}
