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

/// Families in the order they are shown: compute, containers, disks and files, network, edge and names, load
/// balancing, databases, analytics, machine learning, buckets, logs, what applications are joined with, security,
/// management, people's desktops and telephones, reservations and subscriptions, and whatever is none of these.
pub const FAMILIES: &[&str] = &[
    "CMP", "CTR", "DSK", "NET", "EDG", "LB", "DB", "ANL", "ML", "S3", "LOG", "APP", "SEC", "MGT", "USR", "RES", "OTH",
];

/// The family of each service, for kinds that have no head of their own.
const SERVICES: &[(&str, &[&str])] = &[
    ("CMP", &["amplify", "apprunner", "autoscaling", "batch", "elasticbeanstalk", "lambda", "lightsail"]),
    ("CTR", &["ecr", "ecs", "eks"]),
    ("DSK", &["backup", "elasticfilesystem", "fsx", "glacier", "rbin", "storagegateway"]),
    ("NET", &["ec2", "directconnect", "network-firewall"]),
    ("EDG", &["acm", "acm-pca", "cloudfront", "globalaccelerator", "route53", "route53domains", "route53resolver"]),
    ("LB", &["elasticloadbalancing"]),
    ("DB", &["dax", "dms", "dynamodb", "elasticache", "memorydb", "rds", "redshift", "redshift-serverless"]),
    (
        "ANL",
        &[
            "airflow",
            "aoss",
            "athena",
            "elasticmapreduce",
            "emr-serverless",
            "es",
            "firehose",
            "glue",
            "kafka",
            "kinesis",
            "kinesisanalytics",
            "quicksight",
        ],
    ),
    ("ML", &["bedrock", "comprehend", "kendra", "sagemaker"]),
    ("S3", &["s3"]),
    ("LOG", &["logs"]),
    ("APP", &["apigateway", "codebuild", "codepipeline", "events", "mq", "ses", "sns", "sqs", "states", "transfer"]),
    ("SEC", &["cloudhsm", "detective", "guardduty", "inspector2", "kms", "macie2", "secretsmanager", "securityhub"]),
    ("MGT", &["budgets", "cloudformation", "cloudtrail", "cloudwatch", "config", "grafana", "synthetics"]),
    ("USR", &["appstream", "connect", "ds", "sms-voice", "workmail", "workspaces"]),
    ("RES", &["aws-marketplace", "savingsplans"]),
];

/// Kinds, most telling first: those that cost or hold most. Where there is no room for all, the last ones
/// share a column.
const HEADS: &[Head] = &[
    head("ec2:instance", "EC2", "CMP"),
    head("ec2:volume", "EBS", "DSK"),
    head("rds:db", "RDS", "DB"),
    head("ec2:natgateway", "NAT", "NET"),
    head("elasticloadbalancing:loadbalancer", "ELB", "LB"),
    head("s3:bucket", "BKT", "S3"),
    head("ec2:snapshot", "SNP", "DSK"),
    head("ec2:elastic-ip", "EIP", "NET"),
    head("logs:log-group", "LOG", "LOG"),
    head("lambda:function", "LMB", "CMP"),
    head("dynamodb:table", "DDB", "DB"),
    head("redshift:cluster", "RSH", "DB"),
    head("es:domain", "OSS", "ANL"),
    head("elasticache:cluster", "ELC", "DB"),
    head("eks:cluster", "EKS", "CTR"),
    head("ecs:service", "ECS", "CTR"),
    head("ecr:repository", "ECR", "CTR"),
    head("elasticfilesystem:file-system", "EFS", "DSK"),
    head("fsx:file-system", "FSX", "DSK"),
    head("kinesis:stream", "KIN", "ANL"),
    head("kafka:cluster", "MSK", "ANL"),
    head("elasticmapreduce:cluster", "EMR", "ANL"),
    head("glue:job", "GLU", "ANL"),
    head("sagemaker:notebook-instance", "NBK", "ML"),
    head("sagemaker:endpoint", "SME", "ML"),
    head("quicksight:user", "QS", "ANL"),
    head("kms:key", "KMS", "SEC"),
    head("secretsmanager:secret", "SCR", "SEC"),
    head("route53:hostedzone", "R53", "EDG"),
    head("cloudfront:distribution", "CFD", "EDG"),
    head("sqs:queue", "SQS", "APP"),
    head("sns:topic", "SNS", "APP"),
    head("cloudformation:stack", "CFN", "MGT"),
    head("cloudwatch:alarm", "ALM", "MGT"),
    head("savingsplans:savingsplan", "SP", "RES"),
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
        None if *kind == Kind::UNSCANNED => "new".to_owned(),
        None => {
            let letters = kind.thing().chars().filter(char::is_ascii_alphanumeric).take(3);
            letters.map(|c| c.to_ascii_uppercase()).collect()
        }
    }
}

/// The family a kind folds into; a kind without a head goes by its service.
pub fn family(kind: &Kind) -> &'static str {
    let of_service = || SERVICES.iter().find(|(_, services)| services.contains(&kind.service())).map(|row| row.0);
    find(kind).map(|head| head.family).or_else(of_service).unwrap_or("OTH")
}

/// Whether a kind has a head of its own.
pub fn is_telling(kind: &Kind) -> bool {
    find(kind).is_some()
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
        assert_eq!((short(&Kind::new("braket:job")).as_str(), family(&Kind::new("braket:job"))), ("JOB", "OTH"));
        assert_eq!(family(&Kind::new("rds:db-proxy")), "DB");
        assert_eq!((short(&Kind::UNSCANNED).as_str(), family(&Kind::UNSCANNED)), ("new", "OTH"));
    }
}
