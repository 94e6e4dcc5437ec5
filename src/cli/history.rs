//! Options of the commands about earlier audits: `history`, `diff`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::report::{ChangesFormat, Gate, HistoryFormat};

pub(super) const HISTORY: &str = "\
Examples:
  closeout scan --save-history                      keep the outcome of this audit
  closeout history                                  the audits that were kept, and waste over weeks
  closeout history --finding vol-0a1b2c3d           since when has this volume been attached to nothing?
  closeout history --add monday.json --add sunday.json
  closeout history --format json";

pub(super) const DIFF: &str = "\
Examples:
  closeout diff monday.json today.json              two reports written with `scan --format json`
  closeout diff --last                              the two last audits of the history
  closeout diff --last --fail-on 'new>0' --format markdown

Exit status: 0 done · 3 a --fail-on condition holds · 4 something that was found before is out of sight now";

/// Options of `history`.
#[derive(Debug, Args)]
pub struct History {
    /// Only the audits of this account, by its id.
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// The life of a finding, by its id, or of those of a resource, by its id, name or ARN.
    #[arg(long, value_name = "ID", conflicts_with = "add")]
    pub finding: Option<String>,
    /// Put a report written with `--format json`, or a recording, into the history; repeatable.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "account")]
    pub add: Vec<PathBuf>,
    /// Form of the output.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: HistoryFormat,
}

/// Options of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// The older report, or recording.
    #[arg(value_hint = ValueHint::FilePath, requires = "new", required_unless_present = "last")]
    pub old: Option<PathBuf>,
    /// The newer one.
    #[arg(value_hint = ValueHint::FilePath)]
    pub new: Option<PathBuf>,
    /// Compare the two last audits of the history instead.
    #[arg(long, conflicts_with_all = ["old", "new"])]
    pub last: bool,
    /// Whose audits, when the history has several accounts.
    #[arg(long, value_name = "ID", requires = "last")]
    pub account: Option<String>,
    /// End with status 3 when this holds: `new>0`; repeatable.
    #[arg(long, value_name = "CONDITION")]
    pub fail_on: Vec<Gate>,
    /// Form of the output.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ChangesFormat,
    /// File to write, replaced as a whole and readable by you alone [default: standard output].
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}
