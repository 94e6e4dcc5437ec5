//! Options of the commands that scan and show: `scan`, `open`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::Accounts;
use crate::report::{Format, Gate};

/// Options of `scan`.
#[derive(Debug, Args)]
pub struct Scan {
    /// Form of the report.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// File to write, replaced as a whole and readable by you alone [default: standard output].
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Put every resource with its facts into the JSON, not only the findings.
    #[arg(long)]
    pub inventory: bool,
    /// End with status 3 when this holds, such as `quota>=90%`, `waste>=50`, `finding>0`, `gap>0` or `new>0`; repeatable.
    #[arg(long, value_name = "CONDITION")]
    pub fail_on: Vec<Gate>,
    /// Keep the outcome in the history, which `closeout history` and `new>0` read.
    #[arg(long)]
    pub save_history: bool,
    /// Replace what names the account, its resources and its people by words that say nothing.
    ///
    /// In every form. The same thing has the same word within a report, and another one in the next; the inventory, tags and
    /// facts are left out. The history and a recording keep the real names.
    #[arg(long, conflicts_with = "inventory")]
    pub redact: bool,
    /// Record the run as a file of events that `open` can play back.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub record: Option<PathBuf>,
    /// Several accounts.
    #[command(flatten)]
    pub several: Accounts,
}

/// Options of `open`.
#[derive(Debug, Args)]
pub struct Open {
    /// A report written with `--format json`, or a recording.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Print in this form instead of showing the screen.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// File to write, replaced as a whole and readable by you alone [default: standard output].
    #[arg(long, short, value_name = "FILE", requires = "format", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Replace what names the account, its resources and its people by words that say nothing.
    #[arg(long, requires = "format")]
    pub redact: bool,
}
