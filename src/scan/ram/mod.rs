//! AWS Resource Access Manager.

pub mod resource_share;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<resource_share::ResourceShares>()];
