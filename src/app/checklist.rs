//! The closing checklist by itself: from a scan or a saved report, with what people have settled by hand.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;

use super::history::Past;
use super::open::{self, Saved};
use super::{AppError, GATE_PASSED, INCOMPLETE, deliver, files, headless, ignore, vocabulary};
use crate::audit::Audit;
use crate::checklist::{self, Items, Ticks};
use crate::cli;
use crate::model::{Event, ItemState, Tick, Verdict, clean};
use crate::report;
use crate::rules::RuleErrors;
use crate::settings::Settings;

static ITEMS: LazyLock<Result<Items, RuleErrors>> = LazyLock::new(|| Items::embedded(&vocabulary()));

/// The built-in items.
///
/// Errors name a mistake in one of them; a test reads every one.
pub fn items() -> Result<&'static Items, AppError> {
    ITEMS.as_ref().map_err(|errors| AppError::Rules(errors.clone()))
}

/// The checklist of an audit, as an event for it. `None` where the built-in items have a mistake.
pub fn judged(audit: &Arc<Audit>, ticks: &Ticks) -> Option<Event> {
    let items = ITEMS.as_ref().ok()?;
    let judged = checklist::judge(items, audit, ticks);
    Some(Event::Checked { closure: Box::new(judged.closure), items: judged.items })
}

/// Prints the checklist, or settles an item of it. Gives the exit status.
pub fn run(settings: &Settings, wish: &cli::Checklist) -> Result<u8, AppError> {
    items()?;
    if let Some(file) = &wish.output {
        files::check_folder(file)?;
    }
    let named = wish.tick.as_deref().or(wish.untick.as_deref());
    if let Some(id) = named.filter(|id| items().is_ok_and(|items| items.get(id).is_none())) {
        let near = items().map(|items| crate::rules::hint(id, items.all.iter().map(|item| item.id.as_str())));
        return Err(AppError::Asked(format!("the checklist has no item `{}`{}", clean(id), near.unwrap_or_default())));
    }
    let mut audit = match &wish.file {
        Some(file) => read(settings, file)?,
        None => headless::gather(settings, &Past::look(settings), headless::Ask::default())?,
    };
    let file = ticks_file(settings, &audit.account.id);
    let mut ticks = file.as_deref().map(read_ticks).transpose()?.unwrap_or_default();
    put(&mut audit, &ticks);
    if let Some(id) = &wish.tick {
        tick(&mut ticks, &audit, id, wish.why.as_deref().unwrap_or_default())?;
    }
    if let Some(id) = &wish.untick
        && ticks.tick.remove(id).is_none()
    {
        return Err(AppError::Asked(format!("nobody has ticked `{}`", clean(id))));
    }
    if named.is_some() {
        let file = file.ok_or_else(nowhere)?;
        write_ticks(&file, &ticks)?;
        put(&mut audit, &ticks);
        headless::say(&format!("kept in {}", file.display()));
    }
    deliver(settings, wish.output.as_deref(), |options, out| {
        report::write_checklist(wish.format, &audit, wish.all, options, out)
    })?;
    Ok(status(&audit))
}

/// Judges an audit with these ticks.
pub fn put(audit: &mut Audit, ticks: &Ticks) {
    let shared = Arc::new(std::mem::take(audit));
    let event = judged(&shared, ticks);
    *audit = Arc::unwrap_or_clone(shared);
    event.into_iter().for_each(|event| audit.apply(event));
}

/// A saved audit, which has to know everything that was listed.
fn read(settings: &Settings, file: &Path) -> Result<Audit, AppError> {
    let Saved { audit, has_inventory } = open::read(settings, file)?;
    if has_inventory {
        return Ok(audit);
    }
    Err(AppError::Asked(format!(
        "{}: the checklist needs every resource, and this report holds those of findings only; write it with `closeout \
         scan --format json --inventory`",
        file.display()
    )))
}

/// 0 when the account may be closed, 3 when something stands against it, 4 when something could not be looked at.
fn status(audit: &Audit) -> u8 {
    let unknown = audit.checklist.iter().any(|item| item.state == ItemState::Unknown);
    match audit.closure.as_ref().map(|closure| closure.verdict) {
        Some(Verdict::Blocked) | None => GATE_PASSED,
        Some(_) if unknown => INCOMPLETE,
        Some(_) => 0,
    }
}

/// Settles an item by hand.
///
/// Errors when no reason is given, or the item is one that a person cannot settle.
pub fn tick(ticks: &mut Ticks, audit: &Audit, id: &str, why: &str) -> Result<(), AppError> {
    if why.trim().is_empty() {
        return Err(AppError::Asked("--why takes what was checked, in a few words".to_owned()));
    }
    let item = audit.checklist.iter().find(|item| item.id == id);
    let item = item.ok_or_else(|| AppError::Asked(format!("the checklist has no item `{}`", clean(id))))?;
    if !item.may_be_ticked() {
        let word = item.state.word();
        return Err(AppError::Asked(format!(
            "{id} is not settled by hand: it is `{word}`, as was seen in the account"
        )));
    }
    let caller = audit.account.caller_name();
    let by = match (ignore::user(), caller) {
        (user, "") => user,
        (user, caller) if user.is_empty() => caller.to_owned(),
        (user, caller) => format!("{user} as {caller}"),
    };
    let tick =
        Tick { note: why.trim().to_owned(), by, at: Timestamp::now(), rests_on: item.rests_on.clone(), expired: false };
    ticks.tick.insert(id.to_owned(), tick);
    Ok(())
}

/// Where the ticks of an account are kept. `None` without a home folder, and for what is no account's number: a report
/// out of strange hands must not choose the file.
pub fn ticks_file(settings: &Settings, account: &str) -> Option<PathBuf> {
    let state = settings.places.state.as_deref()?;
    if account.is_empty() || !account.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return None;
    }
    Some(state.join("ticks").join(format!("{account}.toml")))
}

/// The ticks of a file. None where there is no file.
///
/// Errors when it cannot be read, is damaged, or newer: it is left as it is.
pub fn read_ticks(file: &Path) -> Result<Ticks, AppError> {
    let name = || file.display().to_string();
    match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Ticks::default()),
        Err(error) => Err(AppError::File(name(), error)),
        Ok(text) => Ticks::read(&text).map_err(|error| AppError::Ignores(format!("{}: {error}", name()))),
    }
}

/// Writes the ticks of an account.
pub fn write_ticks(file: &Path, ticks: &Ticks) -> Result<(), AppError> {
    let text = ticks.text().map_err(|error| AppError::Ignores(format!("{}: {error}", file.display())))?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| AppError::File(folder.display().to_string(), error))?;
    }
    files::save(file, |out| out.write_all(text.as_bytes()))
}

fn nowhere() -> AppError {
    AppError::Asked("there is no place to keep ticks in: no home folder, or no number of an account".to_owned())
}

/// Where a screen keeps what is settled on it.
pub enum Kept {
    /// The file of the account. `None` where there is no place for one.
    File(Option<PathBuf>),
    /// Memory: a demo leaves nothing behind.
    Memory(Ticks),
}

impl Kept {
    /// What has been settled so far.
    ///
    /// Errors as [`read_ticks`] does.
    pub fn ticks(&self) -> Result<Ticks, AppError> {
        match self {
            Kept::File(Some(file)) => read_ticks(file),
            Kept::File(None) => Ok(Ticks::default()),
            Kept::Memory(ticks) => Ok(ticks.clone()),
        }
    }

    /// Settles an item with a note, or takes that back without one. Gives a line that says so, and the checklist judged
    /// again.
    ///
    /// Errors when the item cannot be settled, or what was kept cannot be read or written; it is as it was then.
    pub fn settle(&mut self, audit: &Audit, id: &str, note: Option<&str>) -> Result<(String, Event), AppError> {
        let mut ticks = self.ticks()?;
        let done = match note {
            Some(note) => {
                tick(&mut ticks, audit, id, note)?;
                "ticked"
            }
            None if ticks.tick.remove(id).is_some() => "tick taken back",
            None => return Err(AppError::Asked(format!("nobody has ticked `{}`", clean(id)))),
        };
        items()?;
        let checked = judged(&Arc::new(audit.clone()), &ticks);
        let checked = checked.ok_or_else(|| AppError::Asked("the checklist could not be judged".to_owned()))?;
        let place = match self {
            Kept::File(None) => return Err(nowhere()),
            Kept::File(Some(file)) => {
                write_ticks(file, &ticks)?;
                format!("kept in {}", file.display())
            }
            Kept::Memory(kept) => {
                *kept = ticks;
                "in this demo only".to_owned()
            }
        };
        Ok((format!("{done}: {id}; {place}"), checked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::recorded;

    fn open_item(audit: &Audit) -> String {
        let open = audit.checklist.iter().find(|item| item.state == ItemState::Open);
        open.expect("something only a person can tell").id.clone()
    }

    fn state(event: &Event, id: &str) -> ItemState {
        let Event::Checked { items, .. } = event else { panic!("{event:?}") };
        items.iter().find(|item| item.id == id).expect("an item").state
    }

    #[test]
    fn what_is_settled_on_a_screen_is_kept_judged_and_taken_back() {
        let audit = recorded().expect("the recording built in");
        let id = open_item(&audit);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ticks/111122223333.toml");
        for mut kept in [Kept::File(Some(file.clone())), Kept::Memory(Ticks::default())] {
            let in_file = matches!(kept, Kept::File(_));
            let (said, checked) = kept.settle(&audit, &id, Some("asked mk")).expect("a tick");
            assert_eq!((state(&checked, &id), said.starts_with(&format!("ticked: {id};"))), (ItemState::Ticked, true));
            assert_eq!(kept.ticks().expect("ticks").tick[&id].note, "asked mk");
            assert_eq!(file.exists(), in_file, "a demo leaves no file");
            let (_, checked) = kept.settle(&audit, &id, None).expect("no tick any more");
            assert_eq!(state(&checked, &id), ItemState::Open);
            assert!(kept.settle(&audit, &id, None).is_err(), "there is nothing more to take back");
            let _ = fs::remove_file(&file);
        }
    }

    #[test]
    fn a_damaged_file_is_told_and_left_as_it_is_and_a_blocker_is_not_ticked() {
        let audit = recorded().expect("the recording built in");
        let id = open_item(&audit);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("111122223333.toml");
        fs::write(&file, "half a li").expect("a file");
        let mut kept = Kept::File(Some(file.clone()));
        let error = kept.settle(&audit, &id, Some("asked mk")).expect_err("damaged").to_string();
        assert!(error.contains("111122223333.toml") && error.contains("not a file of ticks"), "{error}");
        assert_eq!(fs::read_to_string(&file).expect("still there"), "half a li");

        fs::remove_file(&file).expect("a file");
        let blocker = audit.checklist.iter().find(|item| item.state == ItemState::Blocker).expect("a blocker");
        assert!(kept.settle(&audit, &blocker.id, Some("never mind")).is_err() && !file.exists());
        assert!(kept.settle(&audit, &id, Some("  ")).is_err() && !file.exists(), "a note is wanted");
        assert!(Kept::File(None).settle(&audit, &id, Some("asked mk")).is_err(), "there is no place for it");
    }
}
