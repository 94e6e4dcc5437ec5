//! Column heads of the scan matrix: how a kind is abbreviated, and the family it folds into.

use crate::model::Kind;

/// A kind's column.
struct Head {
    kind: &'static str,
    short: &'static str,
    family: &'static str,
}

const fn head(kind: &'static str, short: &'static str, family: &'static str) -> Head {
    Head { kind, short, family }
}

/// Families in the order they are shown: compute, disks, network, load balancing, databases, buckets, logs,
/// reservations, and whatever is none of these.
pub const FAMILIES: &[&str] = &["CMP", "DSK", "NET", "LB", "DB", "S3", "LOG", "RES", "OTH"];

/// Kinds, most telling first: those that cost or hold most. Where there is no room for all, the last ones
/// share a column.
const HEADS: &[Head] = &[
    head("ec2:instance", "EC2", "CMP"),
    head("ec2:volume", "EBS", "DSK"),
    head("rds:db", "RDS", "DB"),
    head("ec2:natgateway", "NAT", "NET"),
    head("elasticloadbalancing:loadbalancer", "ELB", "LB"),
    head("s3:bucket", "S3", "S3"),
    head("ec2:snapshot", "SNP", "DSK"),
    head("ec2:elastic-ip", "EIP", "NET"),
    head("logs:log-group", "LOG", "LOG"),
    head("ec2:image", "AMI", "DSK"),
    head("rds:cluster", "CLU", "DB"),
    head("rds:snapshot", "RSN", "DB"),
    head("autoscaling:autoScalingGroup", "ASG", "CMP"),
    head("ec2:vpc", "VPC", "NET"),
    head("ec2:network-interface", "ENI", "NET"),
    head("ec2:vpc-endpoint", "VPE", "NET"),
    head("ec2:security-group", "SGR", "NET"),
    head("elasticloadbalancing:classic-loadbalancer", "CLB", "LB"),
    head("elasticloadbalancing:targetgroup", "TGT", "LB"),
    head("rds:cluster-snapshot", "CSN", "DB"),
    head("rds:auto-backup", "BKP", "DB"),
    head("ec2:capacity-reservation", "CAP", "RES"),
    head("ec2:reserved-instances", "RI", "RES"),
    head("rds:ri", "RRI", "RES"),
    head("s3:multipart-upload", "MPU", "S3"),
    head("ec2:subnet", "SUB", "NET"),
    head("ec2:internet-gateway", "IGW", "NET"),
    head("ec2:route-table", "RTB", "NET"),
    head("ec2:launch-template", "LTP", "CMP"),
    head("ec2:key-pair", "KEY", "CMP"),
];

fn find(kind: &Kind) -> Option<&'static Head> {
    HEADS.iter().find(|head| head.kind == kind.as_str())
}

/// The head of a kind's column, at most three letters; of a kind not known here the first letters of the thing.
pub fn short(kind: &Kind) -> String {
    match find(kind) {
        Some(head) => head.short.to_owned(),
        None => {
            let letters = kind.thing().chars().filter(char::is_ascii_alphanumeric).take(3);
            letters.map(|c| c.to_ascii_uppercase()).collect()
        }
    }
}

/// The family a kind folds into; a kind not known here goes by its service.
pub fn family(kind: &Kind) -> &'static str {
    match (find(kind), kind.service()) {
        (Some(head), _) => head.family,
        (None, "autoscaling" | "lambda" | "ecs" | "eks") => "CMP",
        (None, "elasticloadbalancing") => "LB",
        (None, "rds" | "dynamodb" | "elasticache" | "redshift") => "DB",
        (None, "s3") => "S3",
        (None, "logs") => "LOG",
        (None, "ec2") => "NET",
        (None, _) => "OTH",
    }
}

/// How telling a kind is, 0 the most.
pub fn rank(kind: &Kind) -> usize {
    HEADS.iter().position(|head| head.kind == kind.as_str()).unwrap_or(HEADS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_differ_fit_their_column_and_name_a_family_that_is_shown() {
        for (i, head) in HEADS.iter().enumerate() {
            assert!(head.short.len() <= 3 && FAMILIES.contains(&head.family), "{}", head.kind);
            assert!(
                HEADS[..i].iter().all(|other| other.short != head.short && other.kind != head.kind),
                "{}",
                head.kind
            );
        }
    }

    #[test]
    fn kind_nobody_listed_gets_its_own_first_letters() {
        assert_eq!((short(&Kind::new("sqs:queue")).as_str(), family(&Kind::new("sqs:queue"))), ("QUE", "OTH"));
        assert_eq!(family(&Kind::new("rds:db-proxy")), "DB");
    }
}
