use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::{Store, StoreError, classify};
use crate::audit::past::{Head, Seen, Sight, Snapshot, State};
use crate::model::{CellState, Quota, UsageSource};

/// What became of an audit that was to be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is in the history.
    Added,
    /// It had been already, and nothing was written.
    Already,
}

impl Store {
    /// Saves an audit. When this returns it is on disk.
    ///
    /// Errors when it could not be saved; then nothing of it was.
    pub fn save(&mut self, snapshot: &Snapshot) -> Result<Saved, StoreError> {
        let path = self.path.clone();
        self.write(snapshot).map_err(|error| classify(&path, error))
    }

    fn write(&mut self, snapshot: &Snapshot) -> rusqlite::Result<Saved> {
        let head = &snapshot.head;
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let known: Option<i64> = tx
            .query_row(
                "SELECT id FROM audit WHERE account = ?1 AND started_at = ?2",
                params![head.account, nanos(head.started_at)],
                |row| row.get(0),
            )
            .optional()?;
        if known.is_some() {
            return Ok(Saved::Already);
        }
        let audit = insert_head(&tx, head)?;
        tx.execute("INSERT INTO sight (audit, cells) VALUES (?1, ?2)", params![audit, packed(&snapshot.sight)])?;
        for seen in snapshot.findings.values() {
            insert_finding(&tx, audit, head, seen)?;
        }
        for quota in &snapshot.quotas {
            insert_quota(&tx, audit, head, quota)?;
        }
        tx.commit()?;
        Ok(Saved::Added)
    }
}

fn insert_head(tx: &Transaction<'_>, head: &Head) -> rusqlite::Result<i64> {
    tx.execute(
        "INSERT INTO audit (account, alias, started_at, finished_at, interrupted, waste, findings, gaps, score, bill)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            head.account,
            head.alias,
            nanos(head.started_at),
            head.finished_at.map(nanos),
            head.interrupted,
            head.waste_usd.micros(),
            i64::try_from(head.findings).unwrap_or(i64::MAX),
            i64::try_from(head.gaps).unwrap_or(i64::MAX),
            head.score,
            head.bill_usd.map(|usd| usd.micros()),
        ],
    )?;
    Ok(tx.last_insert_rowid())
}

fn insert_finding(tx: &Transaction<'_>, audit: i64, head: &Head, seen: &Seen) -> rusqlite::Result<()> {
    // An older audit that is saved later does not bring back its title and name.
    let mut identity = tx.prepare_cached(
        "INSERT INTO finding
             (account, fingerprint, rule, title, resource, label, kind, region, first_at, last_at, audits)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, 1)
         ON CONFLICT (account, fingerprint) DO UPDATE SET
             title = iif(?9 > last_at, ?4, title),
             label = iif(?9 > last_at, ?6, label),
             first_at = min(first_at, ?9),
             last_at = max(last_at, ?9),
             audits = audits + 1
         RETURNING id",
    )?;
    let finding: i64 = identity.query_row(
        params![
            head.account,
            seen.id,
            seen.rule,
            seen.title,
            seen.resource,
            seen.label,
            seen.kind.as_str(),
            seen.region.as_str(),
            nanos(head.started_at),
        ],
        |row| row.get(0),
    )?;
    let look = &seen.look;
    tx.prepare_cached(
        "INSERT INTO sighting (audit, finding, monthly, score, state, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        audit,
        finding,
        look.monthly_usd.map(|usd| usd.micros()),
        look.score,
        number_of(&State::ALL, look.state),
        look.reason
    ])?;
    Ok(())
}

/// A quota of which nothing was ever used is left out: a service has hundreds of them in each region.
fn insert_quota(tx: &Transaction<'_>, audit: i64, head: &Head, quota: &Quota) -> rusqlite::Result<()> {
    let Some(used) = quota.usage else { return Ok(()) };
    let key = params![head.account, quota.quota_code, quota.region.as_str()];
    let known: Option<i64> = tx
        .prepare_cached("SELECT id FROM quota WHERE account = ?1 AND code = ?2 AND region = ?3")?
        .query_row(key, |row| row.get(0))
        .optional()?;
    let id = match known {
        Some(id) => id,
        None if used > 0.0 => {
            tx.prepare_cached("INSERT INTO quota (account, service, code, region, name) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![
                    head.account,
                    quota.service_code,
                    quota.quota_code,
                    quota.region.as_str(),
                    quota.name
                ])?;
            tx.last_insert_rowid()
        }
        None => return Ok(()),
    };
    // A report that names a quota twice says it twice.
    tx.prepare_cached("INSERT OR IGNORE INTO reading (audit, quota, value, used, source) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![audit, id, quota.limit, used, number_of(&SOURCES, quota.source)])?;
    Ok(())
}

/// Usage sources in the order in which they are kept.
pub(super) const SOURCES: [UsageSource; 4] =
    [UsageSource::None, UsageSource::Metric, UsageSource::Scan, UsageSource::Call];

fn number_of<T: PartialEq>(all: &[T], one: T) -> i64 {
    all.iter().position(|other| *other == one).and_then(|at| i64::try_from(at).ok()).unwrap_or(0)
}

/// Nanoseconds since 1970; the calendar ends before they do not fit.
pub(super) fn nanos(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX)
}

/// The letters of cell states, as they are kept.
pub(super) const STATES: [(CellState, char); 6] = [
    (CellState::Seen, 's'),
    (CellState::Partly, 'p'),
    (CellState::Cut, 'c'),
    (CellState::Missed, 'm'),
    (CellState::Off, 'o'),
    (CellState::NotOffered, 'n'),
];

/// Stands for a kind that is no cell of a region.
pub(super) const NO_CELL: char = '-';

/// How far an audit saw, as text: the kinds, a line of letters for each region, and what was not judged. What had not
/// ended when the audit did counts as missed.
fn packed(sight: &Sight) -> String {
    let mut kinds: Vec<&str> = sight.cells.keys().map(|cell| cell.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut regions: BTreeMap<&str, String> = BTreeMap::new();
    let mut unjudged: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let blank: String = std::iter::repeat_n(NO_CELL, kinds.len()).collect();
    let mut rows: BTreeMap<&str, Vec<char>> = BTreeMap::new();
    for (cell, state) in &sight.cells {
        let row = rows.entry(cell.region.as_str()).or_insert_with(|| blank.chars().collect());
        if let Ok(at) = kinds.binary_search(&cell.kind.as_str()) {
            row[at] = STATES.iter().find(|(known, _)| known == state).map_or('m', |(_, letter)| *letter);
        }
    }
    regions.extend(rows.into_iter().map(|(region, row)| (region, row.into_iter().collect())));
    for cell in &sight.unjudged {
        unjudged.entry(cell.kind.as_str()).or_default().push(cell.region.as_str());
    }
    serde_json::json!({ "kinds": kinds, "regions": regions, "unjudged": unjudged }).to_string()
}
