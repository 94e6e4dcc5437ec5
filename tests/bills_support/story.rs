//! A story: an invented bill, the account it is of, and what the program has to make of both.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use super::cost_explorer::units;

/// One file of `tests/bills`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// The file's name without its ending.
    #[serde(skip)]
    pub name: String,
    /// What it is about.
    #[allow(dead_code)] // For whoever reads the file.
    pub what: String,
    pub today: Date,
    #[serde(default = "usd")]
    pub currency: String,
    /// Groups a page of Cost Explorer's answer has.
    #[serde(default = "large_page")]
    pub page: usize,
    /// The most that may be spent on asking.
    #[serde(default)]
    pub max_spend: Option<String>,
    /// The first day Cost Explorer calls estimated.
    pub estimated_from: Option<Date>,
    /// Whether the account manages an organization, so that Cost Explorer tells it of all accounts.
    #[serde(default)]
    pub manages: bool,
    /// Mean, lower and upper end.
    pub forecast: Option<[String; 3]>,
    pub savings_plans_used: Option<String>,
    pub reservations_used: Option<String>,
    #[serde(default, rename = "row")]
    pub rows: Vec<Row>,
    #[serde(default, rename = "refusal")]
    pub refusals: Vec<Refusal>,
    #[serde(default, rename = "resource")]
    pub resources: Vec<Thing>,
    /// What an earlier audit saw and this one does not.
    #[serde(default)]
    pub gone: Vec<Thing>,
    /// `region kind` that could not be listed.
    #[serde(default)]
    pub denied: Vec<String>,
    pub expect: Expect,
}

fn usd() -> String {
    "USD".to_owned()
}

fn large_page() -> usize {
    5_000
}

/// The same amounts on each of some days.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    #[serde(default)]
    pub service: String,
    #[serde(default, rename = "type")]
    pub usage_type: String,
    #[serde(default = "usage")]
    pub record: String,
    /// The account that caused it, where it is not the one that is read.
    pub account: Option<String>,
    /// First day.
    pub from: Date,
    /// First day after.
    pub to: Date,
    /// Money of each day.
    pub usd: String,
    /// The same with fees spread over use, where that is another amount.
    pub amortized: Option<String>,
    /// How much was used on each day.
    #[serde(default)]
    pub quantity: f64,
    /// The resource, where the account has opted in.
    #[serde(default)]
    pub resource: String,
}

fn usage() -> String {
    "Usage".to_owned()
}

impl Row {
    pub fn is_on(&self, day: Date) -> bool {
        (self.from..self.to).contains(&day)
    }

    pub fn units(&self) -> i128 {
        units(&self.usd)
    }

    pub fn amortized_units(&self) -> i128 {
        self.amortized.as_deref().map_or_else(|| self.units(), units)
    }
}

/// An operation that is refused; `*` for all.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    pub operation: String,
    pub code: String,
    pub message: String,
}

/// A resource by its facts; its price is worked out by the program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thing {
    pub kind: String,
    pub region: String,
    pub id: String,
    pub created: Option<Timestamp>,
    /// When it was seen last, of what is gone.
    pub seen: Option<Timestamp>,
    #[serde(default)]
    pub facts: BTreeMap<String, toml::Value>,
}

/// What is to come out. Figures that are left out are not checked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Requests to Cost Explorer that were answered.
    pub requests: Option<u32>,
    /// The bill of thirty days. Absent when there must be none.
    pub bill: Option<Figures>,
    pub last_month: Option<Figures>,
    pub month_to_date: Option<Figures>,
    /// The bill of thirty days, amortized.
    pub amortized: Option<Figures>,
    /// How many months there are bills for.
    pub months: Option<usize>,
    /// Each a reason and a part of the text, `denied: payer`.
    #[serde(default)]
    pub gaps: Vec<String>,
    /// Lines by their usage type.
    #[serde(default)]
    pub line: BTreeMap<String, Line>,
    /// What should bill and does not, with whether it is there at no charge.
    pub unbilled: Option<BTreeMap<String, bool>>,
    pub savings: Option<Saved>,
    /// Dollars still to pay, by the commitment's id.
    pub commitments: Option<BTreeMap<String, String>>,
    /// Prices out of the bill: the price's key, and a unit's price.
    pub rates: Option<BTreeMap<String, String>>,
    pub forecast: Option<[String; 3]>,
    pub estimated_from: Option<String>,
}

/// Sums of a bill, to the micro-dollar.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    pub usage: String,
    pub explained: String,
    pub known: String,
    pub unexplained: String,
    /// In percent, with two decimals. Empty where there is no usage.
    pub percent: String,
    pub charged: Option<String>,
    pub credits: Option<String>,
}

/// What is said of a line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub explained: Option<String>,
    pub unexplained: Option<String>,
    pub days: Option<String>,
    pub hidden_by: Option<Vec<String>>,
    /// Each an id, its dollars and how they are known: `i-1 69.12 counted`.
    pub by: Option<Vec<String>>,
}

/// The two savings, and what lies between them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    pub list: String,
    pub next_bill: String,
    #[serde(default)]
    pub discounts: Option<String>,
    #[serde(default)]
    pub committed: Option<String>,
    #[serde(default)]
    pub not_billed: Option<String>,
    #[serde(default)]
    pub credits: Option<String>,
}

/// All stories, by name.
pub fn all() -> Vec<Story> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bills");
    let mut stories: Vec<Story> = fs::read_dir(folder)
        .expect("tests/bills")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a story");
            let mut story: Story = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            story.name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            story
        })
        .collect();
    stories.sort_by(|a, b| a.name.cmp(&b.name));
    stories
}
