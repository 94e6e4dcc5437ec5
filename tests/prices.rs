//! Prices by hand: rows of `rules/prices.csv`, multiplied in a comment by what AWS bills, against what the program says
//! a resource costs.
//!
//! Every expected figure was worked out from the row and the billing rule that stand above it, none by the code under
//! test. A comment names the row as `key region dollars` and then does the sum. A month is 730 hours. All rows the sums
//! rest on are listed once more in `ROWS`: when the list changes, one test says which row the sums have lost.

use std::sync::LazyLock;

use closeout::model::{Region, Resource};
use closeout::price::book::Book;
use closeout::price::cost;
use closeout::price::lists::Lists;
use closeout::scan::{needs, scanner};
use serde_json::{Value, json};

const VIRGINIA: &str = "us-east-1";
const FRANKFURT: &str = "eu-central-1";
const IRELAND: &str = "eu-west-1";

/// The rows quoted in this file: key, region, unit, dollars a unit.
const ROWS: &[(&str, &str, &str, &str)] = &[
    ("cloudwatch.logs.storage", "eu-central-1", "GB-Mo", "0.0324"),
    ("cloudwatch.logs.storage", "us-east-1", "GB-Mo", "0.03"),
    ("dms.instance.dms.c5.large", "us-east-1", "Hrs", "0.154"),
    ("dms.instance.dms.t3.medium", "us-east-1", "Hrs", "0.073"),
    ("dms.storage.gp2", "us-east-1", "GB-Mo", "0.115"),
    ("docdb.backup", "us-east-1", "GB-Mo", "0.021"),
    ("docdb.instance.db.t3.medium", "us-east-1", "Hrs", "0.078"),
    ("dynamodb.rcu", "us-east-1", "RCU-Hrs", "0.00013"),
    ("dynamodb.rcu_ia", "us-east-1", "RCU-Hrs", "0.00016"),
    ("dynamodb.storage", "us-east-1", "GB-Mo", "0.25"),
    ("dynamodb.storage_ia", "us-east-1", "GB-Mo", "0.1"),
    ("dynamodb.wcu", "us-east-1", "WCU-Hrs", "0.00065"),
    ("dynamodb.wcu_ia", "us-east-1", "WCU-Hrs", "0.00081"),
    ("ebs.fast_snapshot_restore", "us-east-1", "DSU-Hrs", "0.75"),
    ("ebs.gp2", "us-east-1", "GB-Mo", "0.1"),
    ("ebs.gp3", "eu-central-1", "GB-Mo", "0.0952"),
    ("ebs.gp3", "us-east-1", "GB-Mo", "0.08"),
    ("ebs.gp3.iops", "eu-central-1", "IOPS-Mo", "0.006"),
    ("ebs.gp3.iops", "us-east-1", "IOPS-Mo", "0.005"),
    ("ebs.gp3.throughput", "eu-central-1", "MiBps-Mo", "0.0476"),
    ("ebs.gp3.throughput", "us-east-1", "MiBps-Mo", "0.04"),
    ("ebs.io1", "us-east-1", "GB-Mo", "0.125"),
    ("ebs.io1.iops", "us-east-1", "IOPS-Mo", "0.065"),
    ("ebs.io2", "us-east-1", "GB-Mo", "0.125"),
    ("ebs.io2.iops.tier1", "us-east-1", "IOPS-Mo", "0.065"),
    ("ebs.io2.iops.tier2", "us-east-1", "IOPS-Mo", "0.0455"),
    ("ebs.io2.iops.tier3", "us-east-1", "IOPS-Mo", "0.03185"),
    ("ebs.sc1", "us-east-1", "GB-Mo", "0.015"),
    ("ebs.snapshot", "us-east-1", "GB-Mo", "0.05"),
    ("ebs.snapshot_archive", "us-east-1", "GB-Mo", "0.0125"),
    ("ebs.st1", "us-east-1", "GB-Mo", "0.045"),
    ("ebs.standard", "us-east-1", "GB-Mo", "0.05"),
    ("ec2.linux.m5.large", "us-east-1", "Hrs", "0.096"),
    ("ec2.linux.m6g.large", "us-east-1", "Hrs", "0.077"),
    ("ec2.linux.t3.micro", "us-east-1", "Hrs", "0.0104"),
    ("ec2.nat_gateway", "eu-central-1", "Hrs", "0.052"),
    ("ec2.nat_gateway", "us-east-1", "Hrs", "0.045"),
    ("efs.archive", "us-east-1", "GB-Mo", "0.008"),
    ("efs.onezone", "us-east-1", "GB-Mo", "0.16"),
    ("efs.onezone_ia", "us-east-1", "GB-Mo", "0.0133"),
    ("efs.provisioned_throughput", "us-east-1", "MiBps-Mo", "6"),
    ("efs.standard", "eu-west-1", "GB-Mo", "0.33"),
    ("efs.standard", "us-east-1", "GB-Mo", "0.3"),
    ("efs.standard_ia", "us-east-1", "GB-Mo", "0.025"),
    ("efs.standard_ia_elastic", "us-east-1", "GB-Mo", "0.016"),
    ("eks.cluster", "us-east-1", "Hrs", "0.1"),
    ("eks.cluster.extended_support_surcharge", "us-east-1", "Hrs", "0.5"),
    ("elasticache.memcached.cache.m5.large", "us-east-1", "Hrs", "0.156"),
    ("elasticache.redis.cache.t3.micro", "us-east-1", "Hrs", "0.017"),
    ("elasticache.valkey.cache.t3.micro", "us-east-1", "Hrs", "0.0136"),
    ("elb.alb", "eu-west-1", "Hrs", "0.0252"),
    ("elb.alb", "us-east-1", "Hrs", "0.0225"),
    ("elb.clb", "us-east-1", "Hrs", "0.025"),
    ("elb.nlb", "us-east-1", "Hrs", "0.0225"),
    ("kinesis.efo.consumer_shard", "us-east-1", "Hrs", "0.015"),
    ("kinesis.on_demand.stream", "us-east-1", "stream-Hrs", "0.04"),
    ("kinesis.shard", "eu-west-1", "shard-Hrs", "0.017"),
    ("kinesis.shard", "us-east-1", "shard-Hrs", "0.015"),
    ("kinesis.shard.extended_retention", "us-east-1", "shard-Hrs", "0.02"),
    ("kms.key", "us-east-1", "key-month", "1"),
    ("lambda.provisioned_concurrency", "us-east-1", "GB-s", "0.0000041667"),
    ("lambda.provisioned_concurrency_arm", "us-east-1", "GB-s", "0.0000033334"),
    ("neptune.instance.db.t4g.medium", "us-east-1", "Hrs", "0.093"),
    ("quicksight.enterprise.author_monthly", "global", "user-month", "24"),
    ("quicksight.enterprise.author_pro", "global", "user-month", "40"),
    ("quicksight.enterprise.q_account_fee", "global", "account-month", "250"),
    ("quicksight.enterprise.reader", "global", "user-month", "3"),
    ("quicksight.enterprise.reader_pro", "global", "user-month", "20"),
    ("quicksight.standard.author_monthly", "global", "user-month", "12"),
    ("rds.backup", "us-east-1", "GB-Mo", "0.095"),
    ("rds.instance.aurora-mysql.db.r5.large", "eu-west-1", "Hrs", "0.32"),
    ("rds.instance.aurora-postgresql.db.r5.large", "us-east-1", "Hrs", "0.29"),
    ("rds.instance.mariadb.db.r5.large", "us-east-1", "Hrs", "0.24"),
    ("rds.instance.mysql.db.m5.large", "us-east-1", "Hrs", "0.171"),
    ("rds.instance.postgres.db.t3.medium", "eu-central-1", "Hrs", "0.084"),
    ("rds.instance.postgres.db.t3.medium", "us-east-1", "Hrs", "0.072"),
    ("rds.iops.gp3", "us-east-1", "IOPS-Mo", "0.02"),
    ("rds.iops.io1", "us-east-1", "IOPS-Mo", "0.1"),
    ("rds.storage.gp2", "us-east-1", "GB-Mo", "0.115"),
    ("rds.storage.gp3", "us-east-1", "GB-Mo", "0.115"),
    ("rds.storage.io1", "us-east-1", "GB-Mo", "0.125"),
    ("rds.storage.magnetic", "us-east-1", "GB-Mo", "0.1"),
    ("redshift.backup", "us-east-1", "GB-Mo", "0.023"),
    ("redshift.node.dc2.large", "eu-central-1", "Hrs", "0.324"),
    ("redshift.node.dc2.large", "us-east-1", "Hrs", "0.25"),
    ("redshift.node.ra3.xlplus", "us-east-1", "Hrs", "1.086"),
    ("route53.health_check.aws", "global", "check-month", "0.5"),
    ("route53.health_check.optional_feature", "global", "feature-month", "1"),
    ("route53.hosted_zone", "global", "zone-month", "0.5"),
    ("s3.glacier_flexible", "us-east-1", "GB-Mo", "0.0036"),
    ("s3.glacier_ir", "us-east-1", "GB-Mo", "0.004"),
    ("s3.glacier_staging", "us-east-1", "GB-Mo", "0.021"),
    ("s3.int_tiering.frequent", "us-east-1", "GB-Mo", "0.023"),
    ("s3.onezone_ia", "us-east-1", "GB-Mo", "0.01"),
    ("s3.reduced_redundancy", "us-east-1", "GB-Mo", "0.024"),
    ("s3.standard", "us-east-1", "GB-Mo", "0.023"),
    ("s3.standard.tier2", "us-east-1", "GB-Mo", "0.022"),
    ("s3.standard.tier3", "us-east-1", "GB-Mo", "0.021"),
    ("s3.standard_ia", "us-east-1", "GB-Mo", "0.0125"),
    ("secretsmanager.secret", "us-east-1", "secret-month", "0.4"),
    ("vpc.clientvpn.association", "us-east-1", "Hrs", "0.1"),
    ("vpc.public_ipv4.idle", "us-east-1", "Hrs", "0.005"),
    ("vpc.public_ipv4.in_use", "us-east-1", "Hrs", "0.005"),
    ("vpc.tgw.attachment.vpn", "us-east-1", "Hrs", "0.05"),
    ("vpc.vpn.connection", "us-east-1", "Hrs", "0.05"),
];

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists::new(Book::embedded()));

/// What a resource costs a month, as far as a sum on paper says it.
#[derive(Debug, PartialEq)]
struct Bill {
    total: String,
    /// Key of the row and dollars a month, dearest first.
    parts: Vec<(String, String)>,
    upper_bound: bool,
    unpriced: Vec<String>,
}

impl Bill {
    fn at_most(self) -> Bill {
        Bill { upper_bound: true, ..self }
    }

    fn without(self, unpriced: &[&str]) -> Bill {
        Bill { unpriced: unpriced.iter().map(ToString::to_string).collect(), ..self }
    }
}

/// A bill of several rows.
fn sum(total: &str, parts: &[(&str, &str)]) -> Bill {
    let parts = parts.iter().map(|(key, usd)| (key.to_string(), usd.to_string())).collect();
    Bill { total: total.to_owned(), parts, upper_bound: false, unpriced: Vec::new() }
}

/// A bill of one row.
fn one(key: &str, usd: &str) -> Bill {
    sum(usd, &[(key, usd)])
}

/// A bill of nothing.
fn free() -> Bill {
    sum("0.00", &[])
}

/// A resource of these facts, each of which its kind must have.
fn resource(kind: &str, region: &str, facts: &Value) -> Resource {
    let parts = json!({ "arn": format!("arn:aws:test:{region}::{kind}"), "id": "x", "kind": kind, "region": region,
        "account": "111122223333", "facts": facts });
    let resource: Resource = serde_json::from_value(parts).expect("a resource needs no more than this");
    let schema = scanner(&resource.kind).unwrap_or_else(|| panic!("nothing lists {kind}")).schema();
    for fact in resource.facts.keys() {
        assert!(schema.as_value()["properties"].get(fact).is_some(), "{kind} has no fact {fact}");
    }
    resource
}

/// What the program says it costs. Every row it took must be quoted in `ROWS`, and be of this region or of all.
fn bill(kind: &str, region: &str, facts: Value) -> Bill {
    let resource = resource(kind, region, &facts);
    let needs = needs(&resource).unwrap_or_else(|| panic!("nobody knows what {kind} is billed for"));
    let cost = cost(needs, &resource.region, &LISTS).unwrap_or_else(|| panic!("no price at all: {kind} {facts}"));
    for part in &cost.parts {
        let (key, place) = (&part.source.key, &part.source.region);
        assert!(place == region || place == Region::GLOBAL, "{key} of {place} for a {kind} in {region}");
        assert!(ROWS.iter().any(|row| row.0 == key && row.1 == place), "{key} {place} is not in ROWS");
    }
    Bill {
        total: cost.monthly_usd.exact(),
        parts: cost.parts.into_iter().map(|part| (part.source.key, part.monthly_usd.exact())).collect(),
        upper_bound: cost.upper_bound,
        unpriced: cost.unpriced,
    }
}

/// All that a resource is billed for, when not one part of it has a price.
fn unpriced(kind: &str, region: &str, facts: Value) -> Vec<String> {
    let resource = resource(kind, region, &facts);
    let needs = needs(&resource).unwrap_or_else(|| panic!("nobody knows what {kind} is billed for"));
    let names = needs.parts.iter().map(|need| &need.what).chain(&needs.unpriced).cloned().collect();
    assert_eq!(cost(needs, &resource.region, &LISTS), None, "{kind} {facts}");
    names
}

/// Facts, and more facts on top.
fn with(mut facts: Value, more: Value) -> Value {
    let (Some(all), Value::Object(more)) = (facts.as_object_mut(), more) else { panic!("facts are objects") };
    all.extend(more);
    facts
}

fn volume(volume_type: &str, gib: u32, more: Value) -> Bill {
    let facts = json!({ "state": "in-use", "volume_type": volume_type, "size_gib": gib });
    bill("ec2:volume", VIRGINIA, with(facts, more))
}

fn running(instance_type: &str, more: Value) -> Value {
    let facts = json!({ "state": "running", "instance_type": instance_type, "platform_details": "Linux/UNIX",
        "windows": false, "tenancy": "default", "elastic_ip": false });
    with(facts, more)
}

fn database(engine: &str, class: &str, more: Value) -> Value {
    with(json!({ "engine": engine, "class": class, "status": "available", "multi_az": false }), more)
}

#[test]
fn the_rows_quoted_by_hand_still_stand_in_the_list() {
    let book = Book::embedded();
    let mut changed = Vec::new();
    for (key, region, unit, usd) in ROWS {
        let found = book.price(key, region).map(|(place, price)| (place, price.unit.as_str(), price.text.as_str()));
        if found != Some((*region, *unit, *usd)) {
            changed.push(format!("{key} {region}: quoted as {usd} a {unit}, the list has {found:?}"));
        }
    }
    assert!(changed.is_empty(), "work these sums out anew: {changed:#?}");
}

#[test]
fn a_gp3_volume_pays_for_iops_beyond_three_thousand_and_throughput_beyond_125() {
    // ebs.gp3 us-east-1 0.08 $/GB-month: 500 × 0.08 = 40.00, with 3,000 IOPS and 125 MiB/s in the price
    assert_eq!(volume("gp3", 500, json!({ "iops": 3000, "throughput_mibps": 125 })), one("ebs.gp3", "40.00"));
    // ebs.gp3 us-east-1 0.08 $/GB-month: 100 × 0.08 = 8.00
    // ebs.gp3.iops us-east-1 0.005 $/IOPS-month: (10,000 - 3,000) × 0.005 = 35.00
    // ebs.gp3.throughput us-east-1 0.04 $/MiBps-month: (500 - 125) × 0.04 = 15.00
    // 35.00 + 15.00 + 8.00 = 58.00
    assert_eq!(
        volume("gp3", 100, json!({ "iops": 10_000, "throughput_mibps": 500 })),
        sum("58.00", &[("ebs.gp3.iops", "35.00"), ("ebs.gp3.throughput", "15.00"), ("ebs.gp3", "8.00")])
    );
}

#[test]
fn a_volume_without_provisioned_performance_pays_for_its_size_alone() {
    // ebs.gp2 us-east-1 0.1 $/GB-month: 200 × 0.1 = 20.00; its 600 IOPS come with the size
    assert_eq!(volume("gp2", 200, json!({ "iops": 600 })), one("ebs.gp2", "20.00"));
    // ebs.st1 us-east-1 0.045 $/GB-month: 500 × 0.045 = 22.50
    assert_eq!(volume("st1", 500, json!({})), one("ebs.st1", "22.50"));
    // ebs.sc1 us-east-1 0.015 $/GB-month: 500 × 0.015 = 7.50
    assert_eq!(volume("sc1", 500, json!({})), one("ebs.sc1", "7.50"));
    // ebs.standard us-east-1 0.05 $/GB-month: 40 × 0.05 = 2.00; its requests are billed too, and no fact counts them
    assert_eq!(volume("standard", 40, json!({})), one("ebs.standard", "2.00").without(&["I/O requests"]));
}

#[test]
fn an_io1_volume_pays_for_each_of_its_iops() {
    // ebs.io1 us-east-1 0.125 $/GB-month: 100 × 0.125 = 12.50
    // ebs.io1.iops us-east-1 0.065 $/IOPS-month: 5,000 × 0.065 = 325.00
    // 325.00 + 12.50 = 337.50
    let bill = volume("io1", 100, json!({ "iops": 5000 }));
    assert_eq!(bill, sum("337.50", &[("ebs.io1.iops", "325.00"), ("ebs.io1", "12.50")]));
}

#[test]
fn an_io2_volume_pays_less_for_iops_above_32_000_and_less_again_above_64_000() {
    // ebs.io2 us-east-1 0.125 $/GB-month: 1,000 × 0.125 = 125.00
    // ebs.io2.iops.tier1 us-east-1 0.065 $/IOPS-month: 32,000 × 0.065 = 2080.00
    // 2080.00 + 125.00 = 2205.00
    let first = volume("io2", 1000, json!({ "iops": 32_000 }));
    assert_eq!(first, sum("2205.00", &[("ebs.io2.iops.tier1", "2080.00"), ("ebs.io2", "125.00")]));
    // ebs.io2.iops.tier2 us-east-1 0.0455 $/IOPS-month: (64,000 - 32,000) × 0.0455 = 1456.00
    // ebs.io2.iops.tier3 us-east-1 0.03185 $/IOPS-month: (70,000 - 64,000) × 0.03185 = 191.10
    // 2080.00 + 1456.00 + 191.10 + 125.00 = 3852.10
    assert_eq!(
        volume("io2", 1000, json!({ "iops": 70_000 })),
        sum(
            "3852.10",
            &[
                ("ebs.io2.iops.tier1", "2080.00"),
                ("ebs.io2.iops.tier2", "1456.00"),
                ("ebs.io2.iops.tier3", "191.10"),
                ("ebs.io2", "125.00"),
            ]
        )
    );
}

#[test]
fn a_snapshot_pays_at_most_for_all_of_its_blocks() {
    let snapshot = |facts| bill("ec2:snapshot", VIRGINIA, with(json!({ "storage_tier": "standard" }), facts));
    // ebs.snapshot us-east-1 0.05 $/GB-month: 80 × 0.05 = 4.00, the size of the volume where AWS tells no other
    assert_eq!(snapshot(json!({ "size_gib": 80 })), one("ebs.snapshot", "4.00").at_most());
    // ebs.snapshot us-east-1 0.05 $/GB-month: 12 × 0.05 = 0.60, less when blocks are those of an earlier snapshot
    assert_eq!(snapshot(json!({ "size_gib": 80, "full_size_gib": 12 })), one("ebs.snapshot", "0.60").at_most());
    // ebs.fast_snapshot_restore us-east-1 0.75 $/hour in each zone: 2 × 730 × 0.75 = 1095.00
    // 1095.00 + 4.00 = 1099.00
    let fast = snapshot(json!({ "size_gib": 80, "fast_restore_zones": ["us-east-1a", "us-east-1b"] }));
    let parts = [("ebs.fast_snapshot_restore", "1095.00"), ("ebs.snapshot", "4.00")];
    assert_eq!(fast, sum("1099.00", &parts).at_most());
}

#[test]
fn an_archived_snapshot_pays_for_all_of_its_blocks_and_no_less() {
    let archived = |facts| bill("ec2:snapshot", VIRGINIA, with(json!({ "storage_tier": "archive" }), facts));
    // ebs.snapshot_archive us-east-1 0.0125 $/GB-month: 40 × 0.0125 = 0.50
    let known = archived(json!({ "size_gib": 100, "full_size_gib": 40 }));
    assert_eq!(known, one("ebs.snapshot_archive", "0.50"));
    // ebs.snapshot_archive us-east-1 0.0125 $/GB-month: 100 × 0.0125 = 1.25, the volume's size, which may be more
    assert_eq!(archived(json!({ "size_gib": 100 })), one("ebs.snapshot_archive", "1.25").at_most());
}

#[test]
fn a_stopped_instance_leaves_only_its_volumes_and_addresses_to_pay() {
    let stopped = running("m5.large", json!({ "state": "stopped" }));
    assert_eq!(bill("ec2:instance", VIRGINIA, stopped), free());
    // ebs.gp3 us-east-1 0.08 $/GB-month: 30 × 0.08 = 2.40
    assert_eq!(volume("gp3", 30, json!({ "iops": 3000, "throughput_mibps": 125 })), one("ebs.gp3", "2.40"));
    // vpc.public_ipv4.in_use us-east-1 0.005 $/hour: 730 × 0.005 = 3.65
    let address = json!({ "public_ip": "203.0.113.7", "public_ipv4_pool": "amazon", "association_id": "eipassoc-1" });
    assert_eq!(bill("ec2:elastic-ip", VIRGINIA, address), one("vpc.public_ipv4.in_use", "3.65"));
}

#[test]
fn a_running_linux_instance_pays_by_the_hour_and_for_the_address_it_is_lent() {
    // ec2.linux.t3.micro us-east-1 0.0104 $/hour: 730 × 0.0104 = 7.592
    let micro = bill("ec2:instance", VIRGINIA, running("t3.micro", json!({})));
    assert_eq!(micro, one("ec2.linux.t3.micro", "7.592"));
    // ec2.linux.m5.large us-east-1 0.096 $/hour: 730 × 0.096 = 70.08
    // vpc.public_ipv4.in_use us-east-1 0.005 $/hour: 730 × 0.005 = 3.65
    // 70.08 + 3.65 = 73.73
    let lent = running("m5.large", json!({ "public_ip": "203.0.113.7" }));
    let parts = [("ec2.linux.m5.large", "70.08"), ("vpc.public_ipv4.in_use", "3.65")];
    assert_eq!(bill("ec2:instance", VIRGINIA, lent), sum("73.73", &parts));
    // An Elastic IP is billed as itself: 70.08 and no more
    let own = running("m5.large", json!({ "public_ip": "203.0.113.7", "elastic_ip": true }));
    assert_eq!(bill("ec2:instance", VIRGINIA, own), one("ec2.linux.m5.large", "70.08"));
}

#[test]
fn a_running_windows_instance_is_not_priced_as_linux() {
    // No row holds Windows, so its hours have no price
    let windows = json!({ "platform_details": "Windows", "windows": true });
    let hidden = running("m5.large", windows.clone());
    assert_eq!(unpriced("ec2:instance", VIRGINIA, hidden), ["m5.large with Windows"]);
    // vpc.public_ipv4.in_use us-east-1 0.005 $/hour: 730 × 0.005 = 3.65
    let public = with(running("m5.large", windows), json!({ "public_ip": "203.0.113.7" }));
    let expected = one("vpc.public_ipv4.in_use", "3.65").without(&["m5.large with Windows"]);
    assert_eq!(bill("ec2:instance", VIRGINIA, public), expected);
}

#[test]
fn a_public_address_costs_the_same_idle_as_in_use_and_nothing_when_brought_along() {
    let address = |facts| bill("ec2:elastic-ip", VIRGINIA, with(json!({ "public_ip": "203.0.113.7" }), facts));
    // vpc.public_ipv4.in_use us-east-1 0.005 $/hour: 730 × 0.005 = 3.65
    let used = address(json!({ "public_ipv4_pool": "amazon", "association_id": "eipassoc-1" }));
    assert_eq!(used, one("vpc.public_ipv4.in_use", "3.65"));
    // vpc.public_ipv4.idle us-east-1 0.005 $/hour: 730 × 0.005 = 3.65
    assert_eq!(address(json!({ "public_ipv4_pool": "amazon" })), one("vpc.public_ipv4.idle", "3.65"));
    assert_eq!(address(json!({ "public_ipv4_pool": "ipv4pool-ec2-1" })), free());
}

#[test]
fn a_nat_gateway_pays_by_the_hour_in_each_of_its_zones() {
    let gateway = |zones| bill("ec2:natgateway", VIRGINIA, json!({ "state": "available", "zones": zones }));
    // ec2.nat_gateway us-east-1 0.045 $/hour: 730 × 0.045 = 32.85
    assert_eq!(gateway(1), one("ec2.nat_gateway", "32.85"));
    // ec2.nat_gateway us-east-1 0.045 $/hour: 2 × 730 × 0.045 = 65.70
    assert_eq!(gateway(2), one("ec2.nat_gateway", "65.70"));
}

#[test]
fn a_load_balancer_pays_by_the_hour_and_for_the_addresses_it_is_lent() {
    let balancer = |kind, lent| {
        let facts = json!({ "type": kind, "state": "active", "lent_ip_count": lent });
        bill("elasticloadbalancing:loadbalancer", VIRGINIA, facts)
    };
    // elb.alb us-east-1 0.0225 $/hour: 730 × 0.0225 = 16.425
    assert_eq!(balancer("application", 0), one("elb.alb", "16.425"));
    // vpc.public_ipv4.in_use us-east-1 0.005 $/hour: 2 × 730 × 0.005 = 7.30
    // 16.425 + 7.30 = 23.725
    let parts = [("elb.alb", "16.425"), ("vpc.public_ipv4.in_use", "7.30")];
    assert_eq!(balancer("application", 2), sum("23.725", &parts));
    // elb.nlb us-east-1 0.0225 $/hour: 730 × 0.0225 = 16.425
    assert_eq!(balancer("network", 0), one("elb.nlb", "16.425"));
    // elb.clb us-east-1 0.025 $/hour: 730 × 0.025 = 18.25, with or without instances behind it
    let classic = json!({ "instance_count": 0, "lent_ip_count": 0 });
    assert_eq!(bill("elasticloadbalancing:classic-loadbalancer", VIRGINIA, classic), one("elb.clb", "18.25"));
}

#[test]
fn a_vpn_pays_by_the_hour_on_each_of_its_sides() {
    // vpc.vpn.connection us-east-1 0.05 $/hour: 730 × 0.05 = 36.50
    let connection = |more| bill("ec2:vpn-connection", VIRGINIA, with(json!({ "state": "available" }), more));
    assert_eq!(connection(json!({ "tunnels": 2, "tunnels_up": 0 })), one("vpc.vpn.connection", "36.50"));
    assert_eq!(connection(json!({ "state": "deleted" })), free());
    // vpc.tgw.attachment.vpn us-east-1 0.05 $/hour: 730 × 0.05 = 36.50, when it ends at a transit gateway
    let attachment = json!({ "state": "available", "resource_type": "vpn", "resource_owner_id": "111122223333" });
    assert_eq!(bill("ec2:transit-gateway-attachment", VIRGINIA, attachment), one("vpc.tgw.attachment.vpn", "36.50"));
    // vpc.clientvpn.association us-east-1 0.1 $/hour: 2 × 730 × 0.1 = 146.00
    let clients = json!({ "state": "available", "associations": 2 });
    assert_eq!(bill("ec2:client-vpn-endpoint", VIRGINIA, clients), one("vpc.clientvpn.association", "146.00"));
}

#[test]
fn a_database_pays_for_hours_while_it_runs_and_for_its_storage_always() {
    let disk = json!({ "storage_type": "gp2", "allocated_gib": 100 });
    let facts = database("postgres", "db.t3.medium", disk);
    // rds.instance.postgres.db.t3.medium us-east-1 0.072 $/hour: 730 × 0.072 = 52.56
    // rds.storage.gp2 us-east-1 0.115 $/GB-month: 100 × 0.115 = 11.50
    // 52.56 + 11.50 = 64.06
    let parts = [("rds.instance.postgres.db.t3.medium", "52.56"), ("rds.storage.gp2", "11.50")];
    assert_eq!(bill("rds:db", VIRGINIA, facts.clone()), sum("64.06", &parts));
    // rds.storage.gp2 us-east-1 0.115 $/GB-month: 100 × 0.115 = 11.50
    let stopped = with(facts, json!({ "status": "stopped" }));
    assert_eq!(bill("rds:db", VIRGINIA, stopped), one("rds.storage.gp2", "11.50"));
}

#[test]
fn a_status_of_a_database_may_be_billed_for_storage_only_or_for_nothing() {
    let disk = json!({ "storage_type": "gp2", "allocated_gib": 100 });
    let database = database("postgres", "db.t3.medium", disk);
    let status = |status: &str| bill("rds:db", VIRGINIA, with(database.clone(), json!({ "status": status })));
    // rds.instance.postgres.db.t3.medium us-east-1 0.072 $/hour: 730 × 0.072 = 52.56
    // rds.storage.gp2 us-east-1 0.115 $/GB-month: 100 × 0.115 = 11.50
    // 52.56 + 11.50 = 64.06
    let parts = [("rds.instance.postgres.db.t3.medium", "52.56"), ("rds.storage.gp2", "11.50")];
    let all = sum("64.06", &parts);
    for billed in ["backing-up", "incompatible-option-group", "incompatible-parameters", "modifying", "rebooting"] {
        assert_eq!(status(billed), all, "{billed}");
    }
    for billed in ["restore-error", "storage-full", "storage-optimization", "upgrading"] {
        assert_eq!(status(billed), all, "{billed}");
    }
    // rds.storage.gp2 us-east-1 0.115 $/GB-month: 100 × 0.115 = 11.50
    for stored in ["starting", "stopping", "stopped", "inaccessible-encryption-credentials-recoverable"] {
        assert_eq!(status(stored), one("rds.storage.gp2", "11.50"), "{stored}");
    }
    for not_billed in ["creating", "delete-precheck", "deleting", "failed", "upgrade_failed"] {
        assert_eq!(status(not_billed), free(), "{not_billed}");
    }
    for not_billed in ["incompatible-create", "incompatible-network", "incompatible-restore", "insufficient-capacity"] {
        assert_eq!(status(not_billed), free(), "{not_billed}");
    }
    assert_eq!(status("inaccessible-encryption-credentials"), free());
}

#[test]
fn a_database_on_magnetic_storage_pays_for_its_requests_too() {
    // rds.storage.magnetic us-east-1 0.1 $/GB-month: 100 × 0.1 = 10.00; no fact counts its requests
    let disk = json!({ "storage_type": "standard", "allocated_gib": 100, "status": "stopped" });
    let expected = one("rds.storage.magnetic", "10.00").without(&["I/O requests"]);
    assert_eq!(bill("rds:db", VIRGINIA, database("mysql", "db.m5.large", disk)), expected);
}

#[test]
fn a_standby_in_a_second_zone_doubles_hours_and_storage() {
    let disk = json!({ "storage_type": "gp3", "allocated_gib": 200, "iops": 3000, "multi_az": true });
    // rds.instance.mysql.db.m5.large us-east-1 0.171 $/hour: 2 × 730 × 0.171 = 249.66
    // rds.storage.gp3 us-east-1 0.115 $/GB-month: 2 × 200 × 0.115 = 46.00
    // 249.66 + 46.00 = 295.66
    let parts = [("rds.instance.mysql.db.m5.large", "249.66"), ("rds.storage.gp3", "46.00")];
    assert_eq!(bill("rds:db", VIRGINIA, database("mysql", "db.m5.large", disk)), sum("295.66", &parts));
}

#[test]
fn a_database_on_io1_pays_for_each_of_its_iops_and_its_standby_again() {
    let disk = json!({ "storage_type": "io1", "allocated_gib": 100, "iops": 1000 });
    let single = database("mariadb", "db.r5.large", disk);
    // rds.instance.mariadb.db.r5.large us-east-1 0.24 $/hour: 730 × 0.24 = 175.20
    // rds.iops.io1 us-east-1 0.1 $/IOPS-month: 1,000 × 0.1 = 100.00
    // rds.storage.io1 us-east-1 0.125 $/GB-month: 100 × 0.125 = 12.50
    // 175.20 + 100.00 + 12.50 = 287.70
    let parts =
        [("rds.instance.mariadb.db.r5.large", "175.20"), ("rds.iops.io1", "100.00"), ("rds.storage.io1", "12.50")];
    assert_eq!(bill("rds:db", VIRGINIA, single.clone()), sum("287.70", &parts));
    // 2 × 175.20 = 350.40
    // 2 × 100.00 = 200.00
    // 2 × 12.50 = 25.00
    // 350.40 + 200.00 + 25.00 = 575.40
    let parts =
        [("rds.instance.mariadb.db.r5.large", "350.40"), ("rds.iops.io1", "200.00"), ("rds.storage.io1", "25.00")];
    assert_eq!(bill("rds:db", VIRGINIA, with(single, json!({ "multi_az": true }))), sum("575.40", &parts));
}

#[test]
fn a_database_on_gp3_has_12_000_iops_for_nothing_from_400_gib_on() {
    let disk = |gib, iops| {
        let disk = json!({ "storage_type": "gp3", "allocated_gib": gib, "iops": iops });
        bill("rds:db", VIRGINIA, with(database("postgres", "db.m5.large", disk), json!({ "status": "stopped" })))
    };
    // rds.storage.gp3 us-east-1 0.115 $/GB-month: 400 × 0.115 = 46.00
    assert_eq!(disk(400, 12_000), one("rds.storage.gp3", "46.00"));
    // rds.iops.gp3 us-east-1 0.02 $/IOPS-month: (14,000 - 12,000) × 0.02 = 40.00
    // 46.00 + 40.00 = 86.00
    assert_eq!(disk(400, 14_000), sum("86.00", &[("rds.storage.gp3", "46.00"), ("rds.iops.gp3", "40.00")]));
    // rds.storage.gp3 us-east-1 0.115 $/GB-month: 200 × 0.115 = 23.00, with 3,000 IOPS in the price
    assert_eq!(disk(200, 3_000), one("rds.storage.gp3", "23.00"));
}

#[test]
fn a_licensed_engine_has_a_price_for_its_storage_only() {
    // No row holds SQL Server; rds.storage.gp2 us-east-1 0.115 $/GB-month: 200 × 0.115 = 23.00
    let disk = json!({ "storage_type": "gp2", "allocated_gib": 200, "license_model": "license-included" });
    let expected = one("rds.storage.gp2", "23.00").without(&["sqlserver-se db.m5.large instance"]);
    assert_eq!(bill("rds:db", VIRGINIA, database("sqlserver-se", "db.m5.large", disk)), expected);
}

#[test]
fn a_backup_of_a_database_pays_at_most_for_its_full_size() {
    let snapshot = |facts| bill("rds:snapshot", VIRGINIA, facts);
    // rds.backup us-east-1 0.095 $/GB-month: 100 × 0.095 = 9.50, the size of the disk where RDS tells no other
    assert_eq!(snapshot(json!({ "allocated_gib": 100 })), one("rds.backup", "9.50").at_most());
    // rds.backup us-east-1 0.095 $/GB-month: 20 × 0.095 = 1.90
    assert_eq!(snapshot(json!({ "allocated_gib": 100, "full_gib": 20 })), one("rds.backup", "1.90").at_most());
    // rds.backup us-east-1 0.095 $/GB-month: 50 × 0.095 = 4.75
    let kept = json!({ "engine": "mysql", "allocated_gib": 50 });
    assert_eq!(bill("rds:auto-backup", VIRGINIA, kept), one("rds.backup", "4.75").at_most());
    // docdb.backup us-east-1 0.021 $/GB-month: 200 × 0.021 = 4.20
    let documents = json!({ "engine": "docdb", "allocated_gib": 200 });
    assert_eq!(bill("rds:cluster-snapshot", VIRGINIA, documents.clone()), one("docdb.backup", "4.20").at_most());
    assert_eq!(bill("rds:auto-backup", VIRGINIA, documents), one("docdb.backup", "4.20").at_most());
    // No row holds backups of Neptune, and rds.backup is another price
    let graph = json!({ "engine": "neptune", "allocated_gib": 200 });
    assert_eq!(unpriced("rds:cluster-snapshot", VIRGINIA, graph.clone()), ["backup storage"]);
    assert_eq!(unpriced("rds:auto-backup", VIRGINIA, graph), ["backup storage"]);
    // A cluster that grows by itself tells 1 GiB whatever it holds
    for engine in ["docdb", "neptune", "aurora-mysql"] {
        let unknown = json!({ "engine": engine, "allocated_gib": 1 });
        assert_eq!(unpriced("rds:auto-backup", VIRGINIA, unknown), ["backup storage"], "{engine}");
    }
}

#[test]
fn a_member_of_a_cluster_pays_for_hours_once_and_nobody_knows_what_the_cluster_stores() {
    let member = |engine, class| {
        let facts = json!({ "cluster_id": "shop", "storage_type": "aurora", "allocated_gib": 1, "multi_az": true });
        bill("rds:db", VIRGINIA, database(engine, class, facts))
    };
    // rds.instance.aurora-postgresql.db.r5.large us-east-1 0.29 $/hour: 730 × 0.29 = 211.70
    let key = "rds.instance.aurora-postgresql.db.r5.large";
    assert_eq!(member("aurora-postgresql", "db.r5.large"), one(key, "211.70"));
    // docdb.instance.db.t3.medium us-east-1 0.078 $/hour: 730 × 0.078 = 56.94
    assert_eq!(member("docdb", "db.t3.medium"), one("docdb.instance.db.t3.medium", "56.94"));
    // neptune.instance.db.t4g.medium us-east-1 0.093 $/hour: 730 × 0.093 = 67.89
    assert_eq!(member("neptune", "db.t4g.medium"), one("neptune.instance.db.t4g.medium", "67.89"));
    assert_eq!(unpriced("rds:cluster", VIRGINIA, json!({ "engine": "aurora-mysql" })), ["Aurora storage"]);
    let serverless = database("aurora-mysql", "db.serverless", json!({ "cluster_id": "shop" }));
    assert_eq!(unpriced("rds:db", VIRGINIA, serverless), ["capacity units of the serverless instance"]);
}

#[test]
fn quicksight_pays_by_the_seat_and_once_more_for_having_pro_seats() {
    let seat = |edition, role| bill("quicksight:user", Region::GLOBAL, json!({ "edition": edition, "role": role }));
    // quicksight.enterprise.author_monthly global 24 $/month: 1 × 24 = 24.00
    assert_eq!(seat("ENTERPRISE", "ADMIN"), one("quicksight.enterprise.author_monthly", "24.00"));
    assert_eq!(seat("ENTERPRISE", "AUTHOR"), one("quicksight.enterprise.author_monthly", "24.00"));
    // quicksight.standard.author_monthly global 12 $/month: 1 × 12 = 12.00
    assert_eq!(seat("STANDARD", "AUTHOR"), one("quicksight.standard.author_monthly", "12.00"));
    // quicksight.enterprise.author_pro global 40 $/month: 1 × 40 = 40.00
    assert_eq!(seat("ENTERPRISE", "AUTHOR_PRO"), one("quicksight.enterprise.author_pro", "40.00"));
    // quicksight.enterprise.reader_pro global 20 $/month: 1 × 20 = 20.00
    assert_eq!(seat("ENTERPRISE", "READER_PRO"), one("quicksight.enterprise.reader_pro", "20.00"));
    // quicksight.enterprise.reader global 3 $/month: 1 × 3 = 3.00, the most that sessions may come to
    assert_eq!(seat("ENTERPRISE", "READER"), one("quicksight.enterprise.reader", "3.00").at_most());
    // quicksight.enterprise.q_account_fee global 250 $/month: 1 × 250 = 250.00, however many Pro seats there are
    let account = |seats| bill("quicksight:account-subscription", Region::GLOBAL, json!({ "pro_seats": seats }));
    assert_eq!(account(2), one("quicksight.enterprise.q_account_fee", "250.00"));
    assert_eq!(account(0), free());
}

#[test]
fn a_redshift_cluster_pays_for_each_node_until_it_is_paused() {
    let facts = |node, nodes, status| json!({ "node_type": node, "nodes": nodes, "status": status });
    let cluster = |node, nodes, status| bill("redshift:cluster", VIRGINIA, facts(node, nodes, status));
    // redshift.node.dc2.large us-east-1 0.25 $/hour: 4 × 730 × 0.25 = 730.00
    assert_eq!(cluster("dc2.large", 4, "available"), one("redshift.node.dc2.large", "730.00"));
    assert_eq!(cluster("dc2.large", 4, "paused"), free());
    // redshift.node.ra3.xlplus us-east-1 1.086 $/hour: 2 × 730 × 1.086 = 1585.56; no fact tells what it stores
    let nodes = one("redshift.node.ra3.xlplus", "1585.56").without(&["managed storage"]);
    assert_eq!(cluster("ra3.xlplus", 2, "available"), nodes);
    let paused = unpriced("redshift:cluster", VIRGINIA, facts("ra3.xlplus", 2, "paused"));
    assert_eq!(paused, ["managed storage"]);
    // redshift.backup us-east-1 0.023 $/GB-month: 200 × 0.023 = 4.60
    let snapshot = bill("redshift:snapshot", VIRGINIA, json!({ "size_gib": 200 }));
    assert_eq!(snapshot, one("redshift.backup", "4.60").at_most());
}

#[test]
fn a_kinesis_stream_pays_for_shards_their_consumers_and_a_long_memory() {
    let shards = |more| {
        let facts = json!({ "mode": "PROVISIONED", "shards": 3, "consumers": 0, "retention_hours": 24 });
        bill("kinesis:stream", VIRGINIA, with(facts, more))
    };
    // kinesis.shard us-east-1 0.015 $/hour: 3 × 730 × 0.015 = 32.85, with a day of memory in the price
    assert_eq!(shards(json!({})), one("kinesis.shard", "32.85"));
    // kinesis.efo.consumer_shard us-east-1 0.015 $/hour for each consumer of each shard: 2 × 3 × 730 × 0.015 = 65.70
    // kinesis.shard.extended_retention us-east-1 0.02 $/hour: 3 × 730 × 0.02 = 43.80
    // 65.70 + 43.80 + 32.85 = 142.35
    let parts = [
        ("kinesis.efo.consumer_shard", "65.70"),
        ("kinesis.shard.extended_retention", "43.80"),
        ("kinesis.shard", "32.85"),
    ];
    assert_eq!(shards(json!({ "consumers": 2, "retention_hours": 72 })), sum("142.35", &parts));
    // kinesis.on_demand.stream us-east-1 0.04 $/hour: 730 × 0.04 = 29.20, however many shards it has just now
    assert_eq!(shards(json!({ "mode": "ON_DEMAND" })), one("kinesis.on_demand.stream", "29.20"));
    // 3 × 730 × 0.02 = 43.80 and 3 × 730 × 0.015 = 32.85 for up to a week
    // 43.80 + 32.85 = 76.65; from the eighth day on each GB is billed too, and no fact tells how many there are
    let parts = [("kinesis.shard.extended_retention", "43.80"), ("kinesis.shard", "32.85")];
    assert_eq!(shards(json!({ "retention_hours": 168 })), sum("76.65", &parts));
    let month = sum("76.65", &parts).without(&["long-term retention"]);
    assert_eq!(shards(json!({ "retention_hours": 720 })), month);
    let month = one("kinesis.on_demand.stream", "29.20").without(&["long-term retention"]);
    assert_eq!(shards(json!({ "mode": "ON_DEMAND", "retention_hours": 720 })), month);
}

#[test]
fn an_eks_cluster_pays_six_times_as_much_in_extended_support() {
    let cluster = |support| bill("eks:cluster", VIRGINIA, json!({ "status": "ACTIVE", "version_status": support }));
    // eks.cluster us-east-1 0.1 $/hour: 730 × 0.1 = 73.00
    assert_eq!(cluster("STANDARD_SUPPORT"), one("eks.cluster", "73.00"));
    // eks.cluster.extended_support_surcharge us-east-1 0.5 $/hour: 730 × 0.5 = 365.00
    // 365.00 + 73.00 = 438.00
    let parts = [("eks.cluster.extended_support_surcharge", "365.00"), ("eks.cluster", "73.00")];
    assert_eq!(cluster("EXTENDED_SUPPORT"), sum("438.00", &parts));
}

#[test]
fn a_kms_key_pays_for_itself_and_for_its_first_two_rotations() {
    let key = |state, rotations| bill("kms:key", VIRGINIA, json!({ "state": state, "rotations": rotations }));
    // kms.key us-east-1 1 $/month: 1 × 1 = 1.00, disabled or not
    assert_eq!(key("Enabled", 0), one("kms.key", "1.00"));
    assert_eq!(key("Disabled", 0), one("kms.key", "1.00"));
    // kms.key us-east-1 1 $/month for each of two rotations: 2 × 1 = 2.00
    // 2.00 + 1.00 = 3.00
    let rotated = sum("3.00", &[("kms.key", "2.00"), ("kms.key", "1.00")]);
    assert_eq!(key("Enabled", 2), rotated);
    assert_eq!(key("Enabled", 5), rotated);
    assert_eq!(key("PendingDeletion", 2), free());
}

#[test]
fn a_secret_pays_by_the_month_until_it_is_deleted() {
    // secretsmanager.secret us-east-1 0.4 $/month: 1 × 0.4 = 0.40, and each copy in a region again
    let secret = |facts| bill("secretsmanager:secret", VIRGINIA, facts);
    assert_eq!(secret(json!({ "rotates": true })), one("secretsmanager.secret", "0.40"));
    assert_eq!(secret(json!({ "is_replica": true })), one("secretsmanager.secret", "0.40"));
    assert_eq!(secret(json!({ "deletion_at": "2026-12-01T00:00:00Z" })), free());
}

#[test]
fn a_hosted_zone_pays_at_most_the_price_of_the_first_25() {
    // route53.hosted_zone global 0.5 $/month: 1 × 0.5 = 0.50; the 26th and later ones are cheaper
    let zone = bill("route53:hostedzone", Region::GLOBAL, json!({ "tier": "STANDARD", "private": true }));
    assert_eq!(zone, one("route53.hosted_zone", "0.50").at_most());
}

#[test]
fn a_health_check_pays_for_itself_and_for_each_optional_feature() {
    let check = |kind, features| {
        bill("route53:healthcheck", Region::GLOBAL, json!({ "check_type": kind, "optional_features": features }))
    };
    // route53.health_check.aws global 0.5 $/month: 1 × 0.5 = 0.50
    assert_eq!(check("CALCULATED", 0), one("route53.health_check.aws", "0.50"));
    // route53.health_check.optional_feature global 1 $/month: 2 × 1 = 2.00
    // 2.00 + 0.50 = 2.50, and more for a target outside AWS
    let parts = [("route53.health_check.optional_feature", "2.00"), ("route53.health_check.aws", "0.50")];
    let expected = sum("2.50", &parts).without(&["surcharge for endpoints outside AWS"]);
    assert_eq!(check("HTTPS_STR_MATCH", 2), expected);
}

#[test]
fn a_bucket_pays_for_each_storage_class_by_its_own_row() {
    let bucket = |storage| {
        let facts = json!({ "is_empty": false, "listed_all": true, "storage": storage });
        bill("s3:bucket", VIRGINIA, facts)
    };
    let size = |class: &str, gib: u32| json!({ "class": class, "size_gib": gib });
    // s3.standard us-east-1 0.023 $/GB-month: 1,000 × 0.023 = 23.00
    // s3.glacier_flexible us-east-1 0.0036 $/GB-month: 1,000 × 0.0036 = 3.60
    // s3.standard_ia us-east-1 0.0125 $/GB-month: 200 × 0.0125 = 2.50
    // s3.glacier_ir us-east-1 0.004 $/GB-month: 500 × 0.004 = 2.00
    // s3.reduced_redundancy us-east-1 0.024 $/GB-month: 50 × 0.024 = 1.20
    // s3.onezone_ia us-east-1 0.01 $/GB-month: 100 × 0.01 = 1.00
    // 23.00 + 3.60 + 2.50 + 2.00 + 1.20 + 1.00 = 33.30
    let classes = [
        size("GLACIER", 1000),
        size("GLACIER_IR", 500),
        size("ONEZONE_IA", 100),
        size("REDUCED_REDUNDANCY", 50),
        size("STANDARD", 1000),
        size("STANDARD_IA", 200),
    ];
    let parts = [
        ("s3.standard", "23.00"),
        ("s3.glacier_flexible", "3.60"),
        ("s3.standard_ia", "2.50"),
        ("s3.glacier_ir", "2.00"),
        ("s3.reduced_redundancy", "1.20"),
        ("s3.onezone_ia", "1.00"),
    ];
    assert_eq!(bucket(classes.to_vec()), sum("33.30", &parts));
    // No row holds Deep Archive; s3.standard us-east-1 0.023 $/GB-month: 10 × 0.023 = 0.23
    let deep = bucket(vec![size("DEEP_ARCHIVE", 9000), size("STANDARD", 10)]);
    assert_eq!(deep, one("s3.standard", "0.23").without(&["DEEP_ARCHIVE storage"]));
    assert_eq!(bill("s3:bucket", VIRGINIA, json!({ "is_empty": true, "listed_all": true })), free());
}

#[test]
fn a_bucket_pays_less_above_50_terabytes_and_less_again_above_500() {
    let bucket = |class: &str, gib: u32| {
        let facts = json!({ "is_empty": false, "listed_all": true, "storage": [{ "class": class, "size_gib": gib }] });
        bill("s3:bucket", VIRGINIA, facts)
    };
    // s3.standard us-east-1 0.023 $/GB-month, the first 50 TB: 50 × 1,024 × 0.023 = 1177.60
    assert_eq!(bucket("STANDARD", 51_200), one("s3.standard", "1177.60"));
    // s3.standard.tier2 us-east-1 0.022 $/GB-month: (60,000 - 51,200) × 0.022 = 193.60
    // 1177.60 + 193.60 = 1371.20
    let parts = [("s3.standard", "1177.60"), ("s3.standard.tier2", "193.60")];
    assert_eq!(bucket("STANDARD", 60_000), sum("1371.20", &parts));
    // s3.standard.tier2 us-east-1 0.022 $/GB-month, the next 450 TB: 450 × 1,024 × 0.022 = 10137.60
    // s3.standard.tier3 us-east-1 0.021 $/GB-month: (600,000 - 512,000) × 0.021 = 1848.00
    // 10137.60 + 1848.00 + 1177.60 = 13163.20
    let parts = [("s3.standard.tier2", "10137.60"), ("s3.standard.tier3", "1848.00"), ("s3.standard", "1177.60")];
    assert_eq!(bucket("STANDARD", 600_000), sum("13163.20", &parts));
    // s3.standard_ia us-east-1 0.0125 $/GB-month: 60,000 × 0.0125 = 750.00, one price for all of it
    assert_eq!(bucket("STANDARD_IA", 60_000), one("s3.standard_ia", "750.00"));
}

#[test]
fn intelligent_tiering_pays_at_most_the_price_of_its_dearest_tier() {
    // s3.int_tiering.frequent us-east-1 0.023 $/GB-month: 1,000 × 0.023 = 23.00, less for what nobody asks for
    let storage = json!([{ "class": "INTELLIGENT_TIERING", "size_gib": 1000 }]);
    let facts = json!({ "is_empty": false, "listed_all": true, "storage": storage });
    assert_eq!(bill("s3:bucket", VIRGINIA, facts), one("s3.int_tiering.frequent", "23.00").at_most());
}

#[test]
fn an_unfinished_upload_pays_for_its_parts() {
    let upload = |class| bill("s3:multipart-upload", VIRGINIA, json!({ "storage_class": class, "size_gib": 10 }));
    // s3.standard us-east-1 0.023 $/GB-month: 10 × 0.023 = 0.23
    assert_eq!(upload("STANDARD"), one("s3.standard", "0.23"));
    // s3.glacier_staging us-east-1 0.021 $/GB-month: 10 × 0.021 = 0.21, where parts wait for Glacier
    assert_eq!(upload("GLACIER"), one("s3.glacier_staging", "0.21"));
}

#[test]
fn a_log_group_pays_at_most_for_all_it_stores() {
    // cloudwatch.logs.storage us-east-1 0.03 $/GB-month: 40 × 0.03 = 1.20, less when AWS bills it compressed
    let group = |gib| bill("logs:log-group", VIRGINIA, json!({ "stored_gib": gib }));
    assert_eq!(group(40), one("cloudwatch.logs.storage", "1.20").at_most());
    assert_eq!(group(0), free());
}

#[test]
fn a_file_system_pays_for_each_storage_class_and_less_in_one_zone() {
    let files =
        |mode, facts| bill("elasticfilesystem:file-system", VIRGINIA, with(json!({ "throughput_mode": mode }), facts));
    // efs.standard us-east-1 0.3 $/GB-month: 100 × 0.3 = 30.00
    // efs.standard_ia us-east-1 0.025 $/GB-month: 400 × 0.025 = 10.00
    // 30.00 + 10.00 = 40.00
    let regional = files("bursting", json!({ "one_zone": false, "standard_gib": 100, "rare_gib": 400 }));
    assert_eq!(regional, sum("40.00", &[("efs.standard", "30.00"), ("efs.standard_ia", "10.00")]));
    // efs.onezone us-east-1 0.16 $/GB-month: 100 × 0.16 = 16.00
    // efs.onezone_ia us-east-1 0.0133 $/GB-month: 400 × 0.0133 = 5.32
    // 16.00 + 5.32 = 21.32
    let zonal = files("bursting", json!({ "one_zone": true, "standard_gib": 100, "rare_gib": 400 }));
    assert_eq!(zonal, sum("21.32", &[("efs.onezone", "16.00"), ("efs.onezone_ia", "5.32")]));
    // efs.archive us-east-1 0.008 $/GB-month: 1,000 × 0.008 = 8.00
    assert_eq!(files("elastic", json!({ "one_zone": false, "archive_gib": 1000 })), one("efs.archive", "8.00"));
}

#[test]
fn elastic_throughput_makes_infrequent_access_cheaper() {
    let files = |facts| {
        let mode = json!({ "throughput_mode": "elastic", "standard_gib": 100, "rare_gib": 400 });
        bill("elasticfilesystem:file-system", VIRGINIA, with(mode, facts))
    };
    // efs.standard us-east-1 0.3 $/GB-month: 100 × 0.3 = 30.00
    // efs.standard_ia_elastic us-east-1 0.016 $/GB-month: 400 × 0.016 = 6.40
    // 30.00 + 6.40 = 36.40
    let parts = [("efs.standard", "30.00"), ("efs.standard_ia_elastic", "6.40")];
    assert_eq!(files(json!({ "one_zone": false })), sum("36.40", &parts));
    // One zone has one price for all modes: 16.00 + 5.32 = 21.32
    let parts = [("efs.onezone", "16.00"), ("efs.onezone_ia", "5.32")];
    assert_eq!(files(json!({ "one_zone": true })), sum("21.32", &parts));
}

#[test]
fn provisioned_throughput_pays_for_what_exceeds_the_share_of_standard_storage() {
    let files = |mibps: u32, standard_gib: u32, rare_gib: u32| {
        let facts = json!({ "throughput_mode": "provisioned", "one_zone": false, "provisioned_mibps": mibps,
            "standard_gib": standard_gib, "rare_gib": rare_gib });
        bill("elasticfilesystem:file-system", VIRGINIA, facts)
    };
    // efs.provisioned_throughput us-east-1 6 $/MiBps-month: (64 - 100 / 20) × 6 = 354.00
    // efs.standard us-east-1 0.3 $/GB-month: 100 × 0.3 = 30.00
    // 354.00 + 30.00 = 384.00
    let parts = [("efs.provisioned_throughput", "354.00"), ("efs.standard", "30.00")];
    assert_eq!(files(64, 100, 0), sum("384.00", &parts));
    // 2,000 GiB bring 2,000 / 20 = 100 MiB/s along: 2,000 × 0.3 = 600.00 and no more
    assert_eq!(files(64, 2000, 0), one("efs.standard", "600.00"));
    assert_eq!(files(100, 2000, 0), one("efs.standard", "600.00"));
    // Infrequent access brings none along
    // efs.provisioned_throughput us-east-1 6 $/MiBps-month: 10 × 6 = 60.00
    // efs.standard_ia us-east-1 0.025 $/GB-month: 400 × 0.025 = 10.00
    // 60.00 + 10.00 = 70.00
    let parts = [("efs.provisioned_throughput", "60.00"), ("efs.standard_ia", "10.00")];
    assert_eq!(files(10, 0, 400), sum("70.00", &parts));
}

#[test]
fn a_warm_function_pays_by_its_processor() {
    let function = |architecture| {
        let facts = json!({ "architecture": architecture, "memory_mib": 512, "provisioned": 2 });
        bill("lambda:function", VIRGINIA, facts)
    };
    // 2 × 0.5 GB × 730 × 3,600 = 2,628,000 GB-seconds
    // lambda.provisioned_concurrency us-east-1 0.0000041667 $/GB-second: 2,628,000 × 0.0000041667 = 10.950088
    assert_eq!(function("x86_64"), one("lambda.provisioned_concurrency", "10.950088"));
    // lambda.provisioned_concurrency_arm us-east-1 0.0000033334 $/GB-second: 2,628,000 × 0.0000033334 = 8.760175
    assert_eq!(function("arm64"), one("lambda.provisioned_concurrency_arm", "8.760175"));
}

#[test]
fn a_replication_instance_pays_for_storage_beyond_what_comes_with_its_class() {
    let instance = |class, gib: u32, multi_az| {
        bill("dms:rep", VIRGINIA, json!({ "class": class, "storage_gib": gib, "multi_az": multi_az }))
    };
    // dms.instance.dms.t3.medium us-east-1 0.073 $/hour: 730 × 0.073 = 53.29, with 50 GB in the price
    assert_eq!(instance("dms.t3.medium", 50, false), one("dms.instance.dms.t3.medium", "53.29"));
    // dms.storage.gp2 us-east-1 0.115 $/GB-month: (200 - 50) × 0.115 = 17.25
    // 53.29 + 17.25 = 70.54
    let parts = [("dms.instance.dms.t3.medium", "53.29"), ("dms.storage.gp2", "17.25")];
    assert_eq!(instance("dms.t3.medium", 200, false), sum("70.54", &parts));
    // 2 × 53.29 = 106.58
    // 2 × 17.25 = 34.50
    // 106.58 + 34.50 = 141.08
    let parts = [("dms.instance.dms.t3.medium", "106.58"), ("dms.storage.gp2", "34.50")];
    assert_eq!(instance("dms.t3.medium", 200, true), sum("141.08", &parts));
    // No row holds dms.r5.large; dms.storage.gp2 us-east-1 0.115 $/GB-month: (300 - 100) × 0.115 = 23.00
    assert_eq!(instance("dms.r5.large", 300, false), one("dms.storage.gp2", "23.00").without(&["instance"]));
    assert_eq!(unpriced("dms:rep", VIRGINIA, json!({ "class": "dms.r5.large", "storage_gib": 100 })), ["instance"]);
    // dms.instance.dms.c5.large us-east-1 0.154 $/hour: 730 × 0.154 = 112.42, with 50 or 100 GB in the price
    assert_eq!(instance("dms.c5.large", 50, false), one("dms.instance.dms.c5.large", "112.42"));
    let partly = one("dms.instance.dms.c5.large", "112.42").without(&["storage beyond what the class includes"]);
    assert_eq!(instance("dms.c5.large", 200, false), partly);
}

#[test]
fn a_table_pays_for_the_capacity_that_stands_ready_and_for_what_it_stores() {
    let table = |mode, class| {
        let facts =
            json!({ "billing_mode": mode, "class": class, "read_units": 100, "write_units": 50, "size_gib": 40 });
        bill("dynamodb:table", VIRGINIA, facts)
    };
    // dynamodb.wcu us-east-1 0.00065 $/hour: 50 × 730 × 0.00065 = 23.725
    // dynamodb.storage us-east-1 0.25 $/GB-month: 40 × 0.25 = 10.00
    // dynamodb.rcu us-east-1 0.00013 $/hour: 100 × 730 × 0.00013 = 9.49
    // 23.725 + 10.00 + 9.49 = 43.215, less what is free of the account's first 25 units and GB
    let parts = [("dynamodb.wcu", "23.725"), ("dynamodb.storage", "10.00"), ("dynamodb.rcu", "9.49")];
    assert_eq!(table("PROVISIONED", "STANDARD"), sum("43.215", &parts).at_most());
    // dynamodb.wcu_ia us-east-1 0.00081 $/hour: 50 × 730 × 0.00081 = 29.565
    // dynamodb.rcu_ia us-east-1 0.00016 $/hour: 100 × 730 × 0.00016 = 11.68
    // dynamodb.storage_ia us-east-1 0.1 $/GB-month: 40 × 0.1 = 4.00
    // 29.565 + 11.68 + 4.00 = 45.245
    let parts = [("dynamodb.wcu_ia", "29.565"), ("dynamodb.rcu_ia", "11.68"), ("dynamodb.storage_ia", "4.00")];
    assert_eq!(table("PROVISIONED", "STANDARD_INFREQUENT_ACCESS"), sum("45.245", &parts).at_most());
    // dynamodb.storage us-east-1 0.25 $/GB-month: 40 × 0.25 = 10.00; requests are paid when they are made
    assert_eq!(table("PAY_PER_REQUEST", "STANDARD"), one("dynamodb.storage", "10.00").at_most());
}

#[test]
fn a_cache_pays_for_each_node_by_its_engine_and_its_group_for_none() {
    let cache = |engine, node, nodes| {
        bill("elasticache:cluster", VIRGINIA, json!({ "engine": engine, "node_type": node, "nodes": nodes }))
    };
    // elasticache.redis.cache.t3.micro us-east-1 0.017 $/hour: 730 × 0.017 = 12.41
    assert_eq!(cache("redis", "cache.t3.micro", 1), one("elasticache.redis.cache.t3.micro", "12.41"));
    // elasticache.valkey.cache.t3.micro us-east-1 0.0136 $/hour: 730 × 0.0136 = 9.928
    assert_eq!(cache("valkey", "cache.t3.micro", 1), one("elasticache.valkey.cache.t3.micro", "9.928"));
    // elasticache.memcached.cache.m5.large us-east-1 0.156 $/hour: 3 × 730 × 0.156 = 341.64
    assert_eq!(cache("memcached", "cache.m5.large", 3), one("elasticache.memcached.cache.m5.large", "341.64"));
    let group = json!({ "engine": "redis", "node_type": "cache.t3.micro", "members": ["a-001", "a-002"] });
    assert_eq!(bill("elasticache:replicationgroup", VIRGINIA, group), free());
}

#[test]
fn other_regions_are_billed_by_their_own_rows() {
    // ebs.gp3 eu-central-1 0.0952 $/GB-month: 100 × 0.0952 = 9.52
    // ebs.gp3.iops eu-central-1 0.006 $/IOPS-month: (4,000 - 3,000) × 0.006 = 6.00
    // ebs.gp3.throughput eu-central-1 0.0476 $/MiBps-month: (250 - 125) × 0.0476 = 5.95
    // 9.52 + 6.00 + 5.95 = 21.47
    let disk =
        json!({ "state": "available", "volume_type": "gp3", "size_gib": 100, "iops": 4000, "throughput_mibps": 250 });
    let parts = [("ebs.gp3", "9.52"), ("ebs.gp3.iops", "6.00"), ("ebs.gp3.throughput", "5.95")];
    assert_eq!(bill("ec2:volume", FRANKFURT, disk), sum("21.47", &parts));
    // ec2.nat_gateway eu-central-1 0.052 $/hour: 730 × 0.052 = 37.96
    let gateway = json!({ "state": "available", "zones": 1 });
    assert_eq!(bill("ec2:natgateway", FRANKFURT, gateway), one("ec2.nat_gateway", "37.96"));
    // redshift.node.dc2.large eu-central-1 0.324 $/hour: 2 × 730 × 0.324 = 473.04
    let cluster = json!({ "node_type": "dc2.large", "nodes": 2, "status": "available" });
    assert_eq!(bill("redshift:cluster", FRANKFURT, cluster), one("redshift.node.dc2.large", "473.04"));
    // cloudwatch.logs.storage eu-central-1 0.0324 $/GB-month: 100 × 0.0324 = 3.24
    let logs = one("cloudwatch.logs.storage", "3.24").at_most();
    assert_eq!(bill("logs:log-group", FRANKFURT, json!({ "stored_gib": 100 })), logs);
    // elb.alb eu-west-1 0.0252 $/hour: 730 × 0.0252 = 18.396
    let balancer = json!({ "type": "application", "state": "active" });
    assert_eq!(bill("elasticloadbalancing:loadbalancer", IRELAND, balancer), one("elb.alb", "18.396"));
    // rds.instance.aurora-mysql.db.r5.large eu-west-1 0.32 $/hour: 730 × 0.32 = 233.60
    let member = database("aurora-mysql", "db.r5.large", json!({ "cluster_id": "shop" }));
    assert_eq!(bill("rds:db", IRELAND, member), one("rds.instance.aurora-mysql.db.r5.large", "233.60"));
    // kinesis.shard eu-west-1 0.017 $/hour: 2 × 730 × 0.017 = 24.82
    let stream = json!({ "mode": "PROVISIONED", "shards": 2 });
    assert_eq!(bill("kinesis:stream", IRELAND, stream), one("kinesis.shard", "24.82"));
    // efs.standard eu-west-1 0.33 $/GB-month: 50 × 0.33 = 16.50
    let files = json!({ "throughput_mode": "bursting", "one_zone": false, "standard_gib": 50 });
    assert_eq!(bill("elasticfilesystem:file-system", IRELAND, files), one("efs.standard", "16.50"));
}

#[test]
fn where_a_region_has_no_row_the_price_of_another_is_not_borrowed() {
    let (balancer, network) = ("elasticloadbalancing:loadbalancer", json!({ "type": "network", "state": "active" }));
    // elb.nlb us-east-1 0.0225 $/hour: 730 × 0.0225 = 16.425, and no row of eu-central-1
    assert_eq!(bill(balancer, VIRGINIA, network.clone()), one("elb.nlb", "16.425"));
    assert_eq!(unpriced(balancer, FRANKFURT, network), ["Network Load Balancer"]);
    // ec2.linux.m6g.large us-east-1 0.077 $/hour: 730 × 0.077 = 56.21, and no row of eu-central-1
    let arm = running("m6g.large", json!({}));
    assert_eq!(bill("ec2:instance", VIRGINIA, arm.clone()), one("ec2.linux.m6g.large", "56.21"));
    assert_eq!(unpriced("ec2:instance", FRANKFURT, arm), ["m6g.large"]);
    // A region the list does not know at all
    let disk = json!({ "state": "in-use", "volume_type": "gp2", "size_gib": 200 });
    assert_eq!(unpriced("ec2:volume", "mx-central-1", disk), ["gp2 storage"]);
    // rds.instance.postgres.db.t3.medium eu-central-1 0.084 $/hour: 730 × 0.084 = 61.32, and rds.storage.gp2 has no row
    let disk = json!({ "storage_type": "gp2", "allocated_gib": 100 });
    let partly = one("rds.instance.postgres.db.t3.medium", "61.32").without(&["storage"]);
    assert_eq!(bill("rds:db", FRANKFURT, database("postgres", "db.t3.medium", disk)), partly);
}
