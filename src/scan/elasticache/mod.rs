//! Amazon ElastiCache.

pub mod cluster;
pub mod replication_group;
pub mod reserved_node;
pub mod serverless_cache;
pub mod snapshot;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[
    Scanner::of::<cluster::Clusters>(),
    Scanner::of::<replication_group::ReplicationGroups>(),
    Scanner::of::<serverless_cache::ServerlessCaches>(),
    Scanner::of::<snapshot::Snapshots>(),
    Scanner::of::<reserved_node::ReservedNodes>(),
];
