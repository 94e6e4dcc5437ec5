//! The screen: a model, messages, one [`update`](update::update) that answers with wishes, and a view that only reads.
//!
//! ```text
//!   keys, mouse ─┐                        ┌─ clipboard, browser, files: [`run::Outside`]
//!   scan events ─┴→ message → update → effects
//!                               │
//!                             model → view → terminal
//! ```
//!
//! Nothing waits in here: the loop in [`run`] sleeps until something happens and draws only when something
//! changed. Nothing in here changes anything in AWS: an account is changed by what
//! a wish with a typed phrase leads to, and by nothing else.

pub mod action;
pub mod cleanup;
pub mod console;
pub mod effect;
pub mod facets;
mod feed;
pub mod filter;
pub mod glyphs;
pub mod key;
pub mod keymap;
pub mod line;
pub mod look;
pub mod marks;
pub mod message;
pub mod model;
pub mod overlay;
pub mod pane;
mod rows;
pub mod run;
pub mod terminal;
pub mod theme;
pub mod update;
pub mod view;

#[cfg(test)]
pub(crate) mod testing;

pub use effect::{ExportFormat, Rescan};
pub use look::{ColorDepth, Theme};
pub use run::{Input, Options, Origin, Outside, run};
