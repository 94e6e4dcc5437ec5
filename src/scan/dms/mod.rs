//! AWS Database Migration Service.

pub mod instance;
pub mod serverless;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<instance::Instances>(), Scanner::of::<serverless::Replications>()];
