//! Accounts are read, a few at a time; of each only its audit's file and its figures stay.

use futures_util::StreamExt;
use futures_util::stream;
use jiff::Timestamp;
use tokio::sync::watch;

use super::targets::{Source, Target, failed};
use crate::app::engine::{Engine, Listener};
use crate::app::files::save;
use crate::app::headless::{heed_signals, keep_heeding, plural, runtime, say};
use crate::app::{AppError, rules, run};
use crate::audit::Audit;
use crate::aws::{Session, organization};
use crate::cli;
use crate::model::{Event, Usd, Why};
use crate::report::rollup::{AccountEntry, Failed, Rollup};
use crate::report::{self, Format};
use crate::rules::RuleSet;
use crate::scan::pool::Will;
use crate::settings::Settings;

/// Accounts read at the same time unless the user says otherwise: each has its own limits at AWS, and all share this
/// machine's memory and network.
const AT_ONCE: u8 = 4;

/// What all accounts have in common.
struct Round<'a> {
    settings: &'a Settings,
    scan: &'a cli::Scan,
    set: &'a RuleSet,
    will: watch::Receiver<Will>,
}

/// What came of an account. An error is one of this machine's, and ends the run.
type Outcome = Result<Result<AccountEntry, Failed>, AppError>;

/// Reads every account and gives the roll-up.
///
/// Errors when the list cannot be had, or an audit cannot be written.
pub fn all(settings: &Settings, scan: &cli::Scan, source: Source) -> Result<Rollup, AppError> {
    let set = rules(settings)?;
    let runtime = runtime()?;
    let shard = source.shard();
    let targets = runtime.block_on(source.targets(&settings.wanted, Timestamp::now()))?;
    let at_once = scan.several.accounts_at_once.unwrap_or(AT_ONCE);
    announce(settings, targets.accounts.len(), at_once);
    let (tell, will) = watch::channel(Will::Run);
    runtime.spawn(heed_signals(tell));
    let round = Round { settings, scan, set: &set, will };
    let outcomes: Vec<Outcome> = runtime.block_on(
        stream::iter(&targets.accounts)
            .map(|target| round.read(target))
            .buffer_unordered(usize::from(at_once))
            .collect(),
    );
    let (mut entries, mut failed) = (Vec::new(), targets.failed);
    for outcome in outcomes {
        match outcome? {
            Ok(entry) => entries.push(entry),
            Err(one) => failed.push(one),
        }
    }
    keep_heeding(runtime);
    Ok(Rollup::of(entries, failed, targets.left_out, shard.into_iter().collect()))
}

/// Says before anything is asked how much there is to read, and what that may cost at most.
fn announce(settings: &Settings, count: usize, at_once: u8) {
    let each = settings.max_spend;
    let all: Usd = std::iter::repeat_n(each, count).sum();
    say(&format!(
        "{count} {} to read, {at_once} at once; AWS may charge at most {} for asking each, {} for all (--max-spend)",
        plural(count, "account"),
        each.pretty(),
        all.pretty()
    ));
}

/// Progress is told by the account, since those read at the same time would mix their lines.
struct Quiet;

impl Listener for Quiet {
    fn hear(&mut self, _: &Event, _: &Audit) {}
}

impl Round<'_> {
    async fn read(&self, target: &Target) -> Outcome {
        if *self.will.borrow() == Will::Stop {
            return Ok(Err(stopped(target)));
        }
        let session = match Session::open(&target.wanted, Timestamp::now()).await {
            Ok(session) => session,
            Err(error) => return Ok(Err(self.told(failed(&target.id, &target.name, &error)))),
        };
        if session.account.id != target.id {
            let detail = format!("its role leads to account {}", session.account.id);
            return Ok(Err(self.told(Failed { why: Why::Error, detail, ..stopped(target) })));
        }
        let regions = session.scope.len();
        let word = plural(regions, "region");
        say(&format!("{}: reading {regions} {word} as {}", label(target), session.account.caller_arn));
        let audit = self.audit(&session).await;
        let summary = audit.summary();
        say(&format!(
            "{}: {} findings, {} a month, {} gaps",
            label(target),
            summary.findings,
            summary.monthly_waste_usd.pretty(),
            summary.gaps
        ));
        let entry = AccountEntry::of(&audit);
        Ok(Ok(AccountEntry {
            name: target.is_named.then(|| target.name.clone()),
            manages: target.manages || entry.manages,
            whole_bill: target.manages && is_of_all(&audit),
            file: self.keep(&audit)?,
            ..entry
        }))
    }

    fn told(&self, one: Failed) -> Failed {
        say(&format!("{} {}: {}; the others go on", one.account, one.name, one.detail));
        one
    }

    async fn audit(&self, session: &Session) -> Audit {
        let mut quiet = Quiet;
        let mut engine = Engine::new(Audit::default(), self.set, &mut quiet);
        let scan = run::Scan {
            session,
            scanners: &self.settings.scanners,
            max_spend: self.settings.max_spend,
            every_quota: false,
            bill: true,
            net: false,
            cache: self.settings.places.cache.as_deref(),
            will: self.will.clone(),
        };
        scan.run(&mut engine).await;
        engine.into_audit()
    }

    /// Writes an audit into the folder. Gives the name of its file.
    fn keep(&self, audit: &Audit) -> Result<Option<String>, AppError> {
        let Some(folder) = &self.scan.several.output_dir else { return Ok(None) };
        let name = format!("{}.json", audit.account.id);
        let options = report::Options { inventory: self.scan.inventory, ..report::Options::default() };
        save(&folder.join(&name), |out| report::write(Format::Json, audit, &options, out))?;
        Ok(Some(name))
    }
}

/// Whether nobody could say, when the bill was asked for, if the account manages an organization.
fn is_of_all(audit: &Audit) -> bool {
    audit.gaps().any(|gap| gap.kind == run::BILL && gap.action == organization::DESCRIBE_ACTION)
}

fn label(target: &Target) -> String {
    if target.name.is_empty() { target.id.clone() } else { format!("{} ({})", target.id, target.name) }
}

fn stopped(target: &Target) -> Failed {
    Failed {
        account: target.id.clone(),
        name: target.name.clone(),
        action: "scan".to_owned(),
        why: Why::NotScanned,
        detail: "the run was stopped before it came to this account".to_owned(),
    }
}
