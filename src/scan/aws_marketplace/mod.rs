//! AWS Marketplace.

pub mod agreement;
pub mod seller_product;

use super::Scanner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] =
    &[Scanner::of::<agreement::Agreements>(), Scanner::of::<seller_product::SellerProducts>()];
