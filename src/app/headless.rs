//! A scan without a screen: progress on standard error, the report on standard output or in a file.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::engine::{Engine, Listener};
use super::files::{Private, check_folder, save};
use super::history::Past;
use super::{AppError, checklist, ended, ignore, lock, print, rules, run};
use crate::audit::Audit;
use crate::aws::Session;
use crate::bill::{self, BillPlan};
use crate::checklist::Ticks;
use crate::cli;
use crate::model::{Cell, CellState, Event, Progress, Usd, clean};
use crate::report::{self, Format, Gate};
use crate::scan::pool::Will;
use crate::settings::Settings;
use crate::store::StoreError;

/// What is to come out.
pub struct Wish {
    format: Format,
    output: Option<PathBuf>,
    inventory: bool,
    record: Option<PathBuf>,
    fail_on: Vec<Gate>,
    save_history: bool,
    redact: bool,
}

/// What a scan is to ask beside listing.
pub struct Ask<'a> {
    /// Where to record the run.
    pub record: Option<&'a Path>,
    /// Whether the bill is asked for.
    pub bill: bool,
    /// Whether it is asked for after discounts and credits too.
    pub net: bool,
    /// Whether quotas are read of every service, and not only of those that are used.
    pub every_quota: bool,
    /// Whether no other run that writes may be under way for the account.
    pub alone: bool,
    /// Whether it says itself what came of it.
    pub tells: bool,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        Ask { record: None, bill: true, net: false, every_quota: false, alone: false, tells: true }
    }
}

impl Wish {
    /// The table on standard output.
    pub fn table() -> Wish {
        Wish {
            format: Format::Table,
            output: None,
            inventory: false,
            record: None,
            fail_on: Vec::new(),
            save_history: false,
            redact: false,
        }
    }
}

impl From<cli::Scan> for Wish {
    fn from(scan: cli::Scan) -> Wish {
        Wish {
            format: scan.format,
            output: scan.output,
            inventory: scan.inventory,
            record: scan.record,
            fail_on: scan.fail_on,
            save_history: scan.save_history,
            redact: scan.redact,
        }
    }
}

/// Scans and reports. Gives the exit status.
pub fn scan(settings: &Settings, wish: &Wish) -> Result<u8, AppError> {
    if let Some(file) = &wish.output {
        check_folder(file)?;
    }
    let saves = wish.save_history || settings.save_history;
    let mut past = Past::open(settings, saves, &wish.fail_on)?;
    let alone = saves || wish.output.is_some();
    let ask = Ask { record: wish.record.as_deref(), alone, tells: false, ..Ask::default() };
    let audit = gather(settings, &past, ask)?;
    let changes = past.changes(&audit, &wish.fail_on)?;
    if let Some(said) = past.save(&audit)? {
        say(said);
    }
    let (status, summary) = (ended(&audit, &wish.fail_on, changes.as_ref()), summary(&audit));
    let audit = for_others(audit, wish.redact)?;
    match &wish.output {
        None => print(settings, wish.format, &audit, wish.inventory)?,
        Some(path) => {
            let options = report::Options { inventory: wish.inventory, ..report::Options::default() };
            save(path, |out| report::write(wish.format, &audit, &options, out))?;
        }
    }
    say(&format!("{summary}; status {status}"));
    Ok(status)
}

/// The audit as others may see it: as it is, or without what names anything of the account.
pub fn for_others(audit: Audit, redact: bool) -> Result<Audit, AppError> {
    if !redact {
        return Ok(audit);
    }
    let mut key = [0; 32];
    let failed = |error: getrandom::Error| AppError::File("random numbers".to_owned(), io::Error::other(error));
    getrandom::fill(&mut key).map_err(failed)?;
    Ok(report::redacted(&audit, &key)?)
}

/// What came of a scan, in one line.
fn summary(audit: &Audit) -> String {
    let (account, summary) = (&audit.account, audit.summary());
    let stopped = if audit.interrupted { "stopped early: " } else { "" };
    let alias = account.alias.as_ref().map(|alias| format!("{alias} ")).unwrap_or_default();
    let fullest = audit.quotas.iter().filter_map(|quota| quota.used_percent).max_by(f64::total_cmp);
    let fullest = fullest.map(|used| format!(", fullest quota {used:.0} %")).unwrap_or_default();
    format!(
        "{stopped}{alias}({}): {} findings, {} a month, {} gaps{fullest}, {} requests, {} charged by AWS for asking",
        account.id,
        summary.findings,
        summary.monthly_waste_usd.pretty(),
        summary.gaps,
        audit.requests.total,
        audit.requests.billable_usd.pretty()
    )
}

/// Scans the account, with progress on standard error.
pub fn gather(settings: &Settings, past: &Past, ask: Ask<'_>) -> Result<Audit, AppError> {
    let Ask { record, bill, net, every_quota, alone, tells } = ask;
    let set = rules(settings)?;
    if let Some(file) = record {
        check_folder(file)?;
    }
    let mut recording = record.map(Private::create).transpose()?;
    let runtime = runtime()?;
    let now = Timestamp::now();
    let session = runtime.block_on(Session::open(&settings.wanted, now))?;
    // The file and the history are each replaced at one stroke after it.
    let _lock = if alone { lock::hold(settings, &session.account.id)? } else { None };
    announce(&session, settings, now, bill);
    let (tell, will) = watch::channel(Will::Run);
    runtime.spawn(heed_signals(tell));
    let mut progress = Lines::new(settings);
    let mut engine = Engine::new(Audit::default(), &set, &mut progress);
    engine.sightings = past.sightings(&session.account.id, now).unwrap_or_else(|error| unread(&error));
    if let Some(recording) = &mut recording {
        engine = engine.recording(Some(Box::new(BufWriter::new(recording.file()))));
    }
    engine.ticks = ticks(settings, &session.account.id);
    let scan = run::Scan {
        session: &session,
        scanners: &settings.scanners,
        max_spend: settings.max_spend,
        every_quota,
        bill,
        net,
        cache: settings.places.cache.as_deref(),
        will,
    };
    runtime.block_on(scan.run(&mut engine));
    let trouble = engine.trouble.take();
    for quota in past.trends(engine.audit()).unwrap_or_else(|error| unread(&error)) {
        engine.pass(Event::QuotaRead { quota });
    }
    let audit = engine.into_audit();
    progress.finish();
    if tells {
        say(&summary(&audit));
    }
    ignore::announce(&audit);
    if let (Some(recording), Some(path)) = (recording, record) {
        match trouble {
            Some(error) => return Err(AppError::File(path.display().to_string(), error)),
            None => recording.keep()?,
        }
    }
    keep_heeding(runtime);
    Ok(audit)
}

/// What people have settled by hand. Nothing, and a warning, where that cannot be read.
pub fn ticks(settings: &Settings, account: &str) -> Ticks {
    let file = checklist::ticks_file(settings, account);
    file.as_deref().map(checklist::read_ticks).transpose().map(Option::unwrap_or_default).unwrap_or_else(|error| {
        say(&format!("warning: {error}; this audit is told without it"));
        Ticks::default()
    })
}

/// What a history says that cannot be read: nothing, and a warning.
fn unread<T: Default>(error: &StoreError) -> T {
    say(&format!("warning: {error}; this audit is told without it"));
    T::default()
}

/// A runtime with as many threads as there are cores.
pub fn runtime() -> Result<Runtime, AppError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| AppError::File("the runtime".to_owned(), error))
}

/// Lets signals be heeded to the end of the program: a report that nobody takes in can be left by the second one.
pub fn keep_heeding(runtime: Runtime) {
    // The handlers outlive their runtime; without it nobody would hear what they tell.
    std::mem::forget(runtime);
}

/// Says before anything is asked what AWS will charge for asking.
pub fn plan_of_spending(session: &Session, settings: &Settings, now: Timestamp) -> String {
    let plan = BillPlan { budget: settings.max_spend, ..BillPlan::default() };
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let kept = bill::is_kept(&session.account.id, &plan, settings.places.cache.as_deref(), today);
    let bill = bill::planned_usd(&plan);
    let cap = settings.max_spend;
    match (cap == Usd::ZERO, kept, bill > cap) {
        (true, ..) => "neither metrics nor the bill are asked (--max-spend 0)".to_owned(),
        (_, true, _) => format!("today's bill is at hand; metrics cost $0.01 for 1,000, at most ${}", cap.exact()),
        (_, _, true) => format!("Cost Explorer would cost ${}, over --max-spend {}", bill.exact(), cap.exact()),
        _ => format!(
            "Cost Explorer: {} requests or more, ${}; metrics $0.01 for 1,000; at most ${} (--max-spend)",
            bill::planned_requests(&plan),
            bill.exact(),
            cap.exact()
        ),
    }
}

/// The same where the bill is not asked for.
fn plan_without_bill(settings: &Settings) -> String {
    match settings.max_spend {
        Usd::ZERO => "metrics are not asked (--max-spend 0)".to_owned(),
        cap => format!("metrics cost $0.01 for 1,000, at most ${} (--max-spend)", cap.exact()),
    }
}

fn announce(session: &Session, settings: &Settings, now: Timestamp, bill: bool) {
    let account = &session.account;
    let text = format!(
        "account {} ({}) as {}, {} {}, {} {}; {}",
        account.label(),
        account.id,
        account.caller_arn,
        session.scope.len(),
        plural(session.scope.len(), "region"),
        settings.scanners.len(),
        plural(settings.scanners.len(), "kind"),
        if bill { plan_of_spending(session, settings, now) } else { plan_without_bill(settings) }
    );
    say(&text);
}

/// A word for one or for several.
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// A line on standard error. Nobody reading there is no reason to stop.
pub fn say(text: &str) {
    let _ = writeln!(io::stderr(), "closeout: {}", clean(text));
}

/// The first signal stops the scan and keeps what is there; the second ends the program at once.
pub async fn heed_signals(tell: watch::Sender<Will>) {
    let stop = || {
        say("stopping; what was found is kept (once more to leave at once)");
        let _ = tell.send(Will::Stop);
    };
    on_signals(stop, || {}).await;
}

/// Does `first` at the first signal that asks the program to end; at the second does `second` and ends it.
pub async fn on_signals(first: impl Fn(), second: impl Fn()) {
    let listen = |kind| signal(kind).ok();
    let (Some(mut int), Some(mut term), Some(mut hup)) =
        (listen(SignalKind::interrupt()), listen(SignalKind::terminate()), listen(SignalKind::hangup()))
    else {
        // Without handlers a signal ends the program as it always does; what the caller holds has to outlive its work.
        return std::future::pending().await;
    };
    let mut heard = false;
    loop {
        tokio::select! {
            _ = int.recv() => {}
            _ = term.recv() => {}
            _ = hup.recv() => {}
        }
        if heard {
            second();
            std::process::exit(1);
        }
        heard = true;
        first();
    }
}

/// Progress as a bar on a terminal, as lines elsewhere.
struct Lines {
    bar: Option<ProgressBar>,
    done: u64,
    cells: u64,
}

impl Lines {
    fn new(settings: &Settings) -> Lines {
        let bar = (!settings.plain && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8));
            if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} {elapsed} {msg}") {
                bar.set_style(style);
            }
            bar
        });
        Lines { bar, done: 0, cells: 0 }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| say(text)),
            None => say(text),
        }
    }

    fn finished(&mut self, event: &Event, audit: &Audit) {
        let Event::Finished { cell, state, .. } = event else { return };
        if matches!(state, CellState::Off) {
            return;
        }
        self.done += 1;
        let mut of_region = audit.coverage.values().filter(|coverage| coverage.region == cell.region);
        // The event is heard before it is folded in, so the cell itself still counts as running.
        let last = of_region.all(|coverage| coverage.kind == cell.kind || coverage.state.is_over());
        match &self.bar {
            Some(bar) => {
                bar.set_position(self.done);
                bar.set_message(format!("{} resources, {} gaps", audit.resource_count(), audit.gap_count()));
            }
            None if last => {
                let found: u64 = audit.coverage.values().filter(|c| c.region == cell.region).map(|c| c.resources).sum();
                say(&format!("{} read, {found} resources ({}/{} cells)", cell.region, self.done, self.cells));
            }
            None => {}
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Listener for Lines {
    fn hear(&mut self, event: &Event, audit: &Audit) {
        match event {
            Event::Began { cells, regions, .. } => {
                let is_on = |cell: &&Cell| regions.get(&cell.region).is_none_or(|state| state.is_on());
                self.cells = cells.iter().filter(is_on).count() as u64;
                if let Some(bar) = &self.bar {
                    bar.set_length(self.cells);
                }
            }
            Event::Finished { .. } => self.finished(event, audit),
            Event::Progress(Progress::Note { text }) => self.line(text),
            Event::Progress(Progress::Phase { name, units }) if self.bar.is_none() => {
                say(&format!("reading {name} ({units} {})", if *units == 1 { "step" } else { "steps" }));
            }
            Event::Progress(Progress::Phase { name, .. }) => {
                if let Some(bar) = &self.bar {
                    bar.set_message(format!("reading {name}"));
                }
            }
            _ => {}
        }
    }
}
