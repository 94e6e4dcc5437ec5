//! Amazon OpenSearch Service.

pub mod domain;
pub mod reserved_instance;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<domain::Domains>(), Scanner::of::<reserved_instance::Reservations>()];
