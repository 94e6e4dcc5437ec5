//! Findings somebody set aside: the file is read before a scan and changed an entry at a time.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{AppError, files, headless, listings};
use crate::audit::Audit;
use crate::cli;
use crate::model::clean;
use crate::rules::ignores::{self, Entry, Ignores, MOST_DAYS};
use crate::settings::Settings;

/// What is set aside. Nothing where there is no file.
///
/// Errors when the file cannot be read, or has a mistake.
pub fn read(file: &Path) -> Result<Ignores, AppError> {
    let name = file.display().to_string();
    Ignores::read(&name, &text(file)?).map_err(|error| AppError::Ignores(error.to_string()))
}

fn text(file: &Path) -> Result<String, AppError> {
    match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| AppError::File(file.display().to_string(), error)),
    }
}

/// Lists what is set aside, or changes the file. Gives the exit status.
pub fn run(settings: &Settings, wish: &cli::Ignore, out: &mut impl Write) -> Result<u8, AppError> {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let file = &settings.ignores;
    if let Some(id) = &wish.remove {
        return remove(file, id);
    }
    let (Some(id), Some(until), Some(why)) = (&wish.id, wish.until, &wish.why) else {
        return list(file, today, out);
    };
    let by = wish.by.clone().unwrap_or_else(user);
    let entry = Entry { id: id.clone(), until, why: why.clone(), by, added: today.to_string() };
    add(file, &entry, today)?;
    headless::say(&format!("{id} is set aside until {until}, in {}", file.display()));
    Ok(0)
}

/// Who is at the keyboard, as the environment says. Empty when it does not.
pub fn user() -> String {
    std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default()
}

/// Whether an entry makes sense.
///
/// Errors when its day is past or too far, or its reason is empty.
pub fn check(entry: &Entry, today: Date) -> Result<(), AppError> {
    if entry.id.trim().is_empty() || entry.why.trim().is_empty() {
        return Err(AppError::Asked("--why takes a reason, and there has to be an id".to_owned()));
    }
    let last = today.saturating_add(SignedDuration::from_hours(24 * MOST_DAYS));
    if entry.until < today || entry.until > last {
        return Err(AppError::Asked(format!("--until takes a day from today on, up to {last}, not {}", entry.until)));
    }
    Ok(())
}

/// Writes an entry.
///
/// Errors when it makes no sense, or the file is damaged; then the file is as it was.
pub fn add(file: &Path, entry: &Entry, today: Date) -> Result<(), AppError> {
    check(entry, today)?;
    let name = file.display().to_string();
    let changed = ignores::with(&name, &text(file)?, entry).map_err(|error| AppError::Ignores(error.to_string()))?;
    write(file, &changed)
}

fn remove(file: &Path, id: &str) -> Result<u8, AppError> {
    let name = file.display().to_string();
    let changed = ignores::without(&name, &text(file)?, id).map_err(|error| AppError::Ignores(error.to_string()))?;
    match changed {
        Some(changed) => write(file, &changed)?,
        None => return Err(AppError::Asked(format!("{name} has no entry `{id}`"))),
    }
    headless::say(&format!("{id} is not set aside any more"));
    Ok(0)
}

fn write(file: &Path, text: &str) -> Result<(), AppError> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| AppError::File(folder.display().to_string(), error))?;
    }
    files::save(file, |out| out.write_all(text.as_bytes()))
}

fn list(file: &Path, today: Date, out: &mut impl Write) -> Result<u8, AppError> {
    let ignores = read(file)?;
    let mut table = listings::table(&["id", "until", "by", "why"]);
    for entry in ignores.iter() {
        let over = if entry.until < today { " (over)" } else { "" };
        let until = format!("{}{over}", entry.until);
        table.add_row([&*clean(&entry.id), &until, &*clean(&entry.by), &*clean(&entry.why)]);
    }
    match ignores.iter().count() {
        0 => writeln!(out, "Nothing is set aside; {} would say so.", file.display())?,
        _ => writeln!(out, "{table}")?,
    }
    Ok(0)
}

/// Says which findings are back because the day they were set aside until is over.
pub fn announce(audit: &Audit) {
    let back = audit.findings.iter().filter_map(|finding| Some((finding, finding.ignore_expired.as_ref()?)));
    let said: Vec<String> =
        back.map(|(finding, over)| format!("{} ({}, {})", finding.id, finding.resource.label(), over.until)).collect();
    if !said.is_empty() {
        headless::say(&format!("back, because the day they were ignored until is over: {}", said.join(", ")));
    }
}
