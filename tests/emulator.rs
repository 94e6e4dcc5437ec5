//! The binary against an emulated account: what it finds there, what it asks, and what it says when something fails.
//!
//! The AWS behaviour is the emulator's (tests/emulator), and so proves nothing about AWS; the truth is the list the
//! seed writes beside what it makes.

#[path = "emulator_runs/closing.rs"]
mod closing;
#[path = "emulator_runs/faults.rs"]
mod faults;
#[path = "emulator_runs/files.rs"]
mod files;
#[path = "emulator_runs/honesty.rs"]
mod honesty;
#[path = "emulator_runs/permissions.rs"]
mod permissions;
#[path = "emulator_runs/quotas.rs"]
mod quotas;
#[path = "emulator_runs/refusals.rs"]
mod refusals;
#[path = "emulator_runs/repeat.rs"]
mod repeat;
#[path = "emulator_runs/report.rs"]
mod report;
#[path = "emulator_runs/runs.rs"]
mod runs;
#[path = "emulator_runs/sessions.rs"]
mod sessions;
#[path = "emulator_runs/spending.rs"]
mod spending;
#[path = "emulator_runs/stop.rs"]
mod stop;
mod support;
#[path = "emulator_runs/sweep.rs"]
mod sweep;
#[path = "emulator_runs/truth.rs"]
mod truth;
