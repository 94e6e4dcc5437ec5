//! Which key does what: the table of actions with the user's own keys laid over it.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::action::{Action, Entry, Group, TABLE};
use super::key::{Key, NoSuchKey};
use super::model::ScreenId;

/// Keys in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    keys: HashMap<Action, Vec<Key>>,
    actions: HashMap<Key, Vec<&'static Entry>>,
    changed: usize,
}

/// Why a `[keys]` table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// A key that is none.
    #[error("[keys] {action}: {error}")]
    NoSuchKey {
        /// The action it was meant for.
        action: String,
        /// What is wrong with it.
        error: NoSuchKey,
    },
    /// An action without a key.
    #[error("[keys] {0}: no key given")]
    NoKey(String),
    /// An action that is none.
    #[error("[keys] {0}: no such action{1}")]
    NoSuchAction(String, String),
    /// An action whose key must stay.
    #[error("[keys] {0}: this key cannot be changed")]
    Fixed(String),
    /// One key for two actions on one screen.
    #[error("[keys] `{key}` means both {first} and {second} on {screen}")]
    Twice {
        /// The key.
        key: String,
        /// One action.
        first: String,
        /// The other.
        second: String,
        /// The screen.
        screen: &'static str,
    },
}

impl Keymap {
    /// The keys of the table with the user's own laid over them: action name → keys, separated by spaces.
    ///
    /// Errors name the bad key, the unknown action, or the two actions that would share a key.
    pub fn new(own: &BTreeMap<String, String>) -> Result<Keymap, KeymapError> {
        let mut keys: HashMap<Action, Vec<Key>> = HashMap::new();
        for entry in TABLE {
            let defaults: Result<Vec<Key>, NoSuchKey> = entry.keys.iter().map(|key| key.parse()).collect();
            keys.insert(entry.action, defaults.map_err(|error| bad_key(entry.name, error))?);
        }
        for (name, text) in own {
            let entry = TABLE.iter().find(|entry| entry.name == name).ok_or_else(|| no_action(name))?;
            if entry.action == Action::Interrupt {
                return Err(KeymapError::Fixed(name.clone()));
            }
            let parsed: Result<Vec<Key>, NoSuchKey> = text.split_whitespace().map(str::parse).collect();
            let parsed = parsed.map_err(|error| bad_key(name, error))?;
            if parsed.is_empty() {
                return Err(KeymapError::NoKey(name.clone()));
            }
            keys.insert(entry.action, parsed);
        }
        let mut actions: HashMap<Key, Vec<&'static Entry>> = HashMap::new();
        for entry in TABLE {
            for key in keys.get(&entry.action).into_iter().flatten() {
                actions.entry(*key).or_default().push(entry);
            }
        }
        let keymap = Keymap { keys, actions, changed: own.len() };
        keymap.check()?;
        Ok(keymap)
    }

    fn check(&self) -> Result<(), KeymapError> {
        for screen in ScreenId::ALL {
            for entry in TABLE {
                for key in self.keys_of(entry.action) {
                    let sharing = self.actions.get(key).into_iter().flatten();
                    let mut here = sharing.filter(|entry| entry.screens.contains(&screen)).map(|entry| entry.name);
                    if let (Some(first), Some(second)) = (here.next(), here.next()) {
                        let (first, second) = (first.to_owned(), second.to_owned());
                        return Err(KeymapError::Twice { key: key.to_string(), first, second, screen: screen.title() });
                    }
                }
            }
        }
        Ok(())
    }

    /// What a key does on a screen.
    pub fn action(&self, screen: ScreenId, key: Key) -> Option<Action> {
        let entries = self.actions.get(&key)?;
        entries.iter().find(|entry| entry.screens.contains(&screen)).map(|entry| entry.action)
    }

    /// The keys of an action.
    pub fn keys_of(&self, action: Action) -> &[Key] {
        self.keys.get(&action).map_or(&[], Vec::as_slice)
    }

    /// The first key of an action, by name.
    pub fn key_name(&self, action: Action) -> String {
        self.keys_of(action).first().map(Key::to_string).unwrap_or_default()
    }

    /// Every key of an action, by name, with spaces between.
    pub fn key_names(&self, action: Action) -> String {
        self.keys_of(action).iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
    }

    /// How many actions the user has given other keys.
    pub fn changed(&self) -> usize {
        self.changed
    }
}

fn bad_key(action: &str, error: NoSuchKey) -> KeymapError {
    KeymapError::NoSuchKey { action: action.to_owned(), error }
}

fn no_action(name: &str) -> KeymapError {
    let near = TABLE.iter().map(|entry| entry.name).min_by_key(|known| strsim::damerau_levenshtein(name, known));
    let hint = near.filter(|known| strsim::damerau_levenshtein(name, known) <= 3);
    KeymapError::NoSuchAction(name.to_owned(), hint.map(|known| format!("; did you mean {known}?")).unwrap_or_default())
}

/// The page of keys, as Markdown, with the default keys.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Keys\n\nThe name in the last column is what a `[keys]` table in the settings file calls it: `mark = \"Space\"`.\n\
         Several keys are separated by spaces. `Ctrl-c` cannot be changed. No key deletes anything:\n\
         a plan is applied after a dry run of it, when its phrase has been typed.\n",
    );
    for group in Group::ALL {
        let title = if group == Group::Here { "On some screens" } else { group.title() };
        let _ = write!(page, "\n## {title}\n\n| key | does | where | name |\n| --- | --- | --- | --- |\n");
        for entry in TABLE.iter().filter(|entry| entry.group == group) {
            let keys = entry.keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" ");
            let _ = writeln!(page, "| {keys} | {} | {} | `{}` |", entry.help, place(entry), entry.name);
        }
    }
    page
}

fn place(entry: &Entry) -> String {
    if entry.screens.len() == ScreenId::ALL.len() {
        return "everywhere".to_owned();
    }
    entry.screens.iter().map(|screen| screen.title().to_lowercase()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(action: &str, keys: &str) -> Result<Keymap, KeymapError> {
        Keymap::new(&BTreeMap::from([(action.to_owned(), keys.to_owned())]))
    }

    #[test]
    fn no_key_is_bound_twice_on_a_screen() {
        Keymap::new(&BTreeMap::new()).expect("the keys of the table");
    }

    #[test]
    fn every_action_is_in_the_table_once_with_a_name_and_help() {
        let mut names: Vec<&str> = TABLE.iter().map(|entry| entry.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
        for entry in TABLE {
            assert_eq!(entry.action.entry().name, entry.name, "listed twice");
            assert!(!entry.help.is_empty() && !entry.keys.is_empty() && !entry.screens.is_empty(), "{}", entry.name);
        }
        // `Quit` is the last variant: its number is one less than there are actions.
        assert_eq!(TABLE.len(), Action::Quit as usize + 1);
    }

    #[test]
    fn key_lines_offer_only_what_works_there() {
        for screen in ScreenId::ALL {
            for running in [false, true] {
                for (action, word) in super::super::action::key_line(screen, running) {
                    assert!(action.works_on(screen) && !word.is_empty(), "{action:?} on {screen:?}");
                }
            }
        }
    }

    #[test]
    fn own_keys_replace_those_of_the_table() {
        let keymap = own("mark", "m Ctrl-Space").expect("free keys");
        assert_eq!(keymap.key_names(Action::Mark), "m Ctrl-Space");
        assert_eq!(keymap.action(ScreenId::Findings, "m".parse().expect("a key")), Some(Action::Mark));
        assert_eq!(keymap.action(ScreenId::Findings, "Space".parse().expect("a key")), None);
        assert_eq!(keymap.changed(), 1);
    }

    #[test]
    fn errors_name_the_bad_key_or_action() {
        let error = |action: &str, keys: &str| own(action, keys).expect_err("a bad table").to_string();
        assert!(error("mark", "Spcae").starts_with("[keys] mark: `Spcae` is not a key"));
        assert_eq!(error("makr", "m"), "[keys] makr: no such action; did you mean mark?");
        assert_eq!(error("mark", "z"), "[keys] `z` means both zoom and mark on Findings");
        assert_eq!(error("stop", "q"), "[keys] stop: this key cannot be changed");
        assert_eq!(error("mark", " "), "[keys] mark: no key given");
    }

    #[test]
    fn page_of_keys_has_a_row_for_every_action() {
        let page = markdown();
        for entry in TABLE {
            assert!(page.contains(&format!("| `{}` |", entry.name)), "{}", entry.name);
        }
        assert!(page.contains("| `Space` | mark or unmark, to plan for | findings, quotas | `mark` |"));
    }
}
