//! How long a key takes with 100,000 findings: the update it causes, and drawing what it changed at 200×60.
//!
//! ```text
//! cargo bench --bench screen                    # what counts: an optimised build
//! cargo bench --bench screen --profile dev      # whether it runs at all
//! ```
//!
//! Prints for each key the median, the 95th percentile and the longest time in milliseconds, and the bytes written to
//! the terminal in the mean. A person sees a key as answered at once below 16 ms, so that is the limit of the 95th
//! percentile; a row over it is marked. The account is the recorded one, its findings repeated under other ids.
//! Run as a test, it measures nothing and takes a thousand findings through the same keys.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use closeout::app;
use closeout::audit::Audit;
use closeout::model::{Cell as Place, Event, Finding, ResourceId};
use closeout::tui::key::Key;
use closeout::tui::message::Message;
use closeout::tui::model::Model;
use closeout::tui::update::update;
use closeout::tui::{ColorDepth, Options, Origin, Theme, view};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

/// Findings of the account measured with.
const FINDINGS: usize = 100_000;
/// Columns and rows of the screen.
const SIZE: (u16, u16) = (200, 60);
/// What a person sees as at once.
const LIMIT: Duration = Duration::from_millis(16);

/// Name of a measurement, and the keys of one turn of it; each key is a sample.
const TURNS: &[(&str, &[&str])] = &[
    ("row down (j)", &["j"]),
    ("half a page (Ctrl-d)", &["Ctrl-d"]),
    ("last, first row (G g)", &["G", "g"]),
    ("mark (Space)", &["Space", "j"]),
    ("open, close the detail", &["Enter", "Esc"]),
    ("screen and back (1 2)", &["1", "2"]),
    ("order turned (S)", &["S"]),
    ("marked only, all (*)", &["*"]),
];

/// Text typed into the filter, letter by letter.
const FILTERS: &[(&str, &str)] =
    &[("filter, a word", "vol-0"), ("filter, a column", "region:us-e"), ("filter, dollars", "cost>20")];

/// Counts what is written and forgets it.
#[derive(Clone, Default)]
struct Counter(Rc<Cell<u64>>);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len() as u64);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Findings like the recorded ones, each on a resource of its own.
fn many(findings: &[Finding], count: usize) -> Vec<Finding> {
    let copy = |n: usize| {
        let mut finding = findings[n % findings.len()].clone();
        finding.id = format!("{n:016x}");
        finding.resource.arn = ResourceId::new(format!("{}-{n}", finding.resource.arn.as_str()));
        finding.resource.id = format!("{}-{n}", finding.resource.id);
        finding
    };
    (0..count).map(copy).collect()
}

/// A screen, and what its keys cost.
struct Bench {
    model: Model,
    terminal: Terminal<CrosstermBackend<Counter>>,
    written: Counter,
    rounds: usize,
}

/// What a key cost: time, bytes written.
type Sample = (Duration, u64);

impl Bench {
    fn new(audit: Audit, rounds: usize) -> io::Result<Bench> {
        let options = Options {
            theme: Theme::Ansi,
            depth: ColorDepth::Ansi16,
            ascii: false,
            mouse: true,
            animations: true,
            privacy: false,
            origin: Origin::Live,
            allow_apply: false,
            is_protected: false,
            keys: BTreeMap::new(),
        };
        let viewport = Viewport::Fixed(Rect::new(0, 0, SIZE.0, SIZE.1));
        let written = Counter::default();
        let terminal = Terminal::with_options(CrosstermBackend::new(written.clone()), TerminalOptions { viewport })?;
        let model = Model::new(audit, &options).map_err(io::Error::other)?;
        let mut bench = Bench { model, terminal, written, rounds };
        update(&mut bench.model, Message::Resize(SIZE.0, SIZE.1));
        bench.key("2")?;
        Ok(bench)
    }

    /// What the loop does between a message and the picture after it.
    fn tell(&mut self, message: Message) -> io::Result<Sample> {
        let before = self.written.0.get();
        let began = Instant::now();
        update(&mut self.model, message);
        if !self.model.is_running() {
            self.model.digest();
        }
        self.model.refresh();
        let model = &self.model;
        self.terminal.draw(|frame| view::draw(model, frame))?;
        let took = began.elapsed();
        if !self.model.is_running() {
            self.model.prepare();
        }
        Ok((took, self.written.0.get() - before))
    }

    fn key(&mut self, name: &str) -> io::Result<Sample> {
        self.tell(Message::Key(name.parse::<Key>().map_err(io::Error::other)?.event()))
    }

    /// Presses the keys of a turn again and again.
    fn turns(&mut self, keys: &[&str]) -> io::Result<Vec<Sample>> {
        let rounds = self.rounds;
        (0..rounds).flat_map(|_| keys.iter()).map(|key| self.key(key)).collect()
    }

    /// Types a filter and clears it, again and again.
    fn filter(&mut self, text: &str) -> io::Result<Vec<Sample>> {
        let mut samples = Vec::new();
        for _ in 0..self.rounds.div_ceil(10) {
            self.key("/")?;
            for c in text.chars() {
                samples.push(self.key(&c.to_string())?);
            }
            samples.push(self.key("Esc")?);
        }
        Ok(samples)
    }

    /// Sorts by each column.
    fn sort(&mut self) -> io::Result<Vec<Sample>> {
        let mut samples = Vec::new();
        for _ in 0..self.rounds.div_ceil(20) * view::columns(&self.model).len() {
            self.key("s")?;
            if self.model.view().pane.sort + 1 < view::columns(&self.model).len() {
                self.key("j")?;
            } else {
                self.key("g")?;
            }
            samples.push(self.key("Enter")?);
        }
        Ok(samples)
    }

    /// Moves the cursor while news of a scan comes in between.
    fn while_scanning(&mut self) -> io::Result<Vec<Sample>> {
        let finished = self.model.audit.finished_at.take();
        let news = self.model.audit.coverage.values().next().cloned();
        let mut samples = Vec::new();
        for _ in 0..self.rounds {
            if let Some(coverage) = &news {
                let cell = Place::new(coverage.region.clone(), coverage.kind.clone());
                let event = Event::Finished { cell, state: coverage.state, requests: 1, seconds: 0.1 };
                update(&mut self.model, Message::Event(Box::new(event)));
            }
            samples.push(self.key("j")?);
        }
        self.model.audit.finished_at = finished;
        Ok(samples)
    }
}

fn report(name: &str, mut samples: Vec<Sample>) {
    samples.sort_unstable();
    let at = |percent: usize| samples[(samples.len() - 1) * percent / 100].0;
    let bytes = samples.iter().map(|sample| sample.1).sum::<u64>() / samples.len() as u64;
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let over = if at(95) > LIMIT { "  over the limit" } else { "" };
    println!("{name:<26} {:>9.2} {:>9.2} {:>9.2} {bytes:>9}{over}", ms(at(50)), ms(at(95)), ms(at(100)));
}

fn main() -> io::Result<()> {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let (count, rounds) = if is_bench { (FINDINGS, 100) } else { (1_000, 1) };
    let mut audit = app::recorded().map_err(io::Error::other)?;
    let findings = many(&audit.findings, count);
    audit.apply(Event::Judged { findings, gaps: Vec::new() });
    let mut bench = Bench::new(audit, rounds)?;
    println!("{count} findings, {}x{}, limit {} ms at 95 %", SIZE.0, SIZE.1, LIMIT.as_millis());
    println!("{:<26} {:>9} {:>9} {:>9} {:>9}", "key", "50 % ms", "95 % ms", "most ms", "bytes");
    for (name, keys) in TURNS {
        let samples = bench.turns(keys)?;
        report(name, samples);
    }
    for (name, text) in FILTERS {
        let samples = bench.filter(text)?;
        report(name, samples);
    }
    let samples = bench.sort()?;
    report("sort by a column", samples);
    let samples = bench.while_scanning()?;
    report("row down while scanning", samples);
    Ok(())
}
