//! The cells of a run, read over one bounded pool.
//!
//! Every region has a few places in the pool, so that a dead endpoint delays nobody else; a cell that takes
//! too long, or whose endpoint has already failed others, is given up and named.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::found::Sink;
use super::{Reach, Scanner};
use crate::aws::wire::CELL_REQUESTS;
use crate::aws::{Cx, Fault, Wire};
use crate::model::{Cell, CellState, Event, Kind, Progress, Region, Why};

/// How much at once, and how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Cells read at the same time, over all regions.
    pub cells: usize,
    /// Cells read at the same time in one region.
    pub cells_in_region: usize,
    /// How long a cell may take.
    pub cell: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { cells: 64, cells_in_region: 6, cell: Duration::from_secs(300) }
    }
}

/// What a person may tell a running scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Will {
    /// Go on.
    Run,
    /// Begin no new cell.
    Pause,
    /// Stop at once and keep what is there.
    Stop,
}

/// Time-outs after which an endpoint is given up for the rest of the run.
const STRIKES: u8 = 2;

/// The cells of a run: each kind in each region, global kinds once. Regional kinds of a region come in the
/// order of the matrix.
pub fn cells(scanners: &[&'static Scanner], regions: &[Region]) -> Vec<(Cell, &'static Scanner)> {
    let mut cells = Vec::new();
    for scanner in scanners.iter().filter(|scanner| scanner.reach == Reach::Global) {
        cells.push((Cell::new(Region::global(), scanner.kind.clone()), *scanner));
    }
    for scanner in scanners.iter().filter(|scanner| scanner.reach == Reach::Regional) {
        for region in regions {
            cells.push((Cell::new(region.clone(), scanner.kind.clone()), *scanner));
        }
    }
    cells
}

/// Reads every cell and tells `events` all about it. Returns when each has come to an end, or at once when
/// the will is to stop; cells that were not read are then left for the audit to name.
pub async fn run(
    cx: &Cx,
    wire: &Wire,
    cells: Vec<(Cell, &'static Scanner)>,
    limits: Limits,
    events: mpsc::Sender<Event>,
    mut will: watch::Receiver<Will>,
) {
    let shared = Arc::new(Shared {
        cx: cx.clone(),
        wire: wire.clone(),
        limits,
        events,
        all: Semaphore::new(limits.cells),
        regions: Mutex::default(),
        strikes: Mutex::default(),
    });
    let mut tasks = JoinSet::new();
    for (cell, scanner) in cells {
        tasks.spawn(shared.clone().cell(cell, scanner, will.clone()));
    }
    loop {
        tokio::select! {
            done = tasks.join_next() => match done {
                None => return,
                Some(Err(error)) if error.is_panic() => {
                    let text = "a scanner failed unexpectedly; see the log".to_owned();
                    tracing::error!("a scanner panicked: {error}");
                    let _ = shared.events.send(Event::Progress(Progress::Note { text })).await;
                }
                Some(_) => {}
            },
            stop = stopped(&mut will) => if stop {
                tasks.shutdown().await;
                return;
            },
        }
    }
}

/// Waits for the will to stop. `false` when nobody can say so any more, which then stays so.
async fn stopped(will: &mut watch::Receiver<Will>) -> bool {
    // The guard ends here: a task that held it while it waits could not move between threads.
    let is_told = will.wait_for(|will| *will == Will::Stop).await.is_ok();
    if is_told { true } else { std::future::pending().await }
}

struct Shared {
    cx: Cx,
    wire: Wire,
    limits: Limits,
    events: mpsc::Sender<Event>,
    all: Semaphore,
    regions: Mutex<HashMap<Region, Arc<Semaphore>>>,
    strikes: Mutex<HashMap<(String, Region), u8>>,
}

impl Shared {
    async fn cell(self: Arc<Shared>, cell: Cell, scanner: &'static Scanner, mut will: watch::Receiver<Will>) {
        let of_region = self.of_region(&cell.region);
        // The pool is never closed, so a place is always given in the end.
        let (Ok(_region), Ok(_all)) = (of_region.acquire().await, self.all.acquire().await) else { return };
        if will.wait_for(|will| *will != Will::Pause).await.is_ok_and(|will| *will == Will::Stop) {
            return;
        }
        self.say(Event::Started { cell: cell.clone() }).await;
        let began = Instant::now();
        let requests = Arc::new(AtomicU64::new(0));
        let sink = Sink::new(self.events.clone());
        let outcome = match self.refusal(&cell) {
            Some(fault) => Err(fault),
            None => CELL_REQUESTS.scope(requests.clone(), self.list(&cell, scanner, &sink)).await,
        };
        let state = self.outcome(&cell, outcome, &sink).await;
        for (service, region) in self.wire.tally().take_retried() {
            self.say(Event::Progress(Progress::Throttled { service, region })).await;
        }
        let seconds = (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        self.say(Event::Finished { cell, state, requests: requests.load(Ordering::Relaxed), seconds }).await;
    }

    async fn list(&self, cell: &Cell, scanner: &'static Scanner, sink: &Sink) -> Result<(), Fault> {
        let cx = self.cx.in_region(&cell.region);
        match timeout(self.limits.cell, scanner.list(&cx, sink)).await {
            Ok(result) => result,
            Err(_) => {
                let seconds = self.limits.cell.as_secs();
                let action = scanner.actions.first().copied().unwrap_or("list");
                Err(Fault::new(Why::TimedOut, action, format!("not listed to the end within {seconds} s")))
            }
        }
    }

    /// Why a cell is not even asked: the credentials are gone, or its endpoint has failed others.
    fn refusal(&self, cell: &Cell) -> Option<Fault> {
        if self.wire.is_expired() {
            let detail = "not asked: the credentials had run out; log in again and rescan";
            return Some(Fault::new(Why::Expired, "scan", detail));
        }
        let strikes = self.strikes.lock().unwrap_or_else(PoisonError::into_inner);
        let dead = strikes.get(&endpoint(&cell.kind, &cell.region)).is_some_and(|count| *count >= STRIKES);
        dead.then(|| {
            let service = cell.kind.service();
            Fault::new(
                Why::TimedOut,
                "scan",
                format!("not asked: {service} in {} gave no answer to others", cell.region),
            )
        })
    }

    async fn outcome(&self, cell: &Cell, outcome: Result<(), Fault>, sink: &Sink) -> CellState {
        let Err(fault) = outcome else {
            return if sink.is_partly() { CellState::Partly } else { CellState::Seen };
        };
        match fault.why {
            // Nothing can be there, so nothing went unseen.
            Why::NotOffered if fault.code.is_empty() && sink.found() == 0 => return CellState::NotOffered,
            Why::Expired => self.wire.expire(),
            Why::TimedOut | Why::Unreachable => {
                let mut strikes = self.strikes.lock().unwrap_or_else(PoisonError::into_inner);
                let count = strikes.entry(endpoint(&cell.kind, &cell.region)).or_default();
                *count = count.saturating_add(1);
            }
            _ => {}
        }
        tracing::warn!("{cell}: {fault}");
        let gap = fault.into_gap(self.cx.account(), &cell.region, &cell.kind);
        self.say(Event::Missed { gap }).await;
        if sink.found() > 0 { CellState::Cut } else { CellState::Missed }
    }

    fn of_region(&self, region: &Region) -> Arc<Semaphore> {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let places = || Arc::new(Semaphore::new(self.limits.cells_in_region));
        regions.entry(region.clone()).or_insert_with(places).clone()
    }

    async fn say(&self, event: Event) {
        // A closed channel means the run is being torn down.
        let _ = self.events.send(event).await;
    }
}

fn endpoint(kind: &Kind, region: &Region) -> (String, Region) {
    (kind.service().to_owned(), region.clone())
}
