//! AWS CloudTrail.

pub mod event_data_store;
pub mod trail;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<trail::Trails>(), Scanner::of::<event_data_store::Stores>()];
