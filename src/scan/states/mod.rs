//! AWS Step Functions.

pub mod state_machine;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<state_machine::StateMachines>()];
