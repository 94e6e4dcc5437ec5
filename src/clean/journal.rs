use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::plan::{Entry, What};

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It could not be read or written.
    #[error("journal {path}: {1}", path = .0.display())]
    File(PathBuf, #[source] io::Error),
    /// Another run for this account is under way.
    #[error("another cleanup of account {0} is under way; it holds {path}", path = .1.display())]
    Locked(String, PathBuf),
    /// A line in it is not what was written, or one is missing.
    #[error("journal {path}: line {1} is not what was written: {2}", path = .0.display())]
    Changed(PathBuf, u64, String),
    /// There is none.
    #[error("no journal `{0}` in {path}", path = .1.display())]
    Missing(String, PathBuf),
}

/// The open journal of a run: append-only, each line on disk before anything happens that it announces.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: Box<dyn Sink>,
    next: u64,
    last: String,
    /// Held as long as the journal is open, so that two runs cannot meet.
    _lock: Option<File>,
}

/// Where lines go. A file outside of tests.
pub trait Sink: std::fmt::Debug + Send {
    /// Writes a line and returns when it is on disk.
    ///
    /// Errors when it may not be.
    fn put(&mut self, line: &[u8]) -> io::Result<()>;
}

impl Sink for File {
    fn put(&mut self, line: &[u8]) -> io::Result<()> {
        self.write_all(line)?;
        self.sync_all()
    }
}

/// The folder of an account's journals.
pub fn folder(state: &Path, account: &str) -> PathBuf {
    state.join("journal").join(account)
}

impl Journal {
    /// Begins the journal of a new run.
    ///
    /// Errors when another run for the account is under way, or the folder cannot be written to.
    pub fn begin(folder: &Path, account: &str, run: &str) -> Result<Journal, JournalError> {
        let lock = lock(folder, account)?;
        let path = path(folder, run);
        let failed = |error| JournalError::File(path.clone(), error);
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        private(&mut options);
        let file = options.open(&path).map_err(failed)?;
        // The name must last as the lines do.
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        Ok(Journal { path, file: Box::new(file), next: 1, last: String::new(), _lock: Some(lock) })
    }

    /// Takes up the journal of an earlier run: what is in it, and the journal to go on with. A last line that was
    /// torn off is cut away: what it announced never happened, since nothing does before its line is whole.
    ///
    /// Errors when there is none, another run is under way, or a line was changed.
    pub fn resume(folder: &Path, account: &str, run: &str) -> Result<(Journal, Vec<Entry>), JournalError> {
        let lock = lock(folder, account)?;
        let path = path(folder, run);
        if !path.is_file() {
            return Err(JournalError::Missing(run.to_owned(), folder.to_owned()));
        }
        let read = read(&path)?;
        let failed = |error| JournalError::File(path.clone(), error);
        let mut file = OpenOptions::new().append(true).open(&path).map_err(failed)?;
        file.set_len(read.whole_bytes).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        let next = read.entries.last().map_or(1, |entry| entry.n + 1);
        Ok((Journal { path, file: Box::new(file), next, last: read.last, _lock: Some(lock) }, read.entries))
    }

    /// The same journal with lines going another way to the same file, as a disk that fills up needs it.
    pub fn through(self, wrap: impl FnOnce(Box<dyn Sink>) -> Box<dyn Sink>) -> Journal {
        Journal { file: wrap(self.file), ..self }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a line. When this returns it is on disk.
    ///
    /// Errors when it may not be: then nothing that it announces may happen.
    pub fn write(&mut self, at: Timestamp, what: What) -> Result<(), JournalError> {
        let entry = Entry { n: self.next, at, chain: self.last.clone(), what };
        let failed = |error| JournalError::File(self.path.clone(), error);
        let text = line(&entry).map_err(|error| failed(io::Error::other(error)))?;
        self.file.put(format!("{text}\n").as_bytes()).map_err(failed)?;
        self.next += 1;
        self.last = hash(&text);
        Ok(())
    }
}

fn line(entry: &Entry) -> serde_json::Result<String> {
    serde_json::to_string(entry)
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn path(folder: &Path, run: &str) -> PathBuf {
    folder.join(format!("{run}.ndjson"))
}

fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
}

/// Takes the account's lock, which ends with the process however that ends.
fn lock(folder: &Path, account: &str) -> Result<File, JournalError> {
    let path = folder.join("lock");
    let failed = |error| JournalError::File(path.clone(), error);
    fs::create_dir_all(folder).map_err(failed)?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    private(&mut options);
    let file = options.open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(JournalError::Locked(account.to_owned(), path)),
        Err(fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// What a journal holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The whole lines.
    pub entries: Vec<Entry>,
    /// Bytes they take.
    pub whole_bytes: u64,
    /// Whether a torn line follows them.
    pub is_torn: bool,
    last: String,
}

/// Reads a journal and checks that each line is the one that was written after the line before it.
///
/// Errors when it cannot be read, or a line was changed, put in or taken out.
pub fn read(path: &Path) -> Result<Read, JournalError> {
    let failed = |error| JournalError::File(path.to_owned(), error);
    let mut reader = BufReader::new(File::open(path).map_err(failed)?);
    let mut read = Read { entries: Vec::new(), whole_bytes: 0, is_torn: false, last: String::new() };
    loop {
        let mut bytes = Vec::new();
        if reader.read_until(b'\n', &mut bytes).map_err(failed)? == 0 {
            return Ok(read);
        }
        if bytes.last() != Some(&b'\n') {
            read.is_torn = true;
            return Ok(read);
        }
        let n = read.entries.len() as u64 + 1;
        let changed = |why: String| JournalError::Changed(path.to_owned(), n, why);
        let text = std::str::from_utf8(&bytes[..bytes.len() - 1]).map_err(|error| changed(error.to_string()))?;
        let entry: Entry = serde_json::from_str(text).map_err(|error| changed(error.to_string()))?;
        if entry.n != n || entry.chain != read.last {
            return Err(changed("it does not follow on the line before it".to_owned()));
        }
        read.last = hash(text);
        read.whole_bytes += bytes.len() as u64;
        read.entries.push(entry);
    }
}

/// Names of an account's runs, the latest first.
///
/// Errors when the folder is there and cannot be read.
pub fn runs(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".ndjson").map(str::to_owned));
    }
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names)
}
