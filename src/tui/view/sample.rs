//! A small account for tests of the screen: fixed times, made-up ids, one of everything that is drawn apart.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::audit::Audit;
use crate::model::{
    Account, Bill, BillLine, BillPeriod, Category, Cell, CellState, Certainty, Charge, ChargeKind, ClosureEffect, Cost,
    CostPart, Event, Evidence, Finding, Gap, Kind, MetricReading, Owner, PriceOrigin, PriceSource, Progress, Protection,
    Quota, Ref, Region, RegionState, Requests, Resource, ResourceId, Role, ScorePart, Severity, Usd, UsageSource, Why,
};

const ACCOUNT: &str = "111122223333";
const ON: &[&str] = &["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2", "ca-central-1"];
const OFF: &[&str] = &["af-south-1", "me-central-1"];
const KINDS: &[&str] = &[
    "ec2:instance",
    "ec2:volume",
    "ec2:snapshot",
    "ec2:image",
    "ec2:elastic-ip",
    "ec2:natgateway",
    "ec2:network-interface",
    "ec2:security-group",
    "ec2:key-pair",
    "ec2:launch-template",
    "ec2:vpc",
    "ec2:subnet",
    "ec2:internet-gateway",
    "ec2:route-table",
    "ec2:vpc-endpoint",
    "ec2:reserved-instances",
    "ec2:capacity-reservation",
    "elasticloadbalancing:loadbalancer",
    "elasticloadbalancing:classic-loadbalancer",
    "elasticloadbalancing:targetgroup",
    "autoscaling:auto-scaling-group",
    "rds:db",
    "rds:cluster",
    "rds:snapshot",
    "rds:cluster-snapshot",
    "rds:auto-backup",
    "rds:ri",
    "logs:log-group",
    "s3:bucket",
    "s3:multipart-upload",
];

/// When the sample scan began.
pub fn began_at() -> Timestamp {
    at("2026-11-22T14:02:11Z")
}

/// A finished audit: twelve findings, gaps of several sorts, quotas, a bill.
pub fn audit() -> Audit {
    let mut audit = scanned(&|cell| Some(outcome(cell)));
    for quota in quotas() {
        audit.apply(Event::QuotaRead { quota });
    }
    audit.apply(Event::Billed { bill: bill() });
    audit.apply(Event::Judged { findings: findings(), gaps: judged_gaps() });
    audit.apply(Event::Requested { requests: requests() });
    audit.apply(Event::Ended { at: at("2026-11-22T14:03:50Z"), interrupted: false });
    audit
}

/// The same account in the middle of the scan.
pub fn running() -> Audit {
    let mut audit = scanned(&|cell| match cell.region.as_str() {
        "us-east-1" | "us-west-2" | "ca-central-1" | "af-south-1" | "me-central-1" => Some(outcome(cell)),
        "eu-west-1" if cell.kind.service() == "ec2" => Some(outcome(cell)),
        _ => None,
    });
    for (region, kind) in [("eu-west-1", "rds:db"), ("eu-west-1", "logs:log-group"), ("ap-southeast-2", "ec2:instance")] {
        audit.apply(Event::Started { cell: cell(region, kind) });
    }
    audit.apply(Event::Started { cell: cell(Region::GLOBAL, "s3:bucket") });
    for (name, units, done) in [("resources", 212, 90), ("prices", 40, 12), ("bill", 3, 3), ("quotas", 6, 0)] {
        audit.apply(Event::Progress(Progress::Phase { name: name.to_owned(), units }));
        for _ in 0..done {
            audit.apply(Event::Progress(Progress::Step { name: name.to_owned() }));
        }
    }
    for _ in 0..3 {
        let (service, region) = ("ec2".to_owned(), Region::new("ap-southeast-2"));
        audit.apply(Event::Progress(Progress::Throttled { service, region }));
    }
    audit.apply(Event::Progress(Progress::Note { text: "logs in eu-west-1: 2,050 log groups so far".to_owned() }));
    audit.apply(Event::Judged { findings: findings().into_iter().take(5).collect(), gaps: Vec::new() });
    audit.apply(Event::Requested { requests: requests() });
    audit
}

fn scanned(outcome: &dyn Fn(&Cell) -> Option<(CellState, Option<Gap>)>) -> Audit {
    let mut audit = Audit::default();
    audit.apply(began());
    for cell in cells() {
        let Some((state, gap)) = outcome(&cell) else { continue };
        audit.apply(Event::Started { cell: cell.clone() });
        if state != CellState::Off && state != CellState::Missed {
            for resource in listed(&cell) {
                audit.apply(Event::Found { resource: Box::new(resource) });
            }
        }
        if let Some(gap) = gap {
            audit.apply(Event::Missed { gap });
        }
        audit.apply(Event::Finished { cell, state, requests: 2, seconds: 0.4 });
    }
    audit
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time in a sample")
}

fn usd(text: &str) -> Usd {
    text.parse().expect("an amount in a sample")
}

fn cell(region: &str, kind: &str) -> Cell {
    Cell::new(Region::new(region), Kind::owned(kind))
}

fn cells() -> Vec<Cell> {
    let is_global = |kind: &str| kind.starts_with("s3:");
    let regions = ON.iter().chain(OFF);
    let regional = regions.flat_map(|region| KINDS.iter().filter(|k| !is_global(k)).map(|kind| cell(region, kind)));
    let global = KINDS.iter().filter(|kind| is_global(kind)).map(|kind| cell(Region::GLOBAL, kind));
    regional.chain(global).collect()
}

fn began() -> Event {
    let on = ON.iter().map(|region| (Region::new(*region), RegionState::OptInNotRequired));
    let off = OFF.iter().map(|region| (Region::new(*region), RegionState::NotOptedIn));
    Event::Began {
        account: Account {
            id: ACCOUNT.to_owned(),
            alias: Some("acme-sandbox".to_owned()),
            partition: "aws".to_owned(),
            caller_arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/Auditor/mk"),
        },
        at: began_at(),
        regions: on.chain(off).collect(),
        scope: ON.iter().map(|region| Region::new(*region)).collect(),
        kinds: KINDS.iter().map(|kind| Kind::new(kind)).collect(),
        cells: cells(),
    }
}

fn gap(cell: &Cell, action: &str, why: Why, detail: &str) -> Gap {
    Gap {
        account: ACCOUNT.to_owned(),
        region: cell.region.clone(),
        kind: cell.kind.clone(),
        action: action.to_owned(),
        why,
        detail: detail.to_owned(),
    }
}

/// How each cell ends.
fn outcome(cell: &Cell) -> (CellState, Option<Gap>) {
    match (cell.region.as_str(), cell.kind.as_str()) {
        ("af-south-1" | "me-central-1", _) => (CellState::Off, None),
        ("ca-central-1", _) => {
            let said = "refused by an organization policy (SCP); the account cannot fix this itself. UnauthorizedOperation";
            (CellState::Missed, Some(gap(cell, &format!("{}:Describe", cell.kind.service()), Why::Denied, said)))
        }
        ("ap-southeast-2", "ec2:elastic-ip") => {
            let said = "AWS kept refusing for rate (RequestLimitExceeded)";
            (CellState::Missed, Some(gap(cell, "ec2:DescribeAddresses", Why::Throttled, said)))
        }
        ("ap-southeast-2", "rds:snapshot") => {
            let said = "no answer in time";
            (CellState::Cut, Some(gap(cell, "rds:DescribeDBSnapshots", Why::TimedOut, said)))
        }
        ("us-west-2", "ec2:capacity-reservation") => {
            (CellState::Missed, Some(gap(cell, "ec2:DescribeCapacityReservations", Why::NotOffered, "not offered here")))
        }
        (Region::GLOBAL, "s3:bucket") => {
            let said = "reports: the caller lacks s3:GetLifecycleConfiguration (AccessDenied); `closeout policy` prints what to grant";
            (CellState::Partly, Some(gap(cell, "s3:GetLifecycleConfiguration", Why::Denied, said)))
        }
        _ => (CellState::Seen, None),
    }
}

/// How many resources a cell holds: made up, the same every time.
fn listed(cell: &Cell) -> Vec<Resource> {
    let count = match (cell.region.as_str(), cell.kind.as_str()) {
        ("us-east-1", "logs:log-group") => 120,
        ("us-east-1", "ec2:snapshot") => 130,
        ("us-east-1", "ec2:instance") => 12,
        ("us-east-1", "ec2:volume") => 31,
        ("us-east-1", _) => 3,
        ("eu-west-1", "ec2:snapshot") => 22,
        ("eu-west-1", _) => 2,
        (Region::GLOBAL, "s3:bucket") => 18,
        (_, "ec2:vpc" | "ec2:subnet" | "ec2:security-group" | "ec2:route-table" | "rds:snapshot") => 1,
        _ => 0,
    };
    let thing = cell.kind.thing();
    (0..count).map(|n| resource(cell.kind.as_str(), cell.region.as_str(), &format!("{thing}-{n:04}"), None)).collect()
}

fn resource(kind: &str, region: &str, id: &str, name: Option<&str>) -> Resource {
    let kind = Kind::owned(kind);
    Resource {
        arn: ResourceId::new(format!("arn:aws:{}:{region}:{ACCOUNT}:{}/{id}", kind.service(), kind.thing())),
        id: id.to_owned(),
        kind,
        account: ACCOUNT.to_owned(),
        region: Region::new(region),
        name: name.map(str::to_owned),
        created_at: Some(at("2026-04-22T09:00:00Z")),
        tags: BTreeMap::from([("team".to_owned(), "reports".to_owned())]),
        facts: serde_json::Map::new(),
        refs: Vec::new(),
        owner: None,
        protections: Vec::new(),
        cost: None,
    }
}

/// Rule, title, kind, region, id, name, dollars, score, days, sentence.
type Told = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    u8,
    Option<u32>,
    &'static str,
);

const TOLD: &[Told] = &[
    ("unattached-volume", "EBS volume attached to nothing", "ec2:volume", "us-east-1", "vol-0aa1c0ffee0000001", Some("old-data"), Some("102.40"), 97, Some(214), "1024 GiB gp2, attached to nothing, billed by the GiB provisioned."),
    ("idle-nat-gateway", "NAT gateway without traffic", "ec2:natgateway", "eu-west-1", "nat-0a1b2c3d4e5f60718", Some("legacy"), Some("35.04"), 94, Some(61), "No byte went through it, billed by the hour."),
    ("unassociated-elastic-ip", "Elastic IP on nothing", "ec2:elastic-ip", "eu-west-1", "eipalloc-0c1d2e3f405162738", Some("198.51.100.7"), Some("3.65"), 91, Some(12), "An address on nothing, billed by the hour."),
    ("idle-load-balancer", "Load balancer without targets", "elasticloadbalancing:loadbalancer", "us-east-1", "web-old", Some("web-old"), Some("16.43"), 91, Some(88), "No target is registered, billed by the hour."),
    ("idle-db-instance", "RDS instance nobody connects to", "rds:db", "us-east-1", "reports-old", Some("reports-old"), Some("136.33"), 88, Some(121), "No connection in 30 days, billed by the hour."),
    ("orphaned-snapshot", "Snapshot whose volume is gone", "ec2:snapshot", "us-east-1", "snap-0d2e4f60819a3b5c7", None, Some("32.00"), 83, Some(400), "640 GiB, the volume it was made from is gone."),
    ("log-group-never-expires", "Log group that never expires", "logs:log-group", "us-east-1", "/ecs/api", Some("/ecs/api"), Some("27.00"), 71, Some(300), "900 GiB stored, no retention."),
    ("old-db-snapshot", "Old RDS snapshot", "rds:snapshot", "us-east-1", "reports-2025", Some("reports-2025"), Some("9.20"), 69, Some(190), "96 GiB kept for 190 days."),
    ("unattached-volume", "EBS volume attached to nothing", "ec2:volume", "eu-west-1", "vol-0bb2c0ffee0000002", None, Some("4.00"), 64, Some(40), "50 GiB gp3, attached to nothing, billed by the GiB provisioned."),
    ("incomplete-multipart-upload", "Upload never completed", "s3:multipart-upload", "us-east-1", "exports/big.tar", None, Some("2.40"), 61, Some(140), "Parts are stored and billed until it is completed or aborted."),
    ("stopped-instance", "EC2 instance stopped for weeks", "ec2:instance", "us-east-1", "i-0dd4c0ffee0000003", Some("build-日本"), Some("0.00"), 55, Some(41), "Stopped for 41 days; its volumes are billed."),
    ("unused-launch-template", "Launch template nobody uses", "ec2:launch-template", "eu-west-1", "lt-0ee5c0ffee0000004", Some("tmpl\u{1b}[31m\u{202e}"), None, 50, None, "No group and no fleet uses it."),
];

fn findings() -> Vec<Finding> {
    let mut findings: Vec<Finding> = TOLD.iter().enumerate().map(|(n, told)| finding(n, told)).collect();
    findings[7].protected = Some(Protection::Keep { tag: "keep=true".to_owned(), until: None });
    findings[8].managed_by = Some(Owner {
        by: "cloudformation-stack".to_owned(),
        id: "course-stack".to_owned(),
        evidence: "tag aws:cloudformation:stack-name".to_owned(),
    });
    findings
}

fn finding(n: usize, told: &Told) -> Finding {
    let (rule, title, kind, region, id, name, money, score, days, why) = *told;
    let mut resource = resource(kind, region, id, name);
    let monthly_usd = money.map(usd);
    resource.cost = monthly_usd.filter(|usd| *usd != Usd::ZERO).map(|usd| cost(usd, region));
    resource.refs = vec![Ref { id: "vpc-0f1e2d3c4b5a69788".to_owned(), role: Role::Inside }];
    let mut evidence = vec![Evidence::said(why)];
    if rule.starts_with("idle") {
        evidence.push(Evidence::Measured { name: "bytes_out".to_owned(), reading: reading() });
    }
    Finding {
        id: format!("{:016x}", 0xfeed_0000_0000_0000_u64 + n as u64),
        rule: rule.to_owned(),
        title: title.to_owned(),
        category: if rule.starts_with("idle") { Category::Idle } else { Category::Orphaned },
        severity: if score >= 85 { Severity::High } else { Severity::Medium },
        score,
        score_parts: parts(score),
        certainty: Certainty::Certain,
        closure: ClosureEffect::Bills,
        refs: vec!["vpc-0f1e2d3c4b5a69788".to_owned()],
        price_source: resource.cost.as_ref().map(|_| format!("price book {region}, 2025-10-28")),
        resource,
        monthly_usd,
        counted_under: None,
        evidence,
        dormant_days: days,
        remedy: "delete".to_owned(),
        command: Some(format!("aws ec2 delete-something --id {id} --region {region}")),
        protected: None,
        managed_by: None,
        first_seen: None,
        docs: vec!["https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volumes.html".to_owned()],
    }
}

fn parts(score: u8) -> Vec<ScorePart> {
    let part = |name: &str, points: u8, of: u8| ScorePart { name: name.to_owned(), points, of };
    let money = (u16::from(score) * 40 / 100) as u8;
    let certainty = (u16::from(score) * 25 / 100) as u8;
    let dormancy = (u16::from(score) * 20 / 100) as u8;
    vec![
        part("money", money, 40),
        part("certainty", certainty, 25),
        part("dormancy", dormancy, 20),
        part("closure", score - money - certainty - dormancy, 15),
    ]
}

fn cost(monthly_usd: Usd, region: &str) -> Cost {
    let part = CostPart {
        what: "storage".to_owned(),
        quantity: 730.0,
        unit: "hour".to_owned(),
        unit_usd: "0.048".to_owned(),
        monthly_usd,
        source: PriceSource {
            origin: PriceOrigin::Book,
            key: "sample".to_owned(),
            region: region.to_owned(),
            date: "2025-10-28".to_owned(),
        },
    };
    Cost { monthly_usd, parts: vec![part], upper_bound: false, unpriced: Vec::new() }
}

fn reading() -> MetricReading {
    MetricReading {
        metric: "AWS/NATGateway BytesOutToDestination".to_owned(),
        statistic: "Sum".to_owned(),
        window_days: 14,
        period_seconds: 86_400,
        datapoints: 13,
        days_with_data: 13,
        max: Some(0.0),
        sum: Some(0.0),
        mean: Some(0.0),
        last_nonzero_at: None,
        daily: (0..14).map(|day| (day != 5).then_some(0.0)).collect(),
    }
}

fn judged_gaps() -> Vec<Gap> {
    let bare = |kind: &str, region: &str| cell(region, kind);
    vec![
        gap(&bare("ec2:launch-template", "eu-west-1"), "price", Why::NotPriced, "no price list knows `launch template`"),
        gap(&bare("rule:idle-db-instance", "eu-west-1"), "cloudwatch:GetMetricData", Why::NoData, "orders: 3 of 14 days have data"),
        gap(&bare("rule:idle-db-instance", "us-west-2"), "cloudwatch:GetMetricData", Why::NoData, "orders: 3 of 14 days have data"),
    ]
}

fn quotas() -> Vec<Quota> {
    let quota = |service: &str, code: &str, name: &str, region: &str, limit: f64, adjustable: bool| Quota {
        service_code: service.to_owned(),
        quota_code: code.to_owned(),
        name: name.to_owned(),
        region: Region::new(region),
        limit,
        default: Some(limit),
        unit: "None".to_owned(),
        usage: None,
        used_percent: None,
        adjustable,
        source: UsageSource::None,
        source_detail: String::new(),
        exhausted_on: None,
    };
    let scan = UsageSource::Scan;
    vec![
        quota("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", "us-east-1", 5.0, true).with_usage(5.0, scan, "count of ec2:elastic-ip"),
        quota("vpc", "L-F678F1CE", "VPCs per Region", "eu-west-1", 50.0, true).with_usage(48.0, scan, "count of ec2:vpc"),
        quota("vpc", "L-FE5A380F", "NAT gateways per Availability Zone", "eu-west-1", 5.0, true).with_usage(4.0, scan, "most in one zone"),
        quota("ec2", "L-1216C47A", "Running On-Demand Standard instances", "us-east-1", 640.0, true).with_usage(
            96.0,
            UsageSource::Metric,
            "AWS/Usage ResourceCount, Maximum over 1 day",
        ),
        quota("ebs", "L-7A658B76", "Storage for General Purpose SSD (gp3) volumes, in TiB", "us-east-1", 50.0, true).with_usage(3.1, scan, "sum of size_gib / 1024"),
        quota("rds", "L-272F1212", "Manual DB instance snapshots", "us-east-1", 100.0, true).with_usage(0.0, scan, "count of rds:snapshot"),
        quota("s3", "L-DC2B2D3D", "General purpose buckets", "global", 10_000.0, true).with_usage(18.0, scan, "count of s3:bucket"),
        quota("ec2", "L-B665C33B", "AMI sharing", "us-east-1", 1_000.0, false),
    ]
}

fn bill() -> Bill {
    let line = |service: &str, region: &str, usage_type: &str, amount: &str| BillLine {
        service: service.to_owned(),
        region: region.to_owned(),
        usage_type: usage_type.to_owned(),
        usd: usd(amount),
    };
    let lines = vec![
        line("Amazon Elastic Compute Cloud - Compute", "us-east-1", "BoxUsage:m5.xlarge", "355.40"),
        line("EC2 - Other", "us-east-1", "EBS:VolumeUsage.gp2", "214.18"),
        line("Amazon Relational Database Service", "us-east-1", "InstanceUsage:db.m5.large", "211.75"),
        line("EC2 - Other", "eu-west-1", "EU-NatGateway-Hours", "105.12"),
        line("Amazon Simple Storage Service", "us-east-1", "TimedStorage-ByteHrs", "96.22"),
        line("EC2 - Other", "us-east-1", "EBS:SnapshotUsage", "82.88"),
        line("AmazonCloudWatch", "us-east-1", "TimedStorage-ByteHrs", "61.90"),
        line("AWS Data Transfer", "global", "DataTransfer-Out-Bytes", "57.35"),
        line("Amazon Elastic Load Balancing", "us-east-1", "LoadBalancerUsage", "48.60"),
        line("AWS Key Management Service", "us-east-1", "us-east-1-KMS-Keys", "9.00"),
        line("AWS Secrets Manager", "us-east-1", "USE1-AWSSecretsManager-Secrets", "6.40"),
    ];
    let charge = |record_type: &str, kind, amount: &str| Charge { record_type: record_type.to_owned(), kind, usd: usd(amount) };
    Bill {
        period: BillPeriod { start: "2026-10-24".to_owned(), end: "2026-11-23".to_owned(), estimated: true },
        currency: "USD".to_owned(),
        usage_usd: lines.iter().map(|line| line.usd).sum(),
        lines,
        charges: vec![charge("Tax", ChargeKind::Tax, "35.30"), charge("Credit", ChargeKind::Credit, "-12.00")],
        credits_usd: usd("-12.00"),
        forecast_usd: Some(usd("301.27")),
        fetched_at: at("2026-11-22T08:02:11Z"),
    }
}

fn requests() -> Requests {
    Requests {
        total: 812,
        by_service: BTreeMap::from([("ec2".to_owned(), 610), ("rds".to_owned(), 150), ("s3".to_owned(), 52)]),
        retries: 9,
        billable_usd: usd("0.03"),
    }
}
