//! Amazon Bedrock.

pub mod provisioned_model;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<provisioned_model::ProvisionedModels>()];
