//! The loop: waits for keys and news, updates, grants wishes, draws when something changed.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crossterm::event::{Event as Terminal, KeyEventKind};
use jiff::Timestamp;
use jiff::civil::Date;
use signal_hook::consts::{SIGCONT, SIGHUP};

use super::cleanup::News as Cleanup;
use super::effect::{Effect, ExportFormat, Rescan};
use super::feed::{self, News, Wake};
use super::look::{ColorDepth, Theme};
use super::message::Message;
use super::model::Model;
use super::terminal::Screenful;
use super::update::update;
use super::view;
use crate::audit::Audit;
use crate::audit::changes::Changes;
use crate::model::{Event, Ignored};
use crate::plan::{Allowed, Marks, Plan};

/// Where an audit comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A scan of this account by this program, now.
    Live,
    /// The account built into the program.
    Demo,
    /// A report written earlier.
    File(PathBuf),
}

/// What the screen is told at its start.
#[derive(Clone, Debug)]
pub struct Options {
    /// Colours.
    pub theme: Theme,
    /// How many colours the terminal has.
    pub depth: ColorDepth,
    /// Whether only ASCII signs are drawn.
    pub ascii: bool,
    /// Whether the mouse is used.
    pub mouse: bool,
    /// Whether the running sign turns.
    pub animations: bool,
    /// Whether account ids, ARNs and addresses are masked.
    pub privacy: bool,
    /// Where the audit comes from.
    pub origin: Origin,
    /// Whether plans may be applied. Said on the command line and nowhere else.
    pub allow_apply: bool,
    /// Whether the settings protect this account: then nothing is applied, whatever the command line says.
    pub is_protected: bool,
    /// The user's own keys: action name → keys.
    pub keys: BTreeMap<String, String>,
}

/// News for the screen.
#[derive(Clone, Debug)]
pub enum Input {
    /// The scan says something.
    Event(Box<Event>),
    /// A cleanup says something.
    Cleanup(Box<Cleanup>),
    /// A line for the message line.
    Note(String),
    /// Nothing more will come of this scan.
    Ended,
}

/// What the screen may ask of the program around it. Each answer is one line for the message line.
pub trait Outside {
    /// Puts text on the system's clipboard. The terminal's own has been written already.
    fn copy(&mut self, text: &str) -> Result<String, String>;
    /// Opens an address in a browser.
    fn open(&mut self, url: &str) -> Result<String, String>;
    /// Writes the audit to a file.
    fn export(&mut self, format: ExportFormat, audit: &Audit) -> Result<String, String>;
    /// Writes what is different between two audits to a file.
    fn export_changes(&mut self, changes: &Changes) -> Result<String, String>;
    /// Sets a finding aside, and gives a line that says so with what the finding says from now on.
    ///
    /// Errors with the reason why it cannot be.
    fn ignore(&mut self, id: &str, why: &str, until: Date) -> Result<(String, Ignored), String>;
    /// Settles an item of the checklist by hand, or takes that back, and gives a line that says so with the list judged
    /// again.
    ///
    /// Errors with the reason why it cannot be; then what was kept before is as it was.
    fn tick(&mut self, audit: &Audit, id: &str, note: Option<&str>) -> Result<(String, Event), String>;
    /// Looks again; what is found comes in as news.
    fn rescan(&mut self, what: Rescan) -> Result<String, String>;
    /// Stops the scan; what was found is kept.
    fn stop(&mut self);
    /// Holds the scan, or lets it go on.
    fn pause(&mut self, on: bool);
    /// Whether looking again is possible.
    fn can_rescan(&self) -> bool;
    /// A plan for marked resources.
    ///
    /// Errors with the reason why none can be made.
    fn plan(&mut self, audit: &Audit, marks: &Marks, allowed: Allowed) -> Result<Plan, String>;
    /// Writes a plan as a shell script to a file.
    fn script(&mut self, plan: &Plan) -> Result<String, String>;
    /// Goes through a plan without changing anything; what comes of it comes in as news.
    fn rehearse(&mut self, plan: Arc<Plan>) -> Result<(), String>;
    /// Takes the steps of a plan; what becomes of them comes in as news. `typed` is what was typed to allow it.
    ///
    /// Errors when that is not the phrase of the plan, or nothing may be applied from here.
    fn apply(&mut self, plan: Arc<Plan>, typed: &str) -> Result<(), String>;
    /// Goes through what is left of a run of before without changing anything; what comes of it comes in as news.
    fn rehearse_rest(&mut self, run: &str) -> Result<(), String>;
    /// Goes on with a run of before, whose plan this is, as [`Outside::apply`] begins one.
    fn resume(&mut self, run: &str, plan: Arc<Plan>, typed: &str) -> Result<(), String>;
    /// Begins no further step.
    fn stop_apply(&mut self);
    /// Compares the last saved audit of the account with the one before it, or with the last one before a moment; what
    /// is different comes in as news.
    fn compare(&mut self, before: Option<Timestamp>);
    /// Holds the journal of a run against the account; what is seen comes in as news.
    fn verify(&mut self, run: &str) -> Result<(), String>;
}

/// Shortest time between two drawings while only news arrives: ten a second.
const FRAME: Duration = Duration::from_millis(100);
/// How often the running sign turns.
const TURN: Duration = Duration::from_millis(250);
/// Longest time spent on news before the keyboard is looked at again.
const SLICE: Duration = Duration::from_millis(4);

/// Shows an audit until the person leaves, and gives back what it has become.
///
/// Errors when the terminal cannot be set up or written to, or when the user's keys cannot be used. The terminal
/// is as it was before in any case.
pub fn run(audit: Audit, feed: Receiver<Input>, options: Options, outside: &mut dyn Outside) -> io::Result<Audit> {
    let mut model = Model::new(audit, &options).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    model.can_rescan = outside.can_rescan();
    let (wake, waiting) = mpsc::channel();
    let news = feed::forward(feed, wake.clone());
    let signals = feed::watch_signals(wake.clone())?;
    let screen = Screenful::open(options.mouse).inspect_err(|_| feed::unwatch_signals(&signals))?;
    std::thread::spawn(move || feed::read_keys(&wake));
    let (columns, rows) = crossterm::terminal::size()?;
    update(&mut model, Message::Resize(columns, rows));
    let mut running =
        Loop { model, screen, outside, began: Instant::now(), drawn: None, dirty: true, is_blind: false, quit: false };
    let ended = running.until_quit(&waiting, &news);
    let Loop { model, screen, .. } = running;
    drop(screen);
    feed::unwatch_signals(&signals);
    ended.map(|()| model.audit)
}

struct Loop<'a> {
    model: Model,
    screen: Screenful,
    outside: &'a mut dyn Outside,
    began: Instant,
    /// When the screen was last drawn. `None` when it has to be drawn at once.
    drawn: Option<Instant>,
    /// Whether something changed since.
    dirty: bool,
    /// Whether the terminal is gone, and nothing is drawn any more.
    is_blind: bool,
    quit: bool,
}

impl Loop<'_> {
    fn until_quit(&mut self, waiting: &Receiver<Wake>, news: &News) -> io::Result<()> {
        let mut more = false;
        while !self.quit {
            let drawn = self.draw_if_due();
            self.outlive(drawn)?;
            let first =
                if more { waiting.try_recv().map_err(|_| RecvTimeoutError::Timeout) } else { self.wait(waiting) };
            self.tell_time();
            match first {
                Ok(wake) => self.take(wake)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            while let Ok(wake) = waiting.try_recv() {
                self.take(wake)?;
            }
            more = self.take_news(news)?;
        }
        Ok(())
    }

    /// Waits for something to happen; no longer than until the screen shows something new by itself.
    fn wait(&self, waiting: &Receiver<Wake>) -> Result<Wake, RecvTimeoutError> {
        let since = self.drawn.map_or(FRAME, |drawn| drawn.elapsed());
        let limit = if self.dirty {
            FRAME.saturating_sub(since)
        } else if self.model.is_busy() {
            let turn = if self.model.animations { TURN } else { Duration::from_secs(1) };
            turn.saturating_sub(since)
        } else {
            match view::age_changes_in(&self.model) {
                Some(seconds) => Duration::from_secs(seconds.max(1)),
                None => return waiting.recv().map_err(|_| RecvTimeoutError::Disconnected),
            }
        };
        waiting.recv_timeout(limit)
    }

    fn tell_time(&mut self) {
        let ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let ages = |model: &Model| (view::age(model), view::rehearsal_minutes(model));
        let before = ages(&self.model);
        update(&mut self.model, Message::Clock(ms, Timestamp::now()));
        self.dirty |= ages(&self.model) != before;
        let due = self.drawn.is_some_and(|drawn| drawn.elapsed() >= TURN);
        if self.model.is_busy() && !self.model.paused && due {
            let late = self.drawn.is_some_and(|drawn| drawn.elapsed() >= Duration::from_secs(1));
            if self.model.animations || late {
                update(&mut self.model, Message::Tick);
                self.dirty = true;
            }
        }
    }

    fn take(&mut self, wake: Wake) -> io::Result<()> {
        let message = match wake {
            Wake::Terminal(Terminal::Key(key)) if key.kind != KeyEventKind::Release => Message::Key(key),
            Wake::Terminal(Terminal::Mouse(mouse)) => Message::Mouse(mouse),
            Wake::Terminal(Terminal::Paste(text)) => Message::Paste(text),
            Wake::Terminal(Terminal::Resize(columns, rows)) => Message::Resize(columns, rows),
            Wake::Terminal(_) | Wake::News => return Ok(()),
            // Somebody stopped and continued the program from outside: what the terminal shows is anyone's guess.
            Wake::Signal(SIGCONT) => {
                let taken = self.screen.enter().and_then(|()| self.repaint());
                return self.outlive(taken);
            }
            // A terminal that goes away sends its hangup, its shell sends another, and the keyboard is gone: together
            // they are one wish to end.
            Wake::Signal(SIGHUP) | Wake::Lost => Message::End { again: false },
            Wake::Signal(_) => Message::End { again: true },
        };
        // A mouse that moves changes nothing and draws nothing.
        if let Message::Mouse(mouse) = &message
            && !super::update::mouse::matters(mouse)
        {
            return Ok(());
        }
        self.drawn = None;
        self.dirty = true;
        self.tell(message)
    }

    /// A terminal that is gone ends the program, but not in the middle of a cleanup: that is stopped first, unseen.
    fn outlive(&mut self, shown: io::Result<()>) -> io::Result<()> {
        if shown.is_ok() || !self.model.cleanup.is_applying() {
            return shown;
        }
        self.is_blind = true;
        self.tell(Message::End { again: false })
    }

    /// Takes waiting news for a moment. Says whether there is more.
    fn take_news(&mut self, news: &News) -> io::Result<bool> {
        news.heard();
        let began = Instant::now();
        while began.elapsed() < SLICE {
            let Some(input) = news.next() else { return Ok(false) };
            self.dirty = true;
            let message = match input {
                Input::Event(event) => Message::Event(event),
                Input::Cleanup(news) => Message::Cleanup(news),
                Input::Note(text) => Message::Note(text),
                Input::Ended => Message::Ended,
            };
            self.tell(message)?;
        }
        Ok(true)
    }

    fn tell(&mut self, message: Message) -> io::Result<()> {
        for effect in update(&mut self.model, message) {
            self.grant(effect)?;
        }
        Ok(())
    }

    fn grant(&mut self, effect: Effect) -> io::Result<()> {
        let answer = match effect {
            Effect::Quit => {
                self.quit = true;
                return Ok(());
            }
            Effect::Suspend => {
                self.screen.suspend()?;
                let (columns, rows) = crossterm::terminal::size()?;
                update(&mut self.model, Message::Resize(columns, rows));
                return self.repaint();
            }
            Effect::Redraw => return self.repaint(),
            Effect::Mouse(on) => return self.screen.mouse(on),
            Effect::Stop => {
                self.outside.stop();
                return Ok(());
            }
            Effect::Pause(on) => {
                self.outside.pause(on);
                return Ok(());
            }
            Effect::Copy(what, text) => self.copy(&what, &text)?,
            Effect::Open(url) => match self.outside.open(&url) {
                Ok(line) => Ok(line),
                // Over SSH, or without a browser, the address itself is what helps.
                Err(why) => self.copy("address", &url)?.map(|sent| format!("{sent}; {why}")),
            },
            Effect::Export(format) => self.outside.export(format, &self.model.audit),
            Effect::ExportChanges(changes) => self.outside.export_changes(&changes),
            Effect::Ignore { id, why, until } => {
                let done = self.outside.ignore(&id, &why, until);
                return self.tell(Message::Ignored(id, done));
            }
            Effect::Tick { id, note } => {
                let done = self.outside.tick(&self.model.audit, &id, note.as_deref());
                return self.tell(Message::Ticked(done.map(|(said, checked)| (said, Box::new(checked)))));
            }
            Effect::Rescan(what) => self.outside.rescan(what),
            Effect::Script(plan) => self.outside.script(&plan),
            effect => return self.clean_up(effect),
        };
        self.tell(Message::Done(answer))
    }

    /// Wishes of the cleanup, which are answered with news.
    fn clean_up(&mut self, effect: Effect) -> io::Result<()> {
        let news = match effect {
            Effect::Plan(marks, allowed) => {
                let plan = self.outside.plan(&self.model.audit, &marks, allowed);
                let (grace, now) = (self.model.cleanup.grace, self.model.now);
                Some(Cleanup::Planned(plan.and_then(|plan| super::cleanup::with_grace(plan, grace, now))))
            }
            Effect::Rehearse(plan) => self.outside.rehearse(plan).err().map(|why| Cleanup::Tried(Err(why))),
            Effect::Apply(plan, typed) => self.outside.apply(plan, &typed).err().map(Cleanup::refused),
            Effect::RehearseRest(run) => self.outside.rehearse_rest(&run).err().map(|why| Cleanup::TriedRest(Err(why))),
            Effect::Resume(run, plan, typed) => self.outside.resume(&run, plan, &typed).err().map(Cleanup::refused),
            Effect::Verify(run) => {
                let refused = self.outside.verify(&run).err();
                refused.map(|why| Cleanup::Verified { run, lines: Err(why) })
            }
            Effect::Compare(before) => {
                self.outside.compare(before);
                None
            }
            Effect::StopApply => {
                self.outside.stop_apply();
                None
            }
            _ => None,
        };
        news.map_or(Ok(()), |news| self.tell(Message::Cleanup(Box::new(news))))
    }

    /// The terminal's clipboard first, since it works over SSH; it gives no answer. Then the system's, if there is one.
    fn copy(&mut self, what: &str, text: &str) -> io::Result<Result<String, String>> {
        let sent = self.screen.copy(text)?;
        let system = self.outside.copy(text);
        Ok(match (sent, system) {
            (true, _) => Ok(format!("{what} sent to the terminal's clipboard")),
            (false, Ok(line)) => Ok(line),
            (false, Err(line)) => Err(format!("{what} is too long for the terminal's clipboard; {line}")),
        })
    }

    fn repaint(&mut self) -> io::Result<()> {
        self.screen.clear()?;
        self.drawn = None;
        self.dirty = true;
        Ok(())
    }

    fn draw_if_due(&mut self) -> io::Result<()> {
        if self.is_blind {
            (self.dirty, self.drawn) = (false, Some(Instant::now()));
        }
        if !self.dirty || self.quit {
            return Ok(());
        }
        let by_key = self.drawn.is_none();
        if self.drawn.is_some_and(|drawn| drawn.elapsed() < FRAME) {
            return Ok(());
        }
        // Sums over everything can wait for the next drawing that no key asked for.
        if !by_key || !self.model.is_running() {
            self.model.digest();
        }
        self.model.refresh();
        if !self.screen.is_ours() {
            self.screen.enter()?;
            self.screen.clear()?;
        }
        let model = &self.model;
        self.screen.draw(|frame| view::draw(model, frame))?;
        self.dirty = by_key && model.is_running() && model.digest_stale;
        self.drawn = Some(Instant::now());
        // The picture is out; while a scan runs the findings are about to change again.
        if !self.model.is_running() {
            self.model.prepare();
        }
        Ok(())
    }
}
