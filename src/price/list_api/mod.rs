//! AWS's own price list, asked for exactly the prices a run needs (`pricing:GetProducts`, free of charge).
//!
//! - [`recipes`]: how a key of the book is asked for
//! - [`product`]: the one price in an answer, or none
//! - [`kept`]: answers of the last seven days

mod kept;
mod product;
mod recipes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aws_sdk_pricing::types::{Filter, FilterType};
use jiff::tz::TimeZone;

use super::lists::Quote;
use crate::aws::{Cx, Fault};
use crate::model::{PriceOrigin, PriceSource, Region, Why};
use kept::Kept;
use product::{Picked, Product};
use recipes::Pick;

/// IAM actions used here.
pub const ACTIONS: &[&str] = &["pricing:GetProducts"];

const ACTION: &str = "pricing:GetProducts";

/// Where the Price List API is asked; it prices every region.
const ENDPOINT: &str = "us-east-1";

/// Requests under way at a time. The API answers in about a second and throttles eager callers.
const TOGETHER: usize = 4;

/// Faults of single questions after which the rest is not asked.
const PATIENCE: usize = 3;

/// What asking brought.
#[derive(Debug, Default)]
pub struct Answers {
    /// Prices, by key and region. A key without a clear answer is left to the book.
    pub quotes: Vec<(String, String, Quote)>,
    /// Why not everything was asked. Empty when it was.
    pub faults: Vec<Fault>,
    /// Questions sent, pages not counted.
    pub asked: u64,
}

/// What makes two questions one: the service and the filters.
type Asked = (&'static str, Vec<(&'static str, String)>);

/// A question to the API and the keys its answer serves.
struct Question {
    service: &'static str,
    region: String,
    filters: Vec<(&'static str, String)>,
    picks: Vec<(String, Pick)>,
}

/// Asks for the prices of keys in regions. Answers are kept in `folder` for seven days; `progress` hears how
/// many of how many questions are done.
///
/// Keys no recipe knows are passed over. After a refusal that will repeat itself the rest is not asked: the
/// built-in list serves, and the faults say why.
pub async fn fetch(
    cx: &Cx,
    wanted: &BTreeSet<(String, String)>,
    folder: Option<&Path>,
    progress: impl Fn(u64, u64),
) -> Answers {
    let mut answers = Answers::default();
    let mut kept = Kept::open(folder, cx.now());
    let questions = questions(wanted, &kept, cx, &mut answers);
    if questions.is_empty() {
        return answers;
    }
    if cx.partition() != "aws" {
        let detail = "this partition has no price list in dollars";
        answers.faults.push(Fault::new(Why::NotOffered, ACTION, detail));
        return answers;
    }
    let client = cx.in_region(&Region::new(ENDPOINT)).pricing();
    for batch in questions.chunks(TOGETHER) {
        let ask = |i: usize| ask(&client, batch.get(i));
        let (first, second, third, fourth) = tokio::join!(ask(0), ask(1), ask(2), ask(3));
        let results = [first, second, third, fourth].into_iter().flatten();
        for (question, result) in batch.iter().zip(results) {
            answers.asked += 1;
            match result {
                Ok(products) => answers.take(question, &products, &mut kept, cx),
                Err(fault) => answers.faults.push(fault),
            }
        }
        progress(answers.asked, questions.len() as u64);
        if is_hopeless(&answers.faults) {
            break;
        }
    }
    answers.faults = summed_up(answers.faults);
    kept.save();
    answers
}

impl Answers {
    /// Picks the prices a question was about; unclear ones are remembered as such.
    fn take(&mut self, question: &Question, products: &[Product], kept: &mut Kept, cx: &Cx) {
        for (key, pick) in &question.picks {
            let price = product::pick(products, pick);
            kept.put(key, &question.region, price.as_ref(), cx.now());
            if let Some(price) = price {
                self.quotes.push((key.clone(), question.region.clone(), quote(price, &question.region, cx)));
            }
        }
    }
}

/// What has to be asked: keys with a recipe that are not kept, those with the same filters together. What is
/// kept goes into the answers.
fn questions(wanted: &BTreeSet<(String, String)>, kept: &Kept, cx: &Cx, answers: &mut Answers) -> Vec<Question> {
    let mut together: BTreeMap<Asked, Question> = BTreeMap::new();
    for (key, region) in wanted.iter().filter(|(_, region)| region != Region::GLOBAL) {
        let Some(order) = recipes::order(key, region) else { continue };
        match kept.get(key, region) {
            Some(Some(price)) => answers.quotes.push((key.clone(), region.clone(), quote(price, region, cx))),
            Some(None) => {}
            None => {
                let question = together.entry((order.service, order.filters.clone())).or_insert_with(|| Question {
                    service: order.service,
                    region: region.clone(),
                    filters: order.filters,
                    picks: Vec::new(),
                });
                question.picks.push((key.clone(), order.pick));
            }
        }
    }
    together.into_values().collect()
}

/// All products of a question. `None` for no question.
async fn ask(client: &aws_sdk_pricing::Client, question: Option<&Question>) -> Option<Result<Vec<Product>, Fault>> {
    let question = question?;
    let filters: Result<Vec<Filter>, _> = question
        .filters
        .iter()
        .map(|(field, value)| Filter::builder().r#type(FilterType::TermMatch).field(*field).value(value).build())
        .collect();
    let filters = match filters {
        Ok(filters) => filters,
        Err(error) => return Some(Err(Fault::new(Why::Error, ACTION, error.to_string()))),
    };
    let request = client.get_products().service_code(question.service).set_filters(Some(filters));
    let mut pages = request.format_version("aws_v1").max_results(100).into_paginator().send();
    let mut texts = Vec::new();
    while let Some(page) = pages.next().await {
        match page.map_err(Fault::sdk(ACTION)) {
            Ok(page) => texts.extend_from_slice(page.price_list()),
            Err(fault) => return Some(Err(fault)),
        }
    }
    Some(
        product::read(&texts)
            .ok_or_else(|| Fault::new(Why::Error, ACTION, "AWS described a product in an unknown form")),
    )
}

fn quote(price: Picked, region: &str, cx: &Cx) -> Quote {
    let today = || cx.now().to_zoned(TimeZone::UTC).date().to_string();
    let date = if price.date.is_empty() { today() } else { price.date };
    let source =
        PriceSource { origin: PriceOrigin::PriceList, key: price.sku, region: region.to_owned(), date, line: None };
    Quote { usd: price.usd, text: price.text, list_usd: None, source }
}

/// Whether asking on would only bring more of the same.
fn is_hopeless(faults: &[Fault]) -> bool {
    let passing = |why: Why| matches!(why, Why::Error | Why::TimedOut | Why::Throttled);
    faults.len() >= PATIENCE || faults.iter().any(|fault| !passing(fault.why))
}

/// One fault a reason.
fn summed_up(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort_by(|a, b| (a.why, &a.detail).cmp(&(b.why, &b.detail)));
    faults.dedup_by_key(|fault| fault.why);
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cx() -> Cx {
        let config = aws_config::SdkConfig::builder().build();
        let now = "2026-11-23T06:00:00Z".parse().expect("a literal time");
        Cx::new(config, "111122223333", "aws", Region::new("us-east-1"), Region::global(), now)
    }

    fn wanted(pairs: &[(&str, &str)]) -> BTreeSet<(String, String)> {
        pairs.iter().map(|(key, region)| ((*key).to_owned(), (*region).to_owned())).collect()
    }

    #[test]
    fn keys_with_the_same_filters_share_a_question() {
        let pairs = [
            ("s3.standard", "eu-west-1"),
            ("s3.standard_ia", "eu-west-1"),
            ("s3.standard", "us-east-1"),
            ("vpc.tgw.gb", "us-east-1"),
            ("ce.api_request", "global"),
        ];
        let questions = questions(&wanted(&pairs), &Kept::default(), &cx(), &mut Answers::default());
        let mut sizes: Vec<_> = questions.iter().map(|q| (q.region.as_str(), q.picks.len())).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [("eu-west-1", 2), ("us-east-1", 1)]);
    }

    #[test]
    fn a_kept_answer_is_not_asked_again() {
        let (cx, mut kept, mut answers) = (cx(), Kept::default(), Answers::default());
        let price = Picked { usd: 0.088, text: "0.088".into(), sku: "AAA".into(), date: "2026-11-20".into() };
        kept.put("ebs.gp3", "eu-west-1", Some(&price), cx.now());
        kept.put("elb.alb", "eu-west-1", None, cx.now());
        let wanted = wanted(&[("ebs.gp3", "eu-west-1"), ("elb.alb", "eu-west-1")]);
        assert!(questions(&wanted, &kept, &cx, &mut answers).is_empty());
        let (_, _, quote) = &answers.quotes[0];
        assert_eq!((quote.text.as_str(), quote.source.key.as_str()), ("0.088", "AAA"));
        assert_eq!(answers.quotes.len(), 1);
    }

    #[test]
    fn a_lasting_refusal_stops_the_asking_and_is_told_once() {
        let fault = |why| Fault::new(why, ACTION, "no");
        assert!(is_hopeless(&[fault(Why::Denied)]));
        assert!(!is_hopeless(&[fault(Why::Error), fault(Why::TimedOut)]));
        assert!(is_hopeless(&[fault(Why::Error), fault(Why::Error), fault(Why::Throttled)]));
        let told = summed_up(vec![fault(Why::Denied), fault(Why::Denied)]);
        assert_eq!(told.len(), 1);
    }
}
