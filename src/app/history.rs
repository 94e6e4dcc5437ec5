//! Earlier audits: kept after a scan, told of while one is shown, listed, and held against each other.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{AppError, GATE_PASSED, INCOMPLETE, deliver, files, headless, open};
use crate::audit::Audit;
use crate::audit::changes::Changes;
use crate::audit::past::Snapshot;
use crate::cli;
use crate::model::{Finding, Quota};
use crate::quota::{self, Earlier};
use crate::report::{self, Gate};
use crate::settings::Settings;
use crate::store::{self, Saved, Sightings, Store, StoreError};

/// What a scan has to do with earlier ones.
pub struct Past {
    store: Option<Store>,
    save: bool,
}

impl Past {
    /// The history before a scan. Unless it is to be saved in, one that cannot be read is told and done without.
    ///
    /// Errors when it is to be saved in and cannot be, or when a condition needs it and there is none.
    pub fn open(settings: &Settings, save: bool, gates: &[Gate]) -> Result<Past, AppError> {
        let store = match (place(settings), save) {
            (Ok(file), true) => Some(Store::open(&file)?),
            (Err(error), true) => return Err(error),
            (Ok(file), false) => Store::look(&file).unwrap_or_else(|error| {
                headless::say(&format!("warning: {error}; this audit is told without history"));
                None
            }),
            (Err(_), false) => None,
        };
        match gates.iter().find(|gate| gate.needs_history()) {
            Some(gate) if store.is_none() => Err(AppError::Asked(format!(
                "--fail-on '{gate}' compares with the last saved audit, and there is no history: add --save-history"
            ))),
            _ => Ok(Past { store, save }),
        }
    }

    /// A history that is only read, if there is one.
    pub fn look(settings: &Settings) -> Past {
        Past::open(settings, false, &[]).unwrap_or_else(|_| Past::none())
    }

    /// Nothing to do with any.
    pub fn none() -> Past {
        Past { store: None, save: false }
    }

    /// Which findings of an account audits before a moment saw. `None` when there are no such audits.
    ///
    /// Errors when the history cannot be read.
    pub fn sightings(
        &self,
        account: &str,
        before: Timestamp,
    ) -> Result<Option<HashMap<String, Sightings>>, StoreError> {
        let Some(store) = &self.store else { return Ok(None) };
        let is_known = store.has_before(account, before)?;
        is_known.then(|| store.sightings(account, before)).transpose()
    }

    /// Quotas with the trends that earlier audits show, as far as those say something new. Empty without such audits.
    ///
    /// Errors when the history cannot be read.
    pub fn trends(&self, audit: &Audit) -> Result<Vec<Quota>, StoreError> {
        let Some(store) = &self.store else { return Ok(Vec::new()) };
        let past = store.quotas(&audit.account.id, audit.started_at)?;
        let past: Vec<Earlier<'_>> = past.iter().map(|(at, quotas)| Earlier { at: *at, quotas }).collect();
        Ok(if past.is_empty() { Vec::new() } else { quota::from_audits(&audit.quotas, audit.started_at, &past) })
    }

    /// What is different from the last saved audit of the account. `None` when there is none.
    ///
    /// Errors when the history cannot be read, or a condition needs an audit that is not there.
    pub fn changes(&self, audit: &Audit, gates: &[Gate]) -> Result<Option<Changes>, AppError> {
        let wanted = gates.iter().find(|gate| gate.needs_history());
        let (Some(gate), Some(store)) = (wanted, &self.store) else { return Ok(None) };
        let account = &audit.account.id;
        match store.before(account, audit.started_at)? {
            Some(before) => Ok(Some(Changes::between(&before, &Snapshot::of(audit)))),
            None if self.save => {
                headless::say(&format!(
                    "--fail-on {gate}: the first saved audit of {account}; the next has one to compare with"
                ));
                Ok(None)
            }
            None => Err(AppError::Asked(format!(
                "--fail-on '{gate}' compares with the last saved audit, and the history has none of account {account}: \
                 add --save-history"
            ))),
        }
    }

    /// Saves an audit, if that was asked for, and gives what is to be said of it.
    ///
    /// Errors when it could not be saved.
    pub fn save(&mut self, audit: &Audit) -> Result<Option<&'static str>, StoreError> {
        let Some(store) = self.store.as_mut().filter(|_| self.save) else { return Ok(None) };
        Ok(Some(match store.save(&Snapshot::of(audit))? {
            Saved::Added => "saved in the history",
            Saved::Already => "this audit is in the history already; nothing was written",
        }))
    }
}

/// Tells of findings when they were first seen and how often; of those that are new, that they are.
pub fn recall(findings: &mut [Finding], sightings: &HashMap<String, Sightings>) {
    for finding in findings {
        let known = sightings.get(&finding.id);
        finding.first_seen = known.map(|known| known.first);
        finding.seen_in = Some(known.map_or(1, |known| known.audits.saturating_add(1)));
    }
}

/// What is different between the last saved audit of an account and the one before it, or the last one before a moment;
/// where none is before that moment, the one before the last again.
///
/// Errors with lines that say why, and how to get a history.
pub(super) fn compare(file: &Path, account: &str, before: Option<Timestamp>) -> Result<Changes, Vec<String>> {
    let how =
        "`closeout scan --save-history` keeps the outcome of an audit; `closeout history --add FILE` one of before.";
    let failed = |error: StoreError| vec![error.to_string()];
    let lacking =
        |what: &str| vec![what.to_owned(), how.to_owned(), "Two of an account can be compared here.".to_owned()];
    let store = Store::look(file).map_err(failed)?.ok_or_else(|| lacking("There is no history of audits yet."))?;
    let last = store.last_two(account).map_err(failed)?;
    let (older, newer) = last.ok_or_else(|| lacking("The history has less than two audits of this account."))?;
    let further = before.map(|at| store.before(account, at)).transpose().map_err(failed)?.flatten();
    Ok(Changes::between(&further.unwrap_or(older), &newer))
}

pub(super) fn place(settings: &Settings) -> Result<PathBuf, AppError> {
    let state = settings.places.state.as_deref();
    state.map(store::path).ok_or_else(|| AppError::Asked("there is no home folder to keep a history in".to_owned()))
}

fn existing(settings: &Settings) -> Result<Store, AppError> {
    let file = place(settings)?;
    Store::look(&file)?.ok_or_else(|| {
        AppError::Asked(format!(
            "there is no history yet: {} is made by `closeout scan --save-history`",
            file.display()
        ))
    })
}

/// Prints the history, or the lives of some findings, or adds reports to it. Gives the exit status.
pub fn run(settings: &Settings, wish: &cli::History) -> Result<u8, AppError> {
    if !wish.add.is_empty() {
        return add(settings, &wish.add);
    }
    let store = existing(settings)?;
    let account = wish.account.as_deref();
    if let Some(name) = &wish.finding {
        let lives = store.lives(account, name)?;
        if lives.is_empty() {
            return Err(AppError::Asked(format!("no audit of the history saw a finding `{name}`")));
        }
        deliver(settings, None, |options, out| report::write_lives(wish.format, &lives, options, out))?;
        return Ok(0);
    }
    let audits = store.audits(account)?;
    if let (true, Some(account)) = (audits.is_empty(), account) {
        return Err(AppError::Asked(format!("the history has no audit of account {account}")));
    }
    deliver(settings, None, |options, out| report::write_audits(wish.format, &audits, options, out))?;
    Ok(0)
}

/// Puts saved reports into the history. Every file is read before the first is added.
fn add(settings: &Settings, files: &[PathBuf]) -> Result<u8, AppError> {
    let mut snapshots = Vec::new();
    for file in files {
        snapshots.push((file, Snapshot::of(&open::read(settings, file)?.audit)));
    }
    for (file, snapshot) in &snapshots {
        if snapshot.head.account.is_empty() {
            return Err(AppError::Asked(format!("{}: it does not say whose account it is of", file.display())));
        }
    }
    let mut store = Store::open(&place(settings)?)?;
    for (file, snapshot) in &snapshots {
        let done = match store.save(snapshot)? {
            Saved::Added => "saved in the history",
            Saved::Already => "in the history already; nothing was written",
        };
        headless::say(&format!("{}: {done}", file.display()));
    }
    Ok(0)
}

/// Prints what changed between two audits. Gives the exit status.
pub fn diff(settings: &Settings, wish: &cli::Diff) -> Result<u8, AppError> {
    if let Some(file) = &wish.output {
        files::check_folder(file)?;
    }
    if let Some(gate) = wish.fail_on.iter().find(|gate| !gate.needs_history()) {
        return Err(AppError::Asked(format!("--fail-on '{gate}' is for `scan`; `diff` knows new>0 and the like")));
    }
    let (old, new) = match (&wish.old, &wish.new) {
        (Some(old), Some(new)) => files(settings, old, new)?,
        _ => last_two(&existing(settings)?, wish.account.as_deref())?,
    };
    let changes = Changes::between(&old, &new);
    deliver(settings, wish.output.as_deref(), |options, out| {
        report::write_changes(wish.format, &changes, options, out)
    })?;
    let mut holds = false;
    for gate in &wish.fail_on {
        if let Some(what) = gate.passed_by_changes(&changes) {
            headless::say(&format!("--fail-on {gate}: {what}"));
            holds = true;
        }
    }
    Ok(match (holds, changes.hidden.is_empty()) {
        (true, _) => GATE_PASSED,
        (false, false) => INCOMPLETE,
        (false, true) => 0,
    })
}

fn files(settings: &Settings, old: &Path, new: &Path) -> Result<(Snapshot, Snapshot), AppError> {
    let (before, after) = (open::read(settings, old)?.audit, open::read(settings, new)?.audit);
    open::same_account(&after, old, &before)?;
    if before.started_at > after.started_at {
        return Err(AppError::Asked(format!(
            "{} is the newer one of the two: give the older report first",
            old.display()
        )));
    }
    Ok((Snapshot::of(&before), Snapshot::of(&after)))
}

fn last_two(store: &Store, account: Option<&str>) -> Result<(Snapshot, Snapshot), AppError> {
    let accounts = store.accounts()?;
    let account = match (account, accounts.as_slice()) {
        (Some(account), _) => account,
        (None, [only]) => only,
        (None, []) => return Err(AppError::Asked("the history has no audit yet".to_owned())),
        (None, several) => {
            let list = several.join(", ");
            return Err(AppError::Asked(format!("the history has several accounts, name one with --account: {list}")));
        }
    };
    store
        .last_two(account)?
        .ok_or_else(|| AppError::Asked(format!("the history has less than two audits of account {account}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::past::Head;

    fn saved(store: &mut Store, day: u32, gaps: u64) {
        let started_at = format!("2026-11-{day:02}T02:00:00Z").parse().expect("a time");
        let head = Head { account: "111122223333".to_owned(), started_at, gaps, ..Head::default() };
        store.save(&Snapshot { head, ..Snapshot::default() }).expect("saved");
    }

    #[test]
    fn the_last_two_audits_are_compared_and_then_the_last_with_older_ones_round_and_round() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("history.sqlite");
        let mut store = Store::open(&file).expect("a history");
        for (day, gaps) in [(7, 1), (14, 2), (22, 3)] {
            saved(&mut store, day, gaps);
        }
        let gaps = |before| {
            let changes = compare(&file, "111122223333", before).expect("changes");
            (changes.before.gaps, changes.after.gaps, changes.before.started_at)
        };
        let (old, new, at) = gaps(None);
        assert_eq!((old, new), (2, 3));
        let (old, new, at) = gaps(Some(at));
        assert_eq!((old, new), (1, 3));
        assert_eq!(gaps(Some(at)).0, 2, "nothing is older: the last two again");
    }

    #[test]
    fn without_two_audits_of_the_account_it_is_said_how_to_get_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("history.sqlite");
        let lines = compare(&file, "111122223333", None).expect_err("no history");
        assert!(lines[0].contains("no history") && lines[1].contains("--save-history"), "{lines:?}");
        assert!(!file.exists(), "looking makes none");
        let mut store = Store::open(&file).expect("a history");
        saved(&mut store, 7, 1);
        let lines = compare(&file, "111122223333", None).expect_err("one audit");
        assert!(lines[0].contains("less than two") && lines[1].contains("--save-history"), "{lines:?}");
    }
}
