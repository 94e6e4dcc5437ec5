//! AWS Organizations: the organization the account is in, and what only the account that manages it may read.

pub mod account;
pub mod delegated_administrator;
pub mod organization;
pub mod responsibility_transfer;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[
    Scanner::of::<organization::Organizations>(),
    Scanner::of::<account::Accounts>(),
    Scanner::of::<delegated_administrator::DelegatedAdministrators>(),
    Scanner::of::<responsibility_transfer::ResponsibilityTransfers>(),
];
