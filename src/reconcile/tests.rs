use proptest::prelude::*;

use super::*;
use crate::model::{
    BillPeriod, BilledResource, Cell, CellState, Cost, CostPart, PriceSource, Purchase, Resource, ResourceId,
};

pub(super) const COMPUTE: &str = "Amazon Elastic Compute Cloud - Compute";
pub(super) const OTHER: &str = "EC2 - Other";

pub(super) fn usd(text: &str) -> Usd {
    text.parse().expect("a literal amount")
}

pub(super) fn line(service: &str, region: &str, usage_type: &str, amount: &str, quantity: Option<f64>) -> BillLine {
    BillLine {
        service: service.to_owned(),
        region: region.to_owned(),
        usage_type: usage_type.to_owned(),
        usd: usd(amount),
        quantity,
        ..BillLine::default()
    }
}

/// A bill of thirty days, 1 to 30 November.
pub(super) fn bill(lines: Vec<BillLine>) -> Bill {
    Bill {
        period: BillPeriod { start: "2026-11-01".to_owned(), end: "2026-12-01".to_owned(), ..BillPeriod::default() },
        currency: "USD".to_owned(),
        usage_usd: lines.iter().map(|line| line.usd).sum(),
        lines,
        fetched_at: "2026-12-01T06:00:00Z".parse().expect("a literal time"),
        ..Bill::default()
    }
}

/// A resource with a part of a month's list price: key, units, dollars.
pub(super) fn resource(
    kind: &str,
    region: &str,
    id: &str,
    created: Option<&str>,
    parts: &[(&str, f64, &str)],
) -> Resource {
    let mut one = Resource {
        arn: ResourceId::new(format!("arn:aws:test:{region}:111122223333:{id}")),
        id: id.to_owned(),
        kind: Kind::owned(kind),
        account: "111122223333".to_owned(),
        region: Region::new(region),
        name: None,
        created_at: created.map(|at| at.parse().expect("a literal time")),
        tags: BTreeMap::new(),
        facts: serde_json::Map::new(),
        refs: Vec::new(),
        owner: None,
        protections: Vec::new(),
        cost: None,
    };
    let part = |(key, quantity, monthly): &(&str, f64, &str)| CostPart {
        what: (*key).to_owned(),
        key: (*key).to_owned(),
        quantity: *quantity,
        unit: "unit".to_owned(),
        unit_usd: "1".to_owned(),
        monthly_usd: usd(monthly),
        source: PriceSource { region: region.to_owned(), ..PriceSource::default() },
        ..CostPart::default()
    };
    let parts: Vec<CostPart> = parts.iter().map(part).collect();
    one.cost = (!parts.is_empty()).then(|| Cost {
        monthly_usd: parts.iter().map(|part| part.monthly_usd).sum(),
        parts,
        ..Cost::default()
    });
    one
}

pub(super) fn table() -> Table {
    Table::embedded().expect("the table that is built in")
}

fn explained(lines: Vec<BillLine>, resources: &[Resource]) -> Reconciliation {
    explained_with(&bill(lines), resources, &[])
}

pub(super) fn explained_with(bill: &Bill, resources: &[Resource], gone: &[Gone]) -> Reconciliation {
    let books = Books { table: &table(), hidden: &|_, _| false, gone };
    books.reconcile(bill, || resources.iter())
}

#[test]
fn an_instance_that_ran_all_month_explains_its_hours_to_the_cent() {
    let web = resource(
        "ec2:instance",
        "us-east-1",
        "i-1",
        Some("2026-01-01T00:00:00Z"),
        &[("ec2.linux.m5.large", 730.0, "70.08")],
    );
    // 720 hours × $0.096.
    let said = explained(vec![line(COMPUTE, "us-east-1", "BoxUsage:m5.large", "69.12", Some(720.0))], &[web]);
    assert_eq!(said.explained_usd, usd("69.12"));
    assert_eq!(said.unexplained_usd, Usd::ZERO);
    assert_eq!(said.explained_percent, Some(100.0));
    assert_eq!(said.lines[0].by.len(), 1);
    assert!(said.lines[0].by[0].basis == Basis::Counted && said.unbilled.is_empty());
}

#[test]
fn hours_of_an_instance_that_is_gone_stay_unexplained() {
    let web = resource("ec2:instance", "us-east-1", "i-1", None, &[("ec2.linux.m5.large", 730.0, "70.08")]);
    let said = explained(vec![line(COMPUTE, "us-east-1", "BoxUsage:m5.large", "138.24", Some(1440.0))], &[web]);
    assert_eq!((said.explained_usd, said.unexplained_usd), (usd("69.12"), usd("69.12")));
    assert_eq!(said.lines[0].what.as_deref(), Some("instance hours, On-Demand"));
}

#[test]
fn an_instance_of_another_type_or_region_explains_nothing() {
    let small = resource("ec2:instance", "us-east-1", "i-1", None, &[("ec2.linux.t3.micro", 730.0, "7.59")]);
    let there = resource("ec2:instance", "eu-west-1", "i-2", None, &[("ec2.linux.m5.large", 730.0, "78.11")]);
    let said = explained(vec![line(COMPUTE, "us-east-1", "BoxUsage:m5.large", "69.12", Some(720.0))], &[small, there]);
    assert_eq!(said.unexplained_usd, usd("69.12"));
    // Both should bill, and neither does.
    assert_eq!(said.unbilled.len(), 2);
}

#[test]
fn a_volume_made_in_the_middle_of_the_month_explains_half_of_a_month() {
    let young =
        resource("ec2:volume", "us-east-1", "vol-1", Some("2026-11-16T00:00:00Z"), &[("ebs.gp3", 100.0, "8.00")]);
    let gib_months = 100.0 * 15.0 / seen::MONTH_DAYS;
    let said =
        explained(vec![line(OTHER, "us-east-1", "EBS:VolumeUsage.gp3", "8.00", Some(2.0 * gib_months))], &[young]);
    assert_eq!((said.explained_usd, said.unexplained_usd), (usd("4.00"), usd("4.00")));
}

#[test]
fn without_quantities_list_prices_are_compared() {
    let volume = resource("ec2:volume", "us-east-1", "vol-1", None, &[("ebs.gp3", 100.0, "8.00")]);
    let said = explained(vec![line(OTHER, "us-east-1", "EBS:VolumeUsage.gp3", "31.56", None)], &[volume]);
    // 8.00 for 730 hours is 7.890411 for 720.
    assert_eq!(said.explained_usd.pretty(), "$7.89");
}

#[test]
fn all_tiers_of_a_bucket_explain_the_one_line_they_are_billed_in() {
    let parts = [
        ("s3.standard", 51_200.0, "1177.60"),
        ("s3.standard.tier2", 8_800.0, "193.60"),
        ("s3.standard_ia", 9.0, "0.11"),
    ];
    let bucket = resource("s3:bucket", "us-east-1", "logs", None, &parts);
    // 60,000 GB for 720 of 730 hours.
    let gib_months = 60_000.0 * 720.0 / 730.0;
    let storage =
        line("Amazon Simple Storage Service", "us-east-1", "TimedStorage-ByteHrs", "1352.42", Some(gib_months));
    let said = explained(vec![storage], &[bucket]);
    assert_eq!((said.explained_usd, said.unexplained_usd), (usd("1352.42"), Usd::ZERO));
    assert_eq!(said.unbilled.len(), 1, "{:?}", said.unbilled);
    assert_eq!(said.unbilled[0].monthly_usd, usd("0.11"));
}

#[test]
fn transfer_and_requests_are_known_and_tied_to_nothing() {
    let lines = vec![
        line("Amazon Simple Storage Service", "us-east-1", "DataTransfer-Out-Bytes", "4.00", Some(44.0)),
        line("AWS Lambda", "us-east-1", "Request", "1.00", None),
        line("Amazon Braket", "us-east-1", "USE1-Task", "5.00", None),
    ];
    let said = explained(lines, &[]);
    assert_eq!((said.known_usd, said.unexplained_usd), (usd("5.00"), usd("5.00")));
    assert_eq!(said.explained_percent, Some(50.0));
    assert_eq!(said.lines[2].what, None);
}

#[test]
fn what_cannot_be_counted_explains_by_being_there() {
    let hub = resource("securityhub:hub", "us-east-1", "default", None, &[]);
    let said =
        explained(vec![line("AWS Security Hub", "us-east-1", "USE1-PaidComplianceCheck", "3.21", Some(9.0))], &[hub]);
    assert_eq!(said.explained_usd, usd("3.21"));
    assert_eq!(said.lines[0].by[0].basis, Basis::Present);
}

#[test]
fn a_gap_that_may_hide_the_cause_is_named() {
    let lines = vec![line("Amazon Redshift", "us-west-2", "USW2-Node:ra3.xlplus", "781.92", Some(720.0))];
    let hidden = |kind: &str, region: &str| (kind, region) == ("redshift:cluster", "us-west-2");
    let books = Books { table: &table(), hidden: &hidden, gone: &[] };
    let said = books.reconcile(&bill(lines), || [].iter());
    assert_eq!(said.lines[0].hidden_by, ["redshift:cluster"]);
    assert_eq!(said.unexplained_usd, usd("781.92"));
}

#[test]
fn a_bill_of_nothing_has_no_share() {
    assert_eq!(explained(Vec::new(), &[]).explained_percent, None);
}

#[test]
fn a_part_without_a_price_does_not_explain_what_is_priced() {
    let mut db = resource("rds:db", "us-east-1", "small", None, &[("rds.instance.mysql.db.t3.micro", 730.0, "12.41")]);
    if let Some(cost) = &mut db.cost {
        cost.unpriced.push("I/O requests".to_owned());
    }
    let large =
        || vec![line("Amazon Relational Database Service", "us-east-1", "InstanceUsage:db.r5.large", "172.80", None)];
    let said = explained(large(), std::slice::from_ref(&db));
    assert_eq!(said.unexplained_usd, usd("172.80"));
    // Without any price of an instance nobody knows which size it is.
    if let Some(cost) = &mut db.cost {
        cost.parts.clear();
    }
    assert_eq!(explained(large(), &[db]).explained_usd, usd("172.80"));
}

#[test]
fn what_is_gone_explains_its_days_and_no_more() {
    let cluster = resource("ec2:instance", "us-east-1", "i-old", None, &[("ec2.linux.m5.large", 730.0, "70.08")]);
    let gone = Gone { resource: cluster, until: "2026-11-11T00:00:00Z".parse().expect("a literal time") };
    let bill = bill(vec![line(COMPUTE, "us-east-1", "BoxUsage:m5.large", "69.12", Some(720.0))]);
    let said = explained_with(&bill, &[], &[gone]);
    assert_eq!((said.explained_usd, said.unexplained_usd), (usd("23.04"), usd("46.08")));
    assert!(said.lines[0].by[0].gone && said.unbilled.is_empty());
}

#[test]
fn days_on_which_more_was_billed_than_is_there_are_named() {
    let web = resource("ec2:instance", "us-east-1", "i-1", None, &[("ec2.linux.m5.large", 730.0, "70.08")]);
    // A second one ran for the first three days.
    let mut twice = line(COMPUTE, "us-east-1", "BoxUsage:m5.large", "76.032", Some(792.0));
    twice.daily_usd = (0..30).map(|day| if day < 3 { usd("4.608") } else { usd("2.304") }).collect();
    let said = explained(vec![twice], &[web]);
    assert_eq!(said.unexplained_usd, usd("6.912"));
    let on = said.lines[0].unexplained_on.as_ref().expect("days");
    assert_eq!(on.label(), "3 days, 2026-11-01 to 2026-11-03");
}

#[test]
fn ways_of_paying_share_one_use() {
    let web = resource("ec2:instance", "us-east-1", "i-1", None, &[("ec2.linux.m5.large", 730.0, "70.08")]);
    let on_demand = line(COMPUTE, "us-east-1", "BoxUsage:m5.large", "40.00", Some(720.0));
    let mut planned = line(COMPUTE, "us-east-1", "BoxUsage:m5.large", "30.00", Some(720.0));
    planned.purchase = Purchase::SavingsPlan;
    // 1,440 hours were used, and one instance can have used 720 of them, whoever paid.
    let said = explained(vec![on_demand, planned], &[web]);
    assert_eq!((said.explained_usd, said.unexplained_usd), (usd("35.00"), usd("35.00")));
}

#[test]
fn only_what_was_looked_for_can_be_gone() {
    let mut earlier = Audit::default();
    earlier.started_at = "2026-11-20T06:00:00Z".parse().expect("a literal time");
    for (region, id) in [("us-east-1", "vol-1"), ("eu-west-1", "vol-2"), ("us-east-1", "vol-3")] {
        let one = resource("ec2:volume", region, id, None, &[]);
        earlier.apply(crate::model::Event::Found { resource: Box::new(one) });
    }
    let mut now = Audit::default();
    let still = resource("ec2:volume", "us-east-1", "vol-3", None, &[]);
    now.apply(crate::model::Event::Found { resource: Box::new(still) });
    for (region, state) in [("us-east-1", CellState::Seen), ("eu-west-1", CellState::Missed)] {
        let cell = Cell::new(Region::new(region), Kind::new("ec2:volume"));
        now.apply(crate::model::Event::Finished { cell, state, requests: 1, seconds: 0.0 });
    }
    let missing = gone(&now, &earlier);
    assert_eq!(missing.iter().map(|one| one.resource.id.as_str()).collect::<Vec<_>>(), ["vol-1"]);
    let later = Gone { until: "2026-11-22T06:00:00Z".parse().expect("a time"), ..missing[0].clone() };
    assert_eq!(last_seen(vec![later.clone(), missing[0].clone()]), [later]);
}

proptest! {
    #[test]
    fn nothing_of_a_bill_is_lost_or_made_up(
        amounts in prop::collection::vec(
            (-1_000_000_000_i64..100_000_000_000, 0_usize..6, prop::option::of(0.0_f64..1e6), 0_usize..3, -2_000_000_000_i64..2_000_000_000),
            0..20,
        ),
        sizes in prop::collection::vec((0_usize..4, 0.0_f64..1e5, 0_i64..1_000_000_000, any::<bool>(), -40_i64..20), 0..20),
    ) {
        const TYPES: &[(&str, &str)] = &[
            (COMPUTE, "BoxUsage:m5.large"), (OTHER, "EBS:VolumeUsage.gp3"), (OTHER, "NatGateway-Hours"),
            ("AWS Lambda", "Request"), ("Amazon Braket", "Task"), ("AWS Config", "ConfigurationItemRecorded"),
        ];
        const KINDS: &[(&str, &str)] = &[
            ("ec2:instance", "ec2.linux.m5.large"), ("ec2:volume", "ebs.gp3"), ("ec2:natgateway", "ec2.nat_gateway"),
            ("config:configuration-recorder", "none"),
        ];
        const WAYS: [Purchase; 3] = [Purchase::OnDemand, Purchase::Reserved, Purchase::SavingsPlan];
        let lines: Vec<BillLine> = amounts.iter().map(|(micros, at, quantity, way, named)| BillLine {
            usd: Usd::from_micros(*micros),
            purchase: WAYS[*way],
            daily_usd: if micros % 2 == 0 { vec![Usd::from_micros(micros / 30); 30] } else { Vec::new() },
            // A bill that names resources, one that is there and one that is gone.
            resources: if named % 3 == 0 { Vec::new() } else {
                vec![
                    BilledResource { id: "r-0".to_owned(), usd: Usd::from_micros(*named) },
                    BilledResource { id: "r-gone".to_owned(), usd: Usd::from_micros(named / 2) },
                    BilledResource { id: String::new(), usd: Usd::from_micros(7) },
                ]
            },
            ..line(TYPES[*at].0, "us-east-1", TYPES[*at].1, "0", *quantity)
        }).collect();
        let (mut resources, mut gone) = (Vec::new(), Vec::new());
        for (i, (at, quantity, micros, is_gone, day)) in sizes.iter().enumerate() {
            let mut one = resource(KINDS[*at].0, "us-east-1", &format!("r-{i}"), None, &[(KINDS[*at].1, *quantity, "0")]);
            if let Some(part) = one.cost.as_mut().and_then(|cost| cost.parts.first_mut()) {
                part.monthly_usd = Usd::from_micros(*micros);
            }
            let noon: jiff::Timestamp = "2026-11-15T12:00:00Z".parse().expect("a literal time");
            let then = noon + jiff::SignedDuration::from_hours(24 * day);
            if *is_gone {
                gone.push(Gone { resource: one, until: then });
            } else {
                one.created_at = (day % 2 == 0).then_some(then);
                resources.push(one);
            }
        }
        let mut bill = bill(lines);
        bill.measured = Some(BillPeriod { start: "2026-11-17".to_owned(), end: "2026-12-01".to_owned(), ..BillPeriod::default() });
        let said = explained_with(&bill, &resources, &gone);
        prop_assert_eq!(said.explained_usd + said.known_usd + said.unexplained_usd, bill.usage_usd);
        for (outcome, line) in said.lines.iter().zip(&bill.lines) {
            let parts: Usd = outcome.by.iter().map(|share| share.usd).sum();
            prop_assert_eq!(outcome.explained_usd + outcome.known_usd + outcome.unexplained_usd, line.usd);
            prop_assert_eq!(parts, outcome.explained_usd);
        }
    }
}
