//! closeout audits an AWS account: what was left running, what it costs, what is near its quota, and what
//! could not be looked at.

pub mod app;
pub mod audit;
pub mod aws;
pub mod bill;
pub mod cli;
pub mod model;
pub mod price;
pub mod quota;
pub mod report;
pub mod rules;
pub mod scan;
pub mod score;
pub mod settings;
pub mod tui;
