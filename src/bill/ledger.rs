use std::collections::BTreeMap;

use jiff::Timestamp;

use super::amount::Amount;
use super::regions::region_of;
use crate::model::{Bill, BillLine, BillPeriod, Charge, ChargeKind, Usd};

/// Amounts by their group keys, over all months and pages of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sums {
    /// Group keys in the order they were asked for, and what they cost.
    pub groups: BTreeMap<Vec<String>, Amount>,
    /// Group keys, and how much was used, where Cost Explorer tells it.
    pub quantities: BTreeMap<Vec<String>, f64>,
    /// Currency of the amounts. Absent while there are none.
    pub currency: Option<String>,
    /// Whether AWS still calls one of the months estimated.
    pub estimated: bool,
}

impl Sums {
    /// Adds an amount to its group.
    ///
    /// Errors when the amount is no number or in another currency than those before: such amounts have no sum.
    pub(super) fn add(&mut self, keys: &[String], amount: &str, currency: &str) -> Result<(), String> {
        let parsed = Amount::parse(amount).ok_or_else(|| format!("`{amount}` is not an amount of money"))?;
        let known = self.currency.get_or_insert_with(|| currency.to_owned());
        if known != currency {
            return Err(format!("amounts in {known} and in {currency} cannot be added"));
        }
        *self.groups.entry(keys.to_vec()).or_default() += parsed;
        Ok(())
    }

    /// Adds how much was used to its group. What is no number is not known.
    pub(super) fn add_quantity(&mut self, keys: &[String], quantity: &str) {
        if let Some(quantity) = quantity.parse::<f64>().ok().filter(|quantity| quantity.is_finite()) {
            *self.quantities.entry(keys.to_vec()).or_default() += quantity;
        }
    }

    /// Whether a group of one of these names is more or less than nothing.
    pub(super) fn costs_anything(&self, names: &[String]) -> bool {
        let named = |keys: &[String]| keys.first().is_some_and(|key| names.contains(key));
        self.groups.iter().any(|(keys, amount)| named(keys) && !amount.is_zero())
    }

    /// The first group key of each group: record types, when grouped by them.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().filter_map(|keys| keys.first()).map(String::as_str)
    }
}

/// Which sort of amount a record type is. Cost Explorer uses the names of the Cost and Usage Report, its console
/// longer ones; both are known. Discounts and one-off fees are `Other`.
pub fn charge_kind(record_type: &str) -> ChargeKind {
    let name: String = record_type.chars().filter(char::is_ascii_alphanumeric).collect();
    match name.to_ascii_lowercase().as_str() {
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

/// The bill out of its two answers: amounts by record type, and usage by service and usage type.
///
/// Amounts of exactly zero (free tier) are left out. `None` when an amount is beyond what money is counted in.
pub(super) fn assemble(records: &Sums, usage: &Sums, period: BillPeriod, fetched_at: Timestamp) -> Option<Bill> {
    let mut lines = Vec::new();
    let mut charges = Vec::new();
    for (keys, amount) in usage.groups.iter().filter(|(_, amount)| !amount.is_zero()) {
        let [service, usage_type] = keys.as_slice() else { continue };
        let usd = amount.to_usd()?;
        if is_support(service) {
            // The plan's own name stands in for a record type: Cost Explorer only says "Usage".
            charges.push(Charge { record_type: service.clone(), kind: ChargeKind::Support, usd });
            continue;
        }
        let region = region_of(service, usage_type).to_string();
        let quantity = usage.quantities.get(keys).copied().filter(|quantity| *quantity > 0.0);
        lines.push(BillLine { service: service.clone(), region, usage_type: usage_type.clone(), usd, quantity });
    }
    for (keys, amount) in records.groups.iter().filter(|(_, amount)| !amount.is_zero()) {
        let record_type = keys.first().cloned().unwrap_or_default();
        let kind = charge_kind(&record_type);
        if kind != ChargeKind::Usage {
            charges.push(Charge { record_type, kind, usd: amount.to_usd()? });
        }
    }
    lines.sort_by(|a, b| b.usd.cmp(&a.usd).then_with(|| (&a.service, &a.usage_type).cmp(&(&b.service, &b.usage_type))));
    charges.sort_by(|a, b| (a.kind, &a.record_type).cmp(&(b.kind, &b.record_type)));
    let credits = charges.iter().filter(|charge| charge.kind == ChargeKind::Credit);
    Some(Bill {
        period: BillPeriod { estimated: records.estimated || usage.estimated, ..period },
        currency: usage.currency.clone().or_else(|| records.currency.clone()).unwrap_or_else(|| "USD".to_owned()),
        // The sum of the rounded lines, so that a reader who adds them up arrives at the same figure.
        usage_usd: lines.iter().map(|line| line.usd).sum(),
        credits_usd: credits.map(|charge| charge.usd).sum::<Usd>(),
        lines,
        charges,
        forecast_usd: None,
        fetched_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(rows: &[(&[&str], &str)]) -> Sums {
        let mut sums = Sums::default();
        for (keys, amount) in rows {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            sums.add(&keys, amount, "USD").expect("a literal amount");
        }
        sums
    }

    fn bill(records: &Sums, usage: &Sums) -> Bill {
        let period = BillPeriod { start: "2026-10-24".into(), end: "2026-11-23".into(), estimated: false };
        let at = "2026-11-23T06:00:00Z".parse().expect("a literal time");
        assemble(records, usage, period, at).expect("small amounts")
    }

    #[test]
    fn both_months_of_a_line_are_added_before_rounding() {
        let gp3 = ["EC2 - Other", "EUC1-EBS:VolumeUsage.gp3"].as_slice();
        let usage = sums(&[(gp3, "0.0000004"), (gp3, "0.0000004"), (&["AWS Lambda", "Request"], "0.0000000000")]);
        let bill = bill(&Sums::default(), &usage);
        assert_eq!(bill.lines.len(), 1);
        assert_eq!(bill.lines[0].usd.exact(), "0.000001");
        assert_eq!(bill.lines[0].region, "eu-central-1");
    }

    #[test]
    fn credits_tax_and_support_are_not_usage() {
        let records = sums(&[(&["Usage"], "130"), (&["Credit"], "-12"), (&["Refund"], "-3.21"), (&["Tax"], "7.5")]);
        let usage = sums(&[
            (&["Amazon Simple Storage Service", "TimedStorage-ByteHrs"], "1"),
            (&["Amazon Elastic Compute Cloud - Compute", "BoxUsage:m5.xlarge"], "100"),
            (&["AWS Support (Developer)", "Dollar"], "29"),
        ]);
        let bill = bill(&records, &usage);
        assert_eq!(bill.usage_usd.exact(), "101.00");
        assert_eq!(bill.credits_usd.exact(), "-15.21");
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
    }

    #[test]
    fn two_currencies_have_no_sum() {
        let mut sums = sums(&[(&["Usage"], "1")]);
        assert!(sums.add(&["Usage".to_owned()], "1", "CNY").is_err());
        assert!(sums.add(&["Usage".to_owned()], "one", "USD").is_err());
    }
}
