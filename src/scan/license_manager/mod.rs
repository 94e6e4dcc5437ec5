//! AWS License Manager.

pub mod received_license;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<received_license::ReceivedLicenses>()];
