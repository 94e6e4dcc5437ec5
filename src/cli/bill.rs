//! Options of `bill`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use crate::report::{By, Period, StatementFormat};

pub(super) const EXAMPLES: &str = "\
Examples:
  closeout bill                                          the last thirty days by service
  closeout bill --period last-month --by resource        what each resource cost last month
  closeout bill --view amortized --format csv --output bill.csv
  closeout bill audit.json --earlier last-week.json      what last week's audit saw explains days past";

/// Options of `bill`.
#[derive(Debug, Args)]
pub struct Bill {
    /// A report written with `--format json`, or a recording, instead of a scan.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// Which days: the thirty before today, the last full month, or this month until yesterday.
    #[arg(long, value_name = "PERIOD", default_value = "30-days")]
    pub period: Period,
    /// What the rows are.
    #[arg(long, value_name = "WHAT", default_value = "service")]
    pub by: By,
    /// How fees paid in advance are counted.
    #[arg(long, value_name = "VIEW", default_value = "unblended")]
    pub view: View,
    /// An earlier report with its inventory, repeatable: what it saw and is gone explains days past.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub earlier: Vec<PathBuf>,
    /// Form of the output.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: StatementFormat,
    /// File to write, replaced as a whole and readable by you alone [default: standard output].
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

/// How fees paid in advance are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum View {
    /// When they are charged, as on the invoice.
    Unblended,
    /// Spread over the use they pay for.
    Amortized,
    /// The same after discounts and credits.
    NetAmortized,
}
