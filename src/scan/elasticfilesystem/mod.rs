//! Amazon EFS.

pub mod file_system;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<file_system::FileSystems>()];
