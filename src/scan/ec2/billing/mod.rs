//! What EC2, EBS and VPC bill for.

pub mod compute;
pub mod ebs;
pub mod vpc;
