//! Plans: from marked resources to ordered steps, or the reason why not.
//!
//! - [`remedy`]: what can be done about a kind, from `rules/remedies/`

pub mod remedy;

pub use remedy::{Remedy, Verb, remedies, remedy};
