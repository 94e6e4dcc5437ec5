//! Amazon S3 Glacier.

pub mod vault;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<vault::Vaults>()];
