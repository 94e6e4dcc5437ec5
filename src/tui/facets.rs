//! What a list, a filter and the list of values know about a finding, by the name of a column.

use std::borrow::Cow;

use crate::model::{ClosureEffect, Evidence, Finding};

/// Columns a filter may name.
pub const FILTERS: &[&str] = &[
    "score",
    "cost",
    "finding",
    "resource",
    "region",
    "age",
    "owner",
    "tag",
    "why",
    "id",
    "name",
    "arn",
    "account",
    "kind",
    "service",
    "rule",
    "category",
    "severity",
    "certainty",
    "closure",
    "remedy",
    "state",
];

/// Shows every text of a finding with its column. A column may have several, or none.
pub fn visit(finding: &Finding, see: &mut dyn FnMut(&'static str, &str)) {
    let resource = &finding.resource;
    see("finding", &finding.title);
    see("resource", resource.label());
    see("id", &resource.id);
    see("arn", resource.arn.as_str());
    see("account", &resource.account);
    see("owner", &owner(finding));
    see("why", &why(finding));
    see("certainty", finding.certainty.word());
    see("closure", finding.closure.word());
    if let Some(name) = &resource.name {
        see("name", name);
    }
    for (key, value) in &resource.tags {
        see("tag", &format!("{key}={value}"));
    }
    visit_shared(finding, see);
}

/// Shows the texts that many findings share: what there is to pick from.
pub fn visit_shared(finding: &Finding, see: &mut dyn FnMut(&'static str, &str)) {
    let resource = &finding.resource;
    see("region", resource.region.as_str());
    see("kind", resource.kind.as_str());
    see("service", resource.kind.service());
    see("rule", &finding.rule);
    see("category", finding.category.word());
    see("severity", finding.severity.word());
    see("remedy", &finding.remedy);
    if finding.protected.is_some() {
        see("state", "locked");
    }
    if finding.managed_by.is_some() {
        see("state", "managed");
    }
    if finding.ignored.is_some() {
        see("state", "ignored");
    }
    if finding.monthly_usd.is_none() {
        see("state", "unpriced");
    }
}

/// A finding's column as a number. `None` where it is not known.
pub fn number(finding: &Finding, column: &str) -> Option<f64> {
    match column {
        "score" => Some(f64::from(finding.score)),
        "cost" => finding.monthly_usd.map(crate::model::Usd::dollars),
        "age" => finding.dormant_days.map(f64::from),
        _ => None,
    }
}

/// Whether a text of this column contains a lower-case needle. Columns that many filters name are looked up at
/// once: with a hundred thousand findings building every text of each would be felt.
pub fn contains(finding: &Finding, column: &str, needle: &str) -> bool {
    let resource = &finding.resource;
    match column {
        "region" => holds(resource.region.as_str(), needle),
        "kind" => holds(resource.kind.as_str(), needle),
        "service" => holds(resource.kind.service(), needle),
        "finding" => holds(&finding.title, needle),
        "rule" => holds(&finding.rule, needle),
        "resource" => holds(resource.label(), needle),
        "id" => holds(&resource.id, needle),
        "category" => holds(finding.category.word(), needle),
        "severity" => holds(finding.severity.word(), needle),
        "owner" => holds(&owner(finding), needle),
        _ => contains_any(finding, column, needle),
    }
}

fn contains_any(finding: &Finding, column: &str, needle: &str) -> bool {
    let mut found = false;
    visit(finding, &mut |name, text| found = found || (name == column && holds(text, needle)));
    found
}

/// Whether a text contains a lower-case needle, in either case.
fn holds(text: &str, needle: &str) -> bool {
    if !text.is_ascii() {
        return text.to_lowercase().contains(needle);
    }
    let needle = needle.as_bytes();
    needle.is_empty() || text.as_bytes().windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle))
}

/// Everything a bare word of a filter is looked for in, in lower case.
pub fn haystack(finding: &Finding) -> String {
    let mut all = String::with_capacity(512);
    visit(finding, &mut |_, text| {
        all.push_str(text);
        // No word of a filter holds a line break, so none matches across two texts.
        all.push('\n');
    });
    if all.is_ascii() {
        all.make_ascii_lowercase();
        return all;
    }
    all.to_lowercase()
}

/// The rule's own reason.
pub fn why(finding: &Finding) -> Cow<'_, str> {
    match finding.evidence.first() {
        Some(Evidence::Said { text }) => Cow::Borrowed(text),
        Some(measured) => Cow::Owned(measured.line()),
        None => Cow::Borrowed(""),
    }
}

/// Who manages the resource, else who its tags say it belongs to. Empty when nothing tells.
pub fn owner(finding: &Finding) -> Cow<'_, str> {
    let managed = finding.managed_by.as_ref().or(finding.resource.owner.as_ref());
    if let Some(owner) = managed {
        return Cow::Owned(owner.label());
    }
    let tag = finding.resource.tags.iter().find(|(key, _)| key.eq_ignore_ascii_case("owner"));
    tag.map_or(Cow::Borrowed(""), |(_, value)| Cow::Borrowed(value))
}

/// What a finding means on the day the account is closed.
pub fn closing(finding: &Finding) -> &'static str {
    match finding.closure {
        ClosureEffect::Blocks => "closing is refused while it is there",
        ClosureEffect::Bills => "goes on billing after closing",
        ClosureEffect::LosesData => "closing destroys its data",
        ClosureEffect::Nothing => "no matter on closing",
    }
}

/// The tags a person is likely to look for; the name, the owner and AWS's own are no news.
pub fn tag(finding: &Finding) -> String {
    let known = |key: &str| key == "Name" || key.starts_with("aws:") || key.eq_ignore_ascii_case("owner");
    let own = finding.resource.tags.iter().filter(|(key, _)| !known(key));
    own.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::view::sample;

    #[test]
    fn filters_name_exactly_the_columns_there_are() {
        let mut seen = vec!["score", "cost", "age"];
        for finding in &sample::audit().findings {
            visit(finding, &mut |name, _| seen.push(name));
        }
        seen.sort_unstable();
        seen.dedup();
        let mut known = FILTERS.to_vec();
        known.sort_unstable();
        assert_eq!(seen, known);
    }

    #[test]
    fn short_way_to_a_column_finds_what_the_long_way_finds() {
        for finding in &sample::audit().findings {
            for column in FILTERS {
                for needle in ["e", "us-east", "ec2", "idle", "old", "zzz"] {
                    assert_eq!(
                        contains(finding, column, needle),
                        contains_any(finding, column, needle),
                        "{column} {needle}"
                    );
                }
            }
        }
    }

    #[test]
    fn needles_are_found_in_either_case_and_in_any_script() {
        assert!(holds("EBS volume", "ebs v") && holds("x", "") && !holds("ab", "abc"));
        assert!(holds("Größe ÄÖÜ", "äöü"));
    }
}
