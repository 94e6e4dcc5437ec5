//! Amazon Redshift Serverless.

pub mod namespace;
pub mod workgroup;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<workgroup::Workgroups>(), Scanner::of::<namespace::Namespaces>()];
