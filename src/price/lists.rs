//! Which list answers: what the account's own bill says, what AWS said in this run or lately, then the built-in book.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use super::book::Book;
use crate::model::{PriceOrigin, PriceSource, Usd};

/// How far the account's own price may be from the list's to be believed, as a ratio. Below, part of the use was free or
/// on credit, and more of it would cost more; above, the line pays for something else too.
const BELIEVED: RangeInclusive<f64> = 0.5..=1.25;

/// A price and where it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// Dollars a unit.
    pub usd: f64,
    /// The same as a decimal text: prices are finer than a micro-dollar.
    pub text: String,
    /// Dollars a unit at list price, where this is the account's own price.
    pub list_usd: Option<f64>,
    /// Which list, region and date.
    pub source: PriceSource,
}

impl Quote {
    /// The price behind a line of the bill: dollars of a usage type by its quantity. `until` is the day before which the
    /// bill ends.
    pub fn of_line(usage_type: &str, region: &str, usd: Usd, quantity: f64, until: &str) -> Quote {
        let unit = usd.dollars() / quantity;
        let amount = format!("{quantity:.3}");
        let amount = amount.trim_end_matches('0').trim_end_matches('.');
        Quote {
            usd: unit,
            text: decimal(unit),
            list_usd: None,
            source: PriceSource {
                origin: PriceOrigin::Bill,
                key: usage_type.to_owned(),
                region: region.to_owned(),
                date: until.to_owned(),
                line: Some(format!("{usage_type} {} / {amount}", usd.pretty())),
            },
        }
    }
}

/// Six figures that matter, without trailing zeros.
fn decimal(unit: f64) -> String {
    let digits = (5 - unit.abs().log10().floor() as i32).clamp(2, 12) as usize;
    let text = format!("{unit:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// All price lists, best first.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    book: Book,
    learned: HashMap<String, BTreeMap<String, Quote>>,
    billed: HashMap<String, BTreeMap<String, Quote>>,
}

impl Lists {
    /// Only the book, until something is learned.
    pub fn new(book: Book) -> Lists {
        Lists { book, ..Lists::default() }
    }

    /// Takes in an answer of the Price List API, or a price out of the account's bill; a later one for the same key and
    /// region replaces it.
    pub fn learn(&mut self, key: impl Into<String>, region: impl Into<String>, quote: Quote) {
        let lists = if quote.source.origin == PriceOrigin::Bill { &mut self.billed } else { &mut self.learned };
        lists.entry(key.into()).or_default().insert(region.into(), quote);
    }

    /// The price of a key in a region: the account's own where it can be believed, else the list's. `None` when none
    /// knows it there: another region's price is no answer.
    pub fn price(&self, key: &str, region: &str) -> Option<Quote> {
        let list = self.list_price(key, region);
        let own = self.billed.get(key).and_then(|regions| regions.get(region));
        match (own, list) {
            (Some(own), Some(list)) if BELIEVED.contains(&(own.usd / list.usd)) => {
                Some(Quote { list_usd: Some(list.usd), ..own.clone() })
            }
            (Some(own), None) => Some(own.clone()),
            (_, list) => list,
        }
    }

    fn list_price(&self, key: &str, region: &str) -> Option<Quote> {
        if let Some(quote) = self.learned.get(key).and_then(|regions| regions.get(region)) {
            return Some(quote.clone());
        }
        let (place, price) = self.book.price(key, region)?;
        Some(Quote {
            usd: price.usd,
            text: price.text.clone(),
            list_usd: None,
            source: PriceSource {
                origin: PriceOrigin::Book,
                key: key.to_owned(),
                region: place.to_owned(),
                date: price.dated(),
                line: None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_aws_wins_over_the_book_in_its_region_only() {
        let mut lists = Lists::new(Book::embedded());
        let source = PriceSource {
            origin: PriceOrigin::PriceList,
            key: "SKU1".into(),
            region: "us-east-1".into(),
            date: "2026-11-20".into(),
            line: None,
        };
        lists.learn("ebs.gp3", "us-east-1", Quote { usd: 0.07, text: "0.07".into(), list_usd: None, source });
        assert_eq!(
            lists.price("ebs.gp3", "us-east-1").map(|q| (q.usd, q.source.origin)),
            Some((0.07, PriceOrigin::PriceList))
        );
        assert_eq!(
            lists.price("ebs.gp3", "us-east-2").map(|q| (q.usd, q.source.origin)),
            Some((0.08, PriceOrigin::Book))
        );
        assert_eq!(lists.price("ebs.gp3", "nowhere-1"), None);
    }

    #[test]
    fn the_accounts_own_price_wins_where_it_can_be_believed() {
        let mut lists = Lists::new(Book::embedded());
        let of_bill = |usd: &str, quantity| {
            let usd = usd.parse().expect("a literal amount");
            Quote::of_line("EBS:VolumeUsage.gp3", "us-east-1", usd, quantity, "2026-11-23")
        };
        lists.learn("ebs.gp3", "us-east-1", of_bill("7.20", 100.0));
        let own = lists.price("ebs.gp3", "us-east-1").expect("a price");
        assert_eq!((own.text.as_str(), own.list_usd, own.source.origin), ("0.072", Some(0.08), PriceOrigin::Bill));
        assert_eq!(own.source.label(), "own bill us-east-1, 2026-11-23: EBS:VolumeUsage.gp3 $7.20 / 100");
        // 30 of 40 GB-months were free: the next one costs what the list says.
        lists.learn("ebs.gp3", "us-east-1", of_bill("0.80", 40.0));
        assert_eq!(lists.price("ebs.gp3", "us-east-1").map(|q| q.source.origin), Some(PriceOrigin::Book));
    }

    #[test]
    fn a_small_price_keeps_its_figures() {
        assert_eq!(decimal(0.0000004123456), "0.000000412346");
        assert_eq!(decimal(26.0612345), "26.0612");
        assert_eq!(decimal(0.08), "0.08");
    }
}
