//! AWS Cost and Usage Reports.

pub mod report_definition;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<report_definition::ReportDefinitions>()];
