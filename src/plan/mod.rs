//! Plans: from marked resources to ordered steps, or the reason why not.
//!
//! - [`remedy`]: what can be done about a kind, from `rules/remedies/`
//! - `step`: what a plan is made of
//! - `record`: what its rehearsal and its journal say
//! - `past`: how far a journal says it has come

mod past;
mod record;
pub mod remedy;
mod step;

pub use past::{Past, PastStep};
pub use record::{Check, Entry, FRESH_MINUTES, News, Outcome, Rehearsal, State, What};
pub use remedy::{Remedy, Verb, remedies, remedy};
pub use step::{Allowed, Held, HeldWhy, Plan, PlanAccount, Step, Work};
