use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Tick;

/// What people have settled by hand for an account, by item. A file of it is a TOML table an item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ticks {
    /// Version of the file's form.
    #[serde(default = "version")]
    pub version: u32,
    /// By item.
    #[serde(default)]
    pub tick: BTreeMap<String, Tick>,
}

fn version() -> u32 {
    VERSION
}

const VERSION: u32 = 1;

/// Why a file of ticks cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TicksError {
    /// Not what the program writes.
    #[error("not a file of ticks: {0}")]
    Damaged(String),
    /// Written by a newer program.
    #[error("it has version {0}, and this closeout reads {VERSION}: update closeout")]
    Newer(u32),
}

impl Ticks {
    /// Reads a file.
    ///
    /// Errors when it is damaged or newer: then it must not be written over.
    pub fn read(text: &str) -> Result<Ticks, TicksError> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let head: Head = toml::from_str(text).map_err(|error| TicksError::Damaged(error.message().to_owned()))?;
        if head.version > VERSION {
            return Err(TicksError::Newer(head.version));
        }
        toml::from_str(text).map_err(|error| TicksError::Damaged(error.message().to_owned()))
    }

    /// The text of a file.
    ///
    /// Errors when it cannot be written as TOML.
    pub fn text(&self) -> Result<String, TicksError> {
        let ticks = Ticks { version: VERSION, tick: self.tick.clone() };
        toml::to_string(&ticks).map_err(|error| TicksError::Damaged(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_back_as_it_was_and_a_damaged_or_newer_one_is_refused() {
        let tick = Tick {
            note: "seen in the console, \"Basic\"".to_owned(),
            by: "mk".to_owned(),
            at: "2026-11-27T10:00:00Z".parse().expect("a time"),
            rests_on: "00".to_owned(),
            expired: false,
        };
        let ticks = Ticks { version: 1, tick: BTreeMap::from([("support-plan".to_owned(), tick)]) };
        assert_eq!(Ticks::read(&ticks.text().expect("a text")).expect("the same"), ticks);
        assert!(matches!(Ticks::read("version = 2"), Err(TicksError::Newer(2))));
        assert!(matches!(Ticks::read("version = 1\n[tick.a]\nnote = 3"), Err(TicksError::Damaged(_))));
        assert!(matches!(Ticks::read("half a li"), Err(TicksError::Damaged(_))));
    }
}
