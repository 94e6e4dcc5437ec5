//! AWS Control Tower.

pub mod landing_zone;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<landing_zone::LandingZones>()];
