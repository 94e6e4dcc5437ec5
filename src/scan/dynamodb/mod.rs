//! Amazon DynamoDB.

pub mod backup;
pub mod table;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<table::Tables>(), Scanner::of::<backup::Backups>()];
