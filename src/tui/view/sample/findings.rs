//! Twelve findings: priced, free, not priced, kept by a tag, managed by a stack, and one with a hostile name.

use super::{resource, usd};
use crate::model::{
    Category, Certainty, ClosureEffect, Cost, CostPart, Evidence, Finding, MetricReading, Owner, PriceSource,
    Protection, Ref, Role, ScorePart, Severity, Usd,
};

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
    (
        "unattached-volume",
        "EBS volume attached to nothing",
        "ec2:volume",
        "us-east-1",
        "vol-0aa1c0ffee0000001",
        Some("old-data"),
        Some("102.40"),
        97,
        Some(214),
        "1024 GiB gp2, attached to nothing, billed by the GiB provisioned.",
    ),
    (
        "idle-nat-gateway",
        "NAT gateway without traffic",
        "ec2:natgateway",
        "eu-west-1",
        "nat-0a1b2c3d4e5f60718",
        Some("legacy"),
        Some("35.04"),
        94,
        Some(61),
        "No byte went through it, billed by the hour.",
    ),
    (
        "unassociated-elastic-ip",
        "Elastic IP on nothing",
        "ec2:elastic-ip",
        "eu-west-1",
        "eipalloc-0c1d2e3f405162738",
        Some("198.51.100.7"),
        Some("3.65"),
        91,
        Some(12),
        "An address on nothing, billed by the hour.",
    ),
    (
        "idle-load-balancer",
        "Load balancer without targets",
        "elasticloadbalancing:loadbalancer",
        "us-east-1",
        "web-old",
        Some("web-old"),
        Some("16.43"),
        91,
        Some(88),
        "No target is registered, billed by the hour.",
    ),
    (
        "idle-db-instance",
        "RDS instance nobody connects to",
        "rds:db",
        "us-east-1",
        "reports-old",
        Some("reports-old"),
        Some("136.33"),
        88,
        Some(121),
        "No connection in 30 days, billed by the hour.",
    ),
    (
        "orphaned-snapshot",
        "Snapshot whose volume is gone",
        "ec2:snapshot",
        "us-east-1",
        "snap-0d2e4f60819a3b5c7",
        None,
        Some("32.00"),
        83,
        Some(400),
        "640 GiB, the volume it was made from is gone.",
    ),
    (
        "log-group-never-expires",
        "Log group that never expires",
        "logs:log-group",
        "us-east-1",
        "/ecs/api",
        Some("/ecs/api"),
        Some("27.00"),
        71,
        Some(300),
        "900 GiB stored, no retention.",
    ),
    (
        "old-db-snapshot",
        "Old RDS snapshot",
        "rds:snapshot",
        "us-east-1",
        "reports-2025",
        Some("reports-2025"),
        Some("9.20"),
        69,
        Some(190),
        "96 GiB kept for 190 days.",
    ),
    (
        "unattached-volume",
        "EBS volume attached to nothing",
        "ec2:volume",
        "eu-west-1",
        "vol-0bb2c0ffee0000002",
        None,
        Some("4.00"),
        64,
        Some(40),
        "50 GiB gp3, attached to nothing, billed by the GiB provisioned.",
    ),
    (
        "incomplete-multipart-upload",
        "Upload never completed",
        "s3:multipart-upload",
        "us-east-1",
        "exports/big.tar",
        None,
        Some("2.40"),
        61,
        Some(140),
        "Parts are stored and billed until it is completed or aborted.",
    ),
    (
        "stopped-instance",
        "EC2 instance stopped for weeks",
        "ec2:instance",
        "us-east-1",
        "i-0dd4c0ffee0000003",
        Some("build-日本"),
        Some("0.00"),
        55,
        Some(41),
        "Stopped for 41 days; its volumes are billed.",
    ),
    (
        "unused-launch-template",
        "Launch template nobody uses",
        "ec2:launch-template",
        "eu-west-1",
        "lt-0ee5c0ffee0000004",
        Some("tmpl\u{1b}[31m\u{202e}"),
        None,
        50,
        None,
        "No group and no fleet uses it.",
    ),
];

/// The findings, best score first.
pub fn findings() -> Vec<Finding> {
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
        seen_in: None,
        ignored: None,
        ignore_expired: None,
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
            key: "sample".to_owned(),
            region: region.to_owned(),
            date: "2025-10-28".to_owned(),
            ..PriceSource::default()
        },
        ..CostPart::default()
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
