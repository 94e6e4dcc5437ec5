//! Amazon Lightsail.

pub mod disk;
pub mod disk_snapshot;
pub mod instance;
pub mod instance_snapshot;
pub mod load_balancer;
pub mod relational_database;
pub mod relational_database_snapshot;
pub mod static_ip;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[
    Scanner::of::<instance::Instances>(),
    Scanner::of::<disk::Disks>(),
    Scanner::of::<static_ip::StaticIps>(),
    Scanner::of::<relational_database::RelationalDatabases>(),
    Scanner::of::<load_balancer::LoadBalancers>(),
    Scanner::of::<instance_snapshot::InstanceSnapshots>(),
    Scanner::of::<disk_snapshot::DiskSnapshots>(),
    Scanner::of::<relational_database_snapshot::RelationalDatabaseSnapshots>(),
];
