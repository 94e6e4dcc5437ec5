//! The sweep behind the scanners: what AWS's indexes have and nobody listed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use futures_util::future::join_all;

use super::{Scan, TOGETHER};
use crate::app::engine::Engine;
use crate::audit::Audit;
use crate::aws::Fault;
use crate::aws::wire::CELL_REQUESTS;
use crate::model::{Cell, CellState, Event, Kind, Progress, Region, Resource, ResourceId, Why};
use crate::scan::pool::Will;
use crate::scan::scanners;
use crate::scan::sweep::{self, Swept};

impl Scan<'_> {
    /// Where AWS's indexes are asked for what no scanner knows: in each region, and once for Resource Explorer. Nowhere
    /// when only some kinds are to be read.
    pub(super) fn cells_swept(&self) -> Vec<Cell> {
        if self.scanners.len() < scanners().count() {
            return Vec::new();
        }
        let places = self.regions_on().into_iter().chain([Region::global()]);
        places.map(|region| Cell::new(region, Kind::UNSCANNED)).collect()
    }

    /// Asks AWS's indexes what they have beside what was listed.
    pub(super) async fn sweep(&self, engine: &mut Engine<'_>) {
        let cells = self.cells_swept();
        if self.is_stopped() || cells.is_empty() {
            return;
        }
        engine.take(Event::Progress(Progress::Phase {
            name: "sweep".to_owned(),
            units: cells.len().div_ceil(TOGETHER) as u64,
        }));
        let mut will = self.will.clone();
        let mut outcomes = Vec::new();
        for some in cells.chunks(TOGETHER) {
            for cell in some {
                engine.take(Event::Started { cell: cell.clone() });
            }
            let asking = join_all(some.iter().map(|cell| self.ask_index(cell)));
            let answers = tokio::select! {
                answers = asking => answers,
                Ok(_) = will.wait_for(|will| *will == Will::Stop) => return,
            };
            outcomes.extend(some.iter().cloned().zip(answers));
            engine.take(Event::Progress(Progress::Step { name: "sweep".to_owned() }));
        }
        let mut swept = Vec::new();
        for (cell, (outcome, requests, seconds)) in outcomes {
            let state = match outcome {
                Ok(found) => {
                    swept.extend(found);
                    CellState::Seen
                }
                Err(fault) if fault.why == Why::NotOffered && fault.code.is_empty() => CellState::NotOffered,
                Err(fault) => {
                    let gap = fault.into_gap(&self.session.account.id, &cell.region, &cell.kind);
                    self.take(engine, Event::Missed { gap });
                    CellState::Missed
                }
            };
            engine.take(Event::Finished { cell, state, requests, seconds });
        }
        for resource in self.unknown(engine.audit(), swept) {
            engine.take(Event::Found { resource: Box::new(resource) });
        }
    }

    /// What an index has, how many requests that took, and how many seconds.
    async fn ask_index(&self, cell: &Cell) -> (Result<Vec<Swept>, Fault>, u64, f64) {
        let began = Instant::now();
        let requests = Arc::new(AtomicU64::new(0));
        let cx = self.session.cx.in_region(&cell.region);
        let asking =
            async { if cell.region.is_global() { sweep::explored(&cx).await } else { sweep::tagged(&cx).await } };
        let outcome = CELL_REQUESTS.scope(requests.clone(), asking).await;
        (outcome, requests.load(Ordering::Relaxed), began.elapsed().as_secs_f64())
    }

    /// What of it no scanner listed, in the regions of this run.
    fn unknown(&self, audit: &Audit, swept: Vec<Swept>) -> Vec<Resource> {
        let cx = &self.session.cx;
        let here = swept.into_iter().filter(|one| one.region.is_global() || cx.wants(&one.region)).collect();
        let known = |arn: &str| audit.resource(&ResourceId::new(arn)).is_some();
        sweep::unknown(&self.session.account.id, here, known, |kind, region| audit.is_listed(kind, region))
    }
}
