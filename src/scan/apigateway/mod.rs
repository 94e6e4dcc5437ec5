//! Amazon API Gateway.

pub mod apis;
pub mod restapis;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<restapis::RestApis>(), Scanner::of::<apis::Apis>()];
