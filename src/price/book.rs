//! The price list built into the program: `rules/prices.csv`, explained in `rules/prices.md`.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::model::Region;

/// The list itself, as text.
const EMBEDDED: &str = include_str!("../../rules/prices.csv");

/// Public on-demand prices by key and region.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Book {
    prices: HashMap<String, BTreeMap<String, Price>>,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// Dollars a unit.
    pub usd: f64,
    /// The same as the list writes it.
    pub text: String,
    /// The unit as billing writes it: `GB-Mo`, `Hrs`.
    pub unit: String,
    /// Date of the source, `2025-10-28`. `?` where nobody knows.
    pub date: String,
    /// Tiers and conditions. Empty for most.
    pub note: String,
    /// Whether nobody could verify it: a `?` in the row, or a figure derived from others.
    pub uncertain: bool,
}

impl Price {
    /// The date for people, with a `?` behind it when the price is uncertain.
    pub fn dated(&self) -> String {
        if self.uncertain && !self.date.ends_with('?') { format!("{}?", self.date) } else { self.date.clone() }
    }
}

/// A price list that cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// A line that is not a row of the seven columns.
    #[error("price list: {0}")]
    Row(String),
    /// A price that is not a number of dollars, zero or more.
    #[error("price list line {line}: `{usd}` is not a price")]
    Price {
        /// Line in the file, the heading is 1.
        line: u64,
        /// What stands there.
        usd: String,
    },
    /// Two prices for the same key and region.
    #[error("price list line {line}: a second price for {key} in {region}")]
    Twice {
        /// Line of the second one.
        line: u64,
        /// Key of the price.
        key: String,
        /// Its region.
        region: String,
    },
}

#[derive(Deserialize)]
struct Row {
    key: String,
    region: String,
    unit: String,
    usd: String,
    source: String,
    date: String,
    note: String,
}

impl Book {
    /// The list built into the program.
    pub fn embedded() -> Book {
        Book::parse(EMBEDDED).expect("the list is part of the program and a test of this file reads all of it")
    }

    /// Reads a list from CSV text with the columns `key,region,unit,usd,source,date,note`.
    ///
    /// Errors name the first line that is no row, has no price, or repeats a key and region.
    pub fn parse(text: &str) -> Result<Book, BookError> {
        let mut book = Book::default();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut rows = reader.deserialize::<Row>();
        while let Some(row) = rows.next() {
            let row = row.map_err(|error| BookError::Row(error.to_string()))?;
            // The reader stands behind the row just read; rows are one line each.
            let line = rows.reader().position().line().saturating_sub(1);
            let usd = amount(&row.usd).ok_or_else(|| BookError::Price { line, usd: row.usd.clone() })?;
            let price = Price {
                usd,
                uncertain: is_uncertain(&row),
                text: row.usd,
                unit: row.unit,
                date: row.date,
                note: row.note,
            };
            if book.prices.entry(row.key.clone()).or_default().insert(row.region.clone(), price).is_some() {
                return Err(BookError::Twice { line, key: row.key, region: row.region });
            }
        }
        Ok(book)
    }

    /// The price of a key in a region; a `global` row serves any region, no other region's ever does.
    pub fn price(&self, key: &str, region: &str) -> Option<(&str, &Price)> {
        let regions = self.prices.get(key)?;
        let (place, price) = regions.get_key_value(region).or_else(|| regions.get_key_value(Region::GLOBAL))?;
        Some((place, price))
    }

    /// How many prices the list holds.
    pub fn len(&self) -> usize {
        self.prices.values().map(BTreeMap::len).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.prices.is_empty()
    }
}

fn amount(text: &str) -> Option<f64> {
    text.parse().ok().filter(|usd: &f64| usd.is_finite() && *usd >= 0.0)
}

fn is_uncertain(row: &Row) -> bool {
    [&row.unit, &row.source, &row.date, &row.note].iter().any(|cell| cell.contains('?'))
        || row.source.ends_with("-derived")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "key,region,unit,usd,source,date,note\n";

    fn usd(book: &Book, key: &str, region: &str) -> Option<f64> {
        book.price(key, region).map(|(_, price)| price.usd)
    }

    #[test]
    fn the_embedded_list_is_read_whole() {
        let book = Book::parse(EMBEDDED).expect("rules/prices.csv is well formed");
        assert_eq!(book.len(), EMBEDDED.lines().count() - 1);
        assert_eq!(usd(&book, "ebs.gp3", "us-east-1"), Some(0.08));
        assert_eq!(usd(&book, "ec2.nat_gateway", "us-east-1"), Some(0.045));
        assert_eq!(usd(&book, "vpc.public_ipv4.idle", "eu-west-1"), Some(0.005));
        assert_eq!(usd(&book, "rds.storage.gp2", "us-east-1"), Some(0.115));
    }

    #[test]
    fn another_regions_price_is_not_borrowed_but_a_global_one_serves() {
        let book = Book::embedded();
        assert_eq!(usd(&book, "elb.nlb", "eu-central-1"), None);
        let (place, price) = book.price("ce.api_request", "eu-central-1").expect("a global row");
        assert_eq!((place, price.usd), ("global", 0.01));
    }

    #[test]
    fn an_unverified_price_says_so_in_its_date() {
        let text = format!(
            "{HEAD}a,r,Hrs,1,S1,2025-01-01,\nb,r,Hrs,1,S3-derived,2023-02,\nc,r,Hrs,1,S9,?,\nd,r,Hrs,1,S7,2026-08-21,rounded ?\n"
        );
        let book = Book::parse(&text).expect("four rows");
        let dated = |key| book.price(key, "r").map(|(_, price)| price.dated()).unwrap_or_default();
        assert_eq!(["a", "b", "c", "d"].map(dated), ["2025-01-01", "2023-02?", "?", "2026-08-21?"]);
    }

    #[test]
    fn a_bad_list_is_refused_with_its_line() {
        let broken = |rows: &str| Book::parse(&format!("{HEAD}{rows}")).expect_err("a bad list").to_string();
        assert!(broken("a,r,Hrs,1,S1,2025,\nb,r,Hrs,free,S1,2025,\n").contains("line 3: `free`"));
        assert!(broken("a,r,Hrs,-1,S1,2025,\n").contains("line 2"));
        assert!(broken("a,r,Hrs,1,S1,2025,\na,r,Hrs,2,S1,2025,\n").contains("a second price for a in r"));
        assert!(broken("a,r,Hrs\n").contains("line: 2"));
    }
}
