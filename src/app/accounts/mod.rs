//! Several accounts: one audit each, and a roll-up of them.
//!
//! - [`list`]: a file of accounts
//! - [`targets`]: which accounts are to be read, and how each is reached
//! - [`run`]: they are read, a few at a time

mod list;
mod run;
mod targets;

use std::fs;
use std::path::Path;

pub use list::ListError;

use super::files::check_folder;
use super::headless::say;
use super::{AppError, GATE_PASSED, INCOMPLETE, deliver};
use crate::cli::{self, Command};
use crate::report::rollup::{self, Rollup};
use crate::report::{self, Format, Gate, RollupFormat};
use crate::settings::Settings;

/// Errors where several profiles were named for a command that is about one account.
pub fn check(settings: &Settings, command: Option<&Command>, on_screen: bool) -> Result<(), AppError> {
    if settings.profiles.len() < 2 {
        return Ok(());
    }
    let what = match command {
        Some(Command::Scan(_) | Command::Config(_)) => return Ok(()),
        None if on_screen => "the screen shows one account",
        None | Some(Command::Bill(_) | Command::Quotas(_) | Command::Plan(_) | Command::Apply(_)) => {
            "this command is about one account"
        }
        // They ask no account.
        Some(_) => return Ok(()),
    };
    Err(AppError::Asked(format!(
        "{what}, and {} profiles are named: `closeout scan --output-dir DIR` reads several, and `closeout open \
         DIR/ID.json` shows one of them",
        settings.profiles.len()
    )))
}

/// Whether a scan is of several accounts. A part of a list, or a folder for audits, is of several even if it holds one.
pub fn are_several(settings: &Settings, scan: &cli::Scan) -> bool {
    let several = &scan.several;
    settings.profiles.len() > 1
        || several.org
        || several.accounts.is_some()
        || several.shard.is_some()
        || several.role_name.is_some()
        || several.accounts_at_once.is_some()
        || several.output_dir.is_some()
}

/// Scans every account, writes its audit where a folder is given, and reports the roll-up. Gives the exit status.
pub fn run(settings: &Settings, scan: &cli::Scan) -> Result<u8, AppError> {
    let format = format(scan)?;
    check_gates(&scan.fail_on)?;
    let source = targets::source(settings, &scan.several)?;
    if let Some(file) = &scan.output {
        check_folder(file)?;
    }
    if let Some(folder) = &scan.several.output_dir {
        make(folder)?;
    }
    let rollup = run::all(settings, scan, source)?;
    if let Some(folder) = &scan.several.output_dir {
        save(&folder.join(rollup_name(&rollup)), RollupFormat::Json, &rollup)?;
    }
    print(settings, format, scan.output.as_deref(), &rollup)?;
    Ok(ended(&rollup, &scan.fail_on))
}

/// Puts audits and roll-ups together. Gives the exit status.
pub fn merge(settings: &Settings, wish: &cli::Merge) -> Result<u8, AppError> {
    check_gates(&wish.fail_on)?;
    if let Some(file) = &wish.output {
        check_folder(file)?;
    }
    let inputs = wish.files.iter().map(|file| {
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        match fs::read(file).map(String::from_utf8) {
            Ok(Ok(text)) => rollup::read(&name, &text),
            Ok(Err(_)) => rollup::unreadable(&name, "not UTF-8"),
            Err(error) => rollup::unreadable(&name, &error.to_string()),
        }
    });
    let merged = rollup::merge(inputs.collect());
    merged.passed_over.iter().for_each(|text| say(text));
    for one in &merged.rollup.failed {
        say(&format!("not read: {} {}: {}", one.account, one.name, one.detail));
    }
    print(settings, wish.format, wish.output.as_deref(), &merged.rollup)?;
    Ok(ended(&merged.rollup, &wish.fail_on))
}

/// The form of the roll-up. Errors at what goes with one account only.
fn format(scan: &cli::Scan) -> Result<RollupFormat, AppError> {
    if scan.record.is_some() {
        return Err(AppError::Asked("--record goes with one account".to_owned()));
    }
    if scan.inventory && scan.several.output_dir.is_none() {
        return Err(AppError::Asked(
            "--inventory of several accounts goes into their audits: name a folder with --output-dir".to_owned(),
        ));
    }
    match scan.format {
        Format::Table => Ok(RollupFormat::Table),
        Format::Json => Ok(RollupFormat::Json),
        Format::Markdown => Ok(RollupFormat::Markdown),
        Format::Ndjson | Format::Csv | Format::Html | Format::Sarif | Format::Openmetrics => Err(AppError::Asked(
            "the roll-up of several accounts is told as table, json or markdown; with --output-dir each account has a \
             report that `closeout open FILE --format csv` prints"
                .to_owned(),
        )),
    }
}

/// A gate about what is new needs the history of one account.
fn check_gates(gates: &[Gate]) -> Result<(), AppError> {
    match gates.iter().find(|gate| gate.needs_history()) {
        Some(gate) => Err(AppError::Asked(format!("--fail-on {gate} goes with one account, whose history it reads"))),
        None => Ok(()),
    }
}

fn make(folder: &Path) -> Result<(), AppError> {
    fs::create_dir_all(folder).map_err(|error| AppError::File(folder.display().to_string(), error))
}

/// `rollup.json`, or `rollup-3-of-8.json` for a part, so that parts can lie side by side.
fn rollup_name(rollup: &Rollup) -> String {
    match rollup.shards.as_slice() {
        [shard] => format!("rollup-{}-of-{}.json", shard.index, shard.of),
        _ => "rollup.json".to_owned(),
    }
}

fn save(path: &Path, format: RollupFormat, rollup: &Rollup) -> Result<(), AppError> {
    super::files::save(path, |out| report::write_rollup(format, rollup, &report::Options::default(), out))
}

fn print(settings: &Settings, format: RollupFormat, output: Option<&Path>, rollup: &Rollup) -> Result<(), AppError> {
    deliver(settings, output, |options, out| report::write_rollup(format, rollup, options, out))
}

/// The exit status of a roll-up, after saying which conditions hold.
fn ended(rollup: &Rollup, gates: &[Gate]) -> u8 {
    let mut holds = false;
    for gate in gates {
        if let Some(what) = gate.passed_by_all(rollup) {
            say(&format!("--fail-on {gate}: {what}"));
            holds = true;
        }
    }
    if rollup.has_nothing() {
        return 1;
    }
    match (holds, rollup.is_incomplete()) {
        (true, _) => GATE_PASSED,
        (false, true) => INCOMPLETE,
        (false, false) => 0,
    }
}
