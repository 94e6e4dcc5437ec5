//! The Python that runs the emulator, with its packages in a virtual environment of the tests' own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

const REQUIREMENTS: &str = include_str!("../emulator/requirements.txt");
/// Written last, so that a virtual environment without it is a half-built one.
const COMPLETE: &str = ".complete";

/// The directory of the emulator's programs.
pub fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulator")
}

/// Where the tests keep what is built once and what programs write to their standard error.
pub fn cache() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/emulator")
}

/// The virtual environment with the emulator's packages, built by the first caller.
///
/// # Panics
///
/// Panics with a sentence that names what to install.
#[track_caller]
pub fn venv() -> PathBuf {
    static VENV: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match VENV.get_or_init(|| find_or_build(&cache())) {
        Ok(venv) => venv.clone(),
        Err(reason) => panic!("{reason}"),
    }
}

/// A command that runs one of the emulator's programs.
#[track_caller]
pub fn program(file: &str) -> Command {
    let mut command = Command::new(interpreter(&venv()));
    command.arg(sources().join(file)).env("PYTHONDONTWRITEBYTECODE", "1");
    isolate(&mut command);
    command
}

/// Keeps Python settings of the caller's shell out of the virtual environment.
fn isolate(command: &mut Command) {
    for name in ["PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET"] {
        command.env_remove(name);
    }
}

fn interpreter(venv: &Path) -> PathBuf {
    venv.join("bin/python")
}

fn find_or_build(cache: &Path) -> Result<PathBuf, String> {
    let python = Python::find()?;
    let venv = cache.join(format!("venv-{}", python.fingerprint()));
    fs::create_dir_all(cache).map_err(|e| format!("The tests cannot create {}: {e}.", cache.display()))?;

    // Test binaries run side by side, and only one of them may build.
    let lock = cache.join("venv.lock");
    let lock = File::create(&lock).and_then(|file| file.lock().map(|()| file));
    let _lock = lock.map_err(|e| format!("The tests cannot lock {}: {e}.", cache.display()))?;
    if !venv.join(COMPLETE).exists() {
        build(&python, &venv, cache)?;
    }
    Ok(venv)
}

fn build(python: &Python, venv: &Path, cache: &Path) -> Result<(), String> {
    let _ = fs::remove_dir_all(venv);
    let log = cache.join("pip.log");
    let _ = fs::remove_file(&log);

    let mut create = Command::new(&python.executable);
    create.args(["-m", "venv"]).arg(venv);
    run(create, &log).map_err(|why| {
        format!(
            "The tests run their AWS emulator in a Python virtual environment and `{} -m venv` {why}: install the \
             venv module of Python (Debian and Ubuntu: apt-get install python3-venv); its output is in {}.",
            python.executable,
            log.display()
        )
    })?;

    let mut install = Command::new(interpreter(venv));
    install.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--requirement"]);
    install.arg(sources().join("requirements.txt"));
    run(install, &log).map_err(|why| {
        format!(
            "The tests run their AWS emulator from the Python packages of tests/emulator/requirements.txt and pip \
             {why}: give pip a way to a package index that has them; its output is in {}.",
            log.display()
        )
    })?;
    fs::write(venv.join(COMPLETE), "").map_err(|e| format!("The tests cannot write to {}: {e}.", venv.display()))
}

/// Runs a command with its output at the end of the log; the error says how it failed.
fn run(mut command: Command, log: &Path) -> Result<(), String> {
    isolate(&mut command);
    let output = File::options()
        .create(true)
        .append(true)
        .open(log)
        .and_then(|file| Ok((file.try_clone()?, file)))
        .map_err(|e| format!("has no log to write ({e})"))?;
    let status = command
        .stdin(std::process::Stdio::null())
        .stdout(output.0)
        .stderr(output.1)
        .status()
        .map_err(|e| format!("did not start ({e})"))?;
    if status.success() { Ok(()) } else { Err(format!("failed ({status})")) }
}

struct Python {
    executable: String,
    /// Version, build and place: a virtual environment works with exactly the Python that made it.
    identity: String,
}

impl Python {
    /// `$PYTHON` or `python3`.
    fn find() -> Result<Self, String> {
        let executable = std::env::var("PYTHON").ok().filter(|name| !name.is_empty());
        let executable = executable.unwrap_or_else(|| "python3".to_owned());
        let probe = "import sys; assert sys.version_info >= (3, 10); print(sys.version, sys.executable)";
        let mut command = Command::new(&executable);
        isolate(&mut command);
        let identity = match command.args(["-c", probe]).output() {
            Ok(output) if output.status.success() => output.stdout,
            _ => {
                return Err(format!(
                    "The tests run their AWS emulator with Python 3.10 or newer and `{executable}` is not one: install \
                     it (Debian and Ubuntu: apt-get install python3 python3-venv) or name one in $PYTHON."
                ));
            }
        };
        Ok(Self { executable, identity: String::from_utf8_lossy(&identity).into_owned() })
    }

    fn fingerprint(&self) -> String {
        let digest = Sha256::new().chain_update(REQUIREMENTS).chain_update(&self.identity).finalize();
        digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }
}
