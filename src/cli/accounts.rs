//! Options of several accounts: which ones, which part of them, how they are reached; `merge`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::report::{Gate, RollupFormat, Shard};

pub(super) const SCAN: &str = "\
Several accounts give one audit each and a roll-up. They are named by --profile, repeated or with commas; by
--accounts FILE, a line an account, `123456789012 name role=NAME`, of which only the id has to be there; or by
--org. An account that cannot be read is named in the roll-up and stops no other. --max-spend and the pace of
requests hold for each account by itself.

Examples:
  closeout scan --profile sandbox --profile lab --format json --output-dir audits
  closeout scan --accounts accounts.txt --role-name auditor --output-dir audits
  closeout scan --org --role-name auditor --shard 0/8 --output-dir audits
  closeout merge audits/*.json";

pub(super) const MERGE: &str = "\
Examples:
  closeout merge audits/*.json
  closeout merge rollup-0-of-2.json rollup-1-of-2.json --format json --output rollup.json";

/// Options of a scan of several accounts.
#[derive(Debug, Default, Args)]
pub struct Accounts {
    /// File with the accounts to read, a line each: an id, then a name and `role=NAME` if wanted.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Several accounts", conflicts_with = "org")]
    pub accounts: Option<PathBuf>,
    /// Read every active account of the organization.
    #[arg(long, help_heading = "Several accounts")]
    pub org: bool,
    /// Role to assume in each account but the one that asks.
    #[arg(long, value_name = "NAME", help_heading = "Several accounts")]
    pub role_name: Option<String>,
    /// External id that the role's trust policy asks for.
    #[arg(long, value_name = "ID", help_heading = "Several accounts", requires = "role_name")]
    pub external_id: Option<String>,
    /// Read only a part of the list: I of N, from 0; which part an account is in follows from its id alone.
    #[arg(long, value_name = "I/N", help_heading = "Several accounts")]
    pub shard: Option<Shard>,
    /// Accounts read at the same time [default: 4].
    #[arg(long, value_name = "N", help_heading = "Several accounts", value_parser = clap::value_parser!(u8).range(1..=32))]
    pub accounts_at_once: Option<u8>,
    /// Folder for the audit of each account, ID.json, and the roll-up; made when it is not there.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Several accounts")]
    pub output_dir: Option<PathBuf>,
}

/// Options of `merge`.
#[derive(Debug, Args)]
pub struct Merge {
    /// Audits written with `--format json`, and roll-ups.
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// Form of the roll-up.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: RollupFormat,
    /// File to write, replaced as a whole and readable by you alone [default: standard output].
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// End with status 3 when this holds for all accounts together, such as `waste>=50` or `gap>0`; repeatable.
    #[arg(long, value_name = "CONDITION")]
    pub fail_on: Vec<Gate>,
}
