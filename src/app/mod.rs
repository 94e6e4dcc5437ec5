//! The only place that sees both arms: workers on one side, faces on the other, and the pure core between.
//!
//! - [`accounts`]: several accounts, one audit each and a roll-up
//! - [`bill`]: one bill, explained
//! - [`cleanup`]: plans, dry runs and runs that the screen asks for
//! - [`engine`]: events from workers are priced, folded into the audit, judged, recorded, and passed on
//! - [`run`]: one scan from its first question to its last judgement
//! - [`files`]: files that appear whole or not at all
//! - [`headless`]: a scan without a screen: progress lines, a report, an exit status
//! - [`history`]: earlier audits, kept and compared
//! - [`ignore`]: findings set aside until a day
//! - [`screen`]: a scan, a saved report or the demo on the screen
//! - [`open`]: saved reports and recordings
//! - [`quotas`]: quotas by themselves
//! - [`plan`]: a plan for chosen findings, and saved plans
//! - [`listings`]: kinds, policy, schema, rules, config, completions, manual

mod accounts;
mod apply;
mod bill;
mod checklist;
mod cleanup;
mod engine;
mod files;
mod headless;
mod history;
mod ignore;
mod journal;
mod listings;
mod lock;
mod logging;
mod open;
mod plan;
mod plan_page;
mod quotas;
mod run;
mod screen;
mod world;

pub use open::{recorded, replayed};

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::RwLock;

use clap::{ArgMatches, CommandFactory, FromArgMatches};

use crate::audit::changes::Changes;
use crate::aws::SessionError;
use crate::cli::{Cli, Command, Config, Rules};
use crate::model::clean;
use crate::plan::PlanError;
use crate::report::{self, Format, ReadError};
use crate::rules::{RuleErrors, RuleSet, Vocabulary};
use crate::scan::scanners;
use crate::settings::{self, Settings, SettingsError};
use crate::tui::keymap::Keymap;

/// Why the program stops short; the message is one line a person can act on.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The settings make no sense.
    #[error("{0}")]
    Settings(#[from] SettingsError),
    /// No way into the account.
    #[error("{0}")]
    Session(#[from] SessionError),
    /// A rule file is wrong; nothing is scanned.
    #[error("the rules have mistakes, nothing was scanned:\n{0}")]
    Rules(#[from] RuleErrors),
    /// There is no such rule.
    #[error("there is no rule `{0}`{1}; `closeout rules list` shows them all")]
    NoRule(String, String),
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// A file is no report and no recording.
    #[error("{0}: {1}")]
    Report(String, ReadError),
    /// A recording is damaged.
    #[error("{file}:{line}: not a recorded event: {mistake}")]
    Recording {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        mistake: String,
    },
    /// A file is no plan, or not the one that was made.
    #[error("{0}: {1}")]
    Plan(String, PlanError),
    /// A journal cannot be read or written, or was changed.
    #[error("{0}")]
    Journal(crate::clean::JournalError),
    /// A report cannot leave the house.
    #[error("{0}")]
    Redact(#[from] report::RedactError),
    /// AWS does not let the run begin.
    #[error("{0}")]
    Refused(String),
    /// A line of a list of accounts is wrong.
    #[error("{0}")]
    Accounts(accounts::ListError),
    /// The file of what is set aside has a mistake.
    #[error("{0}; it was left as it is")]
    Ignores(String),
    /// The history cannot be read or written.
    #[error("{0}")]
    Store(#[from] crate::store::StoreError),
    /// What was asked for cannot be told.
    #[error("{0}")]
    Asked(String),
    /// Standard output went away or is full.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

impl AppError {
    /// 2 for wrong usage, 1 for trouble.
    fn status(&self) -> u8 {
        match self {
            AppError::Settings(_) | AppError::NoRule(..) | AppError::Asked(_) | AppError::Accounts(_) => 2,
            AppError::Session(error) if error.is_usage() => 2,
            _ => 1,
        }
    }
}

/// Exit status of a run that could not look at everything.
const INCOMPLETE: u8 = 4;

/// Exit status of a plan of which a step was refused, failed, or was not begun.
const FAILED_STEPS: u8 = 5;

/// Runs the program and gives its exit status.
pub fn main() -> ExitCode {
    let command = Cli::command();
    let matches = match command.try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match dispatch(&matches) {
        Ok(status) => ExitCode::from(status),
        // The reader of a pipe has seen enough.
        Err(AppError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let text = error.to_string();
            let lines: Vec<_> = text.lines().map(clean).collect();
            let _ = writeln!(io::stderr(), "closeout: {}", lines.join("\n"));
            ExitCode::from(error.status())
        }
    }
}

fn dispatch(matches: &ArgMatches) -> Result<u8, AppError> {
    let cli = Cli::from_arg_matches(matches).map_err(|error| SettingsError::Value(error.to_string()))?;
    let settings = settings::resolve(&cli.common, matches)?;
    Keymap::new(&settings.keys)
        .map_err(|error| SettingsError::Value(format!("{}: {error}", settings.places.config.display())))?;
    logging::start(&settings);
    if cli.allow_apply && !matches!(cli.command, None | Some(Command::Demo { .. })) {
        return Err(AppError::Asked(
            "--allow-apply goes with the screen, or behind `apply` and `journal resume`".to_owned(),
        ));
    }
    accounts::check(&settings, cli.command.as_ref(), on_screen(&settings))?;
    let mut out = io::stdout().lock();
    match cli.command {
        None if on_screen(&settings) => {
            drop(out);
            screen::scan(&settings, cli.allow_apply)
        }
        None if cli.allow_apply => Err(AppError::Asked(
            "--allow-apply is for the screen; without one, `closeout apply` takes the steps of a saved plan".to_owned(),
        )),
        None => {
            drop(out);
            headless::scan(&settings, &headless::Wish::table())
        }
        Some(Command::Scan(scan)) if accounts::are_several(&settings, &scan) => {
            drop(out);
            accounts::run(&settings, &scan)
        }
        Some(Command::Merge(merge)) => {
            drop(out);
            accounts::merge(&settings, &merge)
        }
        Some(Command::Scan(scan)) => {
            drop(out);
            headless::scan(&settings, &headless::Wish::from(scan))
        }
        Some(Command::Demo { .. }) => {
            drop(out);
            open::demo(&settings)
        }
        Some(Command::Open(open)) => {
            drop(out);
            open::file(&settings, &open)
        }
        Some(Command::Bill(bill)) => {
            drop(out);
            bill::run(&settings, &bill)
        }
        Some(Command::Checklist(wish)) => {
            drop(out);
            checklist::run(&settings, &wish)
        }
        Some(Command::Quotas(quotas)) => {
            drop(out);
            quotas::run(&settings, &quotas)
        }
        Some(Command::History(wish)) => {
            drop(out);
            history::run(&settings, &wish)
        }
        Some(Command::Diff(wish)) => {
            drop(out);
            history::diff(&settings, &wish)
        }
        Some(Command::Ignore(wish)) => ignore::run(&settings, &wish, &mut out),
        Some(Command::Plan(plan)) => {
            drop(out);
            plan::run(&settings, &plan)
        }
        Some(Command::Apply(wish)) => {
            drop(out);
            apply::run(&settings, &wish)
        }
        Some(Command::Journal(wish)) => journal::run(&settings, &wish, &mut out),
        Some(Command::Rules(Rules::List)) => listings::rules(&settings, &mut out),
        Some(Command::Rules(Rules::Show { id })) => listings::rule(&settings, &id, &mut out),
        Some(Command::Rules(Rules::Check { folder })) => listings::check(&folder, &mut out),
        Some(Command::Kinds) => listings::kinds(&settings, &mut out),
        Some(Command::Policy { org, role_name }) => {
            let role = org.then(|| role_name.as_deref().unwrap_or("*"));
            listings::policy(&settings, role, &mut out)
        }
        Some(Command::Schema { document }) => listings::schema(document, &mut out),
        Some(Command::Config(Config::Show)) => listings::config(&settings, &mut out),
        Some(Command::Completions { shell }) => listings::completions(shell, &mut out),
        Some(Command::Man) => listings::man(&mut out),
    }
}

/// Whether there is a terminal to draw on and the user wants it.
fn on_screen(settings: &Settings) -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !settings.plain && !dumb && io::stdout().is_terminal() && io::stdin().is_terminal()
}

/// The facts of quotas and of every scanner, for the rule checker.
fn vocabulary() -> Vocabulary {
    let mut words = Vocabulary::of_quotas();
    for scanner in scanners() {
        words.add(scanner.kind.clone(), scanner.schema().as_value());
    }
    words
}

/// The rules in force: built in, and the user's own.
fn rules(settings: &Settings) -> Result<RuleSet, AppError> {
    let words = vocabulary();
    let mut set = match &settings.rules {
        Some(folder) => RuleSet::with_folder(&words, folder)?,
        None => RuleSet::embedded(&words)?,
    };
    set.ignores = RwLock::new(ignore::read(&settings.ignores)?);
    Ok(set)
}

/// Prints an audit's report to standard output.
fn print(settings: &Settings, format: Format, audit: &crate::audit::Audit, inventory: bool) -> Result<(), AppError> {
    let stdout = io::stdout();
    let options = report::Options { width: width(), color: settings.colored(&stdout), inventory };
    let mut out = stdout.lock();
    report::write(format, audit, &options, &mut out)?;
    out.flush()?;
    Ok(())
}

/// Writes to a file that replaces an older one as a whole, or to standard output as its terminal allows.
fn deliver(
    settings: &Settings,
    output: Option<&Path>,
    write: impl Fn(&report::Options, &mut dyn Write) -> io::Result<()>,
) -> Result<(), AppError> {
    if let Some(path) = output {
        return files::save(path, |out| write(&report::Options::default(), out));
    }
    let stdout = io::stdout();
    let options = report::Options { width: width(), color: settings.colored(&stdout), ..report::Options::default() };
    let mut out = stdout.lock();
    write(&options, &mut out)?;
    out.flush()?;
    Ok(())
}

/// Columns of the terminal, or a width that suits files and mails.
fn width() -> u16 {
    if io::stdout().is_terminal() {
        crossterm::terminal::size().map_or(120, |(columns, _)| columns.max(60))
    } else {
        120
    }
}

/// Exit status of a run in which a condition of `--fail-on` holds.
const GATE_PASSED: u8 = 3;

/// The exit status of an audit, after saying on standard error which of the conditions hold and why. `changes` are those
/// since an earlier audit, where there is one.
fn ended(audit: &crate::audit::Audit, gates: &[report::Gate], changes: Option<&Changes>) -> u8 {
    let mut holds = false;
    for gate in gates {
        let passed = gate.passed_by(audit).or_else(|| gate.passed_by_changes(changes?));
        if let Some(what) = passed {
            headless::say(&format!("--fail-on {gate}: {what}"));
            holds = true;
        }
    }
    if holds { GATE_PASSED } else { status(audit) }
}

/// 0, or 4 when something could not be looked at.
fn status(audit: &crate::audit::Audit) -> u8 {
    if audit.gap_count() > 0 { INCOMPLETE } else { 0 }
}
