//! The way to AWS: who asks, where, how fast, and what a refusal means.
//!
//! - [`api`]: requests to services without an SDK crate
//! - [`session`]: credentials, caller, alias, the regions of the account
//! - [`organization`]: the accounts of an organization
//! - [`wire`]: every request passes here once: counted, paced, and stopped when the credentials have run out
//! - [`fault`]: an SDK error becomes one of the model's reasons
//! - [`regions`]: which regions there are and which to read
//! - [`metric`]: readings of CloudWatch metrics, in batches
//! - [`kept`]: answers kept on disk between runs
//! - [`cx`]: what a worker gets in hand: clients for one region

pub mod api;
pub mod cx;
pub mod fault;
pub mod kept;
pub mod metric;
pub mod organization;
pub mod pace;
pub mod regions;
pub mod session;
pub mod wire;

pub use cx::Cx;
pub use fault::Fault;
pub use session::{Member, Session, SessionError, Wanted};
pub use wire::{Tally, Wire};
