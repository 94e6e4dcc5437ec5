//! Amazon Route 53 domains.

pub mod domain;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<domain::Domains>()];
