//! Options of the cleanup commands: `plan`, `apply`, `journal`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

pub(super) const EXAMPLES: &str = "\
Examples:
  closeout scan --format json --inventory --output audit.json
  closeout plan audit.json --select 'finding.category == \"orphaned\" && finding.score >= 60' -o plan.json
  closeout plan audit.json --id vol-0a1b2c3d --id i-0a1b2c3d --add-dependents
  closeout plan --select 'finding.closure == \"blocks\"' --lift-locks --script cleanup.sh
  closeout plan --due -o plan.json                       what was in quarantine long enough
  closeout plan plan.json                                is the plan as it was made? show it

An expression reads finding.rule, .category, .certainty, .severity, .score, .monthly (dollars; absent when unknown),
.closure, .remedy, .title and .id; resource with the facts of its kind (docs/facts.md), .kind, .region and .tags; age
and now. A finding it cannot be asked about is named on standard error and makes the exit status 4.";

/// Options of `plan`.
#[derive(Debug, Args)]
pub struct Plan {
    /// A report written with `--format json --inventory`, or a recording, instead of a scan; or a plan.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// Findings to plan for: a CEL expression such as 'finding.category == "orphaned"'.
    #[arg(long, value_name = "EXPR")]
    pub select: Option<String>,
    /// A resource by its id or ARN, or a finding by its id; repeatable.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub id: Vec<String>,
    /// What `closeout apply --quarantine` put into quarantine, whose day has come and which nobody used meanwhile; it is
    /// deleted, whatever the rules would only stop.
    #[arg(long)]
    pub due: bool,
    /// Add what has to go first, and what that needs; never what is kept or managed.
    #[arg(long)]
    pub add_dependents: bool,
    /// Plan for the stack, group or cluster that manages a resource, with everything in it, instead of the resource.
    #[arg(long)]
    pub add_owners: bool,
    /// Lift AWS's own locks, such as deletion protection, by steps of their own.
    #[arg(long)]
    pub lift_locks: bool,
    /// Delete what the rules would only stop, trim or have a person look at.
    #[arg(long)]
    pub delete: bool,
    /// File for the plan as JSON with its hash, replaced as a whole and readable by you alone.
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// File for the steps as a commented shell script of AWS CLI lines.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub script: Option<PathBuf>,
    /// File for notes on what Terraform made: blocks that let it forget each.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub terraform: Option<PathBuf>,
    /// What is printed.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: PlanFormat,
}

/// Forms of a printed plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// Aligned columns for a terminal.
    #[default]
    Table,
    /// The same document as the file.
    Json,
}

pub(super) const APPLY: &str = "\
Every resource is read again first and held against the plan; every call is tried as far as AWS lets it be tried. What
changed, is protected now or cannot be read is not touched. Then wave after wave: what is about to happen is written to
the journal before it happens, and a step is done when a look at the account shows it.

Examples:
  closeout apply plan.json --dry-run                                     try everything, change nothing
  closeout apply plan.json --allow-apply --confirm \"delete 5 in acme\"    the phrase is that of the plan
  closeout apply plan.json --quarantine --days 30 --dry-run              stop and mark instead of deleting
  closeout journal show 20261127T1104                                    what was done
  closeout journal undo 20261127T1104                                    commands that bring back what can be

Exit status: 0 every step ended well · 1 the tool failed · 2 wrong usage, wrong account · 5 a step was refused, failed or
was not begun";

/// Options of `apply`.
#[derive(Debug, Args)]
pub struct Apply {
    /// The plan, as `closeout plan --output` wrote it.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Stop, detach and mark what the plan deletes, instead of deleting it.
    ///
    /// What can be stopped is stopped, what is attached is detached, and each gets the tag `closeout:quarantine` with the
    /// days of grace, `2026-11-27/2026-12-27`. The next audit lists what is in quarantine, what is due and what was used
    /// meanwhile; `closeout plan --due` plans the deletion of what is due. The phrase is `quarantine N in ALIAS`.
    #[arg(long)]
    pub quarantine: bool,
    /// Days of grace [default: 30].
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=366), requires = "quarantine")]
    pub days: Option<u16>,
    /// Try every step without changing anything, and end.
    #[arg(long, conflicts_with_all = ["allow_apply", "confirm"])]
    pub dry_run: bool,
    /// Allow the account to be changed. No file and no variable can say this.
    #[arg(long)]
    pub allow_apply: bool,
    /// The phrase of the plan: `delete N in ALIAS`, with the account's number where it has no alias.
    #[arg(long, value_name = "PHRASE")]
    pub confirm: Option<String>,
}

/// Commands of `journal`.
#[derive(Debug, Subcommand)]
pub enum Journal {
    /// Every run, the latest first, and how it ended
    List,
    /// Every line of a run
    Show {
        /// The run, or the beginning of its name.
        run: String,
    },
    /// Check that no line of a run, or of any, was changed or taken out
    Verify {
        /// The run, or the beginning of its name; all of them without.
        run: Option<String>,
    },
    /// Print the commands that bring back what can be brought back; runs none
    Undo {
        /// The run, or the beginning of its name.
        run: String,
    },
    /// Go on with a run that was broken off
    Resume(Resume),
}

/// Options of `journal resume`.
#[derive(Debug, Args)]
pub struct Resume {
    /// The run, or the beginning of its name.
    pub run: String,
    /// Allow the account to be changed. No file and no variable can say this.
    #[arg(long)]
    pub allow_apply: bool,
    /// The phrase of the plan: `delete N in ALIAS`, with the account's number where it has no alias.
    #[arg(long, value_name = "PHRASE")]
    pub confirm: Option<String>,
}
