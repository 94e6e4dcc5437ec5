//! What was meant: flags over environment over config file over default, checked once. The rest of the program
//! only ever sees this.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ArgMatches;
use clap::parser::ValueSource;
use etcetera::BaseStrategy;
use serde::Deserialize;

use crate::aws::Wanted;
use crate::cli::{Common, ThemeName, When};
use crate::model::{Region, Usd};
use crate::rules::{hint, toml_error};
use crate::scan::{Scanner, scanners};

/// Every setting, with where it came from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How to reach AWS, by the first of the profiles.
    pub wanted: Wanted,
    /// Every profile that was named, each once.
    pub profiles: Vec<String>,
    /// Scanners to run.
    pub scanners: Vec<&'static Scanner>,
    /// Dollars AWS may charge for asking.
    pub max_spend: Usd,
    /// Folder of own rules.
    pub rules: Option<PathBuf>,
    /// The file with what is set aside; it need not be there.
    pub ignores: PathBuf,
    /// Whether every scan is kept in the history.
    pub save_history: bool,
    /// Lines only.
    pub plain: bool,
    /// Theme of the screen.
    pub theme: ThemeName,
    /// When to use colour.
    pub color: When,
    /// ASCII only.
    pub ascii: bool,
    /// Whether the mouse is used.
    pub mouse: bool,
    /// Whether the running sign turns.
    pub animations: bool,
    /// Whether ids are hidden on the screen.
    pub privacy: bool,
    /// Accounts in which nothing is applied, by id or alias; `*` stands for anything.
    pub protected_accounts: Vec<String>,
    /// Own keys, action by action.
    pub keys: BTreeMap<String, String>,
    /// Where things live.
    pub places: Places,
    /// Name, value and origin of each, for `config show`.
    pub shown: Vec<Shown>,
}

/// A setting as `config show` prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its name in the config file.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// `flag`, `environment`, the config file's path, or `default`.
    pub origin: String,
}

/// Folders of the XDG base directory specification.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The config file.
    pub config: PathBuf,
    /// Logs. `None` when there is no home folder.
    pub state: Option<PathBuf>,
    /// Price and bill answers. `None` when there is no home folder.
    pub cache: Option<PathBuf>,
}

/// Why the settings make no sense; each message is one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The config file cannot be read.
    #[error("config file {0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// The config file is wrong.
    #[error("{0}")]
    Wrong(crate::rules::RuleError),
    /// A value nobody can use.
    #[error("{0}")]
    Value(String),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ConfigFile {
    profile: Option<String>,
    role_arn: Option<String>,
    region: Vec<String>,
    kind: Vec<String>,
    endpoint_url: Option<String>,
    max_spend: Option<f64>,
    call_timeout: Option<u32>,
    rules: Option<PathBuf>,
    ignores: Option<PathBuf>,
    save_history: Option<bool>,
    plain: Option<bool>,
    theme: Option<String>,
    color: Option<String>,
    ascii: Option<bool>,
    mouse: Option<bool>,
    animations: Option<bool>,
    privacy: Option<bool>,
    protected_accounts: Vec<String>,
    keys: BTreeMap<String, String>,
}

/// Resolves what was typed.
///
/// Errors when the config file is unreadable or wrong, or a value names nothing that exists.
pub fn resolve(common: &Common, matches: &ArgMatches) -> Result<Settings, SettingsError> {
    let places = places(common.config.clone());
    let file = read(&places.config, common.config.is_some())?;
    let mut pick = Pick { matches, file: places.config.display().to_string(), shown: Vec::new() };
    let mut profiles = pick.list("profile", &common.profile, file.profile.into_iter().collect(), "—");
    let mut known = BTreeSet::new();
    profiles.retain(|profile| known.insert(profile.clone()));
    let role_arn = pick.option("role_arn", common.role_arn.clone(), file.role_arn);
    let regions = pick.list("region", &common.region, file.region, "all that are on");
    let kinds = pick.list("kind", &common.kind, file.kind, "all");
    let endpoint_url = pick.option("endpoint_url", common.endpoint_url.clone(), file.endpoint_url);
    let max_spend = pick.value("max_spend", common.max_spend.clone(), file.max_spend.map(|n| n.to_string()), "0.10");
    let call_timeout = pick.value("call_timeout", common.call_timeout, file.call_timeout, 20u32);
    let rules = pick.path("rules", common.rules.clone(), file.rules);
    let usual = places.config.with_file_name("ignores.toml");
    let ignores = pick.path("ignores", common.ignores.clone(), file.ignores).unwrap_or(usual);
    // The flag of `scan` adds to this; it is no setting of the other commands.
    let save_history = pick.flag("save_history", false, file.save_history, false);
    let plain = pick.flag("plain", common.plain, file.plain, false);
    let theme = pick.word("theme", common.theme, file.theme, ThemeName::Ansi)?;
    let color = pick.word("color", common.color, file.color, When::Auto)?;
    let ascii = pick.flag("ascii", common.ascii, file.ascii, !locale_is_utf8());
    let no_mouse = pick.flag("no_mouse", common.no_mouse, file.mouse.map(|on| !on), false);
    let animations = pick.flag("animations", false, file.animations, true);
    let privacy = pick.flag("privacy", common.privacy, file.privacy, false);
    let protected_accounts = pick.list("protected_accounts", &[], file.protected_accounts, "none");
    Ok(Settings {
        scanners: chosen(&kinds)?,
        max_spend: dollars(&max_spend)?,
        wanted: Wanted {
            profile: profiles.first().cloned(),
            role_arn,
            member: None,
            endpoint_url: endpoint_url.map(|url| check_url(&url)).transpose()?,
            regions: regions.into_iter().map(Region::new).collect(),
            call_timeout: Duration::from_secs(u64::from(call_timeout)),
        },
        profiles,
        rules,
        ignores,
        save_history,
        plain,
        theme,
        color,
        ascii,
        mouse: !no_mouse,
        animations,
        privacy,
        protected_accounts,
        keys: file.keys,
        shown: pick.shown,
        places,
    })
}

impl Settings {
    /// Whether nothing may be applied in an account, since its id or its alias is on the list.
    pub fn protects(&self, id: &str, alias: Option<&str>) -> bool {
        let is_meant = |pattern: &String| fits(pattern, id) || alias.is_some_and(|alias| fits(pattern, alias));
        self.protected_accounts.iter().any(is_meant)
    }

    /// Whether output to a stream is coloured.
    pub fn colored(&self, stream: &impl IsTerminal) -> bool {
        match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}

/// Whether a name is meant by a pattern, in which `*` stands for anything. Upper and lower case are the same.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(head) else { return false };
    (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|rest| fits(tail, rest)))
}

struct Pick<'a> {
    matches: &'a ArgMatches,
    file: String,
    shown: Vec<Shown>,
}

impl Pick<'_> {
    fn origin(&self, name: &'static str, in_file: bool) -> String {
        match self.source(name) {
            Some(ValueSource::CommandLine) => "flag".to_owned(),
            Some(ValueSource::EnvVariable) => "environment".to_owned(),
            _ if in_file => self.file.clone(),
            _ => "default".to_owned(),
        }
    }

    /// Where clap found a value: here or in the subcommand, since the options are global.
    fn source(&self, name: &str) -> Option<ValueSource> {
        let mut matches = self.matches;
        let mut best = None;
        loop {
            if matches.try_contains_id(name).unwrap_or(false) {
                let found = matches.value_source(name).filter(|source| *source != ValueSource::DefaultValue);
                best = found.or(best);
            }
            match matches.subcommand() {
                Some((_, inner)) => matches = inner,
                None => return best,
            }
        }
    }

    fn show(&mut self, name: &'static str, value: impl Into<String>, in_file: bool) {
        let origin = self.origin(name, in_file);
        self.shown.push(Shown { name, value: value.into(), origin });
    }

    fn option(&mut self, name: &'static str, typed: Option<String>, file: Option<String>) -> Option<String> {
        let in_file = typed.is_none() && file.is_some();
        let value = typed.or(file);
        self.show(name, value.clone().unwrap_or_else(|| "—".to_owned()), in_file);
        value
    }

    fn path(&mut self, name: &'static str, typed: Option<PathBuf>, file: Option<PathBuf>) -> Option<PathBuf> {
        let in_file = typed.is_none() && file.is_some();
        let value = typed.or(file);
        self.show(name, value.as_ref().map_or_else(|| "—".to_owned(), |path| path.display().to_string()), in_file);
        value
    }

    fn list(&mut self, name: &'static str, typed: &[String], file: Vec<String>, none: &str) -> Vec<String> {
        let in_file = typed.is_empty() && !file.is_empty();
        let value = if typed.is_empty() { file } else { typed.to_vec() };
        self.show(name, if value.is_empty() { none.to_owned() } else { value.join(", ") }, in_file);
        value
    }

    fn value<T: ToString>(
        &mut self,
        name: &'static str,
        typed: Option<T>,
        file: Option<T>,
        default: impl Into<T>,
    ) -> T {
        let in_file = typed.is_none() && file.is_some();
        let value = typed.or(file).unwrap_or_else(|| default.into());
        self.show(name, value.to_string(), in_file);
        value
    }

    fn flag(&mut self, name: &'static str, typed: bool, file: Option<bool>, default: bool) -> bool {
        let in_file = !typed && file.is_some();
        let value = typed || file.unwrap_or(default);
        self.show(name, value.to_string(), in_file);
        value
    }

    fn word<T: clap::ValueEnum>(
        &mut self,
        name: &'static str,
        typed: Option<T>,
        file: Option<String>,
        default: T,
    ) -> Result<T, SettingsError> {
        let in_file = typed.is_none() && file.is_some();
        let value = match (typed, file) {
            (Some(value), _) => value,
            (None, Some(word)) => T::from_str(&word, true).map_err(|_| {
                let words: Vec<String> = T::value_variants().iter().filter_map(word_of).collect();
                let near = hint(&word, words.iter().map(String::as_str));
                SettingsError::Value(format!("{}: `{word}` is no {name}{near}", self.file))
            })?,
            (None, None) => default,
        };
        self.show(name, word_of(&value).unwrap_or_default(), in_file);
        Ok(value)
    }
}

fn word_of<T: clap::ValueEnum>(value: &T) -> Option<String> {
    value.to_possible_value().map(|possible| possible.get_name().to_owned())
}

fn places(config: Option<PathBuf>) -> Places {
    let base = etcetera::base_strategy::choose_base_strategy().ok();
    let under = |folder: Option<PathBuf>| folder.map(|folder| folder.join("closeout"));
    let config = config
        .or_else(|| under(base.as_ref().map(BaseStrategy::config_dir)).map(|folder| folder.join("config.toml")))
        .unwrap_or_default();
    Places {
        config,
        state: under(base.as_ref().and_then(BaseStrategy::state_dir)),
        cache: under(base.as_ref().map(BaseStrategy::cache_dir)),
    }
}

fn read(path: &Path, named: bool) -> Result<ConfigFile, SettingsError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !named => return Ok(ConfigFile::default()),
        Err(_) if path.as_os_str().is_empty() => return Ok(ConfigFile::default()),
        Err(error) => return Err(SettingsError::Unreadable(path.to_owned(), error)),
    };
    toml::from_str(&text).map_err(|error| SettingsError::Wrong(toml_error(&path.display().to_string(), &text, &error)))
}

/// The scanners of some kinds, named whole (`ec2:volume`) or by their service (`ec2`); all of them when none is named.
fn chosen(kinds: &[String]) -> Result<Vec<&'static Scanner>, SettingsError> {
    if kinds.is_empty() {
        return Ok(scanners().collect());
    }
    let mut wanted = Vec::new();
    for kind in kinds {
        let is_meant = |scanner: &&Scanner| scanner.kind.as_str() == kind || scanner.kind.service() == kind;
        let found: Vec<&'static Scanner> = scanners().filter(is_meant).collect();
        if found.is_empty() {
            let names = scanners().flat_map(|scanner| [scanner.kind.as_str(), scanner.kind.service()]);
            let near = hint(kind, names);
            return Err(SettingsError::Value(format!(
                "no scanner lists `{kind}`{near}; `closeout kinds` shows them all"
            )));
        }
        for scanner in found {
            if !wanted.iter().any(|known: &&Scanner| known.kind == scanner.kind) {
                wanted.push(scanner);
            }
        }
    }
    Ok(wanted)
}

fn dollars(text: &str) -> Result<Usd, SettingsError> {
    let usd: Option<Usd> = text.trim_start_matches('$').parse().ok();
    usd.filter(|usd| *usd >= Usd::ZERO)
        .ok_or_else(|| SettingsError::Value(format!("--max-spend takes dollars such as 0.10, not `{text}`")))
}

fn check_url(url: &str) -> Result<String, SettingsError> {
    if url.starts_with("http://") || url.starts_with("https://") {
        return Ok(url.to_owned());
    }
    Err(SettingsError::Value(format!("--endpoint-url has to begin with http:// or https://, `{url}` does not")))
}

/// Whether the locale writes UTF-8. An empty locale is taken to: containers often have none.
fn locale_is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_none_or(|value| {
        let value = value.to_lowercase();
        value.contains("utf-8") || value.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything_and_nothing_else_is_guessed() {
        for (pattern, name) in
            [("prod", "prod"), ("prod-*", "Prod-eu"), ("*prod*", "acme-prod-1"), ("1*3", "123"), ("*", "")]
        {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("prod", "prod-eu"), ("prod-*", "prod"), ("*-prod", "prod"), ("1*3", "132"), ("", "x")]
        {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
