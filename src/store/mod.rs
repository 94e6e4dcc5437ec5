//! The history of audits in one SQLite file; the only module that names `rusqlite`.
//!
//! An audit is one transaction: it is in the file wholly or not at all, and nothing of an older one is ever changed by
//! it. The log is written ahead (WAL) and synced at each commit, so that what was told as saved stays saved when the
//! process or the machine dies. A file that is damaged, that another program wrote, or that a newer closeout wrote is
//! refused before anything is written to it.

mod read;
mod save;
mod schema;

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

pub use read::Sightings;
pub use save::Saved;

/// How long one process waits for another to finish saving. An audit takes a fraction of a second to save.
const PATIENCE: Duration = Duration::from_secs(30);

/// Written into the header, so that a database of another program is told from a history: `clos` in ASCII.
const APPLICATION_ID: i32 = 0x636c_6f73;

/// Why a history cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or its folder cannot be read or written.
    #[error("history {path}: {1}", path = .0.display())]
    File(PathBuf, #[source] io::Error),
    /// It is no history.
    #[error("{path} is no history of closeout: {1}; it was left as it is, move it away to begin a new one", path = .0.display())]
    Foreign(PathBuf, String),
    /// It is one, but damaged.
    #[error("history {path} is damaged: {1}; it was left as it is, move it away to begin a new one", path = .0.display())]
    Damaged(PathBuf, String),
    /// A newer program wrote it.
    #[error("history {path} has version {1}, this closeout knows {2}: update closeout; it was left as it is", path = .0.display())]
    Newer(PathBuf, i32, i32),
    /// Somebody else is writing and does not come to an end.
    #[error("history {path} is in use by another process", path = .0.display())]
    Busy(PathBuf),
    /// SQLite cannot go on.
    #[error("history {path}: {1}", path = .0.display())]
    Trouble(PathBuf, #[source] rusqlite::Error),
}

/// An open history.
#[derive(Debug)]
pub struct Store {
    conn: Connection,
    path: PathBuf,
}

/// Where the history is, under the folder for state.
pub fn path(state: &Path) -> PathBuf {
    state.join("history.db")
}

impl Store {
    /// Opens a history to save in, and makes it when there is none. File and folder are for their owner alone.
    ///
    /// Errors when it is damaged, foreign or newer, or cannot be written; then it is as it was.
    pub fn open(path: &Path) -> Result<Store, StoreError> {
        create(path).map_err(|error| StoreError::File(path.to_owned(), error))?;
        let mut store = Store::connect(path)?;
        store.check()?;
        store.told(|conn| {
            write_ahead(conn)?;
            conn.pragma_update(None, "synchronous", "FULL")?;
            conn.pragma_update(None, "foreign_keys", true)
        })?;
        let steps = schema::STEPS;
        let path = store.path.clone();
        schema::migrate(&mut store.conn, steps).map_err(|error| classify(&path, error))?;
        store.trusted()
    }

    /// Opens a history to read in. `None` when there is none yet.
    ///
    /// Errors when it is damaged, foreign or newer, or cannot be read; then it is as it was.
    pub fn look(path: &Path) -> Result<Option<Store>, StoreError> {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::File(path.to_owned(), error)),
            // Made by a process that has not come to writing yet.
            Ok(meta) if meta.is_file() && meta.len() == 0 => return Ok(None),
            Ok(_) => {}
        }
        let store = Store::connect(path)?;
        store.check()?;
        if store.version()? == schema::version() {
            return store.trusted().map(Some);
        }
        // An older one is brought up to date first. One of version 0 was made and not filled.
        drop(store);
        Store::open(path).map(Some)
    }

    fn connect(path: &Path) -> Result<Store, StoreError> {
        header(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(path, flags).map_err(|error| classify(path, error))?;
        let store = Store { conn, path: path.to_owned() };
        store.told(|conn| {
            conn.busy_timeout(PATIENCE)?;
            // Closing a file that turns out to be damaged must not move the log into it.
            conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            // A damaged schema is to be told, not obeyed.
            conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)
        })?;
        Ok(store)
    }

    /// The file holds: from now on closing it may tidy up.
    fn trusted(self) -> Result<Store, StoreError> {
        self.told(|conn| conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false))?;
        Ok(self)
    }

    fn version(&self) -> Result<i32, StoreError> {
        self.told(schema::version_of)
    }

    /// Whether it is a history this program knows, and whole. Only reads.
    fn check(&self) -> Result<(), StoreError> {
        let id: i32 = self.told(|conn| conn.pragma_query_value(None, "application_id", |row| row.get(0)))?;
        let version = self.version()?;
        let tables: i64 =
            self.told(|conn| conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)))?;
        if id != APPLICATION_ID && (id, version, tables) != (0, 0, 0) {
            return Err(StoreError::Foreign(self.path.clone(), "another program made this database".to_owned()));
        }
        if version > schema::version() {
            return Err(StoreError::Newer(self.path.clone(), version, schema::version()));
        }
        let verdict: String = self.told(|conn| conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)))?;
        if verdict == "ok" { Ok(()) } else { Err(StoreError::Damaged(self.path.clone(), verdict)) }
    }

    fn told<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        ask(&self.conn).map_err(|error| classify(&self.path, error))
    }
}

/// Switches to writing ahead, which another process that opens a fresh file at the same time may hold up: SQLite does
/// not wait for this one by itself.
fn write_ahead(conn: &Connection) -> rusqlite::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        match conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())) {
            Err(error) if is_busy(&error) && Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
            done => return done,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn classify(path: &Path, error: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        _ if is_busy(&error) => StoreError::Busy(path),
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged(path, error.to_string()),
        Some(ErrorCode::NotADatabase) => StoreError::Foreign(path, "it is no SQLite database".to_owned()),
        _ => StoreError::Trouble(path, error),
    }
}

/// Makes file and folder where they are missing. SQLite gives its log and its index the mode of the file.
fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// What the first hundred bytes say, before SQLite touches the file or what lies beside it.
///
/// Source: <https://www.sqlite.org/fileformat2.html#the_database_header>: the text at 0, the user version at 60, the
/// application id at 68, both big-endian.
fn header(path: &Path) -> Result<(), StoreError> {
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(100).read_to_end(&mut head))
        .map_err(|error| StoreError::File(path.to_owned(), error))?;
    if head.is_empty() {
        return Ok(());
    }
    let number = |at: usize| head.get(at..at + 4).and_then(|four| Some(i32::from_be_bytes(four.try_into().ok()?)));
    let (Some(version), Some(id), true) = (number(60), number(68), head.starts_with(b"SQLite format 3\0")) else {
        return Err(StoreError::Foreign(path.to_owned(), "it is no SQLite database".to_owned()));
    };
    // A fresh file has neither until its log is moved into it.
    if id != APPLICATION_ID && id != 0 {
        return Err(StoreError::Foreign(path.to_owned(), "another program made this database".to_owned()));
    }
    if version > schema::version() {
        return Err(StoreError::Newer(path.to_owned(), version, schema::version()));
    }
    Ok(())
}
