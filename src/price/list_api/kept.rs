use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::product::Picked;
use crate::aws::kept;

/// How long an answer serves, in hours: list prices move a few times a year.
const GOOD_FOR_HOURS: i64 = 7 * 24;

/// Answers of earlier runs, by key and region. Prices belong to no account, so one file serves all.
#[derive(Debug, Default)]
pub(super) struct Kept {
    path: Option<PathBuf>,
    answers: BTreeMap<String, Answer>,
    changed: bool,
}

/// What AWS said about a key in a region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Answer {
    /// When it was asked.
    at: Timestamp,
    /// The price. Absent when the answer named none or several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    price: Option<Price>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Price {
    usd: f64,
    text: String,
    sku: String,
    date: String,
}

impl Kept {
    /// The answers kept in a folder that are not too old. No folder: nothing is kept.
    pub(super) fn open(folder: Option<&Path>, now: Timestamp) -> Kept {
        let path = folder.map(|folder| folder.join("price-list.json"));
        let mut answers: BTreeMap<String, Answer> = path.as_deref().and_then(kept::read).unwrap_or_default();
        // An answer from the future is a clock gone wrong, not a fresh answer.
        answers.retain(|_, answer| {
            let age = now.duration_since(answer.at).as_hours();
            answer.at <= now && age < GOOD_FOR_HOURS
        });
        Kept { path, answers, changed: false }
    }

    /// What was said about a key: `None` never asked, `Some(None)` asked without a clear answer.
    pub(super) fn get(&self, key: &str, region: &str) -> Option<Option<Picked>> {
        let answer = self.answers.get(&entry(key, region))?;
        Some(answer.price.clone().map(|p| Picked { usd: p.usd, text: p.text, sku: p.sku, date: p.date }))
    }

    /// Takes an answer in.
    pub(super) fn put(&mut self, key: &str, region: &str, price: Option<&Picked>, at: Timestamp) {
        let price = price.cloned().map(|p| Price { usd: p.usd, text: p.text, sku: p.sku, date: p.date });
        self.answers.insert(entry(key, region), Answer { at, price });
        self.changed = true;
    }

    /// Writes what is new. A folder that cannot be written to only costs the next run its requests.
    pub(super) fn save(&self) {
        let Some(path) = self.path.as_deref().filter(|_| self.changed) else { return };
        if let Err(error) = kept::write(path, &self.answers) {
            tracing::warn!(path = %path.display(), %error, "price answers could not be kept");
        }
    }
}

fn entry(key: &str, region: &str) -> String {
    format!("{region} {key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a literal time")
    }

    #[test]
    fn answers_serve_a_week_and_unclear_ones_are_remembered_too() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let monday = at("2026-11-16T08:00:00Z");
        let mut kept = Kept::open(Some(folder.path()), monday);
        let price = Picked { usd: 0.08, text: "0.08".into(), sku: "AAA".into(), date: "2026-11-14".into() };
        kept.put("ebs.gp3", "eu-west-1", Some(&price), monday);
        kept.put("elb.alb", "eu-west-1", None, monday);
        kept.save();

        let sunday = Kept::open(Some(folder.path()), at("2026-11-22T08:00:00Z"));
        assert_eq!(sunday.get("ebs.gp3", "eu-west-1"), Some(Some(price)));
        assert_eq!(sunday.get("elb.alb", "eu-west-1"), Some(None));
        assert_eq!(sunday.get("ebs.gp3", "eu-west-2"), None);
        let later = Kept::open(Some(folder.path()), at("2026-11-23T08:00:00Z"));
        assert_eq!(later.get("ebs.gp3", "eu-west-1"), None);
    }

    #[test]
    fn a_damaged_file_is_ignored_and_written_anew() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("price-list.json"), "{\"eu-west-1 ebs").expect("a torn file");
        let now = at("2026-11-16T08:00:00Z");
        let mut kept = Kept::open(Some(folder.path()), now);
        assert_eq!(kept.get("ebs.gp3", "eu-west-1"), None);
        kept.put("ebs.gp3", "eu-west-1", None, now);
        kept.save();
        assert_eq!(Kept::open(Some(folder.path()), now).get("ebs.gp3", "eu-west-1"), Some(None));
    }
}
