//! Amazon CloudWatch Logs.

pub mod log_group;

mod name;
