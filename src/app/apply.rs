//! Applies a saved plan: rehearses it, asks for the phrase, and takes its steps with a journal.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{mpsc, watch};

use super::world::Live;
use super::{AppError, FAILED_STEPS, files, headless, listings, rules};
use crate::aws::Session;
use crate::clean::{self as cleanup, Journal, JournalError, Report, Run, journal};
use crate::cli;
use crate::model::clean;
use crate::plan::grace;
use crate::plan::{Check, Entry, Held, HeldWhy, News, Past, Plan, Rehearsal, State, What};
use crate::settings::Settings;

/// What is said when a dry run does not pass.
const REFUSED: &str = "nothing was changed: a step would be held or refused; make a new plan, or leave it out";

/// Rehearses a plan, and applies it where that was asked for. Gives the exit status.
pub fn run(settings: &Settings, wish: &cli::Apply) -> Result<u8, AppError> {
    let name = wish.file.display().to_string();
    let text = fs::read_to_string(&wish.file).map_err(|error| AppError::File(name.clone(), error))?;
    let mut plan = Plan::read(&text).map_err(|error| AppError::Plan(name, error))?;
    let mut text = text;
    if wish.quarantine {
        plan = quarantined(&plan, wish.days.unwrap_or(grace::DAYS))?;
        text = plan.text().map_err(|error| AppError::Output(error.into()))?;
    }
    if !wish.dry_run {
        check_phrase(&plan, wish.allow_apply, wish.confirm.as_deref())?;
    }
    let start = Start { text: &text, plan: &plan, resume: None };
    go(settings, &start, wish.dry_run)
}

/// The plan that gives grace instead, with a line for each resource that stays out of it.
///
/// Errors when nothing of it can be stopped, detached or marked.
fn quarantined(plan: &Plan, days: u16) -> Result<Plan, AppError> {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let given = plan.quarantined(days, today).map_err(AppError::Asked)?;
    let stays = |held: &&Held| matches!(held.why, HeldWhy::NoGrace | HeldWhy::Stays { .. } | HeldWhy::Locked { .. });
    for held in given.held.iter().filter(stays) {
        headless::say(&clean(&format!("left alone: {} {}: {}", held.kind, held.label, held.why.sentence())));
    }
    if given.steps.is_empty() {
        return Err(AppError::Asked("nothing was changed: the plan has nothing that could get grace".to_owned()));
    }
    Ok(given)
}

/// Takes up a run that was broken off. Gives the exit status.
pub fn resume(settings: &Settings, wish: &cli::Resume) -> Result<u8, AppError> {
    let (folder, run) = find(settings, &wish.run)?;
    let plan = plan_of(&folder, &run)?;
    check_phrase(&plan, wish.allow_apply, wish.confirm.as_deref())?;
    go(settings, &Start { text: "", plan: &plan, resume: Some(&run) }, false)
}

/// The plan a run began with, as it lies beside its journal.
pub(super) fn plan_of(folder: &Path, run: &str) -> Result<Plan, AppError> {
    let file = plan_file(folder, run);
    let name = file.display().to_string();
    let text = fs::read_to_string(&file).map_err(|error| AppError::File(name.clone(), error))?;
    Plan::read(&text).map_err(|error| AppError::Plan(name, error))
}

/// What is to be begun.
struct Start<'a> {
    /// The plan as a file. Empty when a run is taken up again: its plan is kept already.
    text: &'a str,
    plan: &'a Plan,
    /// The run that is taken up again.
    resume: Option<&'a str>,
}

/// Nothing is applied without both, and neither can be set in a file.
fn check_phrase(plan: &Plan, allow_apply: bool, confirm: Option<&str>) -> Result<(), AppError> {
    let phrase = plan.phrase();
    if !allow_apply {
        return Err(AppError::Asked(format!(
            "nothing was changed: a plan is applied with --allow-apply --confirm \"{}\", and tried with --dry-run",
            clean(&phrase)
        )));
    }
    match confirm {
        Some(typed) if typed == phrase => Ok(()),
        Some(_) => Err(AppError::Asked(format!(
            "nothing was changed: --confirm is not what this plan asks for, which is \"{}\"",
            clean(&phrase)
        ))),
        None => Err(AppError::Asked(format!("nothing was changed: add --confirm \"{}\"", clean(&phrase)))),
    }
}

fn go(settings: &Settings, start: &Start<'_>, dry_run: bool) -> Result<u8, AppError> {
    let plan = start.plan;
    let set = rules(settings)?;
    let runtime = headless::runtime()?;
    let session = runtime.block_on(Session::open(&settings.wanted, Timestamp::now()))?;
    check_account(plan, &session)?;
    if !dry_run && settings.protects(&session.account.id, session.account.alias.as_deref()) {
        return Err(AppError::Asked(
            "nothing was changed: protected_accounts of the config file names this account".to_owned(),
        ));
    }
    let world = Live { session: &session, rules: &set };
    if start.resume.is_none() {
        headless::say(&format!("trying {} steps without changing anything", plan.steps.len()));
        let rehearsal = runtime.block_on(cleanup::rehearse(&world, plan));
        println!("{}", rehearsal_table(plan, &rehearsal, &Past::default()));
        if !rehearsal.has_passed() {
            headless::say(REFUSED);
            return Ok(FAILED_STEPS);
        }
        if dry_run {
            return Ok(0);
        }
    }
    let folder = folder(settings, &session.account.id)?;
    let (journal, earlier, run) = open_journal(&folder, &session.account.id, start)?;
    headless::say(&format!("journal {}", journal.path().display()));
    if start.resume.is_some() {
        let past = Past::of(&earlier);
        headless::say("trying the steps that have not begun without changing anything");
        let rehearsal = runtime.block_on(cleanup::rehearse_rest(&world, plan, &past));
        println!("{}", rehearsal_table(plan, &rehearsal, &past));
        if !rehearsal.has_passed() {
            headless::say(REFUSED);
            return Ok(FAILED_STEPS);
        }
    }
    let report = runtime.block_on(apply(&world, plan, journal, &earlier, &session.account.caller_arn));
    println!("{}", result_table(plan, &report));
    let (done, failed, held) = report.counts();
    headless::say(&format!("{done} steps done, {failed} failed, {held} not begun; closeout journal show {run}"));
    if !report.stopped.is_empty() {
        headless::say(&report.stopped);
    }
    if let Some(trouble) = report.trouble {
        return Err(trouble.into());
    }
    Ok(if failed + held == 0 { 0 } else { FAILED_STEPS })
}

/// A plan is for one account; the credentials at hand must be of that one, as STS told it just now.
pub(super) fn check_account(plan: &Plan, session: &Session) -> Result<(), AppError> {
    let (account, wanted) = (&session.account, &plan.account);
    if account.id == wanted.id && account.partition == wanted.partition {
        return Ok(());
    }
    Err(AppError::Asked(format!(
        "nothing was changed: the plan is for account {}, and these credentials are of {} ({})",
        clean(&wanted.id),
        account.id,
        account.caller_arn
    )))
}

/// The journals of an account.
pub(super) fn folder(settings: &Settings, account: &str) -> Result<PathBuf, AppError> {
    let state = settings.places.state.as_deref();
    let state = state.ok_or_else(|| AppError::Asked("there is no home folder to keep a journal in".to_owned()))?;
    Ok(journal::folder(state, account))
}

fn open_journal(folder: &Path, account: &str, start: &Start<'_>) -> Result<(Journal, Vec<Entry>, String), AppError> {
    if let Some(run) = start.resume {
        let (journal, earlier) = take_up(folder, account, run, start.plan)?;
        return Ok((journal, earlier, run.to_owned()));
    }
    let (journal, run) = begin_journal(folder, account, start.plan, start.text)?;
    Ok((journal, Vec::new(), run))
}

/// The journal of a run to go on with, and what is in it.
///
/// Errors when another run is under way, a line was changed, or the plan is not the one it began with.
pub(super) fn take_up(folder: &Path, account: &str, run: &str, plan: &Plan) -> Result<(Journal, Vec<Entry>), AppError> {
    let (journal, earlier) = Journal::resume(folder, account, run)?;
    let is_of_plan = |entry: &Entry| matches!(&entry.what, What::Opened { plan: hash, .. } if *hash == plan.hash);
    if earlier.iter().any(is_of_plan) {
        return Ok((journal, earlier));
    }
    Err(AppError::Asked(format!(
        "nothing was changed: {} is not the plan that run {run} began with; make a new plan",
        plan_file(folder, run).display()
    )))
}

/// The journal of a new run, and the name of that. `text` is the plan as a file.
pub(super) fn begin_journal(
    folder: &Path,
    account: &str,
    plan: &Plan,
    text: &str,
) -> Result<(Journal, String), AppError> {
    let now = Timestamp::now().to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ");
    let run = format!("{now}-{}", plan.hash.get(..6).unwrap_or_default());
    let journal = Journal::begin(folder, account, &run)?;
    // The plan lies beside its journal, so that a run that is broken off can be taken up again.
    files::save(&plan_file(folder, &run), |out| out.write_all(text.as_bytes()))?;
    Ok((journal, run))
}

fn plan_file(folder: &Path, run: &str) -> PathBuf {
    folder.join(format!("{run}.plan.json"))
}

/// The folder and the whole name of a run, which may be given by its first letters.
pub fn find(settings: &Settings, wanted: &str) -> Result<(PathBuf, String), AppError> {
    let state = settings.places.state.as_deref().unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for (_, folder, run) in all_runs(state)? {
        if run == wanted {
            return Ok((folder, run));
        }
        if run.starts_with(wanted) {
            found.push((folder, run));
        }
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(AppError::Asked(format!("there is no run `{wanted}`; `closeout journal list` shows them all"))),
        several => Err(AppError::Asked(format!("`{wanted}` is the beginning of {several} runs; give more of it"))),
    }
}

/// Every run of every account: the account, its folder, the run; the latest first.
pub fn all_runs(state: &Path) -> Result<Vec<(String, PathBuf, String)>, AppError> {
    let root = state.join("journal");
    let failed = |error| AppError::File(root.display().to_string(), error);
    let accounts = match fs::read_dir(&root) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(failed)?,
    };
    let mut all = Vec::new();
    for account in accounts {
        let folder = account.map_err(failed)?.path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for run in journal::runs(&folder).map_err(failed)? {
            all.push((name.clone(), folder.clone(), run));
        }
    }
    all.sort_by(|a, b| b.2.cmp(&a.2));
    Ok(all)
}

impl From<JournalError> for AppError {
    fn from(error: JournalError) -> AppError {
        match error {
            JournalError::Missing(..) | JournalError::Locked(..) => AppError::Asked(error.to_string()),
            other => AppError::Journal(other),
        }
    }
}

/// Takes the steps, with a line on standard error for each turn they take.
async fn apply(world: &Live<'_>, plan: &Plan, journal: Journal, earlier: &[Entry], caller: &str) -> Report {
    let (news, mut hearing) = mpsc::unbounded_channel();
    let (stop, stopped) = watch::channel(false);
    let signals = tokio::spawn(heed_signals(stop));
    let run = Run::new(world, plan, journal, earlier, news, stopped);
    let telling = async {
        while let Some(one) = hearing.recv().await {
            tell(plan, &one);
        }
    };
    let (report, ()) = tokio::join!(run.go(caller, !earlier.is_empty()), telling);
    signals.abort();
    report
}

/// The first signal begins nothing more and waits for what is under way; the second leaves at once, and the journal
/// knows what is open.
async fn heed_signals(stop: watch::Sender<bool>) {
    let first = || {
        headless::say("no further step is begun; what AWS was asked for will finish (once more to leave at once)");
        let _ = stop.send(true);
    };
    let second =
        || headless::say("left at once; the journal holds what is open, and `closeout journal resume` goes on");
    headless::on_signals(first, second).await;
}

fn tell(plan: &Plan, news: &News) {
    let Some(step) = plan.step(news.step) else { return };
    let (word, detail) = news.state.words();
    if matches!(news.state, State::Queued | State::Looking) {
        return;
    }
    headless::say(&format!("{:>3} {word:<8} {}{detail}", step.number, step.does()));
}

fn rehearsal_table(plan: &Plan, rehearsal: &Rehearsal, past: &Past) -> String {
    let mut table = listings::table(&["step", "does", "region", "rehearsal"]);
    for step in &plan.steps {
        let said = match rehearsal.checks.get(&step.number) {
            Some(Check::Passed { by, notes }) => {
                let notes: String = notes.iter().map(|note| format!("; {note}")).collect();
                format!("passed: {}{notes}", by.join(", "))
            }
            Some(Check::Gone) => "already gone".to_owned(),
            Some(Check::Refused { why }) => format!("REFUSED: {why}"),
            None if past.step(step.number).done => "done in the run before".to_owned(),
            None if past.step(step.number).is_begun() => "begun before: looked at when it goes on".to_owned(),
            None => "not tried".to_owned(),
        };
        let cells = [step.does(), step.resource.region.to_string(), said].map(|text| clean(&text).into_owned());
        let [does, region, said] = cells;
        table.add_row([step.number.to_string(), does, region, said]);
    }
    table.to_string()
}

fn result_table(plan: &Plan, report: &Report) -> String {
    let mut table = listings::table(&["step", "does", "region", "ended"]);
    for step in &plan.steps {
        let state = report.states.get(&step.number).unwrap_or(&State::Queued);
        let (word, detail) = state.words();
        let cells = [step.does(), step.resource.region.to_string(), format!("{word}{detail}")];
        let [does, region, ended] = cells.map(|text| clean(&text).into_owned());
        table.add_row([step.number.to_string(), does, region, ended]);
    }
    table.to_string()
}
