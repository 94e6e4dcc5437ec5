use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Row, params};
use serde::Deserialize;

use super::save::{NO_CELL, SOURCES, STATES, nanos};
use super::{Store, StoreError};
use crate::audit::life::{Glimpse, Life};
use crate::audit::past::{Head, Look, Seen, Sight, Snapshot, State};
use crate::model::{Cell, CellState, Kind, Quota, Region, Usd};

/// In which audits a finding was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sightings {
    /// The first.
    pub first: Timestamp,
    /// How many.
    pub audits: u32,
}

/// Columns of an audit, as [`head`] reads them.
const HEAD: &str = "account, alias, started_at, finished_at, interrupted, waste, findings, gaps, score, bill, id";

/// Columns of a finding and of one sighting of it, as [`seen`] reads them.
const SEEN: &str = "fingerprint, rule, title, resource, label, kind, region, monthly, sighting.score, state, reason";

impl Store {
    /// Every audit, oldest first; of one account when it is named.
    pub fn audits(&self, account: Option<&str>) -> Result<Vec<Head>, StoreError> {
        self.told(|conn| {
            let sql = format!("SELECT {HEAD} FROM audit WHERE ?1 IS NULL OR account = ?1 ORDER BY started_at, account");
            let mut found = conn.prepare(&sql)?;
            let heads = found.query_map([account], |row| Ok(head(row)?.0))?;
            heads.collect()
        })
    }

    /// The accounts with audits, in order.
    pub fn accounts(&self) -> Result<Vec<String>, StoreError> {
        self.told(|conn| {
            let mut found = conn.prepare("SELECT DISTINCT account FROM audit ORDER BY account")?;
            let accounts = found.query_map([], |row| row.get(0))?;
            accounts.collect()
        })
    }

    /// The last audit of an account before a moment, as it was saved. `None` when there is none.
    pub fn before(&self, account: &str, at: Timestamp) -> Result<Option<Snapshot>, StoreError> {
        self.told(|conn| {
            let sql = format!(
                "SELECT {HEAD} FROM audit WHERE account = ?1 AND started_at < ?2 ORDER BY started_at DESC LIMIT 1"
            );
            let found = conn.query_row(&sql, params![account, nanos(at)], head).optional()?;
            found.map(|(head, id)| snapshot(conn, head, id)).transpose()
        })
    }

    /// Whether an account has an audit before a moment.
    pub fn has_before(&self, account: &str, at: Timestamp) -> Result<bool, StoreError> {
        self.told(|conn| {
            let sql = "SELECT EXISTS (SELECT 1 FROM audit WHERE account = ?1 AND started_at < ?2)";
            conn.query_row(sql, params![account, nanos(at)], |row| row.get(0))
        })
    }

    /// The two last audits of an account, older one first. `None` when there are less than two.
    pub fn last_two(&self, account: &str) -> Result<Option<(Snapshot, Snapshot)>, StoreError> {
        // Beyond any audit, and still a moment nanoseconds can tell.
        let end = Timestamp::from_nanosecond(i128::from(i64::MAX)).unwrap_or(Timestamp::MAX);
        let Some(newer) = self.before(account, end)? else { return Ok(None) };
        Ok(self.before(account, newer.head.started_at)?.map(|older| (older, newer)))
    }

    /// In which audits before a moment each finding of an account was seen, by identity of the finding.
    pub fn sightings(&self, account: &str, before: Timestamp) -> Result<HashMap<String, Sightings>, StoreError> {
        let first: HashMap<String, (i64, i64, u32)> = self.told(|conn| {
            let mut found =
                conn.prepare("SELECT fingerprint, first_at, last_at, audits FROM finding WHERE account = ?1")?;
            let rows = found.query_map([account], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))?;
            rows.collect()
        })?;
        let limit = nanos(before);
        let mut all = HashMap::new();
        for (id, (first, last, audits)) in first.into_iter().filter(|(_, (first, ..))| *first < limit) {
            // Only for an audit that is older than some of the history the count has to be made anew.
            let audits = if last < limit { audits } else { self.seen_before(account, &id, limit)? };
            all.insert(id, Sightings { first: self.told(|_| moment(first, 0))?, audits });
        }
        Ok(all)
    }

    fn seen_before(&self, account: &str, finding: &str, limit: i64) -> Result<u32, StoreError> {
        self.told(|conn| {
            conn.prepare_cached(
                "SELECT count(*) FROM audit JOIN finding USING (account)
                     JOIN sighting ON sighting.audit = audit.id AND sighting.finding = finding.id
                 WHERE account = ?1 AND fingerprint = ?2 AND started_at < ?3",
            )?
            .query_row(params![account, finding, limit], |row| row.get(0))
        })
    }

    /// The lives of the findings with an id, or about a resource with an ARN or a name; of one account when it is named.
    pub fn lives(&self, account: Option<&str>, name: &str) -> Result<Vec<Life>, StoreError> {
        self.told(|conn| {
            let mut found = conn.prepare(
                "SELECT id, account FROM finding
                 WHERE (?1 IS NULL OR account = ?1)
                     AND (fingerprint = ?2 OR resource = ?2 OR label = ?2 OR resource LIKE '%/' || ?3 ESCAPE '!'
                         OR resource LIKE '%:' || ?3 ESCAPE '!')
                 ORDER BY account, fingerprint",
            )?;
            let literal = name.replace('!', "!!").replace('%', "!%").replace('_', "!_");
            let ids = found.query_map(params![account, name, literal], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let ids: Vec<(i64, String)> = ids.collect::<rusqlite::Result<_>>()?;
            let lives = ids.into_iter().map(|(id, account)| life(conn, id, &account));
            lives.filter_map(Result::transpose).collect()
        })
    }

    /// The quotas of every audit of an account before a moment, oldest first.
    pub fn quotas(&self, account: &str, before: Timestamp) -> Result<Vec<(Timestamp, Vec<Quota>)>, StoreError> {
        self.told(|conn| {
            let mut found = conn.prepare(
                "SELECT audit.started_at, service, code, region, name, value, used, source
                 FROM audit JOIN reading ON reading.audit = audit.id JOIN quota ON quota.id = reading.quota
                 WHERE audit.account = ?1 AND audit.started_at < ?2 ORDER BY audit.started_at",
            )?;
            let rows =
                found.query_map(params![account, nanos(before)], |row| Ok((row.get::<_, i64>(0)?, quota(row, 1)?)))?;
            let mut audits: BTreeMap<i64, Vec<Quota>> = BTreeMap::new();
            for row in rows {
                let (at, quota) = row?;
                audits.entry(at).or_default().push(quota);
            }
            audits.into_iter().map(|(at, quotas)| Ok((moment(at, 0)?, quotas))).collect()
        })
    }
}

/// An audit with everything that is kept of it.
fn snapshot(conn: &rusqlite::Connection, head: Head, id: i64) -> rusqlite::Result<Snapshot> {
    let sql = format!("SELECT {SEEN} FROM sighting JOIN finding ON finding.id = sighting.finding WHERE audit = ?1");
    let mut found = conn.prepare(&sql)?;
    let findings = found.query_map([id], |row| seen(row).map(|seen| (seen.id.clone(), seen)))?;
    let findings = findings.collect::<rusqlite::Result<_>>()?;
    let mut found = conn.prepare(
        "SELECT service, code, region, name, value, used, source
         FROM reading JOIN quota ON quota.id = reading.quota WHERE audit = ?1 ORDER BY quota",
    )?;
    let quotas = found.query_map([id], |row| quota(row, 0))?.collect::<rusqlite::Result<_>>()?;
    let sight = conn.query_row("SELECT cells FROM sight WHERE audit = ?1", [id], sight)?;
    Ok(Snapshot { head, findings, quotas, sight })
}

/// The life of a finding by its number.
fn life(conn: &rusqlite::Connection, finding: i64, account: &str) -> rusqlite::Result<Option<Life>> {
    let sql = format!(
        "SELECT {SEEN}, audit.started_at, cells FROM audit JOIN sight ON sight.audit = audit.id
             JOIN finding ON finding.id = ?1
             LEFT JOIN sighting ON sighting.audit = audit.id AND sighting.finding = ?1
         WHERE audit.account = ?2 ORDER BY audit.started_at"
    );
    let mut found = conn.prepare(&sql)?;
    let mut rows = found.query(params![finding, account])?;
    let (mut glimpses, mut latest, mut identity) = (Vec::new(), None, None);
    while let Some(row) = rows.next()? {
        let at = moment(row.get(11)?, 11)?;
        let is_seen = row.get::<_, Option<i64>>(9)?.is_some();
        let what = if is_seen {
            let now = seen(row)?;
            let look = now.look.clone();
            latest = Some(now);
            Ok(Some(look))
        } else {
            let about = match &identity {
                Some(about) => about,
                None => identity.insert(known(row)?),
            };
            unpack(&row.get::<_, String>(12)?, 12)?.blind_to(about).map_or(Ok(None), Err)
        };
        glimpses.push(Glimpse { at, what });
    }
    Ok(latest.and_then(|latest| Life::of(latest, &glimpses)))
}

fn head(row: &Row<'_>) -> rusqlite::Result<(Head, i64)> {
    let usd = |micros: i64| Usd::from_micros(micros);
    let finished: Option<i64> = row.get(3)?;
    let count = |at: usize| row.get::<_, i64>(at).map(|number| u64::try_from(number).unwrap_or(0));
    let head = Head {
        account: row.get(0)?,
        alias: row.get(1)?,
        started_at: moment(row.get(2)?, 2)?,
        finished_at: finished.map(|at| moment(at, 3)).transpose()?,
        interrupted: row.get(4)?,
        waste_usd: usd(row.get(5)?),
        findings: count(6)?,
        gaps: count(7)?,
        score: row.get(8)?,
        bill_usd: row.get::<_, Option<i64>>(9)?.map(usd),
    };
    Ok((head, row.get(10)?))
}

fn seen(row: &Row<'_>) -> rusqlite::Result<Seen> {
    let state: usize = row.get::<_, i64>(9)?.try_into().unwrap_or(usize::MAX);
    let look = Look {
        monthly_usd: row.get::<_, Option<i64>>(7)?.map(Usd::from_micros),
        score: row.get(8)?,
        state: *State::ALL.get(state).ok_or_else(|| unknown(9, "a state nobody knows"))?,
        reason: row.get(10)?,
    };
    Ok(Seen { look, ..known(row)? })
}

/// What a finding is, whatever it looked like.
fn known(row: &Row<'_>) -> rusqlite::Result<Seen> {
    Ok(Seen {
        id: row.get(0)?,
        rule: row.get(1)?,
        title: row.get(2)?,
        resource: row.get(3)?,
        label: row.get(4)?,
        kind: Kind::owned(row.get::<_, String>(5)?),
        region: Region::new(row.get::<_, String>(6)?),
        look: Look { monthly_usd: None, score: 0, state: State::Counts, reason: 0 },
    })
}

/// A quota out of seven columns from `at` on.
fn quota(row: &Row<'_>, at: usize) -> rusqlite::Result<Quota> {
    let source: usize = row.get::<_, i64>(at + 6)?.try_into().unwrap_or(usize::MAX);
    let source = *SOURCES.get(source).ok_or_else(|| unknown(at + 6, "a source nobody knows"))?;
    let quota = Quota {
        service_code: row.get(at)?,
        quota_code: row.get(at + 1)?,
        region: Region::new(row.get::<_, String>(at + 2)?),
        name: row.get(at + 3)?,
        limit: row.get(at + 4)?,
        ..Quota::default()
    };
    Ok(quota.with_usage(row.get(at + 5)?, source, ""))
}

#[derive(Deserialize)]
struct Packed {
    kinds: Vec<String>,
    regions: BTreeMap<String, String>,
    unjudged: BTreeMap<String, Vec<String>>,
}

fn sight(row: &Row<'_>) -> rusqlite::Result<Sight> {
    unpack(&row.get::<_, String>(0)?, 0)
}

fn unpack(text: &str, column: usize) -> rusqlite::Result<Sight> {
    let packed: Packed = serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))?;
    let mut sight = Sight::default();
    let cell = |region: &str, kind: &str| Cell::new(Region::new(region), Kind::owned(kind));
    for (region, letters) in &packed.regions {
        for (kind, letter) in packed.kinds.iter().zip(letters.chars()).filter(|(_, letter)| *letter != NO_CELL) {
            // A letter of a later program is no claim to have seen anything.
            let state =
                STATES.iter().find(|(_, known)| *known == letter).map_or(CellState::Missed, |(state, _)| *state);
            sight.cells.insert(cell(region, kind), state);
        }
    }
    for (kind, regions) in &packed.unjudged {
        sight.unjudged.extend(regions.iter().map(|region| cell(region, kind)));
    }
    Ok(sight)
}

fn moment(nanos: i64, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_nanosecond(i128::from(nanos))
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, Box::new(error)))
}

fn unknown(column: usize, what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, what.into())
}
