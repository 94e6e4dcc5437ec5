//! Options of `quotas`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::report::{Gate, LimitsFormat};

pub(super) const EXAMPLES: &str = "\
Examples:
  closeout quotas                                   what is used, least headroom first
  closeout quotas --service vpc --service ec2 --all
  closeout quotas --fail-on 'quota>=90%'            exit status 3 when one is nearly full
  closeout quotas --need plan.toml                  does what is planned fit? status 3 when something is short
  closeout quotas today.json --earlier monday.json --earlier sunday.json
  closeout quotas --format openmetrics --output /var/lib/node_exporter/closeout.prom";

/// Options of `quotas`.
#[derive(Debug, Args)]
pub struct Quotas {
    /// A report written with `--format json`, or a recording, instead of a scan.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// Those of which nothing is used, or nobody knows the use, too.
    #[arg(long)]
    pub all: bool,
    /// Only those used to so many percent.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub at_least: Option<f64>,
    /// Only those of a service, by its code at Service Quotas; repeatable.
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub service: Vec<String>,
    /// A TOML file with what is planned; says per region whether it fits, what is short and by how much.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["all", "at_least", "service", "earlier"])]
    pub need: Option<PathBuf>,
    /// An earlier report, repeatable: with fourteen over four weeks and more, quotas without a metric get a trend too.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub earlier: Vec<PathBuf>,
    /// Say where each figure would come from, without asking AWS: metrics, counts and calls, by quota.
    #[arg(long, conflicts_with_all = ["file", "all", "at_least", "fail_on", "need", "earlier", "output"])]
    pub sources: bool,
    /// End with status 3 when this holds, such as `quota>=90%`; repeatable.
    #[arg(long, value_name = "CONDITION")]
    pub fail_on: Vec<Gate>,
    /// Form of the output.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: LimitsFormat,
    /// File to write, replaced as a whole and readable by you alone [default: standard output].
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

/// A percentage with or without its sign.
fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim_end().parse::<f64>().ok();
    number
        .filter(|number| number.is_finite() && *number >= 0.0)
        .ok_or_else(|| "a percentage such as 80 or 80%".to_owned())
}
