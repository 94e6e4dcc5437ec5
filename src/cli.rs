//! What can be typed: every command and flag, declared once. Help, manual page and completions come from here.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::report::{By, Format, Gate, LimitsFormat, Period, StatementFormat};

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
        env = "CLOSEOUT_PROFILE",
        hide_env_values = true
    )]
    pub profile: Option<String>,
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
    /// Scan an account and print a report
    Scan(Scan),
    /// Show a saved JSON report, or a recording; needs no AWS
    Open(Open),
    /// Print the bill with what explains every dollar of it
    ///
    /// Scans the account, because only what is there can explain a bill, and asks Cost Explorer. Each line of usage is
    /// tied to the resources that cause it, or to what no resource can be named for, or stands there as unexplained with
    /// its days and the gap that may hide its cause. With a FILE a saved report is read instead, and nothing is asked.
    #[command(after_long_help = BILL_EXAMPLES)]
    Bill(Bill),
    /// Print the quotas with what is used of each and how much is left
    ///
    /// Scans the account, because what counts against a quota is counted over what is there; the bill is not asked for.
    /// With a FILE a saved report is read instead, and nothing is asked. A quota of which nobody knows the use says so
    /// and is never at 0 %.
    #[command(after_long_help = QUOTAS_EXAMPLES)]
    Quotas(Quotas),
    /// Plan a cleanup: ordered steps, what stays out and why; changes nothing
    ///
    /// Looks at everything that is there, not only at what was chosen: what has to go first, what would work worse, what
    /// is locked, what something else manages and would make again. Backups come first, then waves of steps that may run
    /// at the same time. What cannot be done is listed with its reason and the option that would help. With a FILE a saved
    /// report is planned from and nothing is asked; a FILE that is a plan is checked and shown.
    #[command(after_long_help = PLAN_EXAMPLES)]
    Plan(Plan),
    /// Apply a saved plan: rehearse it, then take its steps with a journal
    #[command(after_help = APPLY)]
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
    Policy,
    /// Print the JSON Schema of the report
    Schema,
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
    /// End with status 3 when this holds, such as `quota>=90%`, `waste>=50`, `finding>0` or `gap>0`; repeatable.
    #[arg(long, value_name = "CONDITION")]
    pub fail_on: Vec<Gate>,
    /// Record the run as a file of events that `open` can play back.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub record: Option<PathBuf>,
}

const BILL_EXAMPLES: &str = "\
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

const QUOTAS_EXAMPLES: &str = "\
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

const PLAN_EXAMPLES: &str = "\
Examples:
  closeout scan --format json --inventory --output audit.json
  closeout plan audit.json --select 'finding.category == \"orphaned\" && finding.score >= 60' -o plan.json
  closeout plan audit.json --id vol-0a1b2c3d --id i-0a1b2c3d --add-dependents
  closeout plan --select 'finding.closure == \"blocks\"' --lift-locks --script cleanup.sh
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

const APPLY: &str = "\
Every resource is read again first and held against the plan; every call is tried as far as AWS lets it be tried. What
changed, is protected now or cannot be read is not touched. Then wave after wave: what is about to happen is written to
the journal before it happens, and a step is done when a look at the account shows it.

Examples:
  closeout apply plan.json --dry-run                                     try everything, change nothing
  closeout apply plan.json --allow-apply --confirm \"delete 5 in acme\"    the phrase is that of the plan
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

/// Forms of a printed plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// Aligned columns for a terminal.
    #[default]
    Table,
    /// The same document as the file.
    Json,
}

/// A percentage with or without its sign.
fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim_end().parse::<f64>().ok();
    number
        .filter(|number| number.is_finite() && *number >= 0.0)
        .ok_or_else(|| "a percentage such as 80 or 80%".to_owned())
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

/// Options of `open`.
#[derive(Debug, Args)]
pub struct Open {
    /// A report written with `--format json`, or a recording.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Print in this form instead of showing the screen.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
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
