//! Savings Plans.

pub mod savings_plan;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<savings_plan::SavingsPlans>()];
