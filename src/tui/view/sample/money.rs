//! Quotas from full to unknown, and a bill with tax and credits.

use super::{at, usd};
use crate::model::{
    Bill, BillLine, BillPeriod, Charge, ChargeKind, Contradiction, DaysAhead, Increase, LimitSource, Quota, Region,
    Trend, TrendSource, UsageSource,
};

/// The quotas.
pub fn quotas() -> Vec<Quota> {
    let quota = |service: &str, code: &str, name: &str, region: &str, limit: f64, adjustable: bool| Quota {
        service_code: service.to_owned(),
        quota_code: code.to_owned(),
        name: name.to_owned(),
        region: Region::new(region),
        limit,
        default: Some(limit),
        unit: "None".to_owned(),
        adjustable,
        ..Quota::default()
    };
    let scan = UsageSource::Scan;
    let vpcs = |region: &str, used: f64| {
        quota("vpc", "L-F678F1CE", "VPCs per Region", region, 50.0, true).with_usage(used, scan, "count of ec2:vpc")
    };
    let counted = Contradiction { source: scan, usage: 78.0, detail: "sum of vcpus".to_owned() };
    let asked =
        Increase { desired: 75.0, status: "PENDING".to_owned(), requested_at: Some(at("2026-11-02T09:30:00Z")) };
    vec![
        quota("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", "us-east-1", 5.0, true).with_usage(
            5.0,
            scan,
            "count of ec2:elastic-ip",
        ),
        Quota { trend: trend(1.0, Some(14.0)), pending: Some(asked), ..vpcs("eu-west-1", 48.0) },
        Quota { trend: trend(0.0, None), ..vpcs("us-east-1", 6.0) },
        Quota { limit_source: LimitSource::Default, ..vpcs("us-west-2", 0.0) },
        quota("vpc", "L-FE5A380F", "NAT gateways per Availability Zone", "eu-west-1", 5.0, true).with_usage(
            4.0,
            scan,
            "most in one zone",
        ),
        Quota {
            trend: trend(-4.0, None),
            contradicted: Some(counted),
            ..quota("ec2", "L-1216C47A", "Running On-Demand Standard instances", "us-east-1", 640.0, true).with_usage(
                96.0,
                UsageSource::Metric,
                "AWS/Usage ResourceCount, Maximum over 1 day",
            )
        },
        quota("ebs", "L-7A658B76", "Storage for General Purpose SSD (gp3) volumes, in TiB", "us-east-1", 50.0, true)
            .with_usage(3.1, scan, "sum of size_gib / 1024"),
        quota("rds", "L-272F1212", "Manual DB instance snapshots", "us-east-1", 100.0, true).with_usage(
            0.0,
            scan,
            "count of rds:snapshot",
        ),
        quota("s3", "L-DC2B2D3D", "General purpose buckets", "global", 10_000.0, true).with_usage(
            18.0,
            scan,
            "count of s3:bucket",
        ),
        quota("ec2", "L-B665C33B", "AMI sharing", "us-east-1", 1_000.0, false),
    ]
}

/// A trend over four weeks, with the days until nothing is left.
fn trend(per_week: f64, days: Option<f64>) -> Option<Trend> {
    let ahead = |likely: f64| DaysAhead { likely, earliest: likely * 0.7, latest: likely * 1.6 };
    Some(Trend {
        per_week,
        days_with_data: 28,
        days: 28,
        source: TrendSource::Metric,
        to_80_percent: None,
        to_exhaustion: days.map(ahead),
    })
}

/// The bill.
pub fn bill() -> Bill {
    let line = |service: &str, region: &str, usage_type: &str, amount: &str| BillLine {
        service: service.to_owned(),
        region: region.to_owned(),
        usage_type: usage_type.to_owned(),
        usd: usd(amount),
        ..BillLine::default()
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
    let charge = |record_type: &str, kind, amount: &str| Charge {
        record_type: record_type.to_owned(),
        kind,
        usd: usd(amount),
        ..Charge::default()
    };
    Bill {
        period: BillPeriod {
            start: "2026-10-24".to_owned(),
            end: "2026-11-23".to_owned(),
            estimated: true,
            estimated_from: None,
        },
        currency: "USD".to_owned(),
        usage_usd: lines.iter().map(|line| line.usd).sum(),
        lines,
        charges: vec![charge("Tax", ChargeKind::Tax, "35.30"), charge("Credit", ChargeKind::Credit, "-12.00")],
        credits_usd: usd("-12.00"),
        forecast_usd: Some(usd("301.27")),
        fetched_at: at("2026-11-22T08:02:11Z"),
        ..Bill::default()
    }
}
