//! Amazon EC2, EBS and VPC.

pub mod address;
pub mod capacity_reservation;
pub mod image;
pub mod instance;
pub mod internet_gateway;
pub mod key_pair;
pub mod launch_template;
pub mod nat_gateway;
pub mod network_interface;
pub mod reserved_instances;
pub mod route_table;
pub mod security_group;
pub mod snapshot;
pub mod subnet;
pub mod volume;
pub mod vpc;
pub mod vpc_endpoint;

use std::collections::BTreeMap;

use aws_sdk_ec2::types::Tag;

use super::found;

/// Tags of an EC2 resource.
fn tags(list: &[Tag]) -> BTreeMap<String, String> {
    found::tags(list, Tag::key, Tag::value)
}
