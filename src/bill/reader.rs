use aws_sdk_costexplorer::Client;
use aws_sdk_costexplorer::types::{
    DateInterval, Dimension, DimensionValues, Expression, Granularity, Group, GroupDefinition, GroupDefinitionType,
    Metric, ResultByTime,
};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::BillPlan;
use super::amount::Amount;
use super::cache::{CommitmentsUsed, Forecast, Kept, Whose};
use super::ledger::{Ledger, Measured, Sums, Told, charge_kind, purchase, spans};
use crate::aws::{Cx, Fault, organization};
use crate::model::{ChargeKind, Purchase, Region, Usd, Why};

/// IAM actions used here.
pub const ACTIONS: &[&str] = &[READ, FORECAST, RESOURCES, PLANS_USED, RESERVATIONS_USED, organization::DESCRIBE_ACTION];

const READ: &str = "ce:GetCostAndUsage";
const FORECAST: &str = "ce:GetCostForecast";
const RESOURCES: &str = "ce:GetCostAndUsageWithResources";
const PLANS_USED: &str = "ce:GetSavingsPlansUtilization";
const RESERVATIONS_USED: &str = "ce:GetReservationUtilization";

/// What AWS charges for a request to Cost Explorer, each page being one.
///
/// Source: <https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/>.
pub const REQUEST_USD: Usd = Usd::from_micros(10_000);

/// What was charged, at the rate and time it was incurred.
const UNBLENDED: &str = "UnblendedCost";
/// The same with fees spread over use. More metrics of one request cost nothing more.
const AMORTIZED: &str = "AmortizedCost";
/// The same after discounts and credits.
const NET_AMORTIZED: &str = "NetAmortizedCost";
/// How much was used. It means something within one usage type only.
const QUANTITY: &str = "UsageQuantity";

/// Days Cost Explorer tells single resources for.
const MEASURED_DAYS: i64 = 14;

/// Of how many forecasts, in percent, the truth lies within the interval.
const INTERVAL: i32 = 80;

/// Asks, and minds the purse.
pub(super) struct Reader<'a> {
    client: Client,
    budget: Usd,
    net: bool,
    /// Whose charges are asked for.
    pub whose: Whose,
    charged: &'a (dyn Fn(Usd) + Sync),
    /// What was spent.
    pub spent: Usd,
    /// Requests that were answered.
    pub requests: u32,
}

impl<'a> Reader<'a> {
    /// A reader that spends no more than is planned.
    pub(super) fn new(cx: &Cx, plan: &BillPlan, charged: &'a (dyn Fn(Usd) + Sync)) -> Reader<'a> {
        // Cost Explorer has one endpoint a partition.
        let region = if cx.partition() == "aws-cn" { "cn-northwest-1" } else { "us-east-1" };
        let client = cx.in_region(&Region::new(region)).costexplorer();
        Reader {
            client,
            budget: plan.budget,
            net: plan.net,
            whose: Whose::Unknown,
            charged,
            spent: Usd::ZERO,
            requests: 0,
        }
    }

    /// Narrows everything asked from here on to the account itself where it manages an organization: Cost Explorer tells
    /// such an account of all others too.
    ///
    /// Errors when nobody says which account manages: then the bill may be that of all.
    pub(super) async fn narrow(&mut self, cx: &Cx) -> Result<(), Fault> {
        let manages = organization::manages(cx).await.map_err(|mut fault| {
            fault
                .detail
                .push_str("; if this account manages an organization, the bill is that of the whole organization");
            fault
        })?;
        self.whose = if manages { Whose::Only(cx.account().to_owned()) } else { Whose::Own };
        Ok(())
    }

    /// A filter, with the account beside it where there are others.
    fn filter(&self, wished: Option<Expression>) -> Option<Expression> {
        let own = match &self.whose {
            Whose::Only(account) => Some(is(Dimension::LinkedAccount, vec![account.clone()])),
            Whose::Own | Whose::Unknown => None,
        };
        match (wished, own) {
            (Some(wished), Some(own)) => Some(both(wished, own)),
            (wished, own) => wished.or(own),
        }
    }

    fn pay(&mut self) {
        self.spent += REQUEST_USD;
        self.requests += 1;
        (self.charged)(REQUEST_USD);
    }

    /// The bill without anything beyond it.
    ///
    /// Record types come first: their names then filter the lines, so that both answers agree on what usage is. Two keys
    /// to group by is the most there is, so each way of paying that occurred is asked for by itself.
    pub(super) async fn bill(&mut self, today: Date, now: Timestamp) -> Result<Kept, Fault> {
        // One of two answers makes no bill: better not to pay for it.
        self.afford(2, READ, "the bill")?;
        let spans = spans(today);
        let start = spans.iter().map(|days| days.start).min().unwrap_or(today);
        let days = interval(start, today, READ)?;
        let before = self.requests;
        let records = self.sums(&days, &[Dimension::RecordType], None, "amounts by record type").await?;
        if records.is_empty() {
            // An account that only used what is free has rows of nothing; one without any row was not counted yet.
            let detail = "Cost Explorer has no row for the last two months: the first figures of an account, or of one \
                          that changed its organization, come within 24 hours";
            return Err(Fault::new(Why::Disabled, READ, detail));
        }
        let pages = self.requests - before;
        let mut ledger = Ledger { records, ..Ledger::default() };
        let usage = usage_names(&ledger);
        let ways = [Purchase::OnDemand, Purchase::Reserved, Purchase::SavingsPlan].map(|way| {
            let names: Vec<String> = usage.iter().filter(|name| purchase(name) == way).cloned().collect();
            (way, names)
        });
        let ways: Vec<_> = ways.into_iter().filter(|(_, names)| !names.is_empty()).collect();
        // As many days make as many pages, so what the lines cost at least is known now.
        self.afford(pages * ways.len() as u32, READ, "usage by service and type")?;
        for (way, names) in ways {
            let by = [Dimension::Service, Dimension::UsageType];
            let sums = self.sums(&days, &by, Some(record_types(&names)), "usage by service and type").await?;
            if sums.is_empty() && ledger.records.costs_anything(&names) {
                return Err(Fault::new(Why::Error, READ, "Cost Explorer tells the sum of usage but none of its lines"));
            }
            ledger.usage.insert(way, sums);
        }
        Ok(Kept { today, fetched_at: now, whose: self.whose.clone(), ledger, net: self.net, ..Kept::default() })
    }

    /// What is beyond the bill, as far as it is not known yet. Says whether anything new came.
    pub(super) async fn complete(&mut self, kept: &mut Kept, today: Date, faults: &mut Vec<Fault>) -> bool {
        let mut is_news = false;
        if kept.forecast.is_none() {
            match self.forecast(today, &usage_names(&kept.ledger)).await {
                Ok(forecast) => (kept.forecast, is_news) = (Some(forecast), true),
                Err(fault) => faults.push(fault),
            }
        }
        if !kept.resources_known {
            match self.resources(today, &kept.ledger).await {
                Ok(resources) => {
                    (kept.ledger.resources, kept.resources_known, is_news) = (resources, true, true);
                }
                Err(fault) => faults.push(fault),
            }
        }
        if kept.used.is_none() && kept.ledger.has_commitments() {
            match self.used(today).await {
                Ok(used) => (kept.used, is_news) = (Some(used), true),
                Err(fault) => faults.push(fault),
            }
        }
        is_news
    }

    fn metrics(&self) -> Vec<String> {
        let mut metrics = vec![UNBLENDED, AMORTIZED, QUANTITY];
        if self.net {
            metrics.push(NET_AMORTIZED);
        }
        metrics.into_iter().map(str::to_owned).collect()
    }

    /// All pages of amounts in groups, day by day.
    async fn sums(
        &mut self,
        days: &DateInterval,
        by: &[Dimension],
        filter: Option<Expression>,
        what: &str,
    ) -> Result<Sums, Fault> {
        let request = self
            .client
            .get_cost_and_usage()
            .time_period(days.clone())
            .granularity(Granularity::Daily)
            .set_metrics(Some(self.metrics()))
            .set_group_by(Some(groups(by)))
            .set_filter(self.filter(filter));
        let mut sums = Sums::default();
        let mut token: Option<String> = None;
        loop {
            self.afford(1, READ, what)?;
            let page = request.clone().set_next_page_token(token.clone()).send().await.map_err(explained(READ))?;
            self.pay();
            take_in(&mut sums, page.results_by_time(), READ)?;
            token = next(READ, token, page.next_page_token())?;
            if token.is_none() {
                return Ok(sums);
            }
        }
    }

    /// Which resources the dollars of the last days were for. `None` where the account has not opted in.
    async fn resources(&mut self, today: Date, ledger: &Ledger) -> Result<Option<Measured>, Fault> {
        let usage = usage_names(ledger);
        if usage.is_empty() {
            return Ok(None);
        }
        let start = today.saturating_sub(MEASURED_DAYS.days());
        let by = [Dimension::ResourceId, Dimension::UsageType];
        let request = self
            .client
            .get_cost_and_usage_with_resources()
            .time_period(interval(start, today, RESOURCES)?)
            .granularity(Granularity::Daily)
            .metrics(UNBLENDED)
            .set_group_by(Some(groups(&by)))
            .set_filter(self.filter(Some(both(record_types(&usage), services(ledger)))));
        let mut sums = Sums::default();
        let mut token: Option<String> = None;
        loop {
            self.afford(1, RESOURCES, "the resources behind the dollars")?;
            let asked = request.clone().set_next_page_token(token.clone()).send().await.map_err(explained(RESOURCES));
            let page = match asked {
                Ok(page) => page,
                // Whoever has not opted in hears that there are no data, or that the request is not valid.
                Err(fault) if fault.why == Why::Disabled || fault.code == "ValidationException" => return Ok(None),
                Err(fault) => return Err(fault),
            };
            self.pay();
            take_in(&mut sums, page.results_by_time(), RESOURCES)?;
            token = next(RESOURCES, token, page.next_page_token())?;
            if token.is_none() {
                return Ok((!sums.is_empty()).then_some(Measured { start, end: today, sums }));
            }
        }
    }

    /// How much of Savings Plans and reservations was used in the last thirty days.
    async fn used(&mut self, today: Date) -> Result<CommitmentsUsed, Fault> {
        let [days, ..] = spans(today);
        let percent = |text: Option<&str>| text.and_then(|text| text.parse::<f64>().ok()).filter(|p| p.is_finite());
        self.afford(2, PLANS_USED, "how much of the commitments was used")?;
        let plans = self
            .client
            .get_savings_plans_utilization()
            .time_period(interval(days.start, days.end, PLANS_USED)?)
            .set_filter(self.filter(None));
        let savings_plans = match plans.send().await.map_err(explained(PLANS_USED)) {
            Ok(answer) => {
                self.pay();
                percent(answer.total().and_then(|t| t.utilization()).and_then(|u| u.utilization_percentage()))
            }
            Err(fault) if fault.why == Why::Disabled => None,
            Err(fault) => return Err(fault),
        };
        let reserved = self
            .client
            .get_reservation_utilization()
            .time_period(interval(days.start, days.end, RESERVATIONS_USED)?)
            .set_filter(self.filter(None));
        let reservations = match reserved.send().await.map_err(explained(RESERVATIONS_USED)) {
            Ok(answer) => {
                self.pay();
                let total = answer.total().filter(|total| total.purchased_hours().is_some_and(|hours| hours != "0"));
                percent(total.and_then(|total| total.utilization_percentage()))
            }
            Err(fault) if fault.why == Why::Disabled => None,
            Err(fault) => return Err(fault),
        };
        Ok(CommitmentsUsed { savings_plans, reservations })
    }

    /// What the rest of the month is expected to bring in usage; empty when Cost Explorer has too little history.
    async fn forecast(&mut self, today: Date, usage: &[String]) -> Result<Forecast, Fault> {
        if usage.is_empty() {
            return Ok(Forecast::default());
        }
        self.afford(1, FORECAST, "the forecast")?;
        let end = today.last_of_month().saturating_add(1.day());
        let asked = self
            .client
            .get_cost_forecast()
            .time_period(interval(today, end, FORECAST)?)
            .metric(Metric::UnblendedCost)
            .granularity(Granularity::Monthly)
            .prediction_interval_level(INTERVAL)
            .set_filter(self.filter(Some(record_types(usage))))
            .send()
            .await
            .map_err(explained(FORECAST));
        match asked {
            Ok(answer) => {
                self.pay();
                let amount = |text: &str| Amount::parse(text).and_then(Amount::to_usd);
                let mean = amount(answer.total().and_then(|total| total.amount()).unwrap_or_default());
                let mean = mean.ok_or_else(|| Fault::new(Why::Error, FORECAST, "the forecast is not an amount"))?;
                // The present month alone was asked for, so there is one row.
                let row = answer.forecast_results_by_time().first();
                let low = row.and_then(|row| row.prediction_interval_lower_bound()).and_then(amount);
                let high = row.and_then(|row| row.prediction_interval_upper_bound()).and_then(amount);
                Ok(Forecast { mean: Some(mean), low, high })
            }
            Err(fault) if fault.why == Why::Disabled => Ok(Forecast::default()),
            Err(fault) => Err(fault),
        }
    }

    /// Errors when asking for so much more would cost more than is allowed.
    fn afford(&self, requests: u32, action: &str, what: &str) -> Result<(), Fault> {
        let usd = REQUEST_USD.times(f64::from(requests));
        if self.spent + usd <= self.budget {
            return Ok(());
        }
        let detail = format!(
            "{what} not read: Cost Explorer charges ${REQUEST_USD} a request and {requests} more are needed, \
             ${} of at most ${} is spent; raise --max-spend",
            self.spent, self.budget
        );
        Err(Fault::new(Why::NotScanned, action, detail))
    }
}

/// The fault of an amount that cannot be counted.
pub(super) fn too_large() -> Fault {
    Fault::new(Why::Error, READ, "an amount is too large to count")
}

/// Adds a page's amounts.
fn take_in(sums: &mut Sums, results: &[ResultByTime], action: &str) -> Result<(), Fault> {
    for result in results {
        let start = result.time_period().map_or("", |period| period.start());
        // Hours would follow after the day; they are not asked for.
        let day = start.get(..10).and_then(|day| day.parse::<Date>().ok());
        let day = day.ok_or_else(|| Fault::new(Why::Error, action, "a row of the bill has no day"))?;
        if result.estimated() {
            sums.estimate(day);
        }
        for group in result.groups() {
            let amount = |metric| amount(group, metric);
            let told = Told {
                unblended: amount(UNBLENDED).unwrap_or_default(),
                amortized: amount(AMORTIZED),
                net_amortized: amount(NET_AMORTIZED),
                quantity: amount(QUANTITY).unwrap_or_default(),
                currency: unit(group).unwrap_or("USD"),
            };
            sums.add(group.keys(), day, &told).map_err(|detail| Fault::new(Why::Error, action, detail))?;
        }
    }
    Ok(())
}

fn amount<'a>(group: &'a Group, metric: &str) -> Option<&'a str> {
    group.metrics()?.get(metric)?.amount()
}

fn unit(group: &Group) -> Option<&str> {
    group.metrics()?.get(UNBLENDED)?.unit()
}

/// The token of the next page. Errors when it is the one that was just used: such a bill would have no end.
fn next(action: &str, last: Option<String>, token: Option<&str>) -> Result<Option<String>, Fault> {
    let token = token.filter(|token| !token.is_empty()).map(str::to_owned);
    if token.is_some() && token == last {
        return Err(Fault::new(Why::Error, action, "Cost Explorer gives the same page again and again"));
    }
    Ok(token)
}

/// Record types that are usage.
fn usage_names(ledger: &Ledger) -> Vec<String> {
    let names = ledger.records.names().filter(|name| charge_kind(name) == ChargeKind::Usage);
    names.map(str::to_owned).collect()
}

fn groups(by: &[Dimension]) -> Vec<GroupDefinition> {
    let group = |key: &Dimension| GroupDefinition::builder().r#type(GroupDefinitionType::Dimension).key(key.as_str());
    by.iter().map(|key| group(key).build()).collect()
}

/// A filter for values of a dimension.
fn is(key: Dimension, values: Vec<String>) -> Expression {
    let values = DimensionValues::builder().key(key).set_values(Some(values)).build();
    Expression::builder().dimensions(values).build()
}

fn both(one: Expression, other: Expression) -> Expression {
    Expression::builder().and(one).and(other).build()
}

fn record_types(names: &[String]) -> Expression {
    is(Dimension::RecordType, names.to_vec())
}

/// A filter for the services that were used: Cost Explorer wants them named where resources are.
fn services(ledger: &Ledger) -> Expression {
    let mut names: Vec<String> = ledger.usage.values().flat_map(Sums::names).map(str::to_owned).collect();
    names.dedup();
    is(Dimension::Service, names)
}

fn interval(start: Date, end: Date, action: &str) -> Result<DateInterval, Fault> {
    let interval = DateInterval::builder().start(start.to_string()).end(end.to_string()).build();
    interval.map_err(|error| Fault::new(Why::Error, action, error.to_string()))
}

/// Errors of Cost Explorer with what to do about them, which its own messages do not say.
fn explained<E>(action: &'static str) -> impl Fn(SdkError<E, Response>) -> Fault
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    move |error| {
        let said = error.message().unwrap_or_default().to_owned();
        let mut fault = Fault::sdk(action)(error);
        match (fault.why, fault.code.as_str()) {
            (Why::Disabled, "DataUnavailableException") => {
                fault.detail = "Cost Explorer is not enabled or has no data yet; switch it on in the Billing console \
                                of the account that pays, the first figures come within 24 hours"
                    .to_owned();
            }
            (_, "BillExpirationException") => {
                fault.why = Why::Disabled;
                fault.detail = "Cost Explorer no longer has these days".to_owned();
            }
            (Why::Denied, _) if is_for_the_payer(&said) => {
                fault.detail.push_str(
                    "; this is a member account, and its payer decides who sees billing data: \
                     Cost Management preferences, linked account access",
                );
            }
            (Why::Denied, _) => fault.detail.push_str(
                "; a user or role needs this permission and, where it goes by the old switch, IAM access to billing \
                 information activated by the root user",
            ),
            _ => {}
        }
        fault
    }
}

/// Whether a refusal comes from the payer's switch and not from a policy, which names the caller and the action.
fn is_for_the_payer(said: &str) -> bool {
    let lower = said.to_lowercase();
    let by_policy = lower.contains("is not authorized to perform");
    !by_policy
        && ["linked account", "payer", "management account", "not enabled for cost explorer"]
            .iter()
            .any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(budget: &str, spent: &str) -> Reader<'static> {
        let config = aws_config::SdkConfig::builder().behavior_version(aws_config::BehaviorVersion::latest()).build();
        let usd = |text: &str| text.parse().expect("a literal amount");
        let client = Client::new(&config);
        Reader {
            client,
            budget: usd(budget),
            net: false,
            whose: Whose::Unknown,
            charged: &|_| {},
            spent: usd(spent),
            requests: 0,
        }
    }

    #[test]
    fn the_cap_is_met_before_a_request_passes_it() {
        assert!(reader("0.03", "0.02").afford(1, READ, "page").is_ok());
        assert!(reader("0.03", "0.02").afford(2, READ, "the bill").is_err());
        let spent = reader("0.03", "0.03");
        let fault = spent.afford(1, READ, "usage by service and type").expect_err("over the cap");
        assert_eq!(fault.why, Why::NotScanned);
        assert!(fault.detail.starts_with("usage by service and type not read"), "{}", fault.detail);
    }

    #[test]
    fn a_page_that_leads_to_itself_ends_the_reading() {
        assert_eq!(next(READ, None, Some("")).expect("the last page"), None);
        assert!(next(READ, Some("a".into()), Some("b")).is_ok_and(|token| token.as_deref() == Some("b")));
        assert!(next(READ, Some("a".into()), Some("a")).is_err());
    }

    #[test]
    fn the_payers_switch_is_told_from_a_policy() {
        assert!(is_for_the_payer("User not enabled for cost explorer access"));
        assert!(is_for_the_payer("Linked account doesn't have access to cost explorer."));
        assert!(!is_for_the_payer("User: arn:aws:iam::1:user/a is not authorized to perform: ce:GetCostAndUsage"));
    }
}
