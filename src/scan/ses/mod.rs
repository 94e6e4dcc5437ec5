//! Amazon SES.

pub mod dedicated_ip;
pub mod deliverability_dashboard;
pub mod identity;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[
    Scanner::of::<dedicated_ip::DedicatedIps>(),
    Scanner::of::<deliverability_dashboard::DeliverabilityDashboards>(),
    Scanner::of::<identity::Identities>(),
];
