use super::rows::{Row, rows};
use super::usage::Seen;
use crate::model::Region;

/// Services whose quotas are read, by their codes at Service Quotas: those with rows, those whose quotas have
/// metrics, and those that tell their own figures.
pub const SERVICES: &[&str] = &[
    "acm",
    "airflow",
    "apigateway",
    "athena",
    "autoscaling",
    "backup",
    "cloudformation",
    "cloudfront",
    "codepipeline",
    "dms",
    "docdb",
    "ds",
    "dynamodb",
    "ebs",
    "ec2",
    "ecr",
    "ecs",
    "eks",
    "elasticache",
    "elasticbeanstalk",
    "elasticfilesystem",
    "elasticloadbalancing",
    "elasticmapreduce",
    "es",
    "events",
    "fargate",
    "firehose",
    "fsx",
    "globalaccelerator",
    "glue",
    "iam",
    "kafka",
    "kendra",
    "kinesis",
    "kms",
    "lambda",
    "lightsail",
    "logs",
    "memorydb",
    "monitoring",
    "mq",
    "neptune",
    "rds",
    "redshift",
    "route53",
    "route53resolver",
    "s3",
    "sagemaker",
    "secretsmanager",
    "ses",
    "sns",
    "sqs",
    "states",
    "transfer",
    "vpc",
    "workspaces",
];

/// Services that nearly every account uses: their quotas are read in each region, whatever was found there.
pub(super) const EVERYWHERE: &[&str] =
    &["autoscaling", "ebs", "ec2", "elasticloadbalancing", "iam", "logs", "monitoring", "rds", "s3", "vpc"];

/// Services whose quotas say something in a region: the usual ones, and those of which something was found, or something
/// that counts against their quotas. Of the rest nothing is used that anybody could count, and Service Quotas allows few calls a second.
pub fn services_in(region: &Region, seen: &Seen<'_>) -> Vec<&'static str> {
    let is_used = |service: &str| {
        let rows = rows().iter().filter(|row| row.service == service);
        let counts = |row: &Row| seen.listed(&row.kind, region, row.everywhere).is_some_and(|all| !all.is_empty());
        seen.has_any_of(service, region) || rows.into_iter().any(counts)
    };
    SERVICES.iter().copied().filter(|service| EVERYWHERE.contains(service) || is_used(service)).collect()
}

/// Those of them that live in no region: Service Quotas knows them in the home region only.
pub(super) const GLOBAL: &[&str] = &["cloudfront", "globalaccelerator", "iam", "route53"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    #[test]
    fn quotas_are_read_of_what_is_used_in_a_region() {
        use crate::model::Cell;
        let cluster = serde_json::from_value(serde_json::json!({
            "arn": "arn:aws:kafka:eu-west-1:111122223333:cluster/a", "id": "a", "kind": "kafka:cluster",
            "account": "111122223333", "region": "eu-west-1"
        }))
        .expect("a resource");
        let cells = ["eu-west-1", "us-east-1"].map(|region| Cell::new(Region::new(region), Kind::new("kafka:cluster")));
        let seen = Seen::new([&cluster], cells, true);
        assert!(services_in(&Region::new("eu-west-1"), &seen).contains(&"kafka"));
        assert_eq!(services_in(&Region::new("us-east-1"), &seen), EVERYWHERE);
    }

    #[test]
    fn a_service_that_tells_its_own_figures_is_read_where_something_of_it_was_found() {
        let function = serde_json::from_value(serde_json::json!({
            "arn": "arn:aws:lambda:eu-west-1:111122223333:function:a", "id": "a", "kind": "lambda:function",
            "account": "111122223333", "region": "eu-west-1"
        }))
        .expect("a resource");
        let seen = Seen::new([&function], [], true);
        assert!(services_in(&Region::new("eu-west-1"), &seen).contains(&"lambda"));
        assert_eq!(services_in(&Region::new("us-east-1"), &seen), EVERYWHERE);
    }

    #[test]
    fn services_of_no_region_are_among_those_that_are_read() {
        assert!(GLOBAL.iter().chain(EVERYWHERE).all(|service| SERVICES.contains(service)));
    }
}
