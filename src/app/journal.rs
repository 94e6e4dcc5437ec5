//! What was done, as the journals have it.

use std::io::Write;
use std::path::Path;

use super::{AppError, FAILED_STEPS, apply, listings};
use crate::clean::journal;
use crate::cli;
use crate::model::clean;
use crate::plan::{self, Entry, What};
use crate::settings::Settings;

/// Lists, shows, checks, undoes in words, or resumes. Gives the exit status.
pub fn run(settings: &Settings, wish: &cli::Journal, out: &mut impl Write) -> Result<u8, AppError> {
    match wish {
        cli::Journal::List => list(settings, out),
        cli::Journal::Show { run } => show(settings, run, out),
        cli::Journal::Verify { run } => verify(settings, run.as_deref(), out),
        cli::Journal::Undo { run } => undo(settings, run, out),
        cli::Journal::Resume(resume) => apply::resume(settings, resume),
    }
}

fn file(folder: &Path, run: &str) -> std::path::PathBuf {
    folder.join(format!("{run}.ndjson"))
}

fn list(settings: &Settings, out: &mut impl Write) -> Result<u8, AppError> {
    let state = settings.places.state.as_deref().unwrap_or(Path::new("."));
    let runs = apply::all_runs(state)?;
    if runs.is_empty() {
        writeln!(out, "No cleanup has been run from here.")?;
        return Ok(0);
    }
    let mut table = listings::table(&["run", "account", "began", "steps", "ended"]);
    for (account, folder, run) in runs {
        let (began, steps, ended) = match journal::read(&file(&folder, &run)) {
            Ok(read) => summary(&read.entries),
            Err(error) => ("—".to_owned(), "—".to_owned(), error.to_string()),
        };
        table.add_row([run, account, began, steps, clean(&ended).into_owned()]);
    }
    writeln!(out, "{table}")?;
    Ok(0)
}

/// When a run began, how many steps it has, and how it ended.
fn summary(entries: &[Entry]) -> (String, String, String) {
    let began = entries.first().map_or("—".to_owned(), |entry| entry.at.strftime("%Y-%m-%d %H:%M").to_string());
    let steps = entries.iter().find_map(|entry| match &entry.what {
        What::Opened { steps, .. } => Some(steps.to_string()),
        _ => None,
    });
    let ended = match entries.last().map(|entry| &entry.what) {
        Some(What::Closed { done, failed, held, stopped }) if stopped.is_empty() => {
            format!("{done} done, {failed} failed, {held} not begun")
        }
        Some(What::Closed { done, stopped, .. }) => format!("{done} done, then: {stopped}"),
        _ => "broken off; `closeout journal resume` goes on".to_owned(),
    };
    (began, steps.unwrap_or_default(), ended)
}

fn show(settings: &Settings, run: &str, out: &mut impl Write) -> Result<u8, AppError> {
    let (folder, run) = apply::find(settings, run)?;
    let read = journal::read(&file(&folder, &run))?;
    for entry in &read.entries {
        let at = entry.at.strftime("%Y-%m-%d %H:%M:%S");
        writeln!(out, "{at}  {}", clean(&entry.what.sentence()))?;
    }
    if read.is_torn {
        writeln!(out, "A last line was torn off; what it announced never happened.")?;
    }
    Ok(0)
}

/// Whether every line is the one that was written.
fn verify(settings: &Settings, run: Option<&str>, out: &mut impl Write) -> Result<u8, AppError> {
    let state = settings.places.state.as_deref().unwrap_or(Path::new("."));
    let runs = match run {
        Some(run) => {
            let (folder, run) = apply::find(settings, run)?;
            vec![(String::new(), folder, run)]
        }
        None => apply::all_runs(state)?,
    };
    let mut broken = 0;
    for (_, folder, run) in &runs {
        match journal::read(&file(folder, run)) {
            Ok(read) if read.is_torn => {
                writeln!(out, "{run}: {} lines whole; a last one is torn off", read.entries.len())?;
            }
            Ok(read) => writeln!(out, "{run}: {} lines whole", read.entries.len())?,
            Err(error) => {
                broken += 1;
                writeln!(out, "{}", clean(&error.to_string()))?;
            }
        }
    }
    Ok(if broken == 0 { 0 } else { FAILED_STEPS })
}

/// The commands that bring back what can be brought back, the last act first. They are printed and never run.
fn undo(settings: &Settings, run: &str, out: &mut impl Write) -> Result<u8, AppError> {
    let (folder, run) = apply::find(settings, run)?;
    let read = journal::read(&file(&folder, &run))?;
    writeln!(out, "# What run {run} took away, and how to bring it back. Nothing is run by closeout.")?;
    let undo = plan::Undo::of(&read.entries);
    for (step, does, command) in &undo.commands {
        writeln!(out, "\n# step {step}: {does}\n{command}")?;
    }
    if !undo.gone.is_empty() {
        writeln!(out, "\n# Nothing brings these back:")?;
    }
    for (step, does) in &undo.gone {
        writeln!(out, "# step {step}: {does}")?;
    }
    Ok(0)
}
