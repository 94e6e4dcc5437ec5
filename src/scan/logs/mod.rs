//! Amazon CloudWatch Logs.

pub mod billing;
pub mod log_group;

mod name;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<log_group::LogGroups>()];
