//! The closing checklist: items out of `rules/closure/`, judged over an audit. Nothing is asked of AWS here: what an
//! item rests on was listed by the scan, and what was not listed whole is unknown, never a pass.
//!
//! - [`item`]: one item as written
//! - `judge`: items over an audit
//! - `made`: bill lines, charges and regions as things an item can ask about
//! - [`ticks`]: what people have settled by hand

pub mod item;
mod judge;
mod made;
pub mod ticks;

pub use item::{Item, Items, Procedures};
pub use judge::{Judged, judge};
pub use made::vocabulary;
pub use ticks::Ticks;
