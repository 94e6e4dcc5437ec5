use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::regions::region_of;
use crate::model::{Bill, BillLine, BillPeriod, BilledResource, Charge, ChargeKind, Purchase, Usd};

/// What one day of a group came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct DaySum {
    /// As charged.
    pub unblended: Amount,
    /// With fees spread over use.
    pub amortized: Option<Amount>,
    /// The same after discounts.
    pub net_amortized: Option<Amount>,
    /// How much was used, where Cost Explorer tells it.
    pub quantity: f64,
}

/// Amounts by their group keys and days, over all pages of an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sums {
    /// Group keys in the order they were asked for, and what each day brought.
    groups: BTreeMap<Group, BTreeMap<Date, DaySum>>,
    /// Currency of the amounts. Absent while there are none.
    pub currency: Option<String>,
    /// Days AWS still calls estimated.
    estimated: BTreeSet<Date>,
}

/// Group keys as one text, for the maps of JSON have text keys only; no key of Cost Explorer holds a line break.
type Group = String;

impl Sums {
    /// Adds a day's amounts to a group.
    ///
    /// Errors when an amount is no number or in another currency than those before: such amounts have no sum.
    pub(super) fn add(&mut self, keys: &[String], day: Date, told: &Told<'_>) -> Result<(), String> {
        let parsed = |text: &str| Amount::parse(text).ok_or_else(|| format!("`{text}` is not an amount of money"));
        let known = self.currency.get_or_insert_with(|| told.currency.to_owned());
        if known != told.currency {
            return Err(format!("amounts in {known} and in {} cannot be added", told.currency));
        }
        let sum = self.groups.entry(keys.join("\n")).or_default().entry(day).or_default();
        sum.unblended += parsed(told.unblended)?;
        for (sum, text) in [(&mut sum.amortized, told.amortized), (&mut sum.net_amortized, told.net_amortized)] {
            if let Some(text) = text {
                *sum.get_or_insert_default() += parsed(text)?;
            }
        }
        // What is no number is not known.
        sum.quantity += told.quantity.parse::<f64>().ok().filter(|quantity| quantity.is_finite()).unwrap_or_default();
        Ok(())
    }

    /// Notes that a day is still estimated.
    pub(super) fn estimate(&mut self, day: Date) {
        self.estimated.insert(day);
    }

    /// Whether a group of one of these names is more or less than nothing.
    pub(super) fn costs_anything(&self, names: &[String]) -> bool {
        let named = |group: &Group| names.iter().any(|name| name == first(group));
        self.groups.iter().any(|(group, days)| named(group) && days.values().any(|day| !day.unblended.is_zero()))
    }

    /// The first key of each group: record types, when grouped by them.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(|group| first(group))
    }

    /// Whether there is no group.
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Groups with what they came to in some days. Those without a row in them are left out.
    fn within<'a>(&'a self, days: &'a Days) -> impl Iterator<Item = (&'a Group, DaySum, Vec<Amount>)> {
        self.groups.iter().filter_map(|(group, by_day)| {
            let mut whole = DaySum::default();
            let mut daily = vec![Amount::default(); days.count];
            let mut is_there = false;
            for (day, sum) in by_day.range(days.start..days.end) {
                is_there = true;
                whole.unblended += sum.unblended;
                whole.quantity += sum.quantity;
                for (whole, sum) in
                    [(&mut whole.amortized, sum.amortized), (&mut whole.net_amortized, sum.net_amortized)]
                {
                    if let Some(sum) = sum {
                        *whole.get_or_insert_default() += sum;
                    }
                }
                daily[days.number(*day)] += sum.unblended;
            }
            is_there.then_some((group, whole, daily))
        })
    }
}

fn first(group: &str) -> &str {
    group.split('\n').next().unwrap_or_default()
}

/// One group's amounts as Cost Explorer writes them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    /// As charged.
    pub unblended: &'a str,
    /// With fees spread over use, when it was asked for.
    pub amortized: Option<&'a str>,
    /// The same after discounts, when it was asked for.
    pub net_amortized: Option<&'a str>,
    /// How much was used; empty where nothing is told.
    pub quantity: &'a str,
    /// Currency code.
    pub currency: &'a str,
}

/// Days from one to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Days {
    /// The first.
    pub start: Date,
    /// The first that is none of them.
    pub end: Date,
    count: usize,
}

impl Days {
    /// The days from one to before another; none when they are the wrong way round.
    pub(super) fn new(start: Date, end: Date) -> Days {
        let count = usize::try_from((end - start).get_days()).unwrap_or_default();
        Days { start, end: end.max(start), count }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The number of a day that is one of them, the first is 0.
    fn number(&self, day: Date) -> usize {
        usize::try_from((day - self.start).get_days()).unwrap_or_default()
    }
}

/// Everything Cost Explorer answered, day by day: bills over some of its days are cut out of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Ledger {
    /// Amounts by record type.
    pub records: Sums,
    /// Usage by service and usage type, for each way of paying that occurred.
    pub usage: BTreeMap<Purchase, Sums>,
    /// Usage by resource and usage type, over the days it was told for.
    pub resources: Option<Measured>,
}

/// What Cost Explorer tells of single resources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Measured {
    /// First day.
    pub start: Date,
    /// First day after.
    pub end: Date,
    /// Amounts by resource and usage type.
    pub sums: Sums,
}

impl Ledger {
    /// The bill over some of its days. `None` when an amount is beyond what money is counted in.
    pub(super) fn bill(&self, days: &Days, fetched_at: Timestamp) -> Option<Bill> {
        let mut bill = Bill {
            period: self.period(days),
            currency: self.currency().unwrap_or("USD").to_owned(),
            fetched_at,
            ..Bill::default()
        };
        for (purchase, sums) in &self.usage {
            for (group, whole, daily) in sums.within(days) {
                let Some((service, usage_type)) = group.split_once('\n') else { continue };
                if is_support(service) {
                    // The plan's own name stands in for a record type: Cost Explorer only says "Usage".
                    bill.charges.extend(charge(service, ChargeKind::Support, &whole)?);
                    continue;
                }
                let line = BillLine {
                    service: service.to_owned(),
                    region: region_of(service, usage_type).to_string(),
                    usage_type: usage_type.to_owned(),
                    usd: whole.unblended.to_usd()?,
                    quantity: Some(whole.quantity).filter(|quantity| *quantity > 0.0),
                    purchase: *purchase,
                    daily_usd: rounded(&daily)?,
                    amortized_usd: in_usd(whole.amortized)?,
                    net_amortized_usd: in_usd(whole.net_amortized)?,
                    resources: Vec::new(),
                };
                let is_nothing = whole.unblended.is_zero() && daily.iter().all(|day| day.is_zero());
                match (is_nothing, purchase.is_on_demand(), line.quantity) {
                    (true, _, None) => {}
                    (true, true, Some(_)) => bill.free.push(BillLine { daily_usd: Vec::new(), ..line }),
                    _ => bill.lines.push(line),
                }
            }
        }
        bill.lines.extend(self.unlisted(days)?);
        for (group, whole, _) in self.records.within(days) {
            let kind = charge_kind(group);
            if kind != ChargeKind::Usage {
                bill.charges.extend(charge(group, kind, &whole)?);
            }
        }
        self.measure(&mut bill, days)?;
        bill.add_up();
        Some(bill)
    }

    /// The name of a line for usage that is in the sum and in none of the lines.
    const UNLISTED: &str = "(in no line of Cost Explorer)";

    /// What the sum of all usage has and its lines have not. Nothing, unless Cost Explorer contradicts itself by more
    /// than a cent: such dollars must not get lost.
    fn unlisted(&self, days: &Days) -> Option<Option<BillLine>> {
        const CENT: i64 = 10_000;
        let mut rest = Amount::default();
        for (_, whole, _) in self.records.within(days).filter(|(group, ..)| charge_kind(group) == ChargeKind::Usage) {
            rest += whole.unblended;
        }
        for (_, whole, _) in self.usage.values().flat_map(|sums| sums.within(days)) {
            rest += -whole.unblended;
        }
        let usd = rest.to_usd()?;
        let line = BillLine {
            service: Ledger::UNLISTED.to_owned(),
            region: crate::model::Region::GLOBAL.to_owned(),
            usd,
            ..BillLine::default()
        };
        Some((usd.micros().abs() >= CENT).then_some(line))
    }

    /// Hangs what is known of single resources on the lines, where the measured days are days of the bill.
    fn measure(&self, bill: &mut Bill, days: &Days) -> Option<()> {
        let Some(measured) = &self.resources else { return Some(()) };
        if measured.start < days.start || measured.end > days.end {
            return Some(());
        }
        let mut by_type: BTreeMap<&str, Vec<BilledResource>> = BTreeMap::new();
        let measured_days = Days::new(measured.start, measured.end);
        for (group, whole, _) in measured.sums.within(&measured_days) {
            let Some((id, usage_type)) = group.split_once('\n') else { continue };
            let usd = whole.unblended.to_usd()?;
            let id = if id == "NoResourceId" { String::new() } else { id.to_owned() };
            by_type.entry(usage_type).or_default().push(BilledResource { id, usd });
        }
        // Usage types name their service as a rule; where two share one, nobody can tell whose resources these are.
        let on_demand = bill.lines.iter().filter(|line| line.purchase.is_on_demand());
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        on_demand.for_each(|line| *times.entry(line.usage_type.clone()).or_default() += 1);
        for line in bill.lines.iter_mut().filter(|line| line.purchase.is_on_demand()) {
            if times.get(&line.usage_type) == Some(&1)
                && let Some(mut resources) = by_type.remove(line.usage_type.as_str())
            {
                resources.retain(|resource| resource.usd != Usd::ZERO);
                resources.sort_by(|a, b| b.usd.cmp(&a.usd).then_with(|| a.id.cmp(&b.id)));
                line.resources = resources;
            }
        }
        bill.measured = Some(BillPeriod {
            start: measured.start.to_string(),
            end: measured.end.to_string(),
            ..BillPeriod::default()
        });
        Some(())
    }

    fn period(&self, days: &Days) -> BillPeriod {
        let sums = self.usage.values().chain([&self.records]);
        let first = sums.filter_map(|sums| sums.estimated.range(days.start..days.end).next()).min();
        BillPeriod {
            start: days.start.to_string(),
            end: days.end.to_string(),
            estimated: first.is_some(),
            estimated_from: first.map(Date::to_string),
        }
    }

    /// The currency of all amounts. `None` without an amount.
    pub(super) fn currency(&self) -> Option<&str> {
        self.usage.values().chain([&self.records]).find_map(|sums| sums.currency.as_deref())
    }

    /// Whether Savings Plans or reservations were paid or used.
    pub(super) fn has_commitments(&self) -> bool {
        self.records.names().any(|name| {
            let kind = charge_kind(name);
            kind == ChargeKind::Commitment || kind == ChargeKind::Usage && purchase(name) != Purchase::OnDemand
        })
    }
}

fn charge(record_type: &str, kind: ChargeKind, sum: &DaySum) -> Option<Option<Charge>> {
    let charge = Charge {
        record_type: record_type.to_owned(),
        kind,
        usd: sum.unblended.to_usd()?,
        amortized_usd: in_usd(sum.amortized)?,
        net_amortized_usd: in_usd(sum.net_amortized)?,
    };
    Some(Some(charge).filter(|_| !sum.unblended.is_zero()))
}

fn in_usd(amount: Option<Amount>) -> Option<Option<Usd>> {
    match amount {
        Some(amount) => amount.to_usd().map(Some),
        None => Some(None),
    }
}

/// Days in micro-dollars that add up to their rounded sum: what rounding takes from one day it gives to a later one.
fn rounded(daily: &[Amount]) -> Option<Vec<Usd>> {
    let (mut exact, mut given) = (Amount::default(), Usd::ZERO);
    let mut days = Vec::with_capacity(daily.len());
    for day in daily {
        exact += *day;
        let so_far = exact.to_usd()?;
        days.push(so_far - given);
        given = so_far;
    }
    Some(days)
}

/// The days of the three bills: the last thirty, the last full month, the present month.
///
/// Cost Explorer calls the present day incomplete, so none has it.
pub(super) fn spans(today: Date) -> [Days; 3] {
    const DAYS: i64 = 30;
    let month = today.first_of_month();
    [
        Days::new(today.saturating_sub(DAYS.days()), today),
        Days::new(month.saturating_sub(1.month()), month),
        Days::new(month, today),
    ]
}

/// How usage of a record type was paid for.
pub(super) fn purchase(record_type: &str) -> Purchase {
    let name = bare(record_type);
    match name.as_str() {
        "discountedusage" | "reservationappliedusage" => Purchase::Reserved,
        "savingsplancoveredusage" | "savingsplannegation" => Purchase::SavingsPlan,
        _ => Purchase::OnDemand,
    }
}

fn bare(record_type: &str) -> String {
    record_type.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Which sort of amount a record type is. Cost Explorer uses the names of the Cost and Usage Report, its console
/// longer ones; both are known. Discounts and one-off fees are `Other`.
pub fn charge_kind(record_type: &str) -> ChargeKind {
    match bare(record_type).as_str() {
        "usage" | "discountedusage" | "reservationappliedusage" => ChargeKind::Usage,
        "savingsplancoveredusage" | "savingsplannegation" => ChargeKind::Usage,
        "credit" | "refund" => ChargeKind::Credit,
        "tax" => ChargeKind::Tax,
        "support" | "supportfee" => ChargeKind::Support,
        "savingsplanrecurringfee" | "savingsplanupfrontfee" => ChargeKind::Commitment,
        "rifee" | "recurringreservationfee" | "upfrontreservationfee" => ChargeKind::Commitment,
        _ => ChargeKind::Other,
    }
}

/// Whether a service is a support plan, which Cost Explorer records as usage.
fn is_support(service: &str) -> bool {
    service.starts_with("AWS") && service.contains("Support")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const ANY_TIME: Timestamp = Timestamp::UNIX_EPOCH;

    fn days() -> Days {
        Days::new(date(2026, 10, 24), date(2026, 11, 23))
    }

    fn told(amount: &str) -> Told<'_> {
        Told { unblended: amount, amortized: None, net_amortized: None, quantity: "", currency: "USD" }
    }

    fn sums(rows: &[(&[&str], i8, &str)]) -> Sums {
        let mut sums = Sums::default();
        for (keys, day, amount) in rows {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            sums.add(&keys, date(2026, 11, *day), &told(amount)).expect("a literal amount");
        }
        sums
    }

    fn ledger(records: Sums, usage: Sums) -> Ledger {
        Ledger { records, usage: BTreeMap::from([(Purchase::OnDemand, usage)]), resources: None }
    }

    #[test]
    fn days_of_a_line_are_added_before_rounding_and_still_add_up() {
        let gp3 = ["EC2 - Other", "EUC1-EBS:VolumeUsage.gp3"].as_slice();
        let usage =
            sums(&[(gp3, 3, "0.0000004"), (gp3, 4, "0.0000004"), (&["AWS Lambda", "Request"], 3, "0.0000000000")]);
        let bill = ledger(Sums::default(), usage).bill(&days(), ANY_TIME).expect("small amounts");
        assert_eq!(bill.lines.len(), 1);
        assert_eq!(bill.lines[0].usd.exact(), "0.000001");
        assert_eq!(bill.lines[0].region, "eu-central-1");
        assert_eq!(bill.lines[0].daily_usd.iter().copied().sum::<Usd>().exact(), "0.000001");
        assert_eq!(bill.lines[0].daily_usd.len(), 30);
    }

    #[test]
    fn credits_tax_and_support_are_not_usage() {
        let records =
            sums(&[(&["Usage"], 1, "130"), (&["Credit"], 1, "-12"), (&["Refund"], 1, "-3.21"), (&["Tax"], 1, "7.5")]);
        let usage = sums(&[
            (&["Amazon Simple Storage Service", "TimedStorage-ByteHrs"], 1, "1"),
            (&["Amazon Elastic Compute Cloud - Compute", "BoxUsage:m5.xlarge"], 1, "100"),
            (&["AWS Support (Developer)", "Dollar"], 1, "29"),
        ]);
        let bill = ledger(records, usage).bill(&days(), ANY_TIME).expect("small amounts");
        assert_eq!(bill.usage_usd.exact(), "101.00");
        assert_eq!(bill.credits_usd.exact(), "-15.21");
        assert_eq!(bill.charged_usd().exact(), "122.29");
        assert_eq!(bill.lines.iter().map(|l| l.usd.exact()).collect::<Vec<_>>(), ["100.00", "1.00"]);
        let kinds: Vec<_> = bill.charges.iter().map(|c| (c.record_type.as_str(), c.kind)).collect();
        assert_eq!(
            kinds,
            [
                ("Credit", ChargeKind::Credit),
                ("Refund", ChargeKind::Credit),
                ("Tax", ChargeKind::Tax),
                ("AWS Support (Developer)", ChargeKind::Support)
            ]
        );
    }

    #[test]
    fn usage_that_no_line_has_is_a_line_of_its_own() {
        let records = sums(&[(&["Usage"], 1, "10")]);
        let usage = sums(&[(&["Amazon Simple Storage Service", "TimedStorage-ByteHrs"], 1, "7.5")]);
        let bill = ledger(records, usage).bill(&days(), ANY_TIME).expect("small amounts");
        assert_eq!(bill.usage_usd.exact(), "10.00");
        assert_eq!(bill.lines[1].service, Ledger::UNLISTED);
    }

    #[test]
    fn a_bill_has_the_rows_of_its_days_only() {
        let gp3 = ["EC2 - Other", "EBS:VolumeUsage.gp3"].as_slice();
        let records = sums(&[(&["Usage"], 1, "1"), (&["Usage"], 2, "2"), (&["Usage"], 22, "4")]);
        let whole = ledger(records, sums(&[(gp3, 1, "1"), (gp3, 2, "2"), (gp3, 22, "4")]));
        let of = |first, end| {
            let days = Days::new(date(2026, 11, first), date(2026, 11, end));
            whole.bill(&days, ANY_TIME).expect("small amounts").usage_usd.exact()
        };
        assert_eq!((of(1, 23), of(2, 22), of(3, 22)), ("7.00".into(), "2.00".into(), "0.00".into()));
    }

    #[test]
    fn the_three_bills_cover_thirty_days_and_two_months() {
        let told = |today| spans(today).map(|days| format!("{} {} {}", days.start, days.end, days.count()));
        assert_eq!(
            told(date(2026, 11, 23)),
            ["2026-10-24 2026-11-23 30", "2026-10-01 2026-11-01 31", "2026-11-01 2026-11-23 22"]
        );
        assert_eq!(
            told(date(2026, 3, 1)),
            ["2026-01-30 2026-03-01 30", "2026-02-01 2026-03-01 28", "2026-03-01 2026-03-01 0"]
        );
    }

    #[test]
    fn record_types_are_known_in_both_spellings() {
        for (name, kind) in [
            ("Usage", ChargeKind::Usage),
            ("DiscountedUsage", ChargeKind::Usage),
            ("Savings Plan negation", ChargeKind::Usage),
            ("SavingsPlanRecurringFee", ChargeKind::Commitment),
            ("Recurring reservation fee", ChargeKind::Commitment),
            ("RIFee", ChargeKind::Commitment),
            ("Support fee", ChargeKind::Support),
            ("Enterprise Discount Program Discount", ChargeKind::Other),
            ("Fee", ChargeKind::Other),
        ] {
            assert_eq!(charge_kind(name), kind, "{name}");
        }
        assert_eq!(purchase("Savings Plan negation"), Purchase::SavingsPlan);
        assert_eq!(purchase("DiscountedUsage"), Purchase::Reserved);
    }

    #[test]
    fn two_currencies_have_no_sum() {
        let mut sums = sums(&[(&["Usage"], 1, "1")]);
        let usage = ["Usage".to_owned()];
        assert!(sums.add(&usage, date(2026, 11, 1), &Told { currency: "CNY", ..told("1") }).is_err());
        assert!(sums.add(&usage, date(2026, 11, 1), &told("one")).is_err());
    }
}
