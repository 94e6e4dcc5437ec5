//! What the integration tests share: an AWS emulator and a proxy that misbehaves in front of it, both
//! started on demand, and the `closeout` binary run against them in a home of its own.
//!
//! ```ignore
//! mod support;
//!
//! let seeded = support::Emulator::seeded();
//! let env = support::env(seeded.emulator.endpoint());
//! let output = support::closeout(&["scan"], &env);
//! ```
//!
//! The emulator is a Python program (tests/emulator). The first use builds its virtual environment in
//! target/emulator; only Python 3 has to be there.

// Each test binary compiles this module for itself and uses its own part of it.
#![allow(dead_code, unused_imports)]

mod account;
mod emulator;
mod helper;
pub mod http;
mod proxy;
pub mod python;
mod run;
pub mod service;

pub use account::{Counts, Ignored, Skipped, Truth, TruthRow};
pub use emulator::{Emulator, Seeded};
pub use proxy::{Call, Proxy};
pub use run::{Env, closeout, closeout_within, env, names};
