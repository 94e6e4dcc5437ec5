use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Usd;

/// What a resource costs a month at list price, and how that figure came about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cost {
    /// Dollars a month of 730 hours.
    pub monthly_usd: Usd,
    /// Every product that was added up, largest first.
    pub parts: Vec<CostPart>,
    /// Whether the truth may be lower: a snapshot is billed for what changed, but only its full size is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub upper_bound: bool,
    /// Parts nobody knows a price for, by name. When not empty, the figure is a lower bound.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unpriced: Vec<String>,
}

/// One product of a price and a quantity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostPart {
    /// What is paid for: `gp3 storage`.
    pub what: String,
    /// Key of its price: `ebs.gp3`. Lists have names of their own for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// How many units a month.
    pub quantity: f64,
    /// The unit: `GB-month`, `hour`, `IOPS-month`.
    pub unit: String,
    /// Dollars a unit, as a decimal string (prices are finer than a micro-dollar).
    pub unit_usd: String,
    /// Dollars a month.
    pub monthly_usd: Usd,
    /// Dollars a month at list price, where the unit's price is the account's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_usd: Option<Usd>,
    /// Where the price comes from.
    pub source: PriceSource,
}

impl CostPart {
    /// The arithmetic for people: `gp3 storage 100 GB-month × $0.08 = $8.00`.
    pub fn arithmetic(&self) -> String {
        let mut quantity = format!("{:.2}", self.quantity);
        if quantity.ends_with(".00") {
            quantity.truncate(quantity.len() - 3);
        }
        let price = cents(&self.unit_usd);
        format!("{} {quantity} {} × ${price} = {}", self.what, self.unit, self.monthly_usd.pretty())
    }
}

/// A price with at least two decimals: `0.1` reads as a dime, `0.005` stays.
fn cents(price: &str) -> String {
    let decimals = price.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    match decimals {
        0 => format!("{price}.00"),
        1 => format!("{price}0"),
        _ => price.to_owned(),
    }
}

/// Which list a price was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PriceSource {
    /// Whose list.
    pub origin: PriceOrigin,
    /// Key in that list: `ebs.gp3`, a SKU, or a usage type.
    pub key: String,
    /// Region the price is for.
    pub region: String,
    /// Date of the list, `2025-10-28`; a `?` behind it marks a price nobody could verify. Of a bill, its last day.
    pub date: String,
    /// The line of the bill the price was worked out from: `EUC1-EBS:VolumeUsage.gp3 $7.20 / 100`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

impl PriceSource {
    /// `price book us-east-1, 2025-10-28`, for people.
    pub fn label(&self) -> String {
        let list = match self.origin {
            PriceOrigin::Bill => "own bill",
            PriceOrigin::Book => "price book",
            PriceOrigin::PriceList => "Price List API",
        };
        match &self.line {
            Some(line) => format!("{list} {}, {}: {line}", self.region, self.date),
            None => format!("{list} {}, {}", self.region, self.date),
        }
    }
}

/// Whose price list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PriceOrigin {
    /// The account's own bill: dollars of a usage type by its quantity.
    Bill,
    /// The list built into the program.
    #[default]
    Book,
    /// `pricing:GetProducts`.
    PriceList,
}
