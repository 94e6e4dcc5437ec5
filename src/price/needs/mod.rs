//! What each kind is billed for, one file a service.

mod autoscaling;
mod ebs;
mod ec2;
mod elasticloadbalancing;
mod logs;
mod rds;
mod s3;
mod vpc;

use super::Needs;
use crate::model::Resource;

/// How the facts of a kind become needs.
type NeedsOf = fn(&Resource) -> Needs;

/// Kind by kind, how facts become needs. A kind that is missing here has no known price.
pub static TABLE: &[(&str, NeedsOf)] = &[
    ("ec2:instance", ec2::instance),
    ("ec2:key-pair", free),
    ("ec2:launch-template", free),
    ("ec2:reserved-instances", ec2::reserved_instances),
    ("ec2:capacity-reservation", ec2::capacity_reservation),
    ("ec2:image", free),
    ("ec2:volume", ebs::volume),
    ("ec2:snapshot", ebs::snapshot),
    ("ec2:elastic-ip", vpc::elastic_ip),
    ("ec2:natgateway", vpc::nat_gateway),
    ("ec2:network-interface", free),
    ("ec2:security-group", free),
    ("ec2:vpc", free),
    ("ec2:subnet", free),
    ("ec2:internet-gateway", free),
    ("ec2:route-table", free),
    ("ec2:vpc-endpoint", vpc::endpoint),
    ("elasticloadbalancing:loadbalancer", elasticloadbalancing::load_balancer),
    ("elasticloadbalancing:classic-loadbalancer", elasticloadbalancing::classic),
    ("elasticloadbalancing:targetgroup", free),
    ("autoscaling:autoScalingGroup", autoscaling::group),
    ("rds:db", rds::instance),
    ("rds:cluster", rds::cluster),
    ("rds:snapshot", rds::snapshot),
    ("rds:cluster-snapshot", rds::cluster_snapshot),
    ("rds:auto-backup", rds::automated_backup),
    ("rds:ri", rds::reserved_instance),
    ("logs:log-group", logs::log_group),
    ("s3:bucket", s3::bucket),
    ("s3:multipart-upload", s3::multipart_upload),
];

/// Costs nothing by itself.
fn free(_: &Resource) -> Needs {
    Needs::free()
}
