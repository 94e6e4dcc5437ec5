//! The account's bill of the last thirty days, from Cost Explorer. Every request there costs a cent: they are
//! counted, capped, and made once a day.
//!
//! - [`ledger`]: answers become a bill
//! - [`regions`]: the region in a usage type
//! - [`amount`]: sums without rounding
//! - [`cache`]: today's bill on disk

mod amount;
mod cache;
mod ledger;
mod regions;

use std::path::Path;

use aws_sdk_costexplorer::Client;
use aws_sdk_costexplorer::types::{
    DateInterval, Dimension, DimensionValues, Expression, Granularity, GroupDefinition, GroupDefinitionType, Metric,
};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::aws::{Cx, Fault};
use crate::model::{Bill, BillPeriod, ChargeKind, Region, Usd, Why};
use cache::Kept;
use ledger::Sums;

pub use ledger::charge_kind;
pub use regions::region_of;

/// IAM actions used here.
pub const ACTIONS: &[&str] = &[READ, FORECAST];

const READ: &str = "ce:GetCostAndUsage";
const FORECAST: &str = "ce:GetCostForecast";

/// What AWS charges for a request to Cost Explorer, each page being one.
///
/// Source: <https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/>.
pub const REQUEST_USD: Usd = Usd::from_micros(10_000);

/// Days of a bill. Cost Explorer calls the present day incomplete, so it is not among them.
const DAYS: i64 = 30;

/// Metric of every amount: what was charged, at the rate and time it was incurred.
const METRIC: &str = "UnblendedCost";

/// How much was used, which comes in the same answer. It means something within one usage type only.
const QUANTITY: &str = "UsageQuantity";

/// How the bill is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillPlan {
    /// The most that may be spent on asking.
    pub budget: Usd,
    /// Whether to ask what the rest of the month will bring.
    pub forecast: bool,
    /// Whether to ask even when today's bill is at hand.
    pub fresh: bool,
}

impl Default for BillPlan {
    /// Ten cents, with the forecast, from today's copy where there is one.
    fn default() -> BillPlan {
        BillPlan { budget: Usd::from_micros(100_000), forecast: true, fresh: false }
    }
}

/// What asking brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BillAnswer {
    /// The bill. Absent when it could not be read whole: a part of it would pass for a smaller one.
    pub bill: Option<Bill>,
    /// What AWS charges for the requests that were answered.
    pub spent: Usd,
    /// Whether the bill is today's copy from disk.
    pub from_cache: bool,
    /// Why the bill or its forecast is missing. Empty when nothing is.
    pub faults: Vec<Fault>,
}

/// What reading the bill will cost at least; long bills have more pages, a cent each. To be said beforehand.
pub fn planned_usd(plan: &BillPlan) -> Usd {
    REQUEST_USD.times(if plan.forecast { 3.0 } else { 2.0 })
}

/// Whether today's bill is at hand, so that reading it will cost nothing.
pub fn is_kept(account: &str, plan: &BillPlan, folder: Option<&Path>, today: Date) -> bool {
    let kept = cache::get(folder, account, &period(today));
    !plan.fresh && kept.is_some_and(|kept| kept.forecast_known || !plan.forecast)
}

/// Reads the bill of the thirty days before `today` (UTC), from today's copy in `folder` or from Cost Explorer.
/// A copy without its forecast is completed, not read again. `charged` hears what each answer costs as it comes, so
/// that nothing spent is lost when the reading is broken off.
pub async fn read(
    cx: &Cx,
    plan: &BillPlan,
    folder: Option<&Path>,
    today: Date,
    charged: &(dyn Fn(Usd) + Sync),
) -> BillAnswer {
    let period = period(today);
    let at_hand = cache::get(folder, cx.account(), &period).filter(|_| !plan.fresh);
    let mut answer = BillAnswer { from_cache: at_hand.is_some(), ..BillAnswer::default() };
    let mut reader = Reader { client: client(cx), budget: plan.budget, spent: Usd::ZERO, charged };
    let read = match at_hand {
        Some(kept) => Ok(kept),
        None => reader.bill(cx, period).await,
    };
    match read {
        Ok(mut kept) => {
            let mut is_news = !answer.from_cache;
            if plan.forecast && !kept.forecast_known {
                match reader.forecast(today, &kept.usage).await {
                    Ok(forecast) => {
                        kept.bill.forecast_usd = forecast;
                        kept.forecast_known = true;
                        is_news = true;
                    }
                    Err(fault) => answer.faults.push(fault),
                }
            }
            if is_news {
                cache::put(folder, cx.account(), &kept);
            }
            answer.bill = Some(kept.bill);
        }
        Err(fault) => answer.faults.push(fault),
    }
    answer.spent = reader.spent;
    answer
}

/// The thirty days before a day.
fn period(today: Date) -> BillPeriod {
    let start = today.saturating_sub(DAYS.days());
    BillPeriod { start: start.to_string(), end: today.to_string(), estimated: false }
}

/// Cost Explorer has one endpoint a partition.
fn client(cx: &Cx) -> Client {
    let region = if cx.partition() == "aws-cn" { "cn-northwest-1" } else { "us-east-1" };
    cx.in_region(&Region::new(region)).costexplorer()
}

/// Asks, and minds the purse.
struct Reader<'a> {
    client: Client,
    budget: Usd,
    spent: Usd,
    charged: &'a (dyn Fn(Usd) + Sync),
}

impl Reader<'_> {
    fn pay(&mut self) {
        self.spent += REQUEST_USD;
        (self.charged)(REQUEST_USD);
    }

    /// The bill without its forecast.
    ///
    /// Record types come first: their names then filter the lines, so that both answers agree on what usage is.
    async fn bill(&mut self, cx: &Cx, period: BillPeriod) -> Result<Kept, Fault> {
        // One of two answers makes no bill: better not to pay for it.
        self.afford(REQUEST_USD.times(2.0), READ, "the bill")?;
        let days = interval(&period.start, &period.end, READ)?;
        let records = self.sums(&days, &[Dimension::RecordType], None, "amounts by record type").await?;
        let usage: Vec<String> =
            records.names().filter(|name| charge_kind(name) == ChargeKind::Usage).map(str::to_owned).collect();
        let lines = if usage.is_empty() {
            Sums::default()
        } else {
            let by = [Dimension::Service, Dimension::UsageType];
            self.sums(&days, &by, Some(record_types(&usage)), "usage by service and type").await?
        };
        if lines.groups.is_empty() && records.costs_anything(&usage) {
            return Err(Fault::new(Why::Error, READ, "Cost Explorer tells the sum of usage but none of its lines"));
        }
        let bill = ledger::assemble(&records, &lines, period, cx.now())
            .ok_or_else(|| Fault::new(Why::Error, READ, "an amount is too large to count"))?;
        Ok(Kept { bill, usage, forecast_known: false })
    }

    /// All pages of amounts in groups.
    async fn sums(
        &mut self,
        days: &DateInterval,
        by: &[Dimension],
        filter: Option<Expression>,
        what: &str,
    ) -> Result<Sums, Fault> {
        let groups = by
            .iter()
            .map(|key| GroupDefinition::builder().r#type(GroupDefinitionType::Dimension).key(key.as_str()).build())
            .collect();
        let request = self
            .client
            .get_cost_and_usage()
            .time_period(days.clone())
            .granularity(Granularity::Monthly)
            .metrics(METRIC)
            .metrics(QUANTITY)
            .set_group_by(Some(groups))
            .set_filter(filter);
        let mut sums = Sums::default();
        let mut token: Option<String> = None;
        loop {
            self.afford(REQUEST_USD, READ, what)?;
            let page = request.clone().set_next_page_token(token).send().await.map_err(explained(READ))?;
            self.pay();
            for month in page.results_by_time() {
                sums.estimated |= month.estimated();
                for group in month.groups() {
                    let cost = group.metrics().and_then(|metrics| metrics.get(METRIC));
                    let (amount, unit) = (cost.and_then(|c| c.amount()), cost.and_then(|c| c.unit()));
                    sums.add(group.keys(), amount.unwrap_or_default(), unit.unwrap_or("USD"))
                        .map_err(|detail| Fault::new(Why::Error, READ, detail))?;
                    let used = group.metrics().and_then(|metrics| metrics.get(QUANTITY));
                    sums.add_quantity(group.keys(), used.and_then(|used| used.amount()).unwrap_or_default());
                }
            }
            token = page.next_page_token().filter(|token| !token.is_empty()).map(str::to_owned);
            if token.is_none() {
                return Ok(sums);
            }
        }
    }

    /// What the rest of the month is expected to bring in usage. `None` when Cost Explorer has too little history.
    async fn forecast(&mut self, today: Date, usage: &[String]) -> Result<Option<Usd>, Fault> {
        if usage.is_empty() {
            return Ok(None);
        }
        self.afford(REQUEST_USD, FORECAST, "the forecast")?;
        let end = today.last_of_month().saturating_add(1.day());
        let asked = self
            .client
            .get_cost_forecast()
            .time_period(interval(&today.to_string(), &end.to_string(), FORECAST)?)
            .metric(Metric::UnblendedCost)
            .granularity(Granularity::Monthly)
            .filter(record_types(usage))
            .send()
            .await
            .map_err(explained(FORECAST));
        match asked {
            Ok(answer) => {
                self.pay();
                let total = answer.total().and_then(|total| total.amount()).unwrap_or_default();
                let amount = amount::Amount::parse(total).and_then(amount::Amount::to_usd);
                amount.map(Some).ok_or_else(|| Fault::new(Why::Error, FORECAST, "the forecast is not an amount"))
            }
            Err(fault) if fault.why == Why::Disabled => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Errors when asking for so much more would cost more than is allowed.
    fn afford(&self, usd: Usd, action: &str, what: &str) -> Result<(), Fault> {
        if self.spent + usd <= self.budget {
            return Ok(());
        }
        let detail = format!(
            "{what} not read: Cost Explorer charges ${REQUEST_USD} a request, ${} of at most ${} is spent",
            self.spent, self.budget
        );
        Err(Fault::new(Why::NotScanned, action, detail))
    }
}

/// A filter for record types.
fn record_types(names: &[String]) -> Expression {
    let values = DimensionValues::builder().key(Dimension::RecordType).set_values(Some(names.to_vec())).build();
    Expression::builder().dimensions(values).build()
}

fn interval(start: &str, end: &str, action: &str) -> Result<DateInterval, Fault> {
    let interval = DateInterval::builder().start(start).end(end).build();
    interval.map_err(|error| Fault::new(Why::Error, action, error.to_string()))
}

/// Errors of Cost Explorer with what to do about them, which its own messages do not say.
fn explained<E>(
    action: &'static str,
) -> impl Fn(aws_smithy_runtime_api::client::result::SdkError<E, aws_smithy_runtime_api::http::Response>) -> Fault
where
    E: aws_smithy_types::error::metadata::ProvideErrorMetadata + std::error::Error + 'static,
{
    move |error| {
        let mut fault = Fault::sdk(action)(error);
        match fault.why {
            Why::Disabled if fault.code == "DataUnavailableException" => {
                fault.detail = "Cost Explorer is not enabled or has no data yet; switch it on in the Billing console, \
                                the first figures come within 24 hours"
                    .to_owned();
            }
            Why::Denied => fault.detail.push_str(
                "; a member account also needs its payer to allow access to billing data, \
                 see Cost Management preferences",
            ),
            _ => {}
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(budget: &str, spent: &str) -> Reader<'static> {
        let config = aws_config::SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build();
        let usd = |text: &str| text.parse().expect("a literal amount");
        Reader { client: Client::new(&config), budget: usd(budget), spent: usd(spent), charged: &|_| {} }
    }

    #[test]
    fn the_cap_is_met_before_a_request_passes_it() {
        assert!(reader("0.03", "0.02").afford(REQUEST_USD, READ, "page").is_ok());
        assert!(reader("0.03", "0.02").afford(REQUEST_USD.times(2.0), READ, "the bill").is_err());
        let spent = reader("0.03", "0.03");
        let fault = spent.afford(REQUEST_USD, READ, "usage by service and type").expect_err("over the cap");
        assert_eq!(fault.why, Why::NotScanned);
        assert!(fault.detail.starts_with("usage by service and type not read"), "{}", fault.detail);
    }

    #[test]
    fn thirty_complete_days_end_yesterday() {
        let period = period(jiff::civil::date(2026, 11, 23));
        assert_eq!((period.start.as_str(), period.end.as_str()), ("2026-10-24", "2026-11-23"));
    }

    #[test]
    fn the_price_of_asking_is_known_beforehand() {
        assert_eq!(planned_usd(&BillPlan::default()).exact(), "0.03");
        assert_eq!(planned_usd(&BillPlan { forecast: false, ..BillPlan::default() }).exact(), "0.02");
    }
}
