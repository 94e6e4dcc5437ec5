//! The table of usage types against what the program lists and prices.

use std::collections::BTreeSet;

use closeout::reconcile::usage::{Table, fits};
use closeout::scan::scanners;

const PRICES: &str = include_str!("../rules/prices.csv");
/// How AWS is asked for prices, some of which the built-in list lacks.
const RECIPES: &str = include_str!("../src/price/list_api/recipes.rs");

fn table() -> Table {
    Table::embedded().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_kind_of_the_table_is_listed() {
    let kinds: BTreeSet<&str> = scanners().map(|scanner| scanner.kind.as_str()).collect();
    for row in table().rows() {
        for kind in &row.kinds {
            assert!(kinds.contains(kind.as_str()), "{} {}: nothing lists {kind}", row.service, row.usage_type);
        }
    }
}

#[test]
fn every_key_of_the_table_is_one_prices_have() {
    let keys: BTreeSet<&str> = PRICES.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    for row in table().rows() {
        for key in row.key.iter().flat_map(|keys| keys.split('|')) {
            let pattern = key.replace("{}", "*");
            let known =
                keys.iter().any(|known| fits(&pattern, known).is_some()) || RECIPES.contains(&format!("\"{key}\""));
            assert!(known, "{} {}: no price has {key}", row.service, row.usage_type);
        }
    }
}

#[test]
fn no_row_stands_behind_one_that_takes_all_of_its_lines() {
    let table = table();
    for (at, row) in table.rows().iter().enumerate() {
        let hidden = table.rows()[..at].iter().find(|before| {
            fits(&before.service, &row.service).is_some() && fits(&before.usage_type, &row.usage_type).is_some()
        });
        assert!(hidden.is_none(), "{} {} is never reached", row.service, row.usage_type);
    }
}
