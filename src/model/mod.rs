//! The nouns: what a resource, a price, a finding or a gap *is*.
//!
//! Nothing here does I/O, reads a clock or knows AWS, a terminal or a rule. Every other module may use
//! this one; it uses none of them.

mod account;
mod bill;
mod cell;
mod checklist;
mod cost;
mod event;
mod finding;
mod gap;
mod kind;
mod measure;
mod need;
mod quarantine;
mod quota;
mod reconciliation;
mod region;
mod requests;
mod resource;
mod text;
mod usd;

pub use account::Account;
pub use bill::{Bill, BillLine, BillPeriod, BilledResource, Charge, ChargeKind, Purchase, View};
pub use cell::{Cell, CellState, Coverage};
pub use checklist::{AccountType, ChecklistItem, Closure, ItemLevel, ItemState, KeepsBilling, Tick, Verdict};
pub use cost::{Cost, CostPart, PriceOrigin, PriceSource};
pub use event::{Event, Progress};
pub use finding::{Category, Certainty, ClosureEffect, Evidence, Finding, Ignored, ScorePart, Severity};
pub use gap::{Gap, Why};
pub use kind::Kind;
pub use measure::{Measurement, MetricReading, MetricWish};
pub use need::{Need, Needs};
pub use quarantine::{Meanwhile, Quarantined};
pub use quota::{Contradiction, DaysAhead, Increase, LimitSource, Quota, Trend, TrendSource, UsageSource};
pub use reconciliation::{
    Basis, Commitment, DaysBilled, Explained, Reckoning, Reconciliation, Savings, Share, Unbilled,
};
pub use region::{Region, RegionState};
pub use requests::Requests;
pub use resource::{Owner, Protection, Ref, Resource, ResourceId, Role};
pub use text::{clean, truncate};
pub use usd::{ParseUsdError, Usd};

/// Hours AWS and everyone else count in a month when an hourly price becomes a monthly one.
///
/// Source: the AWS Pricing Calculator's own figure (365 days × 24 hours / 12).
pub const HOURS_PER_MONTH: i64 = 730;
