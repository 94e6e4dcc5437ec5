//! AWS IAM.

pub mod account_summary;
pub mod oidc_provider;
pub mod role;
pub mod saml_provider;
pub mod user;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[
    Scanner::of::<account_summary::AccountSummaries>(),
    Scanner::of::<user::Users>(),
    Scanner::of::<role::Roles>(),
    Scanner::of::<saml_provider::SamlProviders>(),
    Scanner::of::<oidc_provider::OidcProviders>(),
];
