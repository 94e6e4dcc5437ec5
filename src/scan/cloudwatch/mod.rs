//! Amazon CloudWatch.

pub mod alarm;
pub mod dashboard;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<alarm::Alarms>(), Scanner::of::<dashboard::Dashboards>()];
