//! What the account really pays for a unit: dollars of a line by its quantity.

use std::collections::{BTreeMap, BTreeSet};

use super::usage::{Table, fits_key};
use crate::model::{Bill, Usd};

/// What a unit cost on the bill.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Key of the price it stands for.
    pub key: String,
    /// The region it was billed in.
    pub region: String,
    /// Dollars of the line.
    pub usd: Usd,
    /// Units of the line.
    pub quantity: f64,
    /// Usage type of the line.
    pub usage_type: String,
    /// Day before which the bill ends.
    pub until: String,
}

/// Rates of the prices in use, by key and region, out of a bill's lines that were paid as they were used.
///
/// A line that pays for several prices (an instance type with and without Windows) tells the rate of none. Bills in
/// another currency than US dollars have no rates.
pub fn of(bill: &Bill, table: &Table, keys: &BTreeSet<(String, String)>) -> Vec<Rate> {
    if bill.currency != "USD" {
        return Vec::new();
    }
    let mut by_region: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (key, region) in keys {
        by_region.entry(region).or_default().push(key);
    }
    let mut rates: BTreeMap<(&str, &str), Rate> = BTreeMap::new();
    for line in bill.lines.iter().filter(|line| line.purchase.is_on_demand() && line.usd > Usd::ZERO) {
        let Some(quantity) = line.quantity.filter(|quantity| *quantity > 0.0) else { continue };
        let Some((_, Some(pattern))) = table.row(line) else { continue };
        let here = by_region.get(line.region.as_str()).into_iter().flatten();
        let mut paid = here.filter(|key| fits_key(&pattern, key));
        let (Some(key), None) = (paid.next(), paid.next()) else { continue };
        // Lines come largest first; a smaller one for the same price is a special case of it.
        rates.entry((key, line.region.as_str())).or_insert_with(|| Rate {
            key: (*key).to_owned(),
            region: line.region.clone(),
            usd: line.usd,
            quantity,
            usage_type: line.usage_type.clone(),
            until: bill.period.end.clone(),
        });
    }
    rates.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{COMPUTE, OTHER, bill, line, table};
    use super::*;

    fn keys(of: &[(&str, &str)]) -> BTreeSet<(String, String)> {
        of.iter().map(|(key, region)| ((*key).to_owned(), (*region).to_owned())).collect()
    }

    fn told(lines: Vec<crate::model::BillLine>, of: &[(&str, &str)]) -> Vec<(String, String)> {
        let rates = super::of(&bill(lines), &table(), &keys(of));
        rates.into_iter().map(|rate| (rate.key, format!("{:.4}", rate.usd.dollars() / rate.quantity))).collect()
    }

    #[test]
    fn a_discount_shows_in_the_rate_of_its_region() {
        let lines = vec![line(OTHER, "us-east-1", "EBS:VolumeUsage.gp3", "7.20", Some(100.0))];
        let wanted = [("ebs.gp3", "us-east-1"), ("ebs.gp3", "eu-west-1"), ("ebs.gp2", "us-east-1")];
        assert_eq!(told(lines, &wanted), [("ebs.gp3".to_owned(), "0.0720".to_owned())]);
    }

    #[test]
    fn a_line_that_pays_for_two_prices_tells_neither() {
        let lines = || vec![line(COMPUTE, "us-east-1", "BoxUsage:m5.large", "138.24", Some(1440.0))];
        assert_eq!(told(lines(), &[("ec2.linux.m5.large", "us-east-1")]).len(), 1);
        let both = [("ec2.linux.m5.large", "us-east-1"), ("ec2.windows.m5.large", "us-east-1")];
        assert_eq!(told(lines(), &both), []);
    }

    #[test]
    fn what_a_commitment_paid_and_what_was_free_have_no_rate() {
        let mut reserved = line(COMPUTE, "us-east-1", "BoxUsage:m5.large", "1.00", Some(720.0));
        reserved.purchase = crate::model::Purchase::Reserved;
        let free = line(OTHER, "us-east-1", "EBS:VolumeUsage.gp3", "0.00", Some(30.0));
        let unknown = line(OTHER, "us-east-1", "EBS:VolumeUsage.gp2", "5.00", None);
        let wanted = [("ec2.linux.m5.large", "us-east-1"), ("ebs.gp3", "us-east-1"), ("ebs.gp2", "us-east-1")];
        assert_eq!(told(vec![reserved, free, unknown], &wanted), []);
    }
}
