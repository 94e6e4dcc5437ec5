use std::collections::{BTreeMap, BTreeSet};

use super::seen::{MONTH_DAYS, midnight};
use super::usage::{Table, fits_key};
use crate::audit::Audit;
use crate::model::{Bill, ChargeKind, Cost, CostPart, Finding, Reconciliation, ResourceId, Savings, Usd};

/// What acting on the findings that count would save: at list price, and on the next bill. `None` for a bill in another
/// currency, which has nothing to do with prices in dollars.
///
/// Credits are taken to pay the same share of everything; AWS applies them by their terms, which it does not tell.
pub(super) fn of(audit: &Audit, bill: &Bill, said: &Reconciliation, table: &Table) -> Option<Savings> {
    if bill.currency != "USD" {
        return None;
    }
    let (paid, start) = (monthly(bill, said), midnight(&bill.period.start));
    let unbilled: BTreeSet<(&str, &str)> =
        said.unbilled.iter().map(|one| (one.resource.as_str(), one.what.as_str())).collect();
    let covered = Covered::of(bill, table);
    let credits = credit_share(bill);
    let mut savings = Savings::default();
    for finding in audit.findings.iter().filter(|finding| finding.counts()) {
        let usd = finding.waste();
        let parts = Parts::of(finding);
        let list = usd.times(parts.list_ratio());
        let mut not_billed =
            usd.times(parts.share(|part| if unbilled.contains(&(parts.arn, part.what.as_str())) { 1.0 } else { 0.0 }));
        let committed = (usd - not_billed).times(parts.share(|part| covered.share(part)));
        // What was made within the period was not there long enough to tell a month.
        let is_old = start.zip(finding.resource.created_at).is_none_or(|(start, made)| made <= start);
        if let Some(paid) = paid.get(&finding.resource.arn).filter(|_| is_old) {
            // What is partly free is billed for the rest only, and no more than that can be saved.
            let at_most = paid.times(parts.ratio_of(usd));
            let rest = usd - not_billed - committed;
            if at_most.dollars() < rest.dollars() * BILLED {
                not_billed += rest - at_most;
            }
        }
        let by_credits = (usd - not_billed - committed).times(credits);
        savings.list_usd += list;
        savings.discounts_usd += list - usd;
        savings.not_billed_usd += not_billed;
        savings.committed_usd += committed;
        savings.credits_usd += by_credits;
        savings.next_bill_usd += usd - not_billed - committed - by_credits;
    }
    Some(savings)
}

/// Which part of its price acting on the findings that count would save, by resource.
pub(super) fn wasted(audit: &Audit) -> BTreeMap<ResourceId, f64> {
    let mut wasted: BTreeMap<ResourceId, f64> = BTreeMap::new();
    for finding in audit.findings.iter().filter(|finding| finding.counts()) {
        let usd = finding.waste();
        if usd > Usd::ZERO {
            let part = wasted.entry(finding.resource.arn.clone()).or_default();
            *part = (*part + Parts::of(finding).ratio_of(usd)).min(1.0);
        }
    }
    wasted
}

/// How much of its price has to be on the bill for a resource to count as billed in full: days and months round.
const BILLED: f64 = 0.95;

/// Days at the bill's end that stand for the next month where they were dearer than the rest: a trial that has ended.
const RECENT: usize = 7;

/// What each resource that the bill is tied to comes to a month, by the whole period or by its last days, whichever is
/// more.
fn monthly(bill: &Bill, said: &Reconciliation) -> BTreeMap<ResourceId, Usd> {
    let days = bill.period.days();
    let mut monthly: BTreeMap<ResourceId, Usd> = BTreeMap::new();
    for (line, said) in bill.lines.iter().zip(&said.lines).filter(|_| days >= RECENT) {
        let recent: Usd = line.daily_usd.iter().rev().take(RECENT).copied().sum();
        let whole = line.usd.dollars() / days as f64;
        let recent = recent.dollars() / RECENT as f64;
        let a_day = if recent * BILLED > whole { recent } else { whole };
        for share in said.by.iter().filter(|_| line.usd > Usd::ZERO) {
            let part = share.usd.dollars() / line.usd.dollars();
            *monthly.entry(share.resource.clone()).or_default() += Usd::from_dollars(a_day * MONTH_DAYS * part);
        }
    }
    monthly
}

/// The parts of a finding's price.
struct Parts<'a> {
    arn: &'a str,
    cost: Option<&'a Cost>,
}

impl<'a> Parts<'a> {
    fn of(finding: &'a Finding) -> Parts<'a> {
        Parts { arn: finding.resource.arn.as_str(), cost: finding.resource.cost.as_ref() }
    }

    /// How much more the parts are at list price.
    fn list_ratio(&self) -> f64 {
        let Some(cost) = self.cost.filter(|cost| cost.monthly_usd > Usd::ZERO) else { return 1.0 };
        let list: Usd = cost.parts.iter().map(|part| part.list_usd.unwrap_or(part.monthly_usd)).sum();
        list.dollars() / cost.monthly_usd.dollars()
    }

    /// A saving as a part of the whole price.
    fn ratio_of(&self, usd: Usd) -> f64 {
        let whole = self.cost.map_or(Usd::ZERO, |cost| cost.monthly_usd);
        if whole > Usd::ZERO { (usd.dollars() / whole.dollars()).min(1.0) } else { 1.0 }
    }

    /// The share of the price that something holds of, part by part.
    fn share(&self, of: impl Fn(&CostPart) -> f64) -> f64 {
        let Some(cost) = self.cost.filter(|cost| cost.monthly_usd > Usd::ZERO) else { return 0.0 };
        let held: f64 = cost.parts.iter().map(|part| part.monthly_usd.dollars() * of(part)).sum();
        (held / cost.monthly_usd.dollars()).clamp(0.0, 1.0)
    }
}

/// How much of the use of a price commitments pay for, by region.
struct Covered(Vec<(String, String, f64, bool)>);

impl Covered {
    fn of(bill: &Bill, table: &Table) -> Covered {
        let line = |line: &crate::model::BillLine| {
            let pattern = table.row(line)?.1?;
            Some((line.region.clone(), pattern, line.quantity?, !line.purchase.is_on_demand()))
        };
        Covered(bill.lines.iter().filter_map(line).collect())
    }

    fn share(&self, part: &CostPart) -> f64 {
        let (mut all, mut covered) = (0.0, 0.0);
        for (region, pattern, quantity, by_commitment) in &self.0 {
            if *region == part.source.region && fits_key(pattern, &part.key) {
                all += quantity;
                covered += if *by_commitment { *quantity } else { 0.0 };
            }
        }
        if all > 0.0 { covered / all } else { 0.0 }
    }
}

/// Which share of what they apply to credits paid: usage, support and fees, not tax. Refunds are no credits.
fn credit_share(bill: &Bill) -> f64 {
    let of = |test: &dyn Fn(&crate::model::Charge) -> bool| -> Usd {
        bill.charges.iter().filter(|charge| test(charge)).map(|charge| charge.usd).sum()
    };
    let credits = of(&|charge| charge.kind == ChargeKind::Credit && charge.record_type.eq_ignore_ascii_case("credit"));
    let fees = of(&|charge| matches!(charge.kind, ChargeKind::Support | ChargeKind::Commitment));
    let share = -credits.dollars() / (bill.usage_usd + fees).dollars();
    if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{COMPUTE, bill, explained_with, line, resource, table, usd};
    use super::*;
    use crate::model::{BillLine, Event, Purchase, Resource};

    /// An account in which every resource is waste, and its bill.
    fn told(lines: Vec<BillLine>, resources: Vec<Resource>) -> Savings {
        let bill = bill(lines);
        let said = explained_with(&bill, &resources, &[]);
        let mut audit = Audit::default();
        let findings = resources.into_iter().map(|resource| {
            let monthly_usd = resource.cost.as_ref().map(|cost| cost.monthly_usd);
            serde_json::from_value::<Finding>(serde_json::json!({
                "id": resource.id, "rule": "idle-instance", "title": "Idle", "category": "idle", "severity": "high",
                "score": 80, "score_parts": [], "certainty": "certain", "closure": "bills", "resource": resource,
                "monthly_usd": monthly_usd, "evidence": [], "remedy": "terminate"
            }))
            .expect("a finding")
        });
        audit.apply(Event::Judged { findings: findings.collect(), gaps: Vec::new() });
        of(&audit, &bill, &said, &table()).expect("a bill in dollars")
    }

    fn instance(monthly: &str) -> Resource {
        resource("ec2:instance", "us-east-1", "i-1", None, &[("ec2.linux.m5.large", 730.0, monthly)])
    }

    #[test]
    fn what_a_savings_plan_pays_for_frees_commitment_and_no_money() {
        let planned = BillLine {
            purchase: Purchase::SavingsPlan,
            ..line(COMPUTE, "us-east-1", "BoxUsage:m5.large", "0.00", Some(540.0))
        };
        let rest = line(COMPUTE, "us-east-1", "BoxUsage:m5.large", "17.28", Some(180.0));
        let said = told(vec![planned, rest], vec![instance("70.08")]);
        // Three quarters of the hours are the plan's.
        assert_eq!((said.committed_usd, said.next_bill_usd), (usd("52.56"), usd("17.52")));
        assert_eq!(said.list_usd, usd("70.08"));
    }

    #[test]
    fn what_is_not_on_the_bill_saves_nothing_there() {
        let said = told(Vec::new(), vec![instance("70.08")]);
        assert_eq!((said.not_billed_usd, said.next_bill_usd), (usd("70.08"), Usd::ZERO));
    }

    #[test]
    fn a_discount_lies_between_the_list_and_the_next_bill() {
        let mut one = instance("63.072");
        if let Some(part) = one.cost.as_mut().and_then(|cost| cost.parts.first_mut()) {
            part.list_usd = Some(usd("70.08"));
        }
        let said = told(vec![line(COMPUTE, "us-east-1", "BoxUsage:m5.large", "62.208", Some(720.0))], vec![one]);
        assert_eq!((said.list_usd, said.discounts_usd), (usd("70.08"), usd("7.008")));
        assert_eq!(said.next_bill_usd, usd("63.072"));
    }
}
