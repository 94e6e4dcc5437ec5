//! Findings somebody set aside until a day: the file that says so, and how it is changed.
//!
//! The file is made to live in version control and to be edited by hand. It is changed as text, an entry at a time, so
//! that comments stay where they are and a change is a few lines; the changed text is read again before it is used.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::error::{RuleError, line_of, toml_error};
use crate::model::{Finding, Ignored};

/// Days ahead a finding may be set aside at most: what is to be kept for longer has tags to say so.
pub const MOST_DAYS: i64 = 366;

/// What begins an entry.
const HEAD: &str = "[[ignore]]";

/// What is set aside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ignores {
    entries: BTreeMap<String, Entry>,
}

/// An entry of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Id of a finding; or id or ARN of a resource, for all findings on it.
    pub id: String,
    /// The last day, in UTC.
    pub until: Date,
    /// The reason.
    pub why: String,
    /// Who. Empty when nobody wrote it down.
    pub by: String,
    /// When, as it was written. Empty when it was not.
    pub added: String,
}

impl Entry {
    /// What a finding says of it.
    pub fn told(&self) -> Ignored {
        Ignored { why: self.why.clone(), until: self.until.to_string(), by: self.by.clone() }
    }

    fn text(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.replace(['\n', '\r'], " ")).to_string();
        let mut text =
            format!("{HEAD}\nid = {}\nuntil = {}\nwhy = {}\n", quoted(&self.id), self.until, quoted(&self.why));
        for (name, value) in [("by", &self.by), ("added", &self.added)] {
            if !value.is_empty() {
                text.push_str(&format!("{name} = {}\n", quoted(value)));
            }
        }
        text
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    ignore: Vec<toml::Spanned<Written>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    until: Day,
    why: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    added: Option<Day>,
}

/// A day, as TOML writes it or in quotes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Day {
    Toml(toml::value::Datetime),
    Text(String),
}

impl Day {
    fn text(&self) -> String {
        match self {
            Day::Toml(day) => day.to_string(),
            Day::Text(day) => day.clone(),
        }
    }
}

impl Ignores {
    /// Reads a file.
    ///
    /// Errors name file, line and mistake: no TOML, an unknown key, no reason, no day, one id twice.
    pub fn read(file: &str, text: &str) -> Result<Ignores, RuleError> {
        let read: File = toml::from_str(text).map_err(|error| toml_error(file, text, &error))?;
        let mut entries = BTreeMap::new();
        for spanned in read.ignore {
            let line = line_of(text, spanned.span().start);
            let wrong = |what: String| RuleError::new(file, line, what);
            let written = spanned.into_inner();
            let day = written.until.text();
            let until = day.parse().map_err(|_| wrong(format!("`{day}` is no day such as 2027-01-31")))?;
            if written.id.trim().is_empty() || written.why.trim().is_empty() {
                return Err(wrong("an entry needs an id and a reason".to_owned()));
            }
            let added = written.added.map(|day| day.text()).unwrap_or_default();
            let entry = Entry { id: written.id, until, why: written.why, by: written.by, added };
            if let Some(twice) = entries.insert(entry.id.clone(), entry) {
                return Err(wrong(format!("`{}` is there twice", twice.id)));
            }
        }
        Ok(Ignores { entries })
    }

    /// Every entry, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The entry of an id.
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// Adds an entry. It takes the place of one with its id.
    pub fn put(&mut self, entry: Entry) {
        self.entries.insert(entry.id.clone(), entry);
    }

    /// Sets the finding aside when an entry says so whose last day is not over, and says so of one whose day is.
    pub fn apply(&self, finding: &mut Finding, today: Date) {
        let resource = &finding.resource;
        let names = [finding.id.as_str(), resource.arn.as_str(), resource.id.as_str()];
        let entries = names.iter().filter_map(|name| self.entries.get(*name));
        let (running, over): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.until >= today);
        finding.ignored = running.first().map(|entry| entry.told());
        finding.ignore_expired = over.first().filter(|_| running.is_empty()).map(|entry| entry.told());
    }
}

/// The text of a file with an entry added, in order of ids. It takes the place of one with its id.
///
/// Errors when the text is damaged, or written in a way that cannot be changed an entry at a time.
pub fn with(file: &str, text: &str, entry: &Entry) -> Result<String, RuleError> {
    let mut wanted = Ignores::read(file, text)?;
    let (head, mut blocks) = blocks(text);
    blocks.retain(|block| id_of(block).as_ref() != Some(&entry.id));
    let at = blocks.iter().position(|block| id_of(block).is_some_and(|id| id > entry.id)).unwrap_or(blocks.len());
    blocks.insert(at, entry.text());
    wanted.entries.insert(entry.id.clone(), entry.clone());
    checked(file, head, &blocks, &wanted)
}

/// The text of a file without an entry. `None` when there is no such entry.
///
/// Errors as [`with`] does.
pub fn without(file: &str, text: &str, id: &str) -> Result<Option<String>, RuleError> {
    let mut wanted = Ignores::read(file, text)?;
    if wanted.entries.remove(id).is_none() {
        return Ok(None);
    }
    let (head, mut blocks) = blocks(text);
    blocks.retain(|block| id_of(block).as_deref() != Some(id));
    checked(file, head, &blocks, &wanted).map(Some)
}

/// The text put together, if it says what it is to say.
fn checked(file: &str, head: &str, blocks: &[String], wanted: &Ignores) -> Result<String, RuleError> {
    let mut text = head.to_owned();
    for block in blocks {
        if !text.is_empty() && !text.ends_with("\n\n") {
            text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        text.push_str(block);
    }
    match Ignores::read(file, &text) {
        Ok(read) if read == *wanted => Ok(text),
        _ => {
            let what = format!("it cannot be changed without you: each entry has to begin with a line `{HEAD}`");
            Err(RuleError::new(file, 0, what))
        }
    }
}

/// What stands before the first entry, and the entries, each with the comments right above it.
fn blocks(text: &str) -> (&str, Vec<String>) {
    let mut starts = Vec::new();
    let (mut at, mut comment) = (0, None);
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if bare.starts_with(HEAD) {
            starts.push(comment.unwrap_or(at));
        }
        comment = if bare.starts_with('#') { comment.or(Some(at)) } else { None };
        at += line.len();
    }
    let Some(first) = starts.first() else { return (text, Vec::new()) };
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let block = |(start, end): (&usize, usize)| format!("{}\n", text[*start..end].trim_end());
    (&text[..*first], starts.iter().zip(ends).map(block).collect())
}

fn id_of(block: &str) -> Option<String> {
    let read: File = toml::from_str(block).ok()?;
    read.ignore.into_iter().next().map(|entry| entry.into_inner().id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, until: &str) -> Entry {
        let until = until.parse().expect("a day");
        Entry { id: id.to_owned(), until, why: "it \"is\" ours".to_owned(), by: "kim".to_owned(), added: String::new() }
    }

    const FILE: &str = "# Ours.\n\n# the licence server\n[[ignore]]\nid = \"bbb\" # volume\nuntil = 2027-01-31\nwhy = 'till spring'\n\n[[ignore]]\nid = \"ddd\"\nuntil = \"2027-02-28\"\nwhy = \"x\"\n";

    #[test]
    fn a_file_is_changed_an_entry_at_a_time_and_keeps_its_comments() {
        let added = with("f", FILE, &entry("ccc", "2027-03-01")).expect("added");
        let lines: Vec<&str> = added.lines().filter(|line| !FILE.lines().any(|old| old == *line)).collect();
        assert_eq!(lines, ["id = \"ccc\"", "until = 2027-03-01", "why = 'it \"is\" ours'", "by = \"kim\""]);
        assert!(added.find("bbb") < added.find("ccc") && added.find("ccc") < added.find("ddd"), "{added}");
        assert_eq!(without("f", &added, "ccc").expect("read"), Some(FILE.to_owned()));
        let less = without("f", FILE, "bbb").expect("read").expect("there");
        assert_eq!(less, "# Ours.\n\n[[ignore]]\nid = \"ddd\"\nuntil = \"2027-02-28\"\nwhy = \"x\"\n");
        assert_eq!(without("f", FILE, "zzz").expect("read"), None);
    }

    #[test]
    fn an_entry_takes_the_place_of_one_with_its_id_and_begins_an_empty_file() {
        let twice = with("f", &with("f", "", &entry("a", "2027-01-01")).expect("new"), &entry("a", "2027-02-01"));
        let read = Ignores::read("f", &twice.expect("again")).expect("read");
        assert_eq!(read.iter().map(|entry| entry.until.to_string()).collect::<Vec<_>>(), ["2027-02-01"]);
    }

    #[test]
    fn a_damaged_file_is_refused_with_its_place() {
        for (text, said) in [
            ("[[ignore]]\nid = \"a\"\nwhy = \"x\"", "until"),
            ("[[ignore]]\nid = \"a\"\nuntil = 2027-01-31", "why"),
            ("[[ignore]]\nid = \"a\"\nuntil = 2027-01-31\nwhy = \" \"", "reason"),
            ("[[ignore]]\nid = \"a\"\nuntil = \"soon\"\nwhy = \"x\"", "soon"),
            ("[[ignore]]\nid = \"a\"\nunitl = 2027-01-31\nwhy = \"x\"", "unitl"),
            ("[[ignore", ""),
        ] {
            let error = Ignores::read("f.toml", text).expect_err(text).to_string();
            assert!(error.contains("f.toml") && error.contains(said), "{text}: {error}");
            with("f.toml", text, &entry("z", "2027-01-01")).expect_err("not changed");
        }
        let twice = format!("{FILE}{}", &FILE[FILE.find("[[").unwrap_or(0)..]);
        assert!(Ignores::read("f", &twice).expect_err("twice").to_string().contains("twice"));
    }

    #[test]
    fn entries_written_in_another_way_are_not_touched() {
        let inline = "ignore = [{ id = \"a\", until = 2027-01-31, why = \"x\" }]\n";
        assert_eq!(Ignores::read("f", inline).expect("read").iter().count(), 1);
        let error = without("f", inline, "a").expect_err("cannot").to_string();
        assert!(error.contains("[[ignore]]"), "{error}");
    }
}
