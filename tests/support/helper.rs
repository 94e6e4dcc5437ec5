//! A helper process on loopback that ends with the test process, whichever way that ends.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde::Deserialize;

use super::python;

/// Far beyond what a start takes, even when the packages' byte code is compiled first.
const START_LIMIT: Duration = Duration::from_secs(90);

/// A running program of tests/emulator. It says on standard output where it listens, and it exits once its
/// standard input ends: the kernel closes that pipe even where no destructor runs.
pub struct Helper {
    child: Child,
    endpoint: String,
    log: PathBuf,
}

#[derive(Deserialize)]
struct Announcement {
    endpoint: String,
}

impl Helper {
    #[track_caller]
    pub fn start(file: &str, args: &[&str]) -> Self {
        let (log, stderr) = log_file(file);
        let mut command = python::program(file);
        command.args(args).args(["--port", "0", "--exit-with-stdin"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr);
        let mut child = command.spawn().unwrap_or_else(|e| panic!("{file} does not start: {e}"));

        let stdout = child.stdout.take().expect("standard output is a pipe");
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = sender.send(line);
        });
        let mut helper = Self { child, endpoint: String::new(), log };
        let line = receiver.recv_timeout(START_LIMIT).unwrap_or_default();
        match serde_json::from_str::<Announcement>(&line) {
            Ok(announcement) => helper.endpoint = announcement.endpoint,
            Err(_) => panic!("{file} did not say where it listens; its output is in {}", helper.log.display()),
        }
        helper
    }

    /// `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        self.endpoint.trim_start_matches("http://")
    }

    /// What the process writes to its standard error.
    pub fn log(&self) -> &PathBuf {
        &self.log
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One file for each helper of a test binary, replaced by its next run.
fn log_file(program: &str) -> (PathBuf, File) {
    static STARTED: AtomicUsize = AtomicUsize::new(0);
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    let binary = std::env::current_exe().ok();
    let binary = binary.as_deref().and_then(|path| path.file_stem()?.to_str());
    // Cargo appends a hash, which would leave a file behind for each build.
    let binary = binary.map_or("test", |stem| stem.rsplit_once('-').map_or(stem, |(name, _)| name));
    let program = program.trim_end_matches(".py");

    let directory = python::cache().join("log");
    let path = directory.join(format!("{binary}-{number}-{program}.log"));
    let file = std::fs::create_dir_all(&directory).and_then(|()| File::create(&path));
    let file = file.unwrap_or_else(|e| panic!("{} cannot be written: {e}", path.display()));
    (path, file)
}
