use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Usd;

/// The account's bill over a period, as Cost Explorer tells it.
///
/// Source: `ce:GetCostAndUsage`, metric `UnblendedCost`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bill {
    /// Which days.
    pub period: BillPeriod,
    /// Currency code of every amount, as Cost Explorer returned it.
    pub currency: String,
    /// Usage by service and usage type, largest first. Credits, refunds, tax and support are not in here.
    pub lines: Vec<BillLine>,
    /// Everything that is not usage, by record type.
    pub charges: Vec<Charge>,
    /// Sum of the lines.
    pub usage_usd: Usd,
    /// Credits and refunds, negative or zero.
    pub credits_usd: Usd,
    /// What the rest of the present month is expected to bring. Absent when Cost Explorer has too little history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast_usd: Option<Usd>,
    /// When it was asked for. A cached answer keeps its first time.
    pub fetched_at: Timestamp,
}

/// Days a bill covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BillPeriod {
    /// First day, `2026-10-24`.
    pub start: String,
    /// First day after, `2026-11-23`.
    pub end: String,
    /// Whether AWS still calls part of it estimated.
    pub estimated: bool,
}

/// One service and usage type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BillLine {
    /// Cost Explorer's long name of the service.
    pub service: String,
    /// Region, out of the usage type's prefix; `global` where it names none.
    pub region: String,
    /// Usage type as billed, `EUC1-BoxUsage:t3.micro`.
    pub usage_type: String,
    /// Dollars over the period.
    pub usd: Usd,
    /// How much was used, in the usage type's own unit: hours, GB-months. Absent where Cost Explorer tells none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<f64>,
}

/// An amount that is not usage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Charge {
    /// Record type as Cost Explorer writes it: `Tax`, `Credit`.
    pub record_type: String,
    /// Which sort.
    pub kind: ChargeKind,
    /// Dollars over the period; credits and refunds are negative.
    pub usd: Usd,
}

/// Sorts of amounts on a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChargeKind {
    /// Metered use, discounted or not.
    Usage,
    /// Credits and refunds.
    Credit,
    /// Taxes.
    Tax,
    /// Support plans.
    Support,
    /// Fees of Savings Plans and Reserved Instances.
    Commitment,
    /// Anything else.
    Other,
}
