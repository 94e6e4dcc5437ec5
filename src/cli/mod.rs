//! What can be typed: every command and flag, declared once. Help, manual page and completions come from here.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

mod accounts;
mod bill;
mod checklist;
mod history;
mod ignore;
mod plan;
mod quotas;
mod scan;

pub use accounts::{Accounts, Merge};
pub use bill::{Bill, View};
pub use checklist::Checklist;
pub use history::{Diff, History};
pub use ignore::Ignore;
pub use plan::{Apply, Journal, Plan, PlanFormat, Resume};
pub use quotas::Quotas;
pub use scan::{Open, Scan};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Blue.on_default().bold())
    .usage(AnsiColor::Blue.on_default().bold())
    .literal(AnsiColor::Cyan.on_default());

const AFTER: &str = "\
Examples:
  closeout demo                                  look around in a recorded account, no AWS needed
  closeout --profile sandbox                     audit the account of a profile, live on the screen
  closeout scan --region eu-west-1 --format json --output audit.json
  closeout open audit.json                       look at a saved report, no AWS needed
  closeout quotas --fail-on 'quota>=90%'         how much is left before something fails
  closeout bill --period last-month              tie every dollar of the bill to what caused it
  closeout plan audit.json --id vol-0a1b2c3d     what would it take to delete this volume?
  closeout apply plan.json --dry-run             would AWS take every step of a saved plan?

Reading needs the permissions `closeout policy` prints. Nothing changes an account but a plan that
is applied with --allow-apply and its phrase, by `closeout apply` or on the screen.

Exit status: 0 done, everything seen · 1 the tool failed · 2 wrong usage · 3 a --fail-on condition holds ·
4 done, but something could not be looked at · 5 a step of an applied plan did not end well";

/// Audits an AWS account: leftovers, costs, quotas, and what could not be looked at
///
/// Without a command it scans the account the AWS environment points at and shows it live; into a pipe it prints
/// the table report instead.
#[derive(Debug, Parser)]
#[command(name = "closeout", version, styles = STYLES, after_long_help = AFTER, after_help = "More options, explanations and examples: --help", max_term_width = 110)]
pub struct Cli {
    /// What to do; without it, scan and show.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options every command takes.
    #[command(flatten)]
    pub common: Common,
    /// Allow plans to be applied from the screen, each after its phrase
    ///
    /// Without it the screen reads, plans and tries. No config file and no variable can say this.
    #[arg(long, help_heading = "Screen")]
    pub allow_apply: bool,
}

/// Options every command takes. The short help shows the usual ones; `--help` all.
#[derive(Debug, Args)]
pub struct Common {
    /// Profile of the AWS config
    ///
    /// Goes before keys in the environment. Without it AWS_PROFILE and the rest of the SDK's chain decide:
    /// environment, profiles, SSO, web identity, containers, instance metadata.
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = "Account",
        value_delimiter = ',',
        env = "CLOSEOUT_PROFILE",
        hide_env_values = true
    )]
    pub profile: Vec<String>,
    /// Role to assume with the credentials found
    #[arg(
        long,
        global = true,
        value_name = "ARN",
        help_heading = "Account",
        env = "CLOSEOUT_ROLE_ARN",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub role_arn: Option<String>,
    /// Region to read, repeatable [default: all]
    ///
    /// Without it every region the account has switched on is read. Several may be given with commas.
    #[arg(
        long,
        global = true,
        value_name = "REGION",
        help_heading = "Account",
        value_delimiter = ',',
        env = "CLOSEOUT_REGION",
        hide_env_values = true
    )]
    pub region: Vec<String>,
    /// Kind of resource to read, repeatable [default: all]
    ///
    /// As `closeout kinds` lists them, or a service for all of its kinds: `--kind ec2:volume,redshift`. Rules that need
    /// a kind left out are reported as gaps, and AWS's indexes are not asked for what no scanner knows.
    #[arg(
        long,
        global = true,
        value_name = "KIND",
        help_heading = "Account",
        value_delimiter = ',',
        env = "CLOSEOUT_KIND",
        hide_env_values = true
    )]
    pub kind: Vec<String>,
    /// Endpoint for every service
    ///
    /// Instead of AWS_ENDPOINT_URL or AWS's own; for emulators and private endpoints.
    #[arg(long, global = true, value_name = "URL", help_heading = "Account", value_hint = ValueHint::Url, env = "CLOSEOUT_ENDPOINT_URL", hide_env_values = true, hide_short_help = true)]
    pub endpoint_url: Option<String>,
    /// Dollars AWS may charge for asking [default: 0.10]
    ///
    /// Cost Explorer bills $0.01 a request, CloudWatch $0.01 for 1,000 metrics; 0 asks neither. What is left out is
    /// reported as a gap. S3's own requests, at most $0.005 for 1,000, are counted and not capped.
    #[arg(
        long,
        global = true,
        value_name = "USD",
        help_heading = "Account",
        env = "CLOSEOUT_MAX_SPEND",
        hide_env_values = true
    )]
    pub max_spend: Option<String>,
    /// Seconds a request may take before it is tried again [default: 20]
    #[arg(long, global = true, value_name = "SECONDS", help_heading = "Account", env = "CLOSEOUT_CALL_TIMEOUT", hide_env_values = true, hide_short_help = true, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub call_timeout: Option<u32>,
    /// Folder with rules of your own
    ///
    /// New ones, replacements by name, and `overrides.toml` for thresholds. Nothing is scanned while one of them has
    /// a mistake; `closeout rules check DIR` names it.
    #[arg(long, global = true, value_name = "DIR", help_heading = "Rules", value_hint = ValueHint::DirPath, env = "CLOSEOUT_RULES", hide_env_values = true)]
    pub rules: Option<PathBuf>,
    /// File with the findings that are set aside
    ///
    /// Without it `ignores.toml` beside the config file. `closeout ignore` writes it; it can live in version control.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Rules", value_hint = ValueHint::FilePath, env = "CLOSEOUT_IGNORES", hide_env_values = true, hide_short_help = true)]
    pub ignores: Option<PathBuf>,
    /// Config file instead of the usual one
    ///
    /// The usual one is `closeout/config.toml` under $XDG_CONFIG_HOME or ~/.config. `closeout config show` prints
    /// every setting with its origin.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Config", value_hint = ValueHint::FilePath, env = "CLOSEOUT_CONFIG", hide_env_values = true, hide_short_help = true)]
    pub config: Option<PathBuf>,
    /// Lines only, no screen
    ///
    /// Chosen by itself when stdout is no terminal or TERM is dumb.
    #[arg(long, global = true, help_heading = "Screen", env = "CLOSEOUT_PLAIN", hide_env_values = true)]
    pub plain: bool,
    /// Colour theme [default: ansi]
    #[arg(
        long,
        global = true,
        value_name = "THEME",
        help_heading = "Screen",
        env = "CLOSEOUT_THEME",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub theme: Option<ThemeName>,
    /// When to use colour [default: auto]
    ///
    /// `auto` means on a terminal, unless NO_COLOR is set.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        help_heading = "Screen",
        env = "CLOSEOUT_COLOR",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub color: Option<When>,
    /// Draw with ASCII characters only
    ///
    /// Chosen by itself when the locale is not UTF-8.
    #[arg(
        long,
        global = true,
        help_heading = "Screen",
        env = "CLOSEOUT_ASCII",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub ascii: bool,
    /// Leave the mouse to the terminal
    #[arg(
        long,
        global = true,
        help_heading = "Screen",
        env = "CLOSEOUT_NO_MOUSE",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub no_mouse: bool,
    /// Hide account ids, ARNs and addresses on the screen
    #[arg(
        long,
        global = true,
        help_heading = "Screen",
        env = "CLOSEOUT_PRIVACY",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub privacy: bool,
}

/// Colour themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ThemeName {
    /// The terminal's own sixteen colours.
    Ansi,
    /// For dark backgrounds.
    Dark,
    /// For light backgrounds.
    Light,
    /// Strong contrast.
    Contrast,
    /// No colour.
    Mono,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// Always.
    Always,
    /// When the output is a terminal and NO_COLOR is not set.
    Auto,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show a recorded, realistic account that is built in; needs no AWS
    Demo {
        /// Taken as given: behind the demo is no account that could be changed
        #[arg(long, hide = true)]
        allow_apply: bool,
    },
    /// Scan an account, or several, and print a report
    #[command(after_long_help = accounts::SCAN)]
    Scan(Scan),
    /// Put audits and roll-ups of several accounts together; needs no AWS
    ///
    /// Of several audits of one account the newest counts, which is said. A file that cannot be read, or a part of the
    /// list that is missing, is named and makes the roll-up incomplete: its accounts are in no figure.
    #[command(after_long_help = accounts::MERGE)]
    Merge(Merge),
    /// Show a saved JSON report, or a recording; needs no AWS
    Open(Open),
    /// Print the bill with what explains every dollar of it
    ///
    /// Scans the account, because only what is there can explain a bill, and asks Cost Explorer. Each line of usage is
    /// tied to the resources that cause it, or to what no resource can be named for, or stands there as unexplained with
    /// its days and the gap that may hide its cause. With a FILE a saved report is read instead, and nothing is asked.
    #[command(after_long_help = bill::EXAMPLES)]
    Bill(Bill),
    /// Print the quotas with what is used of each and how much is left
    ///
    /// Scans the account, because what counts against a quota is counted over what is there; the bill is not asked for.
    /// With a FILE a saved report is read instead, and nothing is asked. A quota of which nobody knows the use says so
    /// and is never at 0 %.
    #[command(after_long_help = quotas::EXAMPLES)]
    Quotas(Quotas),
    /// Tell what earlier audits saw: waste over weeks, and since when a finding is there
    ///
    /// `closeout scan --save-history` keeps the outcome of an audit in a database under the state folder, readable by
    /// you alone. With `--finding` the life of a finding is told: first seen, gone, back again, and how long its
    /// resource has been so, which AWS does not tell. Audits that could not have seen it are counted apart.
    #[command(after_long_help = history::HISTORY)]
    History(History),
    /// Tell what changed between two audits
    ///
    /// New, gone, other price, counted otherwise. What vanished because its region or kind could not be looked at is
    /// told apart and is not gone; what was there before and only now can be seen is told apart and is not new.
    #[command(after_long_help = history::DIFF)]
    Diff(Diff),
    /// Set a finding aside until a day, with a reason
    ///
    /// It is still shown, with the reason and the day, and counts in no total; when the day is over it is back by itself.
    /// Writes one entry of a small TOML file and keeps what else is in it; a damaged file is left as it is.
    #[command(after_long_help = ignore::EXAMPLES)]
    Ignore(Ignore),
    /// Tell what stands between an account and its closing, and what bills on after it
    ///
    /// Scans the account and holds it against a list: commitments, names, what others use of it, what is lost. With a FILE a
    /// saved report with its inventory is read instead, and nothing is asked. closeout never closes an account.
    #[command(after_long_help = checklist::EXAMPLES)]
    Checklist(Checklist),
    /// Plan a cleanup: ordered steps, what stays out and why; changes nothing
    ///
    /// Looks at everything that is there, not only at what was chosen: what has to go first, what would work worse, what
    /// is locked, what something else manages and would make again. Backups come first, then waves of steps that may run
    /// at the same time. What cannot be done is listed with its reason and the option that would help. With a FILE a saved
    /// report is planned from and nothing is asked; a FILE that is a plan is checked and shown.
    #[command(after_long_help = plan::EXAMPLES)]
    Plan(Plan),
    /// Apply a saved plan: rehearse it, then take its steps with a journal
    #[command(after_help = plan::APPLY)]
    Apply(Apply),
    /// What was done: runs, their lines, and how to bring back what can be
    #[command(subcommand)]
    Journal(Journal),
    /// List the rules, show one, or check your own
    #[command(subcommand)]
    Rules(Rules),
    /// List the kinds of resources that are scanned
    ///
    /// For each: what is listed, the IAM actions that takes, the rules that read it, what is known of its price, the
    /// remedies its rules propose, and whether it is tested with recorded answers or against the emulator. `--kind`
    /// narrows the list.
    Kinds,
    /// Print the read-only IAM policy a scan needs
    Policy {
        /// With what `scan --org` takes besides, in the account that asks.
        #[arg(long)]
        org: bool,
        /// The role that is assumed in each account [default: any].
        #[arg(long, value_name = "NAME", requires = "org")]
        role_name: Option<String>,
    },
    /// Print the JSON Schema of the report
    Schema {
        /// Of which document.
        #[arg(default_value = "audit")]
        document: Described,
    },
    /// Show the settings in force and where each comes from
    #[command(subcommand)]
    Config(Config),
    /// Print a completion script for a shell
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// Documents with a JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Described {
    /// The report of one account.
    Audit,
    /// The roll-up of several.
    Rollup,
}

/// Subcommands of `rules`.
#[derive(Debug, Subcommand)]
pub enum Rules {
    /// List every rule with its kind, category and state
    List,
    /// Print one rule: what it claims, its thresholds and why, its samples
    Show {
        /// The rule's id.
        id: String,
    },
    /// Check a folder of rules as a scan would, and run their samples
    Check {
        /// The folder.
        #[arg(value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
}

/// Subcommands of `config`.
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Print each setting, its value and its origin
    Show,
}
