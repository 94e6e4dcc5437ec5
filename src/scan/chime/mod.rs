//! Amazon Chime SDK.

pub mod phone_number;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<phone_number::PhoneNumbers>()];
