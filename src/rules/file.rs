//! A rule file as written: keys, lines, and what they compile to.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cel::Program;
use serde::Deserialize;
use toml::Spanned;

use super::check::{self, Scope};
use super::error::{RuleError, RuleErrors, hint, line_of, toml_error};
use super::examples::Example;
use super::template::{Template, one_line};
use super::vocabulary::Vocabulary;
use super::{Catalogue, Param, Rule};
use crate::model::{Category, Certainty, ClosureEffect, Kind};

/// What a finding may be told to do about itself.
pub const REMEDIES: &[&str] = &[
    "abort",
    "cancel",
    "delete",
    "deregister",
    "detach-then-delete",
    "disable-then-delete",
    "empty-then-delete",
    "final-snapshot-then-delete",
    "modify",
    "release",
    "remove-untagged-images",
    "request-increase",
    "review",
    "schedule-deletion",
    "set-retention",
    "snapshot-then-delete",
    "stop",
    "terminate",
    "unsubscribe",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    kind: Spanned<String>,
    title: String,
    category: Spanned<Category>,
    certainty: Certainty,
    closure: ClosureEffect,
    when: Spanned<String>,
    idle: Option<Spanned<String>>,
    saving: Spanned<String>,
    dormant: Option<Spanned<String>>,
    remedy: Spanned<String>,
    command: Option<Spanned<String>>,
    why: Spanned<String>,
    #[serde(default)]
    docs: Vec<String>,
    #[serde(default)]
    judges_owner: bool,
    enabled: Option<bool>,
    #[serde(default)]
    params: BTreeMap<String, ParamFile>,
    #[serde(default)]
    example: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParamFile {
    default: toml::Value,
    #[serde(default)]
    unit: String,
    why: String,
}

/// What a rule file is read against.
struct Reading<'a> {
    path: &'a str,
    text: &'a str,
    words: &'a Vocabulary,
    catalogue: &'a Catalogue,
    kind: Kind,
    params: &'a BTreeMap<String, Param>,
}

impl Reading<'_> {
    fn error<T>(&self, at: &Spanned<T>, mistake: impl Into<String>) -> RuleError {
        RuleError::new(self.path, line_of(self.text, at.span().start), mistake)
    }

    fn scope(&self) -> Scope<'_> {
        Scope { kind: &self.kind, words: self.words, catalogue: self.catalogue, params: self.params }
    }

    fn program(&self, key: &str, source: &Spanned<String>, uses: &mut check::Uses) -> Result<Program, RuleError> {
        let program = Program::compile(source.get_ref())
            .map_err(|error| self.error(source, format!("`{key}` is not an expression: {}", one_line(&error))))?;
        let checked =
            check::expression(&program, &self.scope()).map_err(|m| self.error(source, format!("`{key}`: {m}")))?;
        uses.add(checked);
        Ok(program)
    }

    fn template(&self, key: &str, source: &Spanned<String>, uses: &mut check::Uses) -> Result<Template, RuleError> {
        let template =
            Template::parse(source.get_ref()).map_err(|mistake| self.error(source, format!("`{key}`: {mistake}")))?;
        for (program, piece) in template.programs() {
            let checked = check::expression(program, &self.scope())
                .map_err(|mistake| self.error(source, format!("`{key}`, in `{{{piece}}}`: {mistake}")))?;
            uses.add(checked);
        }
        Ok(template)
    }
}

/// Reads, checks and compiles a rule.
///
/// Errors name the file, the line and the mistake, with the nearest right word where there is one.
pub fn rule(path: &str, text: &str, words: &Vocabulary, catalogue: &Catalogue) -> Result<Rule, RuleError> {
    let file: RuleFile = toml::from_str(text).map_err(|error| toml_error(path, text, &error))?;
    let params: BTreeMap<String, Param> = file
        .params
        .into_iter()
        .map(|(name, param)| (name, Param { value: param.default, unit: param.unit, why: param.why }))
        .collect();
    let kind = Kind::owned(file.kind.get_ref().clone());
    let reading = Reading { path, text, words, catalogue, kind: kind.clone(), params: &params };
    if words.fields(&kind).is_none() {
        let near = hint(kind.as_str(), words.kinds().map(Kind::as_str));
        return Err(reading.error(&file.kind, format!("no scanner lists `{kind}`{near}")));
    }
    if kind == Kind::QUOTA && *file.category.get_ref() != Category::Quota {
        return Err(reading.error(&file.category, format!("a rule about `{kind}` has the category `quota`")));
    }
    if !REMEDIES.contains(&file.remedy.get_ref().as_str()) {
        let near = hint(file.remedy.get_ref(), REMEDIES.iter().copied());
        return Err(reading.error(&file.remedy, format!("unknown remedy `{}`{near}", file.remedy.get_ref())));
    }
    let mut uses = check::Uses::default();
    let when = reading.program("when", &file.when, &mut uses)?;
    let idle = file.idle.as_ref().map(|source| reading.program("idle", source, &mut uses)).transpose()?;
    let saving = reading.program("saving", &file.saving, &mut uses)?;
    let dormant = file.dormant.as_ref().map(|source| reading.program("dormant", source, &mut uses)).transpose()?;
    let why = reading.template("why", &file.why, &mut uses)?;
    let command = file.command.as_ref().map(|source| reading.template("command", source, &mut uses)).transpose()?;
    let id = super::file_name(path).trim_end_matches(".toml").to_owned();
    if !file.example.iter().any(|e| e.hit) || !file.example.iter().any(|e| !e.hit) {
        return Err(RuleError::new(path, 0, "a rule needs an [[example]] that it hits and one that it just misses"));
    }
    Ok(Rule {
        id,
        origin: path.to_owned(),
        built_in: false,
        kind,
        title: file.title,
        category: file.category.into_inner(),
        certainty: file.certainty,
        closure: file.closure,
        remedy: file.remedy.into_inner(),
        docs: file.docs,
        judges_owner: file.judges_owner,
        enabled: file.enabled.unwrap_or(true),
        examples: file.example,
        needs: uses.kinds,
        metrics: uses.metrics,
        text: text.to_owned(),
        params,
        when,
        idle,
        saving,
        dormant,
        why,
        command,
    })
}

/// The TOML files of a folder and its subfolders, by path.
///
/// Errors when the folder or a file cannot be read, or holds no rule at all.
pub fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, RuleErrors> {
    let mut files = Vec::new();
    read_into(folder, &mut files)?;
    if files.is_empty() {
        let mistake = "no .toml file in this folder; a rule is a file `some-bad-thing.toml`";
        return Err(RuleError::new(&folder.display().to_string(), 0, mistake).into());
    }
    files.sort();
    Ok(files)
}

fn read_into(folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), RuleErrors> {
    let trouble = |path: &Path, error: &std::io::Error| {
        RuleErrors::from(RuleError::new(&path.display().to_string(), 0, format!("cannot be read: {error}")))
    };
    for entry in fs::read_dir(folder).map_err(|error| trouble(folder, &error))? {
        let path = entry.map_err(|error| trouble(folder, &error))?.path();
        if path.is_dir() {
            read_into(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).map_err(|error| trouble(&path, &error))?;
            files.push((path.display().to_string(), text));
        }
    }
    Ok(())
}

/// Changes thresholds and switches rules off: `[rule-id]` with `enabled` or a parameter's name.
///
/// Errors name the line of an unknown rule or parameter, or of a value of another type than the default.
pub fn apply_overrides(rules: &mut [Rule], path: &str, text: &str) -> Result<(), RuleError> {
    type Overrides = BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, toml::Value>>;
    let overrides: Overrides = toml::from_str(text).map_err(|error| toml_error(path, text, &error))?;
    for (id, values) in overrides {
        let line = line_of(text, id.span().start);
        let known: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
        let Some(rule) = rules.iter_mut().find(|rule| rule.id == *id.get_ref()) else {
            let near = hint(id.get_ref(), known.iter().map(String::as_str));
            return Err(RuleError::new(path, line, format!("there is no rule `{}`{near}", id.get_ref())));
        };
        for (name, value) in values {
            let line = line_of(text, name.span().start);
            override_one(rule, name.get_ref(), value).map_err(|mistake| RuleError::new(path, line, mistake))?;
        }
    }
    Ok(())
}

fn override_one(rule: &mut Rule, name: &str, value: toml::Value) -> Result<(), String> {
    if name == "enabled" {
        rule.enabled = value.as_bool().ok_or("`enabled` is true or false")?;
        return Ok(());
    }
    let names: Vec<String> = rule.params.keys().cloned().chain(["enabled".to_owned()]).collect();
    let Some(param) = rule.params.get_mut(name) else {
        let near = hint(name, names.iter().map(String::as_str));
        return Err(format!("rule `{}` has no parameter `{name}`{near}", rule.id));
    };
    if param.value.type_str() != value.type_str() {
        return Err(format!("`{name}` is {}, not {}", param.value.type_str(), value.type_str()));
    }
    param.value = value;
    Ok(())
}
