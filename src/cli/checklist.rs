//! Options of `checklist`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::report::ChecklistFormat;

pub(super) const EXAMPLES: &str = "\
Examples:
  closeout checklist                                        scan, and tell what stands against closing the account
  closeout checklist audit.json --format html --output closing.html
  closeout checklist audit.json --all                       what passes, and what is not for this account, too
  closeout checklist audit.json --tick support-plan --why 'Basic, seen in the console'

An item that could not be looked at is unknown, and never passes. What a person has to answer is ticked, with what was
checked; a tick holds until what it rests on changes. What was seen to block is not ticked away. closeout never closes an
account: the list ends with who does, and where.

Exit status: 0 ready, with warnings or without · 1 the tool failed · 2 wrong usage · 3 blocked · 4 not blocked, but an item
is unknown";

/// Options of `checklist`.
#[derive(Debug, Args)]
pub struct Checklist {
    /// A report written with `--format json --inventory`, or a recording, instead of a scan.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// Those that pass, and those that are not for this account, too.
    #[arg(long)]
    pub all: bool,
    /// Settle an item by hand.
    #[arg(long, value_name = "ITEM", requires = "why", conflicts_with = "untick")]
    pub tick: Option<String>,
    /// What was checked, in a few words.
    #[arg(long, value_name = "TEXT", requires = "tick")]
    pub why: Option<String>,
    /// Take a tick back.
    #[arg(long, value_name = "ITEM")]
    pub untick: Option<String>,
    /// Form of the output.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: ChecklistFormat,
    /// File to write, replaced as a whole and readable by you alone [default: standard output].
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}
