//! AWS CloudFormation.

pub mod stack;
pub mod stack_set;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[Scanner::of::<stack::Stacks>(), Scanner::of::<stack_set::StackSets>()];
