//! closeout audits an AWS account from a terminal: what was left running, what it costs, what is near its quota,
//! and what could not be looked at.
//!
//! Everything a run learns is folded into one document, the [`audit::Audit`]. The screen, the JSON and the tables
//! are views of it, so they cannot disagree.
//!
//! # The map
//!
//! Two arms on a pure core. Arrows point down; the arms never touch.
//!
//! ```text
//!                main   cli   settings            what was typed → what was meant
//!                    \    |    /
//!                         app                     the only module that sees both arms
//!                 _______/   \_______
//!                /                   \
//!  scan quota bill price clean      tui report store  workers talk to AWS, faces to people
//!           \   aws                  /
//!            \_____          _______/
//!                  \        /
//!  plan  checklist  rules  score  reconcile  audit    no I/O, no clock, no SDK, no terminal
//!                       |
//!                     model                       nouns only
//! ```
//!
//! | module | duty | may use |
//! | --- | --- | --- |
//! | [`model`] | nouns, their arithmetic and their texts | – |
//! | [`audit`] | the read model: folds events, answers queries | model |
//! | [`reconcile`] | bill lines × priced resources → explained and unexplained dollars, rates, savings, commitments | model, audit |
//! | [`score`] | 0–100 a finding, with its parts | model |
//! | [`rules`] | loads, checks and judges rule files; the one place that names CEL | model, audit, score |
//! | [`checklist`] | closing items from `rules/closure/` over an audit: pass, blocker, warning, unknown, by hand | model, audit, rules |
//! | [`plan`] | marks → ordered steps, and what is held with the reason; saved plans, scripts | model, audit |
//! | [`aws`] | credentials, regions, pace, requests (`aws::api`: without an SDK crate), what a refusal means | model |
//! | [`scan`] | one file a resource kind: lists, never changes, says what is billed; the sweep | model, aws |
//! | [`quota`] | limits, their use from metrics, counts or calls, what leftovers take of it, whether a plan fits | model, aws |
//! | [`bill`] | Cost Explorer: lines by the day, charges, forecast; kept for the day | model, aws |
//! | [`price`] | what is billed → monthly cost, with source and date | model, aws |
//! | [`clean`] | rehearses and applies a plan, with a journal; alone in changing an account | model, aws, plan |
//! | [`report`] | table, JSON, NDJSON, CSV, Markdown, HTML, SARIF, OpenMetrics, the JSON Schema; one bill by itself | model, audit, score |
//! | [`store`] | the history of audits, in SQLite; the one place that names `rusqlite` | model, audit |
//! | [`tui`] | model, message, update, view | model, audit, score, plan |
//! | [`cli`], [`settings`] | every flag, declared once; what was meant by it | report; aws, rules, scan |
//! | [`app`] | wiring | everything |
//!
//! `tests/layers.rs` holds the arrows. Rules judge an audit, so they stand above it; they also score what they
//! find, because a score is part of a finding.
//!
//! # Deliberately absent
//!
//! Nothing but [`clean`] changes an account, and nothing begins it but a plan, a dry run of it and its typed phrase;
//! a test reads every other request for it. Unknown is never zero: a price nobody knows, a metric without data and a
//! cell that was refused are each a [`model::Gap`], counted beside every total.

pub mod app;
pub mod audit;
pub mod aws;
pub mod bill;
pub mod checklist;
pub mod clean;
pub mod cli;
pub mod model;
pub mod plan;
pub mod price;
pub mod quota;
pub mod reconcile;
pub mod report;
pub mod rules;
pub mod scan;
pub mod score;
pub mod settings;
pub mod store;
pub mod tui;
