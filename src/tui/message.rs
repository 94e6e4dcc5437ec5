//! What the loop tells the model.

use crossterm::event::{KeyEvent, MouseEvent};
use jiff::Timestamp;

use super::cleanup::News;
use crate::model::{Event, Ignored};

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// Time passed: milliseconds since the start, and the time of day.
    Clock(u64, Timestamp),
    /// The running sign turns.
    Tick,
    /// The scan has news.
    Event(Box<Event>),
    /// A cleanup has news.
    Cleanup(Box<News>),
    /// Somebody ends the program from outside, or its terminal is gone. `again` says whether a second time leaves at
    /// once.
    End {
        /// Whether it does.
        again: bool,
    },
    /// A line for the message line.
    Note(String),
    /// The scan has nothing more to say.
    Ended,
    /// A finding was set aside, with a line that says so, or was not.
    Ignored(String, Result<(String, Ignored), String>),
    /// An item of the checklist was ticked, or its tick taken back, with a line that says so and the list judged again;
    /// or was not.
    Ticked(Result<(String, Box<Event>), String>),
    /// A wish was granted, or not; the line says so.
    Done(Result<String, String>),
}
