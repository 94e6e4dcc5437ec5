//! Tags that keep a resource out of the waste totals.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::error::{RuleError, toml_error};
use crate::model::{Protection, Resource};

/// Which tags keep, and which values do not.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protections {
    /// Whole tag keys, in any case, that keep with an empty or truthy value.
    #[serde(default)]
    keys: Vec<String>,
    /// Whole tag keys, in any case, whose value is the last day they keep.
    #[serde(default)]
    until_keys: Vec<String>,
    /// Values, in any case, that take the wish back.
    #[serde(default)]
    falsy: Vec<String>,
    /// Pieces of names that keep; empty unless a user's own file says otherwise.
    #[serde(default)]
    names: Vec<String>,
}

impl Protections {
    /// Adds what a file says.
    ///
    /// Errors name the line of an unknown key.
    pub fn read(&mut self, path: &str, text: &str) -> Result<(), RuleError> {
        let file: Protections = toml::from_str(text).map_err(|error| toml_error(path, text, &error))?;
        self.keys.extend(file.keys);
        self.until_keys.extend(file.until_keys);
        self.falsy.extend(file.falsy);
        self.names.extend(file.names);
        Ok(())
    }

    /// The wish to keep a resource, if its tags (or its name, where the user's file says so) hold one on a day.
    pub fn of(&self, resource: &Resource, today: Date) -> Option<Protection> {
        self.by_tag(&resource.tags, today).or_else(|| {
            let name = resource.name.as_deref()?;
            let pattern = self.names.iter().find(|pattern| name.contains(pattern.as_str()))?;
            Some(Protection::Keep { tag: format!("name holds {pattern}"), until: None })
        })
    }

    fn by_tag(&self, tags: &BTreeMap<String, String>, today: Date) -> Option<Protection> {
        let is_in = |list: &[String], word: &str| list.iter().any(|one| one.eq_ignore_ascii_case(word));
        tags.iter().find_map(|(key, value)| {
            if is_in(&self.until_keys, key) {
                // A date nobody can read protects: the wish is plain, only its end is not.
                let end = value.get(..10).unwrap_or(value).parse::<Date>().ok();
                let over = end.is_some_and(|end| end < today);
                let until = end.map(|end| end.to_string());
                return (!over).then(|| Protection::Keep { tag: format!("{key}={value}"), until });
            }
            let keeps = is_in(&self.keys, key) && !is_in(&self.falsy, value.trim());
            keeps.then(|| Protection::Keep { tag: format!("{key}={value}"), until: None })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeps(key: &str, value: &str) -> bool {
        let mut protections = Protections::default();
        protections.read("p", include_str!("../../rules/protections.toml")).expect("the built-in file");
        let tags = BTreeMap::from([(key.to_owned(), value.to_owned())]);
        protections.by_tag(&tags, "2026-11-23".parse().expect("a date")).is_some()
    }

    #[test]
    fn whole_keys_in_any_case_with_a_truthy_value_keep() {
        assert!(keeps("keep", "true"));
        assert!(keeps("KEEP", ""));
        assert!(keeps("DoNotDelete", "yes"));
        assert!(!keeps("keep", "false"));
        assert!(!keeps("keep", " No "));
        assert!(!keeps("bookkeeping", "true"));
        assert!(!keeps("Name", "do-not-delete"));
    }

    #[test]
    fn date_keeps_until_it_has_passed() {
        assert!(keeps("keep-until", "2026-11-23"));
        assert!(keeps("keep-until", "2027-01-01T00:00:00Z"));
        assert!(!keeps("keep-until", "2026-11-22"));
        assert!(keeps("keep-until", "after the audit"));
    }
}
