//! Requests to services this program carries no SDK crate for.
//!
//! The crates of the AWS SDK are generated whole: a service of which one listing is needed brings hundreds of
//! operations, and its build time with it. Here a request is named by a [`Call`], its answer is a `serde` type of
//! the few members that are read, and everything between is the SDK's own runtime: credentials, signature, retries
//! with jitter, time-outs, the wire that counts and paces. `tests/answers.rs` holds every request and every recorded
//! answer against AWS's models of its APIs.
//!
//! - [`call`]: services, their protocols and addresses, and what is asked of them
//! - [`services`]: the services
//! - [`send`]: one request, and pages of them
//! - [`read`]: types for what the protocols write in several ways

pub mod call;
pub mod offered;
pub mod read;
pub mod send;
pub mod services;

pub use call::{Act, Call, Service};
pub use read::{At, List, Pair, Tags};
pub use send::{Answer, Pages, each};
