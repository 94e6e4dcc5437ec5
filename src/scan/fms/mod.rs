//! AWS Firewall Manager.

pub mod admin;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<admin::Admins>()];
