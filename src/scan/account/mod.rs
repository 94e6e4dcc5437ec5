//! The account itself.

pub mod contact;
pub mod govcloud_link;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<contact::Contacts>(), Scanner::of::<govcloud_link::GovCloudLinks>()];
