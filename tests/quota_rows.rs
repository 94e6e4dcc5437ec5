//! Rows of `rules/quotas/` name kinds and facts of scanners; a misspelt one would only ever count nothing.

use closeout::model::Kind;
use closeout::quota::{Row, rows};
use closeout::scan::scanner;

/// The facts of a kind, by name.
fn facts(kind: &Kind) -> Vec<String> {
    let scanner = scanner(kind).unwrap_or_else(|| panic!("no scanner lists {kind}"));
    let schema = scanner.schema();
    let properties = schema.get("properties").and_then(|properties| properties.as_object());
    properties.map(|properties| properties.keys().cloned().collect()).unwrap_or_default()
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
            assert!(known.contains(fact), "{} reads {fact}, which {} does not have", row.code, row.kind);
        }
        if let (Some(through), Some(holder)) = (&row.through, &row.per) {
            assert!(facts(&through.kind).contains(holder), "{} reads {holder} of {}", row.code, through.kind);
        }
    }
}
