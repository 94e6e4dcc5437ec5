//! Rules: loading, checking and judging. The one place that names CEL.
//!
//! A rule is a TOML file; its id is the file's name. Everything that can be wrong with it is found when it
//! is loaded, against the facts the scanners declare, so that nothing is scanned with a broken rule set.
//!
//! - [`file`]: one rule file as written, with line numbers
//! - [`check`]: the conditions of a rule against the [`vocabulary`]
//! - [`catalogue`]: metrics rules may read
//! - [`protections`]: tags that keep a resource
//! - [`judge`]: rules over an audit: findings, gaps, wishes for metrics
//! - [`examples`]: the samples every rule carries, run

pub mod catalogue;
pub mod check;
mod context;
mod error;
pub mod examples;
pub mod file;
pub mod judge;
mod money;
pub mod protections;
mod template;
pub mod vocabulary;
mod wording;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cel::Program;

use crate::model::{Category, Certainty, ClosureEffect, Kind};
pub use catalogue::Catalogue;
pub use error::{RuleError, RuleErrors, hint, toml_error};
pub use examples::Example;
pub use judge::{Judgement, Stage, judge};
pub use protections::Protections;
use template::Template;
pub use vocabulary::Vocabulary;

include!(concat!(env!("OUT_DIR"), "/rule_files.rs"));

/// Folders and files under `rules/` that are not rules.
const NOT_RULES: &[&str] = &["rules/metrics/", "rules/quotas/", "rules/protections.toml", "rules/scoring.toml"];

/// A rule, checked and compiled.
pub struct Rule {
    /// File name without its ending.
    pub id: String,
    /// Where it was read from.
    pub origin: String,
    /// Kind it judges.
    pub kind: Kind,
    /// Title.
    pub title: String,
    /// What sort of leftover it looks for.
    pub category: Category,
    /// How sure it is.
    pub certainty: Certainty,
    /// What a finding means on closing day.
    pub closure: ClosureEffect,
    /// What to do about a finding.
    pub remedy: String,
    /// Documentation it rests on.
    pub docs: Vec<String>,
    /// Whether the rule itself judges that the owner is gone.
    pub judges_owner: bool,
    /// Whether it is applied.
    pub enabled: bool,
    /// Thresholds by name.
    pub params: BTreeMap<String, Param>,
    /// Samples.
    pub examples: Vec<Example>,
    /// Kinds that must be listed whole before the rule can speak.
    pub needs: BTreeSet<Kind>,
    /// Metrics its idle condition reads.
    pub metrics: BTreeSet<String>,
    /// The rule's text, for `rules show`.
    pub text: String,
    when: Program,
    idle: Option<Program>,
    saving: Program,
    dormant: Option<Program>,
    why: Template,
    command: Option<Template>,
}

/// A threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Value in force: a number, a text, or a list of texts.
    pub value: toml::Value,
    /// What it is measured in.
    pub unit: String,
    /// Why this value and not another.
    pub why: String,
}

/// Every rule in force, with what they share.
pub struct RuleSet {
    rules: Vec<Rule>,
    /// Metrics rules may read.
    pub catalogue: Catalogue,
    /// Tags that keep a resource.
    pub protections: Protections,
}

impl RuleSet {
    /// The built-in rules.
    ///
    /// Errors name file, line and mistake; the built-in files are covered by a test.
    pub fn embedded(words: &Vocabulary) -> Result<RuleSet, RuleErrors> {
        Self::load(words, FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    /// The built-in rules, with those of a folder added: a file with a built-in rule's name replaces it, and
    /// `overrides.toml` changes thresholds or switches rules off.
    ///
    /// Errors when the folder cannot be read, or name file, line and mistake.
    pub fn with_folder(words: &Vocabulary, folder: &Path) -> Result<RuleSet, RuleErrors> {
        let theirs = file::read_folder(folder)?;
        let mut files: BTreeMap<String, (String, String)> =
            FILES.iter().map(|(path, text)| (key_of(path), ((*path).to_owned(), (*text).to_owned()))).collect();
        let mut overrides = None;
        for (path, text) in theirs {
            match file_name(&path) {
                "overrides.toml" => overrides = Some((path, text)),
                _ => {
                    files.insert(key_of(&path), (path, text));
                }
            }
        }
        let mut set = Self::load(words, files.into_values().collect())?;
        if let Some((path, text)) = overrides {
            file::apply_overrides(&mut set.rules, &path, &text)?;
        }
        let broken = examples::run_all(&set, words, |rule| !rule.origin.starts_with("rules/"));
        if broken.is_empty() { Ok(set) } else { Err(RuleErrors(broken)) }
    }

    fn load(words: &Vocabulary, files: Vec<(String, String)>) -> Result<RuleSet, RuleErrors> {
        let mut errors = Vec::new();
        let mut catalogue = Catalogue::default();
        let mut protections = Protections::default();
        for (path, text) in &files {
            let result = if is_metrics(path) {
                catalogue.read(path, text, words)
            } else if file_name(path) == "protections.toml" {
                protections.read(path, text)
            } else {
                Ok(())
            };
            errors.extend(result.err());
        }
        let mut rules = Vec::new();
        for (path, text) in &files {
            if is_rule(path) {
                match file::rule(path, text, words, &catalogue) {
                    Ok(rule) => rules.push(rule),
                    Err(error) => errors.push(error),
                }
            }
        }
        if !errors.is_empty() {
            return Err(RuleErrors(errors));
        }
        rules.sort_by(|a: &Rule, b: &Rule| (&a.kind, &a.id).cmp(&(&b.kind, &b.id)));
        Ok(RuleSet { rules, catalogue, protections })
    }

    /// Every rule, by kind and id.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// A rule by its id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The rules in force for a kind.
    pub fn of_kind(&self, kind: &Kind) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.enabled && rule.kind == *kind)
    }

    /// The rule id most like a misspelt one.
    pub fn nearest(&self, id: &str) -> Option<&str> {
        error::nearest(id, self.rules.iter().map(|rule| rule.id.as_str()))
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What makes two files the same: a rule's name wherever it lies, or the whole name of a shared file.
fn key_of(path: &str) -> String {
    if is_rule(path) { format!("rule {}", file_name(path)) } else { path.to_owned() }
}

fn is_metrics(path: &str) -> bool {
    path.contains("/metrics/")
}

fn is_rule(path: &str) -> bool {
    !NOT_RULES.iter().any(|other| path.starts_with(other))
        && !is_metrics(path)
        && !matches!(file_name(path), "protections.toml" | "scoring.toml" | "overrides.toml")
        && !path.contains("/quotas/")
}
