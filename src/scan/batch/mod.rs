//! AWS Batch.

pub mod compute_environment;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<compute_environment::ComputeEnvironments>()];
