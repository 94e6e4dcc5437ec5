//! Amazon SQS.

pub mod queue;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<queue::Queues>()];
