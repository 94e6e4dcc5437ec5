//! Which list answers: what AWS said in this run or lately, then the built-in book.

use std::collections::{BTreeMap, HashMap};

use super::book::Book;
use crate::model::{PriceOrigin, PriceSource};

/// A price and where it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// Dollars a unit.
    pub usd: f64,
    /// The same as a decimal text: prices are finer than a micro-dollar.
    pub text: String,
    /// Which list, region and date.
    pub source: PriceSource,
}

/// All price lists, best first.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    book: Book,
    learned: HashMap<String, BTreeMap<String, Quote>>,
}

impl Lists {
    /// Only the book, until something is learned.
    pub fn new(book: Book) -> Lists {
        Lists { book, learned: HashMap::new() }
    }

    /// Takes in an answer of the Price List API; a later one for the same key and region replaces it.
    pub fn learn(&mut self, key: impl Into<String>, region: impl Into<String>, quote: Quote) {
        self.learned.entry(key.into()).or_default().insert(region.into(), quote);
    }

    /// The price of a key in a region. `None` when no list knows it there: another region's price is no answer.
    pub fn price(&self, key: &str, region: &str) -> Option<Quote> {
        if let Some(quote) = self.learned.get(key).and_then(|regions| regions.get(region)) {
            return Some(quote.clone());
        }
        let (place, price) = self.book.price(key, region)?;
        Some(Quote {
            usd: price.usd,
            text: price.text.clone(),
            source: PriceSource {
                origin: PriceOrigin::Book,
                key: key.to_owned(),
                region: place.to_owned(),
                date: price.dated(),
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
        };
        lists.learn("ebs.gp3", "us-east-1", Quote { usd: 0.07, text: "0.07".into(), source });
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
}
