use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{AccountEntry, Failed, Rollup, Shard};
use crate::model::Why;
use crate::report::document::{Document, SCHEMA_VERSION};
use crate::report::read::ReadError;

/// What a missing part of the list names as its step.
const SHARD: &str = "shard";

/// A file that is merged.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// An audit.
    Audit(Box<AccountEntry>),
    /// A roll-up.
    Rollup(Box<Rollup>),
    /// Something else, or damaged.
    Unreadable(Failed),
}

/// What came of merging.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The roll-up.
    pub rollup: Rollup,
    /// What was passed over for something newer, a sentence each.
    pub passed_over: Vec<String>,
}

/// As much of a file as tells an audit from a roll-up.
#[derive(Deserialize)]
struct Head {
    schema_version: Option<u64>,
    accounts: Option<serde::de::IgnoredAny>,
}

/// Reads a file's text as an audit or as a roll-up.
///
/// A file that is neither, or damaged, is a failure of its own: an account may be missing.
pub fn read(file: &str, text: &str) -> Input {
    let head: Option<Head> = serde_json::from_str(text).ok();
    let is_rollup = head.is_some_and(|head| {
        head.accounts.is_some() && head.schema_version.is_none_or(|version| version == u64::from(SCHEMA_VERSION))
    });
    let read = if is_rollup {
        serde_json::from_str(text).map(|rollup| Input::Rollup(Box::new(rollup))).map_err(ReadError::Field)
    } else {
        Document::read(text).map(|document| {
            let entry = AccountEntry { file: Some(file.to_owned()), ..AccountEntry::of(&document.into_audit()) };
            Input::Audit(Box::new(entry))
        })
    };
    read.unwrap_or_else(|error| unreadable(file, &error.to_string()))
}

/// A file that is none of them.
pub fn unreadable(file: &str, detail: &str) -> Input {
    Input::Unreadable(Failed {
        account: String::new(),
        name: file.to_owned(),
        action: "read".to_owned(),
        why: Why::Error,
        detail: detail.to_owned(),
    })
}

/// Merges audits and roll-ups, whatever their order. Of several audits of an account the newest counts; an account
/// that one of them read has not failed.
pub fn merge(inputs: Vec<Input>) -> Merged {
    let mut entries: BTreeMap<String, AccountEntry> = BTreeMap::new();
    let (mut failed, mut left_out, mut shards) = (Vec::new(), Vec::new(), BTreeSet::new());
    let mut passed_over = Vec::new();
    for input in inputs {
        match input {
            Input::Audit(entry) => keep(&mut entries, *entry, &mut passed_over),
            Input::Unreadable(one) => failed.push(one),
            Input::Rollup(rollup) => {
                rollup.accounts.into_iter().for_each(|entry| keep(&mut entries, entry, &mut passed_over));
                failed.extend(rollup.failed.into_iter().filter(|one| one.action != SHARD));
                left_out.extend(rollup.left_out);
                shards.extend(rollup.shards.into_iter().filter(|shard| shard.is_one()));
            }
        }
    }
    failed.retain(|one| {
        let is_read = entries.contains_key(&one.account);
        if is_read {
            passed_over.push(format!("{} could not be read in one run and was in another", one.account));
        }
        !is_read
    });
    failed.extend(missing(&shards));
    let shards = if is_whole(&shards) { Vec::new() } else { shards.into_iter().collect() };
    passed_over.sort();
    passed_over.dedup();
    Merged { rollup: Rollup::of(entries.into_values().collect(), failed, left_out, shards), passed_over }
}

/// Keeps the newer of two audits of an account; of two of the same run the one that says more.
fn keep(entries: &mut BTreeMap<String, AccountEntry>, entry: AccountEntry, passed_over: &mut Vec<String>) {
    let id = entry.account.id.clone();
    let Some(known) = entries.get(&id) else {
        entries.insert(id, entry);
        return;
    };
    let age = |entry: &AccountEntry| (entry.started_at, entry.finished_at);
    let (old, new) = (age(known).min(age(&entry)), age(known).max(age(&entry)));
    if old != new {
        passed_over.push(format!("{id}: the audit of {} is passed over for that of {}", old.0, new.0));
    }
    // Only a roll-up knows what the organization calls an account.
    let weight = |entry: &AccountEntry| (age(entry), entry.name.is_some(), entry.manages, entry.file.clone());
    if weight(&entry) > weight(known) {
        entries.insert(id, entry);
    }
}

/// How many parts there are of each number of parts.
fn counted(shards: &BTreeSet<Shard>) -> BTreeMap<u32, usize> {
    let mut counts = BTreeMap::new();
    for shard in shards {
        *counts.entry(shard.of).or_default() += 1;
    }
    counts
}

/// Whether some number of parts is all there.
fn is_whole(shards: &BTreeSet<Shard>) -> bool {
    counted(shards).into_iter().any(|(of, count)| count == of as usize)
}

/// The parts that nobody brought, of the number of parts most were brought of.
fn missing(shards: &BTreeSet<Shard>) -> Vec<Failed> {
    if is_whole(shards) {
        return Vec::new();
    }
    let most = counted(shards).into_iter().max_by_key(|(of, count)| (*count, *of));
    let Some((of, _)) = most else { return Vec::new() };
    let parts = (0..of).map(|index| Shard { of, index }).filter(|shard| !shards.contains(shard));
    let failed = |shard: Shard| Failed {
        account: String::new(),
        name: format!("shard {shard}"),
        action: SHARD.to_owned(),
        why: Why::NotScanned,
        detail: "no file is of this part of the list; its accounts are in no figure".to_owned(),
    };
    parts.map(failed).collect()
}
