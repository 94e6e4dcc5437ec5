//! AWS Storage Gateway.

pub mod gateway;
pub mod tape;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<gateway::Gateways>(), Scanner::of::<tape::Tapes>()];
