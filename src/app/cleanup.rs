//! Cleanups that the screen asks for: plans, dry runs, runs, and runs held against the account again.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::sync::watch;

use super::world::Rehearsed;
use super::{AppError, apply, headless};
use crate::audit::Audit;
use crate::clean::journal::{self, Sink};
use crate::clean::{self as cleanup, Eyes, Journal, Report, Run, World};
use crate::model::{Resource, clean};
use crate::plan::{Entry, Past, Plan, Rehearsal, Step, What};
use crate::tui::Input;
use crate::tui::cleanup::{End, News, Record, Rest};

/// What the screen may order of a cleanup.
pub enum Task {
    /// Go through a plan without changing anything.
    Rehearse(Arc<Plan>),
    /// Take its steps. The receiver hears when no further one is to be begun.
    Apply(Arc<Plan>, watch::Receiver<bool>),
    /// Go through what is left of a run without changing anything.
    RehearseRest(String),
    /// Go on with a run whose plan this is. The receiver hears when no further step is to be begun.
    Resume(String, Arc<Plan>, watch::Receiver<bool>),
    /// Hold a run against the account.
    Verify(String),
}

/// Carries tasks out and tells the screen of it.
pub struct Cleaner {
    /// Account the journals are of.
    account: String,
    /// Where they are. Absent without a home folder: then nothing is applied.
    folder: Option<PathBuf>,
    /// What the screen calls that place.
    place: String,
    news: mpsc::Sender<Input>,
    /// The last dry run. A plan is applied by its leave alone, whatever the screen says.
    tried: Option<Rehearsal>,
    /// What was left of a run at its last dry run. By its leave alone that is gone on with.
    rest: Option<Rest>,
}

impl Cleaner {
    /// Of an account, with its journals in a folder.
    pub fn new(account: &str, folder: Option<PathBuf>, place: String, news: mpsc::Sender<Input>) -> Cleaner {
        Cleaner { account: account.to_owned(), folder, place, news, tried: None, rest: None }
    }

    /// Carries a task out in a world. `caller` is who asks, as AWS told it.
    pub async fn take<W: World>(&mut self, world: &W, caller: &str, task: Task) {
        match task {
            Task::Rehearse(plan) => {
                let tried = cleanup::rehearse(world, &plan).await;
                self.tried = Some(tried.clone());
                self.tell(News::Tried(Ok(tried)));
            }
            Task::Apply(plan, stop) => {
                match self.apply(world, caller, &plan, stop).await {
                    Ok(report) => self.tell(News::Ended(end(report))),
                    Err(error) => self.tell(News::refused(format!("nothing was changed: {error}"))),
                }
                self.forget();
            }
            Task::RehearseRest(run) => {
                let rest = self.rehearse_rest(world, &run).await.map_err(|error| error.to_string());
                self.rest = rest.as_ref().ok().cloned();
                self.tell(News::TriedRest(rest));
            }
            Task::Resume(run, plan, stop) => {
                match self.resume(world, caller, &run, &plan, stop).await {
                    Ok(report) => self.tell(News::Ended(end(report))),
                    Err(error) => self.tell(News::refused(format!("nothing was changed: {error}"))),
                }
                self.forget();
            }
            Task::Verify(run) => {
                let lines = self.verify(Some(world), &run).await.map_err(|error| error.to_string());
                self.tell(News::Verified { run, lines });
            }
        }
    }

    /// After a run: what was tried is not what is there now.
    fn forget(&mut self) {
        (self.tried, self.rest) = (None, None);
        self.tell_runs();
    }

    /// Says that a task could not be begun.
    pub fn refuse(&self, task: Task, why: String) {
        self.tell(match task {
            Task::Rehearse(_) => News::Tried(Err(why)),
            Task::RehearseRest(_) => News::TriedRest(Err(why)),
            Task::Apply(..) | Task::Resume(..) => News::refused(format!("nothing was changed: {why}")),
            Task::Verify(run) => News::Verified { run, lines: Err(why) },
        });
    }

    fn tell(&self, news: News) {
        // A closed channel means the screen is gone; the journal has it.
        let _ = self.news.send(Input::Cleanup(Box::new(news)));
    }

    /// Tells the screen which runs there are.
    pub fn tell_runs(&self) {
        let runs = self.folder.as_deref().map(records).unwrap_or_default();
        self.tell(News::Runs { runs, place: self.place.clone() });
    }

    /// The dry run that allows a plan to be applied now.
    fn check_rehearsal(&self, plan: &Plan, now: Timestamp) -> Result<(), AppError> {
        let is_whole = |tried: &&Rehearsal| plan.steps.iter().all(|step| tried.checks.contains_key(&step.number));
        let leave = self.tried.as_ref().filter(|tried| tried.is_fresh(&plan.hash, now) && tried.has_passed());
        match leave.filter(is_whole) {
            Some(_) => Ok(()),
            None => Err(AppError::Asked("this plan has no fresh dry run that passed".to_owned())),
        }
    }

    async fn apply<W: World>(
        &self,
        world: &W,
        caller: &str,
        plan: &Plan,
        stop: watch::Receiver<bool>,
    ) -> Result<Report, AppError> {
        self.check_rehearsal(plan, world.now())?;
        let folder = self.folder()?;
        let text = plan.text().map_err(|error| AppError::Output(error.into()))?;
        let (journal, run) = apply::begin_journal(folder, &self.account, plan, &text)?;
        Ok(self.go(world, caller, plan, (run, journal, &[]), stop).await)
    }

    fn folder(&self) -> Result<&Path, AppError> {
        let none = || AppError::Asked("there is no home folder to keep a journal in".to_owned());
        self.folder.as_deref().ok_or_else(none)
    }

    /// Goes through the steps of a run that have not begun.
    async fn rehearse_rest<W: World>(&self, world: &W, run: &str) -> Result<Rest, AppError> {
        let folder = self.folder()?;
        let plan = apply::plan_of(folder, run)?;
        if plan.account.id != self.account {
            return Err(AppError::Asked(format!("the plan of this run is for account {}", clean(&plan.account.id))));
        }
        let read = journal::read(&folder.join(format!("{run}.ndjson")))?;
        let past = Past::of(&read.entries);
        let tried = cleanup::rehearse_rest(world, &plan, &past).await;
        Ok(Rest::new(run, plan, &past, tried))
    }

    /// Goes on with a run, as `closeout journal resume` does.
    async fn resume<W: World>(
        &self,
        world: &W,
        caller: &str,
        run: &str,
        plan: &Plan,
        stop: watch::Receiver<bool>,
    ) -> Result<Report, AppError> {
        let (journal, earlier) = apply::take_up(self.folder()?, &self.account, run, plan)?;
        let past = Past::of(&earlier);
        let is_of_run = |rest: &&Rest| rest.run == run && rest.tried.is_fresh(&plan.hash, world.now());
        let tried = self.rest.as_ref().filter(is_of_run).map(|rest| &rest.tried).filter(|tried| tried.has_passed());
        let is_told = |step: &Step, tried: &Rehearsal| {
            past.step(step.number).is_begun() || tried.checks.contains_key(&step.number)
        };
        if !tried.is_some_and(|tried| plan.steps.iter().all(|step| is_told(step, tried))) {
            return Err(AppError::Asked("what is left of this run has no fresh dry run that passed".to_owned()));
        }
        Ok(self.go(world, caller, plan, (run.to_owned(), journal, &earlier), stop).await)
    }

    /// Takes the steps of a plan that lines of a journal leave open.
    async fn go<W: World>(
        &self,
        world: &W,
        caller: &str,
        plan: &Plan,
        (run, journal, earlier): (String, Journal, &[Entry]),
        stop: watch::Receiver<bool>,
    ) -> Report {
        let news = self.news.clone();
        let journal = journal.through(|into| Box::new(Telling { into, news }));
        self.tell(News::Began(run));
        let (tell, mut hearing) = tokio::sync::mpsc::unbounded_channel();
        let run = Run::new(world, plan, journal, earlier, tell, stop);
        let telling = async {
            while let Some(one) = hearing.recv().await {
                self.tell(News::Step(one));
            }
        };
        tokio::join!(run.go(caller, !earlier.is_empty()), telling).0
    }

    /// Whether every line of a run is the one that was written, and, with a world to look at, whether what it took away
    /// is still gone and what it made is there.
    pub async fn verify<W: World>(&self, world: Option<&W>, run: &str) -> Result<Vec<String>, AppError> {
        let missing = || AppError::Asked(format!("there is no run `{run}`"));
        let folder = self.folder.as_deref().ok_or_else(missing)?;
        let read = journal::read(&folder.join(format!("{run}.ndjson")))?;
        let mut lines = vec![format!("{} lines of the journal are whole", read.entries.len())];
        let Some(world) = world else {
            lines.push("there is no account at hand to look at".to_owned());
            return Ok(lines);
        };
        let (eyes, now) = (Eyes::new(world), world.now());
        let (mut gone, mut back, mut unread) = (0, Vec::new(), Vec::new());
        for (step, before) in taken_away(&read.entries) {
            match eyes.find(&before, now).await {
                Ok(None) => gone += 1,
                Ok(Some(_)) => back.push(format!("{step} {}", before.label())),
                Err(why) => unread.push(format!("{step} {}: {why}", before.label())),
            }
        }
        lines.push(format!("{gone} of {} deleted resources are gone", gone + back.len() + unread.len()));
        if !back.is_empty() {
            lines.push(format!("listed again: {}", back.join(", ")));
        }
        if !unread.is_empty() {
            lines.push(format!("not known, it could not be read: {}", unread.join("; ")));
        }
        Ok(lines)
    }
}

/// What a run saw disappear, with the number of its step.
fn taken_away(entries: &[Entry]) -> Vec<(u32, Resource)> {
    let before = |wanted: u32| {
        entries.iter().find_map(|entry| match &entry.what {
            What::Begun { step, before, .. } if *step == wanted => Some((**before).clone()),
            _ => None,
        })
    };
    let is_gone = |seen: &str| seen.contains("not listed any more") || seen.starts_with("already gone");
    let done = entries.iter().filter_map(|entry| match &entry.what {
        What::Done { step, seen, .. } if is_gone(seen) => Some(*step),
        _ => None,
    });
    done.filter_map(|step| Some((step, before(step)?))).collect()
}

/// Runs of an account, the latest first. One that cannot be trusted says so and shows nothing.
pub fn records(folder: &Path) -> Vec<Record> {
    let names = match journal::runs(folder) {
        Ok(names) => names,
        Err(error) => {
            let trouble = format!("{}: {error}", folder.display());
            return vec![Record { name: "?".to_owned(), trouble, ..Record::default() }];
        }
    };
    let read = |name: String| match journal::read(&folder.join(format!("{name}.ndjson"))) {
        Ok(read) => Record { name, entries: read.entries, is_torn: read.is_torn, trouble: String::new() },
        Err(error) => Record { name, trouble: error.to_string(), ..Record::default() },
    };
    names.into_iter().map(read).collect()
}

fn end(report: Report) -> End {
    let trouble = report.trouble.map(|error| error.to_string()).unwrap_or_default();
    End { states: report.states, stopped: report.stopped, trouble }
}

/// Shows the lines of a journal once they are on disk.
#[derive(Debug)]
struct Telling {
    into: Box<dyn Sink>,
    news: mpsc::Sender<Input>,
}

impl Sink for Telling {
    fn put(&mut self, line: &[u8]) -> io::Result<()> {
        self.into.put(line)?;
        if let Ok(entry) = serde_json::from_slice::<Entry>(line) {
            let _ = self.news.send(Input::Cleanup(Box::new(News::Wrote(Box::new(entry)))));
        }
        Ok(())
    }
}

/// The account of a recording, with journals that go away with it.
pub struct Stage {
    /// The way to it.
    pub tasks: mpsc::Sender<Task>,
    _journals: TempDir,
}

impl Stage {
    /// Sets it up beside the screen.
    ///
    /// Errors when there is no folder for its journals.
    pub fn open(audit: &Audit, news: mpsc::Sender<Input>) -> Result<Stage, AppError> {
        let trouble = |error| AppError::File("a folder for the journals of the demo".to_owned(), error);
        let journals = tempfile::Builder::new().prefix("closeout-demo-").tempdir().map_err(trouble)?;
        let folder = journals.path().join("journal");
        let place = "in a temporary folder, gone when the demo ends".to_owned();
        let mut cleaner = Cleaner::new(&audit.account.id, Some(folder), place, news);
        cleaner.tell_runs();
        let (tasks, wanted) = mpsc::channel();
        let world = Rehearsed::new(audit);
        let caller = audit.account.caller_arn.clone();
        let runtime = headless::runtime()?;
        thread::spawn(move || {
            while let Ok(task) = wanted.recv() {
                runtime.block_on(cleaner.take(&world, &caller, task));
            }
        });
        Ok(Stage { tasks, _journals: journals })
    }
}

/// What a screen that reads a file may do about a run: hold its lines against each other.
pub fn verify_alone(folder: Option<PathBuf>, run: &str) -> Result<Vec<String>, String> {
    let (news, _) = mpsc::channel();
    let cleaner = Cleaner::new("", folder, String::new(), news);
    let runtime = headless::runtime().map_err(|error| error.to_string())?;
    runtime.block_on(cleaner.verify::<Rehearsed>(None, run)).map_err(|error| error.to_string())
}
