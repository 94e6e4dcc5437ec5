//! Makes what a plan names go away, and writes down what it does before it does it. The one module that names
//! calls which change an account; what they are stands in `rules/remedies/`.
//!
//! - [`world`]: the account as a run needs it: to look again, and to send
//! - [`journal`]: one file a run, append-only, on disk before anything happens
//! - [`compare`]: whether a resource is still the one the plan is about
//! - [`look`]: reading a cell again, once for all who wait for it
//! - `gained`: whether something the plan does not know of needs what it deletes
//! - [`run`]: waves, and the end of each step
//! - [`rehearse`]: everything but the calls
//! - [`procedures`]: what takes many calls, a file a service
//! - [`policy`]: what the caller may do, by its policies
//! - [`send`]: a call on its way to AWS

pub mod compare;
mod gained;
pub mod journal;
mod look;
pub mod policy;
pub mod procedures;
pub mod rehearse;
pub mod run;
pub mod send;
mod step;
pub mod world;

pub use journal::{Journal, JournalError};
pub use look::Eyes;
pub use rehearse::{rehearse, rehearse_rest};
pub use run::{Report, Run};
pub use world::{Order, World};
