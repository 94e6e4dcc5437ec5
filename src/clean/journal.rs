use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::model::Resource;

/// A line of a journal: what is about to happen, or has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1.
    pub n: u64,
    /// When it was written.
    pub at: Timestamp,
    /// SHA-256 of the line before it, so that a line changed or taken out shows. Empty in the first.
    pub chain: String,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What a line tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum What {
    /// A run begins, or goes on.
    Opened {
        /// Hash of the plan.
        plan: String,
        /// Twelve digits.
        account: String,
        /// ARN of who asks, as AWS told it.
        caller: String,
        /// Version of the program.
        tool: String,
        /// How many steps the plan has.
        steps: u32,
        /// Whether an earlier run is taken up again.
        resumed: bool,
    },
    /// A step begins: the resource as it is now.
    Begun {
        /// Number of the step.
        step: u32,
        /// What is done, for people.
        does: String,
        /// The resource before it. What is only made has none.
        before: Box<Resource>,
    },
    /// A call is about to be sent.
    Sending {
        /// Number of the step.
        step: u32,
        /// Place of the move in its verb, from 0.
        place: u32,
        /// AWS CLI service and operation.
        call: String,
        /// Its input.
        input: serde_json::Value,
        /// How often it was sent before.
        attempt: u32,
    },
    /// What came of it.
    Answered {
        /// Number of the step.
        step: u32,
        /// Place of the move.
        place: u32,
        /// The answer.
        answer: Outcome,
        /// AWS's id of the request. Empty when there was no answer.
        #[serde(default)]
        request_id: String,
    },
    /// AWS is at it, in a state with a name.
    Waiting {
        /// Number of the step.
        step: u32,
        /// The state as AWS calls it.
        state: String,
    },
    /// A step ended well: a look at the account shows it.
    Done {
        /// Number of the step.
        step: u32,
        /// What the look showed.
        seen: String,
        /// Id of what it made or left behind. Empty when it left nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        made: String,
        /// The command that brings it back. Empty when none does.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        undo: String,
    },
    /// A step did not end well.
    Failed {
        /// Number of the step.
        step: u32,
        /// Why, for people.
        why: String,
        /// Whether AWS may have done it all the same.
        undecided: bool,
    },
    /// A step was not begun.
    Held {
        /// Number of the step.
        step: u32,
        /// Why, for people.
        why: String,
    },
    /// The run is over.
    Closed {
        /// Steps that ended well.
        done: u32,
        /// Steps that did not.
        failed: u32,
        /// Steps that were not begun.
        held: u32,
        /// Why it ended before its end. Empty when it did not.
        #[serde(default)]
        stopped: String,
    },
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum Outcome {
    /// AWS took it.
    Taken {
        /// Id of what it made, as the answer has it. Empty when it made nothing.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        made: String,
    },
    /// It was gone already.
    Gone,
    /// AWS refuses for now, for the rate of calls or because something before it is still going away.
    NotYet {
        /// What it said.
        said: String,
    },
    /// AWS refuses.
    Refused {
        /// What it said.
        said: String,
    },
    /// Nobody knows: no answer, or one that says that something went wrong over there.
    Unknown {
        /// What is known of it.
        said: String,
    },
}

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
