//! Amazon Data Firehose.

pub mod delivery_stream;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<delivery_stream::DeliveryStreams>()];
