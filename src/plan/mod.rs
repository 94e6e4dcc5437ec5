//! Plans: from marked resources to ordered steps, or the reason why not.
//!
//! - [`remedy`]: what can be done about a kind, from `rules/remedies/`
//! - `blanks`: its placeholders, filled for a resource
//! - `step`: what a plan is made of
//! - `record`: what its rehearsal and its journal say
//! - `past`: how far a journal says it has come
//! - `order`: what a pointer between two resources means for their order, with the exceptions of `rules/order.toml`
//! - [`grace`]: quarantine instead of deletion, and what became of it
//! - `reorder`: another order within the waves
//! - `graph`: who must go before whom, over everything an audit knows
//! - `choose`: what is to be done about one resource by itself
//! - `units`: what goes away with one step
//! - `resolve`: what can be done about all of them together, and what is held
//! - `steps`: numbers, waves, commands
//! - `gained`: what has come to need a resource since its plan was made
//! - [`file`]: a plan as a file; `script` and `terraform` write it for other programs

mod blanks;
mod choose;
mod command;
pub mod file;
mod gained;
pub mod grace;
mod graph;
mod names;
mod order;
mod past;
mod record;
pub mod remedy;
mod reorder;
mod resolve;
mod script;
mod step;
mod steps;
mod terraform;
mod units;

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::Audit;
use crate::model::ResourceId;

pub use choose::Know;
pub use file::{PlanError, SCHEMA_VERSION};
pub use gained::{Known, called, says};
pub use names::actions;
pub use past::{Past, PastStep};
pub use record::{Check, Entry, FRESH_MINUTES, News, Outcome, Rehearsal, State, Undo, What};
pub use remedy::{Remedy, Verb, remedies, remedy};
pub use script::script;
pub use step::{Allowed, Held, HeldWhy, Plan, PlanAccount, Step, TOGETHER, Work};
pub use terraform::terraform;

/// What was asked for: resources, each with the fingerprints of the findings it was chosen by. With none of them the
/// resource itself was chosen, and every finding on it counts.
pub type Marks = BTreeMap<ResourceId, BTreeSet<String>>;

/// A plan for marked resources. The same audit, marks and permissions give the same bytes, in whatever order things
/// became known.
///
/// Errors when it cannot be written as JSON.
pub fn plan<'a>(audit: &'a Audit, marks: &Marks, allowed: Allowed, know: Know<'a>) -> serde_json::Result<Plan> {
    let graph = graph::Graph::of(audit);
    let chooser = choose::Chooser::new(graph, know, allowed);
    let mut resolver = resolve::Resolver::new(&chooser);
    resolver.run(marks);
    let steps = steps::steps(&resolver, &chooser);
    let account = &audit.account;
    let bare = Plan {
        schema_version: SCHEMA_VERSION,
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
        hash: String::new(),
        account: PlanAccount {
            id: account.id.clone(),
            alias: account.alias.clone(),
            partition: account.partition.clone(),
        },
        scanned_at: audit.started_at,
        scope: audit.scope.clone(),
        allowed,
        steps,
        held: resolver.held.into_values().collect(),
    };
    file::sealed(bare)
}
