//! Amazon Managed Workflows for Apache Airflow.

pub mod environment;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<environment::Environments>()];
