//! Between workers and faces: every event is priced, folded into the audit, recorded, and passed on; the rules
//! are asked again as cells come in.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::checklist;
use super::history;
use crate::audit::Audit;
use crate::checklist::Ticks;
use crate::model::{Cost, Event, Finding, MetricWish, Quota, Resource, ResourceId};
use crate::plan::grace;
use crate::price;
use crate::price::book::Book;
use crate::price::lists::{Lists, Quote};
use crate::quota::{self, Seen};
use crate::reconcile;
use crate::rules::{RuleSet, Stage, judge, judge_quotas};
use crate::scan;
use crate::score::Weights;
use crate::store::Sightings;

/// Somebody who wants to hear every event after it was folded in.
pub trait Listener {
    /// Hears one event, with the audit as it is now.
    fn hear(&mut self, event: &Event, audit: &Audit);
}

/// How often the rules are asked while cells come in, at most.
const PAUSE: Duration = Duration::from_millis(700);

/// Judging may take this share of the time: a large account is judged more rarely.
const SHARE: u32 = 8;

/// The audit in the making.
pub struct Engine<'a> {
    audit: Arc<Audit>,
    set: &'a RuleSet,
    weights: &'static Weights,
    lists: Lists,
    record: Option<Box<dyn Write + Send + 'a>>,
    listener: &'a mut (dyn Listener + Send),
    judged: Instant,
    pause: Duration,
    due: bool,
    /// Which findings earlier audits of the account saw. `None` when there are none.
    pub sightings: Option<HashMap<String, Sightings>>,
    /// Items of the closing checklist that people have settled by hand.
    pub ticks: Ticks,
    /// The first trouble in writing the recording, told at the end.
    pub trouble: Option<io::Error>,
}

impl<'a> Engine<'a> {
    /// An engine with the built-in prices.
    pub fn new(audit: Audit, set: &'a RuleSet, listener: &'a mut (dyn Listener + Send)) -> Engine<'a> {
        Engine {
            audit: Arc::new(audit),
            set,
            weights: Weights::embedded(),
            lists: Lists::new(Book::embedded()),
            record: None,
            listener,
            judged: Instant::now(),
            pause: PAUSE,
            due: false,
            sightings: None,
            ticks: Ticks::default(),
            trouble: None,
        }
    }

    /// Also writes every event down, one JSON object a line.
    pub fn recording(mut self, record: Option<Box<dyn Write + Send + 'a>>) -> Engine<'a> {
        self.record = record;
        self
    }

    /// The audit as it is now.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// The audit at the end.
    pub fn into_audit(self) -> Audit {
        Arc::unwrap_or_clone(self.audit)
    }

    /// Takes an event in.
    pub fn take(&mut self, event: Event) {
        self.write(&event);
        let event = match event {
            Event::Found { mut resource } => {
                let today = self.audit.started_at.to_zoned(jiff::tz::TimeZone::UTC).date();
                resource.protections.extend(self.set.protections.of(&resource, today));
                resource.cost = cost(&resource, &self.lists);
                Event::Found { resource }
            }
            other => other,
        };
        self.due |= matches!(event, Event::Finished { .. });
        self.pass(event);
    }

    /// Folds an event in and tells the listener, without recording it: passing figures, judgements.
    pub fn pass(&mut self, event: Event) {
        self.listener.hear(&event, &self.audit);
        Arc::make_mut(&mut self.audit).apply(event);
    }

    fn write(&mut self, event: &Event) {
        let Some(record) = &mut self.record else { return };
        if matches!(
            event,
            Event::Progress(_)
                | Event::Judged { .. }
                | Event::Reconciled { .. }
                | Event::Graced { .. }
                | Event::Checked { .. }
        ) || self.trouble.is_some()
        {
            return;
        }
        let written = serde_json::to_writer(&mut *record, event).map_err(io::Error::other);
        self.trouble = written.and_then(|()| record.write_all(b"\n")).err();
    }

    /// Asks the rules when cells have come in and enough time has passed.
    pub fn judge_if_due(&mut self) {
        if self.due && self.judged.elapsed() >= self.pause {
            self.judge(Stage::Running);
        }
    }

    /// Asks the rules, tells the audit, and gives the metrics they still wish for.
    pub fn judge(&mut self, stage: Stage) -> Vec<MetricWish> {
        let began = Instant::now();
        let mut said = judge(self.set, &self.audit, self.weights, stage);
        if stage == Stage::Final {
            self.name_leftovers(&said.findings);
            let quotas = judge_quotas(self.set, &self.audit, self.weights);
            said.findings.extend(quotas.findings);
            said.gaps.extend(quotas.gaps);
        }
        self.due = false;
        self.pause = PAUSE.max(began.elapsed() * SHARE);
        self.judged = Instant::now();
        if let Some(sightings) = &self.sightings {
            history::recall(&mut said.findings, sightings);
        }
        self.pass(Event::Judged { findings: said.findings, gaps: said.gaps });
        if stage == Stage::Final {
            let today = self.audit.started_at.to_zoned(jiff::tz::TimeZone::UTC).date();
            self.pass(Event::Graced { quarantined: grace::quarantined(&self.audit, today) });
            let reckoning = reconcile::of(&self.audit, &[]);
            self.pass(Event::Reconciled { reckoning: Box::new(reckoning) });
            if let Some(checked) = checklist::judged(&self.audit, &self.ticks) {
                self.pass(checked);
            }
        }
        said.wishes
    }

    /// Tells of each quota what leftovers, the resources of findings that count, use up of it.
    fn name_leftovers(&mut self, findings: &[Finding]) {
        let audit = self.audit.clone();
        let leftovers: BTreeSet<&ResourceId> =
            findings.iter().filter(|finding| finding.counts()).map(|finding| &finding.resource.arn).collect();
        let whole = audit.regions.iter().all(|(region, state)| !state.is_on() || audit.scope.contains(region));
        let listed = || audit.coverage.iter().filter(|(_, one)| one.state.is_listed()).map(|(cell, _)| cell.clone());
        let seen = Seen::new(audit.resources(), listed(), whole);
        let kept = Seen::new(audit.resources().filter(|one| !leftovers.contains(&one.arn)), listed(), whole);
        for quota in &audit.quotas {
            let freed = quota::freed(quota, &seen, &kept, &leftovers);
            let (freed, freed_by) = freed.map(|freed| (freed.amount, freed.by)).unzip();
            let freed_by = freed_by.unwrap_or_default();
            if (freed, &freed_by) != (quota.freed, &quota.freed_by) {
                self.pass(Event::QuotaRead { quota: Quota { freed, freed_by, ..quota.clone() } });
            }
        }
    }

    /// Price keys and regions of everything known, for the Price List API.
    pub fn price_keys(&self) -> BTreeSet<(String, String)> {
        let of = |resource| scan::needs(resource).map(|needs| needs.parts).unwrap_or_default();
        let keys = self.audit.resources().flat_map(|resource| {
            let region = resource.region.to_string();
            of(resource).into_iter().map(move |need| (need.key, region.clone()))
        });
        keys.collect()
    }

    /// Takes in what the account really paid for a unit, out of its bill, and prices everything anew.
    pub fn learn_rates(&mut self) {
        let (Some(bill), Ok(table)) = (&self.audit.bill, reconcile::usage::Table::embedded()) else { return };
        let rates = reconcile::rates::of(bill, &table, &self.price_keys());
        let quotes = rates.into_iter().map(|rate| {
            let quote = Quote::of_line(&rate.usage_type, &rate.region, rate.usd, rate.quantity, &rate.until);
            (rate.key, rate.region, quote)
        });
        self.learn(quotes.collect());
    }

    /// Takes fetched prices in and prices everything anew.
    pub fn learn(&mut self, quotes: Vec<(String, String, Quote)>) {
        if quotes.is_empty() {
            return;
        }
        for (key, region, quote) in quotes {
            self.lists.learn(key, region, quote);
        }
        let priced: Vec<(ResourceId, _)> = self
            .audit
            .resources()
            .filter_map(|resource| {
                let cost = cost(resource, &self.lists)?;
                (resource.cost.as_ref() != Some(&cost)).then(|| (resource.arn.clone(), cost))
            })
            .collect();
        for (resource, cost) in priced {
            self.take(Event::Priced { resource, cost });
        }
    }
}

fn cost(resource: &Resource, lists: &Lists) -> Option<Cost> {
    price::cost(scan::needs(resource)?, &resource.region, lists)
}
