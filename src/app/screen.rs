//! An audit on the screen, with what the screen may ask of the program around it.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, mpsc};
use std::thread;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::checklist::{self, Kept};
use super::cleanup::{self, Cleaner, Stage, Task};
use super::engine::{Engine, Listener};
use super::files::save;
use super::headless::{plan_of_spending, runtime, say};
use super::history::Past;
use super::{AppError, apply, history, ignore, plan, rules, run, status, world};
use crate::audit::Audit;
use crate::audit::changes::Changes;
use crate::aws::Session;
use crate::checklist::Ticks;
use crate::cli::ThemeName;
use crate::model::{Cell, Event, Ignored};
use crate::plan::{Allowed, Marks, Plan};
use crate::report::{self, ChangesFormat, ChecklistFormat, Format};
use crate::rules::RuleSet;
use crate::rules::ignores::Entry;
use crate::scan;
use crate::scan::pool::Will;
use crate::settings::Settings;
use crate::store::StoreError;
use crate::tui::cleanup::News;
use crate::tui::{self, ColorDepth, ExportFormat, Input, Options, Origin, Outside, Rescan, Theme};

/// Scans the account and shows it live. Gives the exit status.
///
/// `allow_apply` is what the command line says; a plan is applied with it and not without.
pub fn scan(settings: &Settings, allow_apply: bool) -> Result<u8, AppError> {
    let set = Arc::new(rules(settings)?);
    let past = Past::open(settings, settings.save_history, &[])?;
    let runtime = runtime()?;
    let now = Timestamp::now();
    say("asking AWS who this is and which regions are on");
    let session = runtime.block_on(Session::open(&settings.wanted, now))?;
    let spending = plan_of_spending(&session, settings, now);
    let (news, feed) = mpsc::channel();
    let (tell, will) = watch::channel(Will::Run);
    let (orders, wanted) = mpsc::channel();
    let _ = news.send(Input::Note(spending));
    let _ = orders.send(Order::All);
    let folder = apply::folder(settings, &session.account.id).ok();
    let is_protected = settings.protects(&session.account.id, session.account.alias.as_deref());
    let kept = Kept::File(checklist::ticks_file(settings, &session.account.id));
    let cleaner = cleaner(&session.account.id, folder.clone(), news.clone());
    let history = History::new(settings, &session.account.id, news.clone());
    let shared = Arc::clone(&set);
    let workshop = Workshop { settings: settings.clone(), set: shared, runtime, session, will, news, cleaner, past };
    thread::spawn(move || workshop.work(wanted));
    let live = Live { orders, tell };
    let mut outside = Around {
        folder,
        allow_apply,
        is_protected,
        ..Around::new(Place::Account(live), kept, set, settings.ignores.clone(), history)
    };
    let options = Options { allow_apply, is_protected, ..options(settings, Origin::Live) };
    let audit = tui::run(Audit::default(), feed, options, &mut outside)?;
    Ok(status(&audit))
}

/// Shows an audit that is complete.
///
/// `has_inventory` says whether it knows every resource, as a plan must.
pub fn show(
    settings: &Settings,
    mut audit: Audit,
    origin: Origin,
    set: RuleSet,
    has_inventory: bool,
) -> Result<(), AppError> {
    let (news, feed) = mpsc::channel();
    // Behind a recording there is nothing that could be changed.
    let is_demo = origin == Origin::Demo;
    let folder = if is_demo { None } else { apply::folder(settings, &audit.account.id).ok() };
    let kept = match is_demo {
        true => Kept::Memory(Ticks::default()),
        false => Kept::File(checklist::ticks_file(settings, &audit.account.id)),
    };
    if !is_demo && has_inventory {
        match kept.ticks() {
            Ok(ticks) => checklist::put(&mut audit, &ticks),
            Err(error) => drop(news.send(Input::Note(format!("{error}; the checklist is as it was saved")))),
        }
    }
    let history = History::new(settings, &audit.account.id, news.clone());
    // What is kept of the user's own accounts has nothing to say of a recording.
    let history = if is_demo { History { file: None, ..history } } else { history };
    let place = if is_demo {
        Place::Stage(Stage::open(&audit, news.clone())?)
    } else {
        cleaner(&audit.account.id, folder.clone(), news.clone()).tell_runs();
        Place::Nowhere(news.clone())
    };
    let mut outside = Around {
        folder,
        allow_apply: is_demo,
        has_inventory,
        ..Around::new(place, kept, Arc::new(set), settings.ignores.clone(), history)
    };
    let options = Options { allow_apply: is_demo, ..options(settings, origin) };
    tui::run(audit, feed, options, &mut outside)?;
    Ok(())
}

/// Who keeps the journals of an account.
fn cleaner(account: &str, folder: Option<PathBuf>, news: mpsc::Sender<Input>) -> Cleaner {
    let place = folder.as_ref().map(|folder| folder.display().to_string()).unwrap_or_default();
    Cleaner::new(account, folder, place, news)
}

fn options(settings: &Settings, origin: Origin) -> Options {
    let depth = depth(settings);
    let theme = match settings.theme {
        _ if depth == ColorDepth::Mono => Theme::Mono,
        ThemeName::Ansi => Theme::Ansi,
        ThemeName::Dark => Theme::Dark,
        ThemeName::Light => Theme::Light,
        ThemeName::Contrast => Theme::Contrast,
        ThemeName::Mono => Theme::Mono,
    };
    Options {
        theme,
        depth,
        ascii: settings.ascii,
        mouse: settings.mouse,
        animations: settings.animations,
        privacy: settings.privacy,
        origin,
        allow_apply: false,
        is_protected: false,
        keys: settings.keys.clone(),
    }
}

/// How many colours to use: none under NO_COLOR, else what COLORTERM and TERM promise.
fn depth(settings: &Settings) -> ColorDepth {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    if !settings.colored(&io::stdout()) {
        return ColorDepth::Mono;
    }
    match variable("COLORTERM").as_str() {
        "truecolor" | "24bit" => ColorDepth::True,
        _ if variable("TERM").contains("256color") => ColorDepth::Indexed256,
        _ => ColorDepth::Ansi16,
    }
}

/// What the screen may order from the workshop.
enum Order {
    All,
    Cell(Cell),
    Clean(Task),
}

/// The thread that scans while the screen is up.
struct Workshop {
    settings: Settings,
    set: Arc<RuleSet>,
    runtime: Runtime,
    session: Session,
    will: watch::Receiver<Will>,
    news: mpsc::Sender<Input>,
    cleaner: Cleaner,
    past: Past,
}

/// Passes every event on to the screen.
struct Passing(mpsc::Sender<Input>);

impl Listener for Passing {
    fn hear(&mut self, event: &Event, _: &Audit) {
        // A closed channel means the screen is gone, and the program with it soon.
        let _ = self.0.send(Input::Event(Box::new(event.clone())));
    }
}

impl Workshop {
    fn work(mut self, orders: mpsc::Receiver<Order>) {
        let mut audit = Audit::default();
        self.cleaner.tell_runs();
        while let Ok(order) = orders.recv() {
            let mut passing = Passing(self.news.clone());
            match order {
                Order::All => {
                    self.session.cx = self.session.cx.at(Timestamp::now());
                    let mut engine = Engine::new(Audit::default(), &self.set, &mut passing);
                    engine.ticks = self.ticks();
                    engine.sightings = self.told(self.past.sightings(&self.session.account.id, self.session.cx.now()));
                    self.runtime.block_on(self.scan().run(&mut engine));
                    for quota in self.told(self.past.trends(engine.audit())) {
                        engine.pass(Event::QuotaRead { quota });
                    }
                    audit = engine.into_audit();
                    let said = self.past.save(&audit);
                    if let Some(said) = self.told(said) {
                        let _ = self.news.send(Input::Note(said.to_owned()));
                    }
                }
                Order::Clean(task) => {
                    self.clean(task);
                    continue;
                }
                Order::Cell(cell) => {
                    let Some(scanner) = scan::scanner(&cell.kind) else { continue };
                    let mut engine = Engine::new(audit, &self.set, &mut passing);
                    engine.ticks = self.ticks();
                    let began = engine.audit().started_at;
                    engine.sightings = self.told(self.past.sightings(&self.session.account.id, began));
                    self.runtime.block_on(self.scan().read_again(&mut engine, &cell, scanner));
                    audit = engine.into_audit();
                }
            }
            let _ = self.news.send(Input::Ended);
        }
    }

    /// What the history says; a note and nothing where it cannot be read.
    fn told<T: Default>(&self, said: Result<T, StoreError>) -> T {
        said.unwrap_or_else(|error| {
            let _ = self.news.send(Input::Note(format!("{error}; this audit is told without it")));
            T::default()
        })
    }

    /// What people have settled by hand; a note and nothing where that cannot be read.
    fn ticks(&self) -> Ticks {
        let kept = Kept::File(checklist::ticks_file(&self.settings, &self.session.account.id));
        kept.ticks().unwrap_or_else(|error| {
            let _ = self.news.send(Input::Note(format!("{error}; the checklist is told without it")));
            Ticks::default()
        })
    }

    /// Asks STS again whose credentials these are before anything is tried, sent or looked at.
    fn clean(&mut self, task: Task) {
        let opened = self.runtime.block_on(Session::open(&self.settings.wanted, Timestamp::now()));
        let session = match opened {
            Ok(session) => session,
            Err(error) => return self.cleaner.refuse(task, error.to_string()),
        };
        let checked = match &task {
            Task::Rehearse(plan) | Task::Apply(plan, _) | Task::Resume(_, plan, _) => {
                apply::check_account(plan, &session)
            }
            // What these are about is read from the folder of the account, which is compared below.
            Task::RehearseRest(_) | Task::Verify(_) => Ok(()),
        };
        if let Err(error) = checked {
            return self.cleaner.refuse(task, error.to_string());
        }
        if session.account.id != self.session.account.id {
            return self.cleaner.refuse(task, format!("these credentials are of {} now", session.account.id));
        }
        let world = world::Live { session: &session, rules: &self.set };
        self.runtime.block_on(self.cleaner.take(&world, &session.account.caller_arn, task));
    }

    fn scan(&self) -> run::Scan<'_> {
        run::Scan {
            session: &self.session,
            scanners: &self.settings.scanners,
            max_spend: self.settings.max_spend,
            every_quota: false,
            bill: true,
            net: false,
            cache: self.settings.places.cache.as_deref(),
            will: self.will.clone(),
        }
    }
}

/// The way to a running or repeatable scan.
struct Live {
    orders: mpsc::Sender<Order>,
    tell: watch::Sender<Will>,
}

/// What is behind an audit.
enum Place {
    /// The account it is of.
    Account(Live),
    /// A recording.
    Stage(Stage),
    /// Nothing: it was read from a file.
    Nowhere(mpsc::Sender<Input>),
}

/// Where the saved audits of an account are, and who is told of them.
#[derive(Clone)]
struct History {
    /// The file. Absent where there is none to look for.
    file: Option<PathBuf>,
    account: String,
    news: mpsc::Sender<Input>,
}

impl History {
    fn new(settings: &Settings, account: &str, news: mpsc::Sender<Input>) -> History {
        History { file: history::place(settings).ok(), account: account.to_owned(), news }
    }

    /// Reads two audits beside the screen, which goes on meanwhile.
    fn compare(&self, before: Option<Timestamp>) {
        let history = self.clone();
        thread::spawn(move || {
            let changes = match &history.file {
                Some(file) => history::compare(file, &history.account, before).map(Box::new),
                None => Err(vec!["There is no history of audits here: a recording has none.".to_owned()]),
            };
            // A closed channel means the screen is gone.
            let _ = history.news.send(Input::Cleanup(Box::new(News::Changed(changes))));
        });
    }
}

/// The program around the screen.
struct Around {
    place: Place,
    /// What is settled by hand.
    kept: Kept,
    set: Arc<RuleSet>,
    /// Whether the command line allows changes.
    allow_apply: bool,
    /// Whether the settings protect the account.
    is_protected: bool,
    /// Whether the audit knows every resource.
    has_inventory: bool,
    /// The file of what is set aside.
    ignores: PathBuf,
    /// Journals of the account.
    folder: Option<PathBuf>,
    /// Saved audits of the account.
    history: History,
    /// The way to stop the run under way.
    stop: Option<watch::Sender<bool>>,
    clipboard: Option<arboard::Clipboard>,
}

impl Around {
    fn new(place: Place, kept: Kept, set: Arc<RuleSet>, ignores: PathBuf, history: History) -> Around {
        let (folder, stop, clipboard) = (None, None, None);
        Around {
            place,
            kept,
            set,
            allow_apply: false,
            is_protected: false,
            has_inventory: true,
            ignores,
            folder,
            history,
            stop,
            clipboard,
        }
    }

    fn live(&self) -> Option<&Live> {
        match &self.place {
            Place::Account(live) => Some(live),
            Place::Stage(_) | Place::Nowhere(_) => None,
        }
    }

    /// The leave to take steps of a plan: what hears when no further one is to be begun.
    ///
    /// Errors when nothing may be applied from here, or what was typed is not the phrase.
    fn leave(&mut self, plan: &Plan, typed: &str) -> Result<watch::Receiver<bool>, String> {
        if !self.allow_apply {
            return Err("nothing was changed: --allow-apply was not given".to_owned());
        }
        if self.is_protected {
            return Err("nothing was changed: protected_accounts of the config file names this account".to_owned());
        }
        if typed != plan.phrase() {
            return Err("nothing was changed: what was typed is not the phrase of this plan".to_owned());
        }
        let (tell, stop) = watch::channel(false);
        self.stop = Some(tell);
        Ok(stop)
    }

    fn order(&self, task: Task) -> Result<(), String> {
        let gone = "the worker is gone; see the log";
        match &self.place {
            Place::Account(live) => live.orders.send(Order::Clean(task)).map_err(|_| gone.to_owned()),
            Place::Stage(stage) => stage.tasks.send(task).map_err(|_| gone.to_owned()),
            Place::Nowhere(_) => Err("this audit was read from a file: there is no account at hand".to_owned()),
        }
    }
}

/// What an export writes.
enum Form {
    Audit(Format),
    Checklist(ChecklistFormat),
}

/// A file name of an account and a time.
fn file_name(label: &str, at: Timestamp, ending: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    let name: String = label.chars().map(plain).collect();
    format!("closeout-{name}-{}{ending}", at.strftime("%Y%m%dT%H%M%SZ"))
}

impl Outside for Around {
    fn copy(&mut self, text: &str) -> Result<String, String> {
        if self.clipboard.is_none() {
            self.clipboard = arboard::Clipboard::new().ok();
        }
        let Some(clipboard) = &mut self.clipboard else { return Ok("sent to the terminal's clipboard".to_owned()) };
        match clipboard.set_text(text) {
            Ok(()) => Ok("copied".to_owned()),
            Err(_) => Ok("sent to the terminal's clipboard".to_owned()),
        }
    }

    fn open(&mut self, url: &str) -> Result<String, String> {
        let far = std::env::var_os("SSH_CONNECTION").is_some();
        let seat = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
        if far || !(seat || cfg!(target_os = "macos")) {
            return Err(format!("no browser here: {url}"));
        }
        match open::that_detached(url) {
            Ok(()) => Ok("opened in the browser".to_owned()),
            Err(_) => Err(format!("no browser here: {url}")),
        }
    }

    fn export(&mut self, format: ExportFormat, audit: &Audit) -> Result<String, String> {
        let (form, ending) = match format {
            ExportFormat::Json => (Form::Audit(Format::Json), ".json"),
            ExportFormat::Csv => (Form::Audit(Format::Csv), ".csv"),
            ExportFormat::Markdown => (Form::Audit(Format::Markdown), ".md"),
            ExportFormat::Html => (Form::Audit(Format::Html), ".html"),
            ExportFormat::Sarif => (Form::Audit(Format::Sarif), ".sarif"),
            ExportFormat::Openmetrics => (Form::Audit(Format::Openmetrics), ".prom"),
            ExportFormat::ChecklistMarkdown => (Form::Checklist(ChecklistFormat::Markdown), "-checklist.md"),
            ExportFormat::ChecklistHtml => (Form::Checklist(ChecklistFormat::Html), "-checklist.html"),
            ExportFormat::ChecklistJson => (Form::Checklist(ChecklistFormat::Json), "-checklist.json"),
        };
        if matches!(form, Form::Checklist(_)) && audit.checklist.is_empty() {
            return Err("nothing was written: the checklist has not been judged".to_owned());
        }
        let file = file_name(audit.account.label(), audit.started_at, ending);
        let options = report::Options::default();
        let written = save(file.as_ref(), |out| match form {
            Form::Audit(format) => report::write(format, audit, &options, out),
            Form::Checklist(format) => report::write_checklist(format, audit, true, &options, out),
        });
        written.map(|()| format!("written to {file}")).map_err(|error| error.to_string())
    }

    fn export_changes(&mut self, changes: &Changes) -> Result<String, String> {
        let head = &changes.after;
        let file = file_name(head.alias.as_deref().unwrap_or(&head.account), head.started_at, "-diff.md");
        let options = report::Options::default();
        let written = save(file.as_ref(), |out| report::write_changes(ChangesFormat::Markdown, changes, &options, out));
        written.map(|()| format!("written to {file}")).map_err(|error| error.to_string())
    }

    fn ignore(&mut self, id: &str, why: &str, until: Date) -> Result<(String, Ignored), String> {
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let (id, why, added) = (id.to_owned(), why.to_owned(), today.to_string());
        let entry = Entry { id, until, why, by: ignore::user(), added };
        let said = match &self.place {
            Place::Stage(_) => ignore::check(&entry, today).map(|()| "set aside, in this demo only".to_owned()),
            Place::Account(_) | Place::Nowhere(_) => ignore::add(&self.ignores, &entry, today)
                .map(|()| format!("set aside until {until}, in {}", self.ignores.display())),
        };
        let said = said.map_err(|error| error.to_string())?;
        let told = entry.told();
        self.set.ignores.write().unwrap_or_else(PoisonError::into_inner).put(entry);
        Ok((said, told))
    }

    fn tick(&mut self, audit: &Audit, id: &str, note: Option<&str>) -> Result<(String, Event), String> {
        if !self.has_inventory {
            return Err("a tick needs every resource to judge by, and this report holds those of findings only; \
                        `closeout scan --format json --inventory` writes one with all"
                .to_owned());
        }
        self.kept.settle(audit, id, note).map_err(|error| error.to_string())
    }

    fn rescan(&mut self, what: Rescan) -> Result<String, String> {
        let Some(live) = self.live() else { return Err("this is a saved audit: there is nothing to ask".to_owned()) };
        let _ = live.tell.send(Will::Run);
        let (order, said) = match what {
            Rescan::All => (Order::All, "scanning again".to_owned()),
            Rescan::Cell(cell) => {
                let said = format!("asking again for {cell}");
                (Order::Cell(cell), said)
            }
        };
        live.orders.send(order).map(|()| said).map_err(|_| "the scanner is gone; see the log".to_owned())
    }

    fn stop(&mut self) {
        if let Some(live) = self.live() {
            let _ = live.tell.send(Will::Stop);
        }
    }

    fn pause(&mut self, on: bool) {
        if let Some(live) = self.live() {
            let _ = live.tell.send(if on { Will::Pause } else { Will::Run });
        }
    }

    fn can_rescan(&self) -> bool {
        self.live().is_some()
    }

    fn plan(&mut self, audit: &Audit, marks: &Marks, allowed: Allowed) -> Result<Plan, String> {
        if !self.has_inventory {
            return Err("it needs every resource, and this report holds those of findings only; \
                        `closeout scan --format json --inventory` writes one with all"
                .to_owned());
        }
        plan::made(audit, &self.set, marks, allowed).map_err(|error| error.to_string())
    }

    fn script(&mut self, plan: &Plan) -> Result<String, String> {
        let label = plan.account.alias.as_ref().unwrap_or(&plan.account.id);
        let hash = plan.hash.get(..6).unwrap_or_default();
        let file = file_name(label, plan.scanned_at, &format!("-{hash}.sh"));
        let text = crate::plan::script(plan);
        save(file.as_ref(), |out| out.write_all(text.as_bytes()))
            .map(|()| format!("written to {file}; it runs nothing by itself"))
            .map_err(|error| error.to_string())
    }

    fn rehearse(&mut self, plan: Arc<Plan>) -> Result<(), String> {
        self.order(Task::Rehearse(plan))
    }

    fn apply(&mut self, plan: Arc<Plan>, typed: &str) -> Result<(), String> {
        let stop = self.leave(&plan, typed)?;
        self.order(Task::Apply(plan, stop))
    }

    fn rehearse_rest(&mut self, run: &str) -> Result<(), String> {
        self.order(Task::RehearseRest(run.to_owned()))
    }

    fn resume(&mut self, run: &str, plan: Arc<Plan>, typed: &str) -> Result<(), String> {
        let stop = self.leave(&plan, typed)?;
        self.order(Task::Resume(run.to_owned(), plan, stop))
    }

    fn stop_apply(&mut self) {
        if let Some(stop) = &self.stop {
            let _ = stop.send(true);
        }
    }

    fn compare(&mut self, before: Option<Timestamp>) {
        self.history.compare(before);
    }

    fn verify(&mut self, run: &str) -> Result<(), String> {
        let Place::Nowhere(news) = &self.place else { return self.order(Task::Verify(run.to_owned())) };
        let lines = cleanup::verify_alone(self.folder.clone(), run);
        let told = News::Verified { run: run.to_owned(), lines };
        news.send(Input::Cleanup(Box::new(told))).map_err(|error| error.to_string())
    }
}
