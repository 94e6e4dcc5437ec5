//! Options of `ignore`.

use clap::Args;
use jiff::civil::Date;

pub(super) const EXAMPLES: &str = "\
Examples:
  closeout ignore a5e931830d99c77f --until 2027-01-31 --why 'migration ends in January'
  closeout ignore vol-0a1b2c3d --until 2027-01-31 --why 'all findings on this volume'
  closeout ignore --list
  closeout ignore --remove a5e931830d99c77f";

/// Options of `ignore`.
#[derive(Debug, Args)]
pub struct Ignore {
    /// Id of a finding; or id or ARN of a resource, for every finding on it.
    #[arg(requires_all = ["until", "why"], required_unless_present_any = ["list", "remove"])]
    pub id: Option<String>,
    /// The last day it is set aside, at most a year ahead.
    #[arg(long, value_name = "DATE", requires = "id")]
    pub until: Option<Date>,
    /// The reason, for whoever reads it later.
    #[arg(long, value_name = "TEXT", requires = "id")]
    pub why: Option<String>,
    /// Who sets it aside [default: $USER].
    #[arg(long, value_name = "NAME", requires = "id")]
    pub by: Option<String>,
    /// Print what is set aside.
    #[arg(long, conflicts_with_all = ["id", "remove"])]
    pub list: bool,
    /// Take an entry out of the file.
    #[arg(long, value_name = "ID", conflicts_with = "id")]
    pub remove: Option<String>,
}
