//! Plans: from marked resources to ordered steps, or the reason why not.
//!
//! - [`remedy`]: what can be done about a kind, from `rules/remedies/`
//! - `step`: what a plan is made of

pub mod remedy;
mod step;

pub use remedy::{Remedy, Verb, remedies, remedy};
pub use step::{Allowed, Held, HeldWhy, Plan, PlanAccount, Step, Work};
