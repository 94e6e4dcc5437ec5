//! Runs the `closeout` binary against an endpoint, out of reach of the caller's own AWS set-up.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::emulator::Emulator;

/// Beyond what any command takes against the emulator, so that a hang fails the test instead of stopping it.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// The environment of a `closeout` process and the home directory it is confined to, which goes with it.
pub struct Env {
    variables: Vec<(String, String)>,
    home: TempDir,
}

/// The environment for running `closeout` against an endpoint, with an empty home of its own.
#[track_caller]
pub fn env(endpoint: &str) -> Env {
    let home = tempfile::tempdir().expect("a temporary directory");
    let mut env = Env { variables: Vec::new(), home };
    for (name, directory) in [
        ("HOME", ""),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_DATA_HOME", "data"),
    ] {
        let path = env.home.path().join(directory);
        std::fs::create_dir_all(&path).expect("a directory in the home");
        env.variables.push((name.to_owned(), path.to_string_lossy().into_owned()));
    }
    for (name, file) in [("AWS_CONFIG_FILE", "no-config"), ("AWS_SHARED_CREDENTIALS_FILE", "no-credentials")] {
        let path = env.home.path().join(file);
        env.variables.push((name.to_owned(), path.to_string_lossy().into_owned()));
    }
    env.with("AWS_ENDPOINT_URL", endpoint)
        // The emulator takes a key id of 12 digits for the number of the account.
        .with("AWS_ACCESS_KEY_ID", Emulator::ACCOUNT)
        .with("AWS_SECRET_ACCESS_KEY", "testing")
        .with("AWS_REGION", "us-east-1")
        .with("AWS_EC2_METADATA_DISABLED", "true")
        .with("TZ", "UTC")
}

impl Env {
    /// Sets or replaces one variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.variables.retain(|(key, _)| key != name);
        self
    }

    /// Selects another account of the emulator.
    #[must_use]
    pub fn account(self, number: &str) -> Self {
        self.with("AWS_ACCESS_KEY_ID", number)
    }

    pub fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A command for any use beyond [`closeout`]: only these variables and PATH, the home as working directory.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_closeout"));
        command.current_dir(self.home()).env_clear().envs(self.variables.iter().cloned());
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }

    /// The binary under test.
    pub fn binary() -> PathBuf {
        PathBuf::from(env!("CARGO_BIN_EXE_closeout"))
    }
}

/// Runs `closeout` to its end, with nothing on standard input.
#[track_caller]
pub fn closeout(args: &[&str], env: &Env) -> Output {
    closeout_within(TIME_LIMIT, args, env)
}

/// Runs `closeout` and fails the test where it takes longer than `limit`.
#[track_caller]
pub fn closeout_within(limit: Duration, args: &[&str], env: &Env) -> Output {
    let mut command = env.command();
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("closeout starts");
    // Read side by side: a process that fills one pipe would wait for its reader forever.
    let stdout = drain(child.stdout.take().expect("standard output is a pipe"));
    let stderr = drain(child.stderr.take().expect("standard error is a pipe"));

    let deadline = Instant::now() + limit;
    let status = loop {
        if let Some(status) = child.try_wait().expect("the state of closeout") {
            break Some(status);
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            break None;
        }
        thread::sleep(Duration::from_millis(5));
    };
    let (stdout, stderr) = (stdout.join().expect("a reader"), stderr.join().expect("a reader"));
    match status {
        Some(status) => Output { status, stdout, stderr },
        None => panic!(
            "closeout {args:?} did not end within {limit:?}\n--- stdout\n{}\n--- stderr\n{}",
            String::from_utf8_lossy(&stdout),
            String::from_utf8_lossy(&stderr)
        ),
    }
}

fn drain(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}

/// Names in a folder, in order.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
