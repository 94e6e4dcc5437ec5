//! Saved reports and recordings, the demo among them.

use std::fs;
use std::path::Path;

use super::engine::{Engine, Listener};
use super::{AppError, deliver, files, headless, ignore, on_screen, print, rules, screen, status};
use crate::audit::Audit;
use crate::cli;
use crate::model::{CellState, Event};
use crate::report::{self, Document, Format};
use crate::rules::{RuleSet, Stage};
use crate::settings::Settings;
use crate::tui::Origin;

/// The account `demo` shows: a run of this program against an emulated account, as it recorded it.
const RECORDING: &str = include_str!("../../demo/recording.ndjson");

/// What a message calls it.
const RECORDING_NAME: &str = "the built-in recording";

/// The account `demo` shows, judged by the built-in rules: for tests and measurements that want a realistic audit.
pub fn recorded() -> Result<Audit, AppError> {
    replay(RECORDING, RECORDING_NAME, &RuleSet::embedded(&super::vocabulary())?)
}

/// A recording, played and judged by the built-in rules: for tests that make up a run.
pub fn replayed(text: &str) -> Result<Audit, AppError> {
    replay(text, "the recording", &RuleSet::embedded(&super::vocabulary())?)
}

/// Shows the built-in recording, judged now by the rules, or prints its table where there is no screen.
pub fn demo(settings: &Settings) -> Result<u8, AppError> {
    let set = rules(settings)?;
    let audit = replay(RECORDING, RECORDING_NAME, &set)?;
    if on_screen(settings) {
        screen::show(settings, audit, Origin::Demo, set, true)?;
    } else {
        print(settings, Format::Table, &audit, false)?;
    }
    // Looking around in somebody else's recording is no audit: its gaps are part of the show.
    Ok(0)
}

/// Shows a saved report or a recording, prints it, or writes it to a file.
pub fn file(settings: &Settings, wish: &cli::Open) -> Result<u8, AppError> {
    if let Some(output) = &wish.output {
        files::check_folder(output)?;
    }
    let Saved { audit, has_inventory } = read(settings, &wish.file)?;
    let status = status(&audit);
    match wish.format {
        None if on_screen(settings) => {
            let origin = Origin::File(wish.file.clone());
            screen::show(settings, audit, origin, rules(settings)?, has_inventory)?;
        }
        None => {
            ignore::announce(&audit);
            print(settings, Format::Table, &audit, false)?;
        }
        Some(format) => {
            ignore::announce(&audit);
            let audit = headless::for_others(audit, wish.redact)?;
            deliver(settings, wish.output.as_deref(), |options, out| report::write(format, &audit, options, out))?;
        }
    }
    Ok(status)
}

/// An audit out of a file.
pub struct Saved {
    /// The audit.
    pub audit: Audit,
    /// Whether it knows every resource, and not only those of findings.
    pub has_inventory: bool,
}

/// Reads a report or plays a recording, which is judged now by the rules.
pub fn read(settings: &Settings, path: &Path) -> Result<Saved, AppError> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| AppError::File(name.clone(), error))?;
    if is_recording(&text) {
        return Ok(Saved { audit: replay(&text, &name, &rules(settings)?)?, has_inventory: true });
    }
    let document = Document::read(&text).map_err(|error| AppError::Report(name, error))?;
    Ok(Saved { has_inventory: document.resources.is_some(), audit: document.into_audit() })
}

/// Whether an audit of another day is of the same account. Errors when it is not: nothing of it can be compared.
pub fn same_account(audit: &Audit, file: &Path, past: &Audit) -> Result<(), AppError> {
    if past.account.id == audit.account.id {
        return Ok(());
    }
    let (of, not_of) = (&past.account.id, &audit.account.id);
    Err(AppError::Asked(format!("{} is of account {of}, not of {not_of}", file.display())))
}

/// A recording's lines are events; a report is one document.
fn is_recording(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    serde_json::from_str::<Event>(first).is_ok()
}

struct Nobody;

impl Listener for Nobody {
    fn hear(&mut self, _: &Event, _: &Audit) {}
}

/// Plays a recording through the engine and judges it against its own clock.
///
/// Errors name the line that is no event. A recording that lost its end is played as far as it goes; what it
/// did not read is then a gap.
pub fn replay(text: &str, name: &str, set: &RuleSet) -> Result<Audit, AppError> {
    let mut nobody = Nobody;
    let mut engine = Engine::new(Audit::default(), set, &mut nobody);
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let event: Event = serde_json::from_str(line).map_err(|error| AppError::Recording {
            file: name.to_owned(),
            line: index + 1,
            mistake: error.to_string(),
        })?;
        engine.take(event);
    }
    if engine.audit().finished_at.is_none() {
        let at = engine.audit().started_at;
        let cut = engine.audit().coverage.values().any(|coverage| coverage.state == CellState::Queued);
        engine.take(Event::Ended { at, interrupted: cut });
    }
    engine.learn_rates();
    engine.judge(Stage::Final);
    Ok(engine.into_audit())
}
