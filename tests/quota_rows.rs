//! Rows of `rules/quotas/` name quotas of AWS, and kinds and facts of scanners; a misspelt one would only ever count
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use closeout::model::Kind;
use closeout::quota::{ACTIONS, CALLS, Row, SERVICES, entries, entry, is_aws_code, rows, sources};
use closeout::scan::scanner;
use serde_json::Value;

/// The quotas that have rows, as Service Quotas names them: code of the service, code of the quota, name.
const CODES: &str = include_str!("fixtures/quota-codes.csv");

/// What the schema says about each fact of a kind, by name.
fn facts(kind: &Kind) -> BTreeMap<String, Value> {
    let scanner = scanner(kind).unwrap_or_else(|| panic!("no scanner lists {kind}"));
    let schema = scanner.schema();
    let properties = schema.get("properties").and_then(|properties| properties.as_object());
    properties.map(|all| all.iter().map(|(name, fact)| (name.clone(), fact.clone())).collect()).unwrap_or_default()
}

/// Whether the schema lets a fact be one of these types of JSON.
fn may_be(fact: &Value, types: &[&str]) -> bool {
    let is = |one: &Value| one.as_str().is_some_and(|one| types.contains(&one));
    match &fact["type"] {
        Value::Array(several) => several.iter().any(is),
        one => is(one),
    }
}

fn read_on_itself(row: &Row) -> Vec<&String> {
    let holder = match &row.through {
        Some(through) => Some(&through.id),
        None => row.per.as_ref(),
    };
    row.conditions.keys().chain(&row.sum).chain(&row.largest).chain(holder).collect()
}

#[test]
fn every_row_counts_facts_that_scanners_have() {
    for row in rows() {
        let known = facts(&row.kind);
        for fact in read_on_itself(row) {
            assert!(known.contains_key(fact), "{} reads {fact}, which {} does not have", row.code, row.kind);
        }
        if let (Some(through), Some(holder)) = (&row.through, &row.per) {
            assert!(facts(&through.kind).contains_key(holder), "{} reads {holder} of {}", row.code, through.kind);
        }
    }
}

#[test]
fn what_is_added_up_or_compared_is_a_number_and_a_holder_is_a_text() {
    for row in rows() {
        let known = facts(&row.kind);
        let summed: &[&str] = if row.entry.is_some() { &["object"] } else { &["number", "integer"] };
        for (facts, types) in [
            (row.sum.iter().collect::<Vec<_>>(), summed),
            (row.largest.iter().collect(), &["number", "integer", "array"]),
            (row.per.iter().filter(|_| row.through.is_none()).collect(), &["string"]),
        ] {
            for fact in facts {
                assert!(may_be(&known[fact], types), "{}: {fact} is {}, not {types:?}", row.code, known[fact]);
            }
        }
    }
}

#[test]
fn every_row_is_for_a_quota_that_exists_and_calls_it_by_its_name() {
    let mut known: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for line in CODES.lines().skip(1) {
        let [service, code, name] = line.splitn(3, ',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
        assert!(known.insert((service, code), name).is_none(), "{line} twice");
    }
    for row in rows() {
        let mut name = known.remove(&(row.service.as_str(), row.code.as_str()));
        if !is_aws_code(&row.code) {
            assert_eq!(name, None, "{} is a code of this program", row.code);
            name = entry(&row.service, &row.code).map(|known| known.name.as_str());
        }
        assert_eq!(name, Some(row.name.as_str()), "{} of {}", row.code, row.service);
    }
    assert!(known.is_empty(), "without a row: {known:?}");
}

#[test]
fn rows_cover_many_services_and_only_services_that_are_read() {
    let services: BTreeSet<&str> = rows().iter().map(|row| row.service.as_str()).collect();
    assert!(services.len() >= 53, "{}", services.len());
    assert!(rows().len() >= 228, "{}", rows().len());
    for service in services {
        assert!(SERVICES.contains(&service), "{service} is never read");
    }
    assert!(SERVICES.is_sorted(), "by name, each once");
}

#[test]
fn the_catalogue_knows_every_quota_that_has_a_row_or_a_call() {
    for row in rows() {
        assert!(entry(&row.service, &row.code).is_some(), "{} of {}", row.code, row.service);
    }
    for call in CALLS {
        for told in call.tells {
            assert!(entry(call.service, told.code).is_some(), "{} of {}", told.code, call.service);
            assert!(told.used.is_some() || told.limit.is_some(), "{} of {} tells nothing", told.code, call.service);
        }
        assert!(ACTIONS.contains(&call.call.action().as_str()), "{} is in no policy", call.call.action());
    }
    for service in SERVICES {
        assert!(entries().iter().any(|one| one.service_code == *service), "{service} is no code of Service Quotas");
    }
}

#[test]
fn the_catalogue_has_each_code_once() {
    let mut codes = BTreeSet::new();
    for one in entries() {
        assert!(codes.insert((&one.service_code, &one.quota_code)), "{} of {} twice", one.quota_code, one.service_code);
    }
}

#[test]
fn no_quota_is_told_by_two_calls() {
    let told = CALLS.iter().flat_map(|call| call.tells.iter().map(|told| (call.service, told.code)));
    let mut codes = BTreeSet::new();
    for one in told {
        assert!(codes.insert(one), "{one:?} twice");
    }
}

#[test]
fn many_quotas_of_many_services_have_a_source_and_all_of_them_are_read() {
    let all = sources();
    let services: BTreeSet<&str> = all.iter().map(|one| one.service_code).collect();
    assert!(all.len() >= 250 && services.len() >= 40, "{} of {}", all.len(), services.len());
    let codes: BTreeSet<_> = all.iter().map(|one| (one.service_code, one.quota_code)).collect();
    assert!(codes.len() == all.len() && all.iter().all(|one| !one.sources.is_empty()), "each once, with a source");
    for service in services {
        assert!(SERVICES.contains(&service), "{service} is never read");
    }
}
