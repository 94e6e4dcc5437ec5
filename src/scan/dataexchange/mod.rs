//! AWS Data Exchange.

pub mod data_set;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<data_set::DataSets>()];
