//! One scan, from its first question to its last judgement.

mod sweeping;

use std::path::Path;

use futures_util::future::join_all;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{mpsc, watch};

use super::engine::Engine;
use crate::audit::Audit;
use crate::aws::{Fault, Session, Tally, metric};
use crate::bill::{self, BillPlan};
use crate::model::{Cell, CellState, Event, Kind, MetricWish, Progress, Region, Usd, Why};
use crate::price::list_api;
use crate::quota::{self, Seen};
use crate::rules::Stage;
use crate::scan::pool::{self, Limits, Will};
use crate::scan::{Reach, Scanner, metrics};

/// Events under way between workers and engine.
const CHANNEL: usize = 4_096;

/// The kind under which a missing bill is reported.
pub(super) const BILL: Kind = Kind::new("cost-explorer:bill");

/// Regions whose quotas are read at the same time: each has calls a second of its own.
const TOGETHER: usize = 40;

/// What one scan is to do.
pub struct Scan<'a> {
    /// The way into the account.
    pub session: &'a Session,
    /// Scanners to run.
    pub scanners: &'a [&'static Scanner],
    /// Dollars AWS may charge for asking.
    pub max_spend: Usd,
    /// Whether quotas are read of every service, and not only of those that are used.
    pub every_quota: bool,
    /// Whether the bill is asked for.
    pub bill: bool,
    /// Whether the bill is asked for after discounts and credits too.
    pub net: bool,
    /// Where price and bill answers are kept.
    pub cache: Option<&'a Path>,
    /// Go on, pause, stop.
    pub will: watch::Receiver<Will>,
}

impl Scan<'_> {
    /// Runs the whole scan and leaves its result in the engine's audit.
    pub async fn run(&self, engine: &mut Engine<'_>) {
        let now = self.session.cx.now();
        self.begin(engine, now);
        let spent_on_bill = self.read_cells(engine, now).await;
        self.sweep(engine).await;
        if !self.is_stopped() {
            self.read_prices(engine).await;
        }
        engine.learn_rates();
        let wishes = engine.judge(Stage::Listed);
        let mut budget = self.max_spend - spent_on_bill;
        if !self.is_stopped() {
            budget = budget - self.read_metrics(engine, wishes, budget).await;
            self.read_quotas(engine, budget).await;
        }
        if self.is_stopped() {
            self.name_unread(engine);
        }
        engine.take(Event::Requested { requests: self.session.wire.tally().snapshot() });
        engine.take(Event::Ended { at: Timestamp::now(), interrupted: self.is_stopped() });
        engine.judge(Stage::Final);
    }

    /// Reads one cell again and judges anew.
    pub async fn read_again(&self, engine: &mut Engine<'_>, cell: &Cell, scanner: &'static Scanner) {
        self.pool(engine, vec![(cell.clone(), scanner)], None).await;
        let wishes: Vec<MetricWish> = engine.judge(Stage::Listed).into_iter().filter(|w| w.kind == cell.kind).collect();
        self.read_metrics(engine, wishes, self.max_spend).await;
        engine.take(Event::Requested { requests: self.session.wire.tally().snapshot() });
        engine.judge(Stage::Final);
    }

    /// Names what a stopped scan did not come to beside its cells, which the audit names by itself: the bill, and
    /// the quotas of each region.
    fn name_unread(&self, engine: &mut Engine<'_>) {
        let audit = engine.audit();
        let mut unread = Vec::new();
        if self.bill && audit.bill.is_none() {
            unread.push((Region::global(), BILL));
        }
        let quotas = |region: &Region| audit.quotas.iter().any(|quota| quota.region == *region);
        unread
            .extend(self.regions_on().into_iter().filter(|region| !quotas(region)).map(|region| (region, quota::KIND)));
        unread.retain(|(region, kind)| !audit.gaps().any(|gap| gap.kind == *kind && gap.region == *region));
        for (region, kind) in unread {
            let fault = Fault::new(Why::NotScanned, "scan", "the scan was stopped before it came to this");
            engine.take(Event::Missed { gap: fault.into_gap(&self.session.account.id, &region, &kind) });
        }
    }

    /// Passes an event on. Once AWS has said that the credentials ran out, nothing more is sent.
    fn take(&self, engine: &mut Engine<'_>, event: Event) {
        if matches!(&event, Event::Missed { gap } if gap.why == Why::Expired) {
            self.session.wire.expire();
        }
        engine.take(event);
    }

    fn is_stopped(&self) -> bool {
        *self.will.borrow() == Will::Stop
    }

    /// Regions that can be asked.
    fn regions_on(&self) -> Vec<Region> {
        let on = |region: &&Region| self.session.regions.get(*region).is_none_or(|state| state.is_on());
        self.session.scope.iter().filter(on).cloned().collect()
    }

    fn begin(&self, engine: &mut Engine<'_>, now: Timestamp) {
        let cells = pool::cells(self.scanners, &self.regions_on());
        let off: Vec<Cell> = self.cells_off();
        let swept = self.cells_swept();
        engine.take(Event::Began {
            account: self.session.account.clone(),
            at: now,
            regions: self.session.regions.clone(),
            scope: self.session.scope.clone(),
            kinds: self.scanners.iter().map(|scanner| scanner.kind.clone()).collect(),
            cells: cells.iter().map(|(cell, _)| cell.clone()).chain(off.iter().cloned()).chain(swept).collect(),
        });
        for cell in off {
            engine.take(Event::Finished { cell, state: CellState::Off, requests: 0, seconds: 0.0 });
        }
    }

    /// Cells of regions that are off: those asked for, or all when none was.
    fn cells_off(&self) -> Vec<Cell> {
        let limited = self.session.regions.keys().any(|region| !self.session.cx.wants(region));
        let off = self
            .session
            .regions
            .iter()
            .filter(|(region, state)| !state.is_on() && (!limited || self.session.scope.contains(region)));
        let kinds = self.scanners.iter().filter(|scanner| scanner.reach == Reach::Regional);
        off.flat_map(|(region, _)| kinds.clone().map(|scanner| Cell::new(region.clone(), scanner.kind.clone())))
            .collect()
    }

    /// Reads the cells, with the bill beside them. Returns what the bill cost.
    async fn read_cells(&self, engine: &mut Engine<'_>, now: Timestamp) -> Usd {
        let cells = pool::cells(self.scanners, &self.regions_on());
        self.pool(engine, cells, Some(now).filter(|_| self.bill)).await
    }

    /// Lets the pool run and feeds the engine until it is through.
    async fn pool(
        &self,
        engine: &mut Engine<'_>,
        cells: Vec<(Cell, &'static Scanner)>,
        bill_at: Option<Timestamp>,
    ) -> Usd {
        let (events, mut arriving) = mpsc::channel(CHANNEL);
        let bill_events = events.clone();
        let (cx, wire) = (&self.session.cx, &self.session.wire);
        let work = async {
            let listing = pool::run(cx, wire, cells, Limits::default(), events, self.will.clone());
            let billing = async {
                match bill_at {
                    Some(now) => self.read_bill(now, bill_events).await,
                    None => Usd::ZERO,
                }
            };
            tokio::join!(listing, billing).1
        };
        let feed = async {
            let mut tick = tokio::time::interval(std::time::Duration::from_millis(250));
            loop {
                tokio::select! {
                    event = arriving.recv() => match event {
                        Some(event) => self.take(engine, event),
                        None => return,
                    },
                    _ = tick.tick() => engine.pass(Event::Requested { requests: wire.tally().snapshot() }),
                }
                engine.judge_if_due();
            }
        };
        tokio::join!(work, feed).0
    }

    async fn read_bill(&self, now: Timestamp, events: mpsc::Sender<Event>) -> Usd {
        let phase = |units| Event::Progress(Progress::Phase { name: "bill".to_owned(), units });
        let step = Event::Progress(Progress::Step { name: "bill".to_owned() });
        let _ = events.send(phase(1)).await;
        let plan = BillPlan { budget: self.max_spend, net: self.net, ..BillPlan::default() };
        let today = now.to_zoned(TimeZone::UTC).date();
        let mut will = self.will.clone();
        let charged = |usd| self.session.wire.tally().charge(usd);
        let answer = tokio::select! {
            answer = bill::read(&self.session.cx, &plan, self.cache, today, &charged) => answer,
            Ok(_) = will.wait_for(|will| *will == Will::Stop) => return Usd::ZERO,
        };
        for fault in answer.faults {
            let gap = fault.into_gap(&self.session.account.id, &Region::global(), &BILL);
            let _ = events.send(Event::Missed { gap }).await;
        }
        if let Some(bill) = answer.bill {
            let _ = events.send(Event::Billed { bill, months: answer.months }).await;
        }
        let _ = events.send(step).await;
        answer.spent
    }

    /// Prices from AWS's own list, where it can be reached; the built-in list has already served.
    async fn read_prices(&self, engine: &mut Engine<'_>) {
        let keys = engine.price_keys();
        if keys.is_empty() {
            return;
        }
        engine.take(Event::Progress(Progress::Phase { name: "prices".to_owned(), units: 1 }));
        let mut will = self.will.clone();
        let answers = tokio::select! {
            answers = list_api::fetch(&self.session.cx, &keys, self.cache, |_, _| {}) => answers,
            Ok(_) = will.wait_for(|will| *will == Will::Stop) => return,
        };
        for fault in &answers.faults {
            let text = format!("prices come from the built-in list: {}", fault.detail);
            engine.take(Event::Progress(Progress::Note { text }));
        }
        engine.learn(answers.quotes);
        engine.take(Event::Progress(Progress::Step { name: "prices".to_owned() }));
    }

    async fn read_metrics(&self, engine: &mut Engine<'_>, wishes: Vec<MetricWish>, budget: Usd) -> Usd {
        if wishes.is_empty() {
            return Usd::ZERO;
        }
        let text = format!(
            "asking CloudWatch for {} metrics, ${}, of ${} left to spend",
            wishes.len(),
            metric::price(wishes.len()).exact(),
            budget.exact()
        );
        engine.take(Event::Progress(Progress::Note { text }));
        let units = metrics::batches(&wishes);
        engine.take(Event::Progress(Progress::Phase { name: "metrics".to_owned(), units }));
        let (events, mut arriving) = mpsc::channel(CHANNEL);
        let tally: &Tally = self.session.wire.tally();
        let mut will = self.will.clone();
        // The channel closes when the reading is over, and with it the feed.
        let reading = async move {
            tokio::select! {
                spent = metrics::read(&self.session.cx, tally, wishes, budget, &events) => spent,
                Ok(_) = will.wait_for(|will| *will == Will::Stop) => Usd::ZERO,
            }
        };
        let feed = async {
            while let Some(event) = arriving.recv().await {
                self.take(engine, event);
            }
        };
        tokio::join!(reading, feed).0
    }

    /// Quotas of every region with their use, a few regions at a time.
    async fn read_quotas(&self, engine: &mut Engine<'_>, budget: Usd) {
        let regions = self.regions_on();
        engine.take(Event::Progress(Progress::Phase { name: "quotas".to_owned(), units: regions.len() as u64 }));
        let allowance = metric::affordable(budget) / regions.len().max(1);
        let mut will = self.will.clone();
        for some in regions.chunks(TOGETHER) {
            let answers = {
                let seen = self.seen(engine.audit());
                let reading = join_all(some.iter().map(|region| self.quotas_of(region, &seen, allowance)));
                tokio::select! {
                    answers = reading => answers,
                    Ok(_) = will.wait_for(|will| *will == Will::Stop) => return,
                }
            };
            for (events, asked) in answers {
                self.session.wire.tally().charge(metric::price(asked));
                events.into_iter().for_each(|event| self.take(engine, event));
                engine.take(Event::Progress(Progress::Step { name: "quotas".to_owned() }));
            }
        }
        if let Some(folder) = self.cache.filter(|_| self.every_quota)
            && let Err(error) = quota::ended(folder, &self.session.account.id)
        {
            tracing::warn!("lists of quotas that are no longer needed: {error}");
        }
    }

    /// What a region's quotas are, told all at once: counting needs the audit to stand still.
    async fn quotas_of(&self, region: &Region, seen: &Seen<'_>, allowance: usize) -> (Vec<Event>, usize) {
        let (events, mut arriving) = mpsc::channel(CHANNEL);
        let cx = self.session.cx.in_region(region);
        let used = quota::services_in(region, seen);
        let services = if self.every_quota { quota::SERVICES } else { used.as_slice() };
        let pass = match self.cache {
            Some(folder) if self.every_quota => quota::Pass::resumed(folder, &cx),
            _ => quota::Pass::unkept(),
        };
        let reading = async move { quota::read(&cx, services, &pass, seen, allowance, &events).await };
        let gathering = async {
            let mut told = Vec::new();
            while let Some(event) = arriving.recv().await {
                told.push(event);
            }
            told
        };
        let (asked, told) = tokio::join!(reading, gathering);
        (told, asked)
    }

    fn seen<'a>(&self, audit: &'a Audit) -> Seen<'a> {
        let listed = audit.coverage.iter().filter(|(_, coverage)| coverage.state.is_listed());
        let whole = !self.session.regions.keys().any(|region| !self.session.cx.wants(region));
        Seen::new(audit.resources(), listed.map(|(cell, _)| cell.clone()), whole)
    }
}
