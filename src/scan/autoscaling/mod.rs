//! Amazon EC2 Auto Scaling.

pub mod group;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<group::Groups>()];
