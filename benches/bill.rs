//! How long prices and the bill take in an account of 100,000 resources.
//!
//! ```text
//! cargo bench --bench bill                      # what counts: an optimised build
//! cargo bench --bench bill --profile dev        # whether it runs at all
//! ```
//!
//! Prints for each step the best and the median of five runs in milliseconds, and what that is for each resource or line.
//! The resources are those of the recorded account, repeated under other ids; the bill has its lines, repeated in as many
//! regions as they are spread over. Run as a test, it measures nothing and takes a thousand resources the same way.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use closeout::app;
use closeout::model::{Bill, BillLine, Region, Resource, ResourceId, Usd};
use closeout::price;
use closeout::price::book::Book;
use closeout::price::lists::Lists;
use closeout::reconcile::usage::Table;
use closeout::reconcile::{Books, rates};
use closeout::scan;

/// Resources of the account measured with.
const RESOURCES: usize = 100_000;
/// Regions they are spread over.
const REGIONS: &[&str] = &["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "ap-northeast-1"];
/// Runs of each step.
const RUNS: usize = 5;

fn many(resources: &[&Resource], count: usize) -> Vec<Resource> {
    let copy = |n: usize| {
        let mut one = resources[n % resources.len()].clone();
        one.arn = ResourceId::new(format!("{}-{n}", one.arn.as_str()));
        one.id = format!("{}-{n}", one.id);
        if !one.region.is_global() {
            one.region = Region::new(REGIONS[n / resources.len() % REGIONS.len()]);
        }
        one
    };
    (0..count).map(copy).collect()
}

fn spread(bill: &Bill) -> Bill {
    let in_region = |line: &BillLine, region: &str| BillLine { region: region.to_owned(), ..line.clone() };
    let lines: Vec<BillLine> =
        bill.lines.iter().flat_map(|line| REGIONS.iter().map(|region| in_region(line, region))).collect();
    let usage_usd: Usd = lines.iter().map(|line| line.usd).sum();
    Bill { lines, usage_usd, ..bill.clone() }
}

fn measure<T>(what: &str, units: usize, run: impl Fn() -> T) {
    let mut took: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            std::hint::black_box(run());
            began.elapsed()
        })
        .collect();
    took.sort();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let each = took[0].as_secs_f64() * 1e9 / units as f64;
    println!(
        "{what:<44} best {:>9.2} ms  median {:>9.2} ms  {each:>8.0} ns each of {units}",
        ms(took[0]),
        ms(took[RUNS / 2])
    );
}

fn main() {
    let is_test = !std::env::args().any(|argument| argument == "--bench");
    let audit = app::recorded().unwrap_or_else(|error| panic!("{error}"));
    let known: Vec<&Resource> = audit.resources().collect();
    let resources = many(&known, if is_test { 1_000 } else { RESOURCES });
    let bill = spread(audit.bill.as_ref().expect("a bill in the recording"));
    let table = Table::embedded().unwrap_or_else(|error| panic!("{error}"));
    let lists = Lists::new(Book::embedded());
    let needs: Vec<_> = resources.iter().filter_map(|one| Some((scan::needs(one)?, &one.region))).collect();
    let keys: Vec<(&str, &str)> = needs
        .iter()
        .flat_map(|(needs, region)| needs.parts.iter().map(|need| (need.key.as_str(), region.as_str())))
        .collect();
    let books = Books { table: &table, hidden: &|_, _| false, gone: &[] };
    let said = books.reconcile(&bill, || resources.iter());
    let whole = said.explained_usd + said.known_usd + said.unexplained_usd;
    assert_eq!(whole, bill.usage_usd, "no dollar is lost");
    if is_test {
        return;
    }
    measure("price of a key in a region, looked up", keys.len(), || {
        keys.iter().filter(|(key, region)| lists.price(key, region).is_some()).count()
    });
    measure("what a resource is billed for, and its cost", resources.len(), || {
        let cost = |one: &Resource| price::cost(scan::needs(one)?, &one.region, &lists);
        resources.iter().filter_map(cost).count()
    });
    let wanted: BTreeSet<(String, String)> =
        keys.iter().map(|(key, region)| ((*key).to_owned(), (*region).to_owned())).collect();
    measure("rates out of the bill, for each price in use", wanted.len(), || rates::of(&bill, &table, &wanted).len());
    measure("reconciliation of the bill, by resource", resources.len(), || books.reconcile(&bill, || resources.iter()));
    measure("usage type looked up in the table, by line", bill.lines.len(), || {
        bill.lines.iter().filter(|line| table.row(line).is_some()).count()
    });
}
