//! Makes what a plan names go away, and writes down what it does before it does it. The one module that names
//! calls which change an account; what they are stands in `rules/remedies/`.
//!
//! - [`world`]: the account as a run needs it: to look again, and to send
//! - [`journal`]: one file a run, append-only, on disk before anything happens
//! - [`past`]: what a journal says has happened, to go on from
//! - [`compare`]: whether a resource is still the one the plan is about
//! - [`look`]: reading a cell again, once for all who wait for it
//! - [`run`]: waves, and the end of each step
//! - [`send`]: a call on its way to AWS

pub mod compare;
pub mod journal;
mod look;
pub mod past;
pub mod run;
pub mod send;
mod step;
pub mod world;

pub use journal::{Journal, JournalError};
pub use run::{News, Report, Run, State};
pub use world::{Order, World};
