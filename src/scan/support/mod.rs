//! AWS Support: the plan, and cases that are open. Both answer only under a paid plan.

pub mod case;
pub mod plan;

use super::Scanner;
use crate::aws::Fault;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<plan::Plans>(), Scanner::of::<case::Cases>()];

/// Whether it only says that the account has the Basic plan, which has no API.
fn is_basic(fault: &Fault) -> bool {
    fault.code == "SubscriptionRequiredException"
}
