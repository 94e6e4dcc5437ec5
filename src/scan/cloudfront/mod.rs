//! Amazon CloudFront.

pub mod distribution;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<distribution::Distributions>()];
