//! Rules: loading, checking and judging. The one place that names CEL.
//!
//! A rule is a TOML file; its id is the file's name. Everything that can be wrong with it is found when it
//! is loaded, against the facts the scanners declare, so that nothing is scanned with a broken rule set.
//!
//! - [`file`]: one rule file as written, with line numbers
//! - [`check`]: the conditions of a rule against the [`vocabulary`]
//! - `condition`: one condition, or one sentence, over a resource, for the closing checklist
//! - [`catalogue`]: metrics rules may read
//! - [`ignores`]: findings set aside until a day
//! - [`protections`]: tags that keep a resource
//! - [`select`]: a choice among findings
//! - [`judge`]: rules over an audit: findings, gaps, wishes for metrics
//! - [`examples`]: the samples every rule carries, run

pub mod catalogue;
pub mod check;
mod condition;
mod context;
mod error;
pub mod examples;
pub mod file;
pub mod ignores;
pub mod judge;
mod money;
pub mod protections;
pub mod select;
mod template;
pub mod vocabulary;
mod wording;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::RwLock;

use cel::Program;

use crate::model::{Category, Certainty, ClosureEffect, Kind};
pub use catalogue::Catalogue;
pub use condition::{Condition, Sentence};
pub use error::{RuleError, RuleErrors, hint, line_of, toml_error};
pub use examples::Example;
pub use ignores::Ignores;
pub use judge::{Judgement, Stage, judge, judge_quotas};
pub use protections::Protections;
pub use select::{Selected, Selection};
use template::Template;
pub use vocabulary::Vocabulary;

include!(concat!(env!("OUT_DIR"), "/rule_files.rs"));

/// A rule, checked and compiled.
pub struct Rule {
    /// File name without its ending.
    pub id: String,
    /// Where it was read from.
    pub origin: String,
    /// Whether it came with the program.
    pub built_in: bool,
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
    /// Findings somebody set aside.
    pub ignores: RwLock<Ignores>,
}

impl RuleSet {
    /// The built-in rules.
    ///
    /// Errors name file, line and mistake; the built-in files are covered by a test.
    pub fn embedded(words: &Vocabulary) -> Result<RuleSet, RuleErrors> {
        Self::load(words, &built_in().collect::<Vec<_>>())
    }

    /// The built-in rules, with those of a folder added: a file with a built-in rule's name replaces it,
    /// `protections.toml` adds to the built-in one, and `overrides.toml` changes thresholds or switches rules off.
    ///
    /// Errors when the folder cannot be read, or name file, line and mistake.
    pub fn with_folder(words: &Vocabulary, folder: &Path) -> Result<RuleSet, RuleErrors> {
        let mut files: Vec<Source> = built_in().collect();
        let mut overrides = None;
        for (path, text) in file::read_folder(folder)? {
            if file_name(&path) == "overrides.toml" {
                overrides = Some((path, text));
                continue;
            }
            let theirs = Source { path, text, built_in: false };
            files.retain(|other| {
                !(other.is_rule() && theirs.is_rule() && file_name(&other.path) == file_name(&theirs.path))
            });
            files.push(theirs);
        }
        let mut set = Self::load(words, &files)?;
        if let Some((path, text)) = overrides {
            file::apply_overrides(&mut set.rules, &path, &text)?;
        }
        let broken = examples::run_all(&set, words, |rule| !rule.built_in);
        if broken.is_empty() { Ok(set) } else { Err(RuleErrors(broken)) }
    }

    fn load(words: &Vocabulary, files: &[Source]) -> Result<RuleSet, RuleErrors> {
        let mut errors = Vec::new();
        let mut catalogue = Catalogue::default();
        let mut protections = Protections::default();
        for source in files {
            let result = match source.sort() {
                Sort::Metrics => catalogue.read(&source.path, &source.text, words),
                Sort::Protections => protections.read(&source.path, &source.text),
                Sort::Rule | Sort::Other => Ok(()),
            };
            errors.extend(result.err());
        }
        let mut rules = Vec::new();
        for source in files.iter().filter(|source| source.is_rule()) {
            match file::rule(&source.path, &source.text, words, &catalogue) {
                Ok(rule) => rules.push(Rule { built_in: source.built_in, ..rule }),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            return Err(RuleErrors(errors));
        }
        rules.sort_by(|a: &Rule, b: &Rule| (&a.kind, &a.id).cmp(&(&b.kind, &b.id)));
        Ok(RuleSet { rules, catalogue, protections, ignores: RwLock::default() })
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

/// A file a rule set is made from.
struct Source {
    path: String,
    text: String,
    built_in: bool,
}

/// What a file holds, told from its name and folder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Rule,
    Metrics,
    Protections,
    /// Read by other modules: weights, quotas, the order of plans.
    Other,
}

impl Source {
    fn sort(&self) -> Sort {
        let folder = self.path.rsplit('/').nth(1).unwrap_or_default();
        match (folder, file_name(&self.path)) {
            ("metrics", _) => Sort::Metrics,
            ("quotas", _) | (_, "scoring.toml" | "order.toml" | "actions.toml") => Sort::Other,
            (_, "protections.toml") => Sort::Protections,
            _ => Sort::Rule,
        }
    }

    fn is_rule(&self) -> bool {
        self.sort() == Sort::Rule
    }
}

/// Folders whose files are no rules: read by other modules.
const OTHERS: &[&str] = &["rules/closure/", "rules/remedies/"];

fn built_in() -> impl Iterator<Item = Source> {
    let files = FILES.iter().filter(|(path, _)| !OTHERS.iter().any(|folder| path.starts_with(folder)));
    files.map(|(path, text)| Source { path: (*path).to_owned(), text: (*text).to_owned(), built_in: true })
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
