use rusqlite::{Connection, TransactionBehavior};

use super::APPLICATION_ID;

/// What brings a file from each version to the next. Steps are added at the end; one that was released stays as it is.
///
/// Moments are nanoseconds since 1970, money is millionths of a dollar. What a finding is stands once in `finding`; what
/// every audit repeats, `sighting`, is kept small: a row of it takes some twenty bytes.
pub const STEPS: &[&str] = &[AUDITS, QUOTAS];

/// Audits with how far they saw, and findings.
const AUDITS: &str = "
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    alias TEXT,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    interrupted INTEGER NOT NULL,
    waste INTEGER NOT NULL,
    findings INTEGER NOT NULL,
    gaps INTEGER NOT NULL,
    score INTEGER,
    bill INTEGER,
    UNIQUE (account, started_at)
);
CREATE TABLE sight (
    audit INTEGER PRIMARY KEY REFERENCES audit (id),
    cells TEXT NOT NULL
);
CREATE TABLE finding (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    rule TEXT NOT NULL,
    title TEXT NOT NULL,
    resource TEXT NOT NULL,
    label TEXT NOT NULL,
    kind TEXT NOT NULL,
    region TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    audits INTEGER NOT NULL,
    UNIQUE (account, fingerprint)
);
CREATE TABLE sighting (
    audit INTEGER NOT NULL REFERENCES audit (id),
    finding INTEGER NOT NULL REFERENCES finding (id),
    monthly INTEGER,
    score INTEGER NOT NULL,
    state INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    PRIMARY KEY (audit, finding)
) WITHOUT ROWID;
";

/// Quotas of which something is used.
const QUOTAS: &str = "
CREATE TABLE quota (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    service TEXT NOT NULL,
    code TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (account, code, region)
);
CREATE TABLE reading (
    audit INTEGER NOT NULL REFERENCES audit (id),
    quota INTEGER NOT NULL REFERENCES quota (id),
    value REAL NOT NULL,
    used REAL NOT NULL,
    source INTEGER NOT NULL,
    PRIMARY KEY (audit, quota)
) WITHOUT ROWID;
";

/// The version this program writes.
pub fn version() -> i32 {
    number(STEPS.len())
}

fn number(steps: usize) -> i32 {
    i32::try_from(steps).unwrap_or(i32::MAX)
}

/// The version of a file.
pub fn version_of(conn: &Connection) -> rusqlite::Result<i32> {
    conn.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Takes every step the file has not taken yet, in order; all of them or, when one fails, none. Of two processes that
/// come at once the second finds the work done.
pub fn migrate(conn: &mut Connection, steps: &[&str]) -> rusqlite::Result<()> {
    if version_of(conn)? >= number(steps.len()) {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = usize::try_from(version_of(&tx)?).unwrap_or(0);
    for step in steps.iter().skip(done) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", number(steps.len()).max(number(done)))?;
    tx.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(conn: &Connection) -> Vec<String> {
        let mut found = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").expect("SQL");
        let names = found.query_map([], |row| row.get(0)).expect("rows");
        names.collect::<rusqlite::Result<_>>().expect("names")
    }

    const A: &str = "CREATE TABLE a (x INTEGER)";
    const B: &str = "CREATE TABLE b (x INTEGER); INSERT INTO a VALUES (1)";

    #[test]
    fn steps_are_taken_in_order_and_once() {
        let mut conn = Connection::open_in_memory().expect("memory");
        migrate(&mut conn, &[A]).expect("first");
        assert_eq!((version_of(&conn), tables(&conn)), (Ok(1), vec!["a".to_owned()]));
        migrate(&mut conn, &[A, B]).expect("second");
        migrate(&mut conn, &[A, B]).expect("nothing to do");
        assert_eq!((version_of(&conn), tables(&conn).len()), (Ok(2), 2));
        assert_eq!(conn.query_row("SELECT count(*) FROM a", [], |row| row.get(0)), Ok(1));
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let mut conn = Connection::open_in_memory().expect("memory");
        migrate(&mut conn, &[A]).expect("first");
        migrate(&mut conn, &[A, B, "CREATE TABLE a (y INTEGER)"]).expect_err("a table twice");
        assert_eq!((version_of(&conn), tables(&conn)), (Ok(1), vec!["a".to_owned()]));
        assert_eq!(conn.query_row("SELECT count(*) FROM a", [], |row| row.get(0)), Ok(0));
    }

    #[test]
    fn a_file_of_each_version_becomes_the_present_one() {
        for from in 0..=STEPS.len() {
            let mut conn = Connection::open_in_memory().expect("memory");
            migrate(&mut conn, &STEPS[..from]).expect("old");
            migrate(&mut conn, STEPS).expect("new");
            let mut fresh = Connection::open_in_memory().expect("memory");
            migrate(&mut fresh, STEPS).expect("fresh");
            assert_eq!((version_of(&conn), tables(&conn)), (Ok(version()), tables(&fresh)), "from {from}");
        }
    }
}
