//! Amazon MemoryDB.

pub mod cluster;
pub mod reserved_node;
pub mod snapshot;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[
    Scanner::of::<cluster::Clusters>(),
    Scanner::of::<snapshot::Snapshots>(),
    Scanner::of::<reserved_node::ReservedNodes>(),
];
