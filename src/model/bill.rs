use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Usd;

/// The account's bill over a period, as Cost Explorer tells it.
///
/// Source: `ce:GetCostAndUsage`, day by day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bill {
    /// Which days.
    pub period: BillPeriod,
    /// Currency code of every amount, as Cost Explorer returned it.
    pub currency: String,
    /// How fees paid in advance are counted.
    #[serde(default, skip_serializing_if = "View::is_unblended")]
    pub view: View,
    /// Usage by service, usage type and way of paying, largest first. Credits, refunds, tax and support are not in
    /// here, nor is what was used and cost nothing, unless a commitment paid for it.
    pub lines: Vec<BillLine>,
    /// What was used and billed at nothing: the free tier, or a price of zero.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub free: Vec<BillLine>,
    /// Everything that is not usage, by record type.
    pub charges: Vec<Charge>,
    /// Sum of the lines.
    pub usage_usd: Usd,
    /// Credits and refunds, negative or zero.
    pub credits_usd: Usd,
    /// What the rest of the present month is expected to bring. Absent when Cost Explorer has too little history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast_usd: Option<Usd>,
    /// The lower end of the interval in which four of five forecasts come true. Absent where none was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast_low_usd: Option<Usd>,
    /// The upper end of that interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast_high_usd: Option<Usd>,
    /// Days for which Cost Explorer tells the resource behind each amount. Absent when the account has not opted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<BillPeriod>,
    /// How much of the Savings Plans' commitment was used, in percent. Absent without plans, and when it was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub savings_plans_used_percent: Option<f64>,
    /// How much of what is reserved was used, in percent. Absent without reservations, and when it was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservations_used_percent: Option<f64>,
    /// When it was asked for. A cached answer keeps its first time.
    pub fetched_at: Timestamp,
}

/// How fees that are paid in advance are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// When they are charged, as on the invoice: `UnblendedCost`.
    #[default]
    Unblended,
    /// Spread over the use they pay for: `AmortizedCost`.
    Amortized,
    /// The same after discounts and credits: `NetAmortizedCost`.
    NetAmortized,
}

impl View {
    /// As in sentences: `net amortized`.
    pub fn word(self) -> &'static str {
        match self {
            View::Unblended => "unblended",
            View::Amortized => "amortized",
            View::NetAmortized => "net amortized",
        }
    }

    fn is_unblended(&self) -> bool {
        *self == View::Unblended
    }
}

/// Days a bill covers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BillPeriod {
    /// First day, `2026-10-24`.
    pub start: String,
    /// First day after, `2026-11-23`.
    pub end: String,
    /// Whether AWS still calls part of it estimated.
    pub estimated: bool,
    /// The first day that is estimated. Absent when none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_from: Option<String>,
}

impl BillPeriod {
    /// Whole days. Zero when the days cannot be read.
    pub fn days(&self) -> usize {
        let day = |text: &str| text.parse::<jiff::civil::Date>().ok();
        let (Some(start), Some(end)) = (day(&self.start), day(&self.end)) else { return 0 };
        usize::try_from((end - start).get_days()).unwrap_or_default()
    }
}

/// How a line was paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purchase {
    /// As it was used.
    #[default]
    OnDemand,
    /// By a reservation: record type `DiscountedUsage`.
    Reserved,
    /// By a Savings Plan: record type `SavingsPlanCoveredUsage`, with what its negation takes off again.
    SavingsPlan,
}

impl Purchase {
    /// Whether it was paid for as it was used.
    pub fn is_on_demand(&self) -> bool {
        *self == Purchase::OnDemand
    }

    /// As in sentences: `Savings Plan`.
    pub fn word(self) -> &'static str {
        match self {
            Purchase::OnDemand => "on demand",
            Purchase::Reserved => "reservation",
            Purchase::SavingsPlan => "Savings Plan",
        }
    }
}

/// One service and usage type, paid for in one way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// How it was paid for.
    #[serde(default, skip_serializing_if = "Purchase::is_on_demand")]
    pub purchase: Purchase,
    /// Dollars of each day of the period, first day first; they add up to the line. Empty where only the sum is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub daily_usd: Vec<Usd>,
    /// Dollars with fees spread over use. Absent where not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amortized_usd: Option<Usd>,
    /// The same after discounts. Absent where not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_amortized_usd: Option<Usd>,
    /// Which resources the dollars of the measured days were for, dearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<BilledResource>,
}

impl BillLine {
    /// Dollars as a view counts them. `None` when they were not asked for.
    pub fn viewed_as(&self, view: View) -> Option<Usd> {
        match view {
            View::Unblended => Some(self.usd),
            View::Amortized => self.amortized_usd,
            View::NetAmortized => self.net_amortized_usd,
        }
    }
}

/// A resource as the bill names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BilledResource {
    /// ARN or bare id, as the service writes it. Empty for what belongs to no resource.
    pub id: String,
    /// Dollars over the measured days.
    pub usd: Usd,
}

/// An amount that is not usage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Charge {
    /// Record type as Cost Explorer writes it: `Tax`, `Credit`.
    pub record_type: String,
    /// Which sort.
    pub kind: ChargeKind,
    /// Dollars over the period; credits and refunds are negative.
    pub usd: Usd,
    /// Dollars with fees spread over use: of a fee, what no use was found for. Absent where not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amortized_usd: Option<Usd>,
    /// The same after discounts. Absent where not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_amortized_usd: Option<Usd>,
}

impl Charge {
    /// Dollars as a view counts them. `None` when they were not asked for.
    pub fn viewed_as(&self, view: View) -> Option<Usd> {
        match view {
            View::Unblended => Some(self.usd),
            View::Amortized => self.amortized_usd,
            View::NetAmortized => self.net_amortized_usd,
        }
    }
}

impl Bill {
    /// The same bill as another view counts it, without its days. `None` when an amount was not asked for.
    pub fn viewed_as(&self, view: View) -> Option<Bill> {
        let line = |line: &BillLine| {
            let usd = line.viewed_as(view)?;
            let daily_usd = if view == View::Unblended { line.daily_usd.clone() } else { Vec::new() };
            Some(BillLine { usd, daily_usd, ..line.clone() })
        };
        let charge = |charge: &Charge| Some(Charge { usd: charge.viewed_as(view)?, ..charge.clone() });
        let mut bill = Bill {
            view,
            lines: self.lines.iter().map(line).collect::<Option<_>>()?,
            charges: self.charges.iter().map(charge).collect::<Option<_>>()?,
            ..self.clone()
        };
        bill.add_up();
        Some(bill)
    }

    /// Sorts and sums what stands in it, so that a reader who adds the rows up arrives at the same figures.
    pub fn add_up(&mut self) {
        let key = |line: &BillLine| (line.service.clone(), line.usage_type.clone(), line.purchase);
        self.lines.sort_by(|a, b| b.usd.cmp(&a.usd).then_with(|| key(a).cmp(&key(b))));
        self.charges.sort_by(|a, b| (a.kind, &a.record_type).cmp(&(b.kind, &b.record_type)));
        self.usage_usd = self.lines.iter().map(|line| line.usd).sum();
        let credits = self.charges.iter().filter(|charge| charge.kind == ChargeKind::Credit);
        self.credits_usd = credits.map(|charge| charge.usd).sum();
    }

    /// An amount of this bill for people, in its currency: `$1,284.10`, `CNY 1,284.10`.
    pub fn amount(&self, usd: Usd) -> String {
        let pretty = usd.pretty();
        match self.currency.as_str() {
            "" | "USD" => pretty,
            code if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) => {
                pretty.replacen('$', &format!("{code} "), 1)
            }
            // What is no code of ISO 4217 is not repeated with every amount.
            _ => pretty.replacen('$', "", 1),
        }
    }

    /// What was charged in all: usage, and everything that is not.
    pub fn charged_usd(&self) -> Usd {
        self.usage_usd + self.charges.iter().map(|charge| charge.usd).sum()
    }
}

/// Sorts of amounts on a bill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
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
    #[default]
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_in_the_bills_currency() {
        let usd: Usd = "-1284.1".parse().expect("a literal amount");
        let bill = |currency: &str| Bill { currency: currency.to_owned(), ..Bill::default() };
        assert_eq!(bill("USD").amount(usd), "−$1,284.10");
        assert_eq!(bill("CNY").amount(usd), "−CNY 1,284.10");
        assert_eq!(bill("\u{1b}[31m").amount(usd), "−1,284.10");
    }
}
