//! AWS Certificate Manager.

pub mod certificate;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<certificate::Certificates>()];
