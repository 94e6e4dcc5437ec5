//! AWS Service Catalog.

pub mod portfolio;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<portfolio::Portfolios>()];
