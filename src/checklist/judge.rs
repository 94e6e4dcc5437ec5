use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::item::{Against, Applies, Item, Items};
use super::made;
use super::ticks::Ticks;
use crate::audit::Audit;
use crate::model::{
    AccountType, ChecklistItem, Closure, Gap, ItemLevel, ItemState, KeepsBilling, Kind, Region, Resource, Usd, Verdict,
    clean,
};

/// Hours of a month as AWS counts them.
const MONTH: i64 = 730;

/// Lines of evidence an item carries; how many there are in all stands in its result.
const LINES: usize = 50;

const ORGANIZATION: Kind = Kind::new("organizations:organization");
const GOVCLOUD: Kind = Kind::new("account:govcloud-link");

/// A checklist over an audit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// The account and the verdict.
    pub closure: Closure,
    /// Every item, by section.
    pub items: Vec<ChecklistItem>,
}

/// Judges every item. The same audit and ticks give the same answer.
pub fn judge(items: &Items, audit: &Arc<Audit>, ticks: &Ticks) -> Judged {
    let now = audit.started_at;
    let account_type = account_type(audit);
    let govcloud = match audit.of_kind(&GOVCLOUD).next() {
        Some(_) => Some(true),
        None => unseen(audit, &GOVCLOUD).is_empty().then_some(false),
    };
    let judging = Judging { audit, now, account_type, govcloud };
    let (mut all, mut keeps) = (Vec::new(), Vec::new());
    for item in &items.all {
        let (mut judged, billing) = judging.item(item);
        settle(&mut judged, ticks);
        keeps.extend(billing);
        all.push(judged);
    }
    keeps.sort_by(|a: &KeepsBilling, b| {
        (std::cmp::Reverse(a.remaining_usd), a.until, &a.resource).cmp(&(
            std::cmp::Reverse(b.remaining_usd),
            b.until,
            &b.resource,
        ))
    });
    keeps.dedup_by(|a, b| a.resource == b.resource);
    let keeps_billing_usd = keeps.iter().filter_map(|one| one.remaining_usd).sum();
    let verdict = verdict(&all);
    let procedure = items.procedures.of(account_type, govcloud);
    let closure = Closure { account_type, govcloud, verdict, keeps_billing: keeps, keeps_billing_usd, procedure };
    Judged { closure, items: all }
}

fn account_type(audit: &Audit) -> AccountType {
    match audit.of_kind(&ORGANIZATION).next() {
        Some(one) => match one.facts.get("is_management").and_then(serde_json::Value::as_bool) {
            Some(true) => AccountType::Management,
            Some(false) => AccountType::Member,
            None => AccountType::Unknown,
        },
        None if unseen(audit, &ORGANIZATION).is_empty() => AccountType::Standalone,
        None => AccountType::Unknown,
    }
}

/// Why absence of a kind is no fact. Empty when it is one.
fn unseen(audit: &Audit, kind: &Kind) -> Vec<String> {
    if made::is_made(kind) {
        return made::unseen(kind, audit).into_iter().collect();
    }
    let of: Vec<_> = audit.coverage.values().filter(|cell| cell.kind == *kind).collect();
    let mut reasons: BTreeSet<String> = BTreeSet::new();
    let is_off = |region: &Region| audit.regions.get(region).is_some_and(|state| !state.is_on());
    for cell in of.iter().filter(|cell| !cell.state.is_listed() && !is_off(&cell.region)) {
        let gap = audit.gaps().find(|gap| gap.kind == *kind && gap.region == cell.region);
        reasons.insert(reason(kind, &cell.region, gap));
    }
    if of.is_empty() {
        reasons.insert(format!("{kind} was not read"));
    } else if !of.iter().any(|cell| cell.region.is_global()) {
        let read: BTreeSet<&Region> = of.iter().map(|cell| &cell.region).collect();
        let missing = audit.regions.iter().filter(|(region, state)| state.is_on() && !read.contains(region));
        let missing: Vec<&str> = missing.map(|(region, _)| region.as_str()).collect();
        if !missing.is_empty() {
            reasons.insert(format!("{kind} was not read in {}", some(&missing)));
        }
    }
    reasons.into_iter().collect()
}

fn some(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        few if few.len() <= 4 => few.join(", "),
        many => format!("{} and {} more regions", many[..3].join(", "), many.len() - 3),
    }
}

fn reason(kind: &Kind, region: &Region, gap: Option<&Gap>) -> String {
    match gap {
        Some(gap) => format!("{kind} in {region}: {} ({})", gap.why.word(), clean(&gap.action)),
        None => format!("{kind} in {region} was not listed to the end"),
    }
}

struct Judging<'a> {
    audit: &'a Arc<Audit>,
    now: Timestamp,
    account_type: AccountType,
    govcloud: Option<bool>,
}

/// What stands against an item.
#[derive(Default)]
struct Found {
    lines: Vec<String>,
    /// Identities, for the fingerprint.
    ids: BTreeSet<String>,
    worst: Option<ItemLevel>,
    unseen: BTreeSet<String>,
    billing: Vec<KeepsBilling>,
}

impl Judging<'_> {
    fn item(&self, item: &Item) -> (ChecklistItem, Vec<KeepsBilling>) {
        let mut found = Found::default();
        let applies = self.applies(item);
        if applies != Some(false) {
            for against in &item.against {
                self.look(item, against, &mut found);
            }
            for kind in item.needs() {
                found.unseen.extend(unseen(self.audit, kind));
            }
        }
        if applies.is_none() {
            found.unseen.insert("which sort of account this is could not be told".to_owned());
        }
        let state = state(item, applies, &found);
        let judged = ChecklistItem {
            id: item.id.clone(),
            section: item.section.clone(),
            title: item.title.clone(),
            level: item.level,
            state,
            result: self.result(item, state, &found),
            evidence: found.lines.iter().take(LINES).cloned().collect(),
            unseen: found.unseen.iter().cloned().collect(),
            why: item.why.clone(),
            remedy: item.remedy.clone(),
            docs: item.docs.clone(),
            rests_on: fingerprint(item, &found),
            tick: None,
        };
        (judged, found.billing)
    }

    /// Whether an item is for this account. `None` when nobody can tell.
    fn applies(&self, item: &Item) -> Option<bool> {
        if item.applies.is_empty() {
            return Some(true);
        }
        let answers = item.applies.iter().map(|one| match (one, self.account_type) {
            (Applies::Govcloud, _) => self.govcloud,
            (_, AccountType::Unknown) => None,
            (Applies::Standalone, account) => Some(account == AccountType::Standalone),
            (Applies::Member, account) => Some(account == AccountType::Member),
            (Applies::Management, account) => Some(account == AccountType::Management),
        });
        let answers: Vec<Option<bool>> = answers.collect();
        match answers.contains(&Some(true)) {
            true => Some(true),
            false if answers.contains(&None) => None,
            false => Some(false),
        }
    }

    fn look(&self, item: &Item, against: &Against, found: &mut Found) {
        let made: Vec<Resource>;
        let things: Vec<&Resource> = match made::is_made(&against.kind) {
            true => {
                made = made::things(&against.kind, self.audit);
                made.iter().collect()
            }
            false => self.audit.of_kind(&against.kind).collect(),
        };
        for thing in things {
            match against.when.holds(self.audit, thing, self.now) {
                Ok(false) => {}
                Ok(true) => {
                    let level = against.level.unwrap_or(item.level);
                    found.worst = Some(found.worst.map_or(level, |worst| worst.min(level)));
                    found.lines.push(clean(&against.says.of(self.audit, thing, self.now)).into_owned());
                    found.ids.insert(thing.arn.to_string());
                    if !against.ends.is_empty() {
                        found.billing.push(self.keeps_billing(item, against, thing));
                    }
                }
                Err(why) => {
                    found.unseen.insert(clean(&format!("{} {}: {why}", thing.kind, thing.label())).into_owned());
                }
            }
        }
    }

    fn keeps_billing(&self, item: &Item, against: &Against, thing: &Resource) -> KeepsBilling {
        let committed = self.audit.reckoning.commitments.iter().find(|one| one.resource == thing.arn);
        let until = thing.facts.get(&against.until).and_then(|at| at.as_str()?.parse::<Timestamp>().ok());
        let hourly = committed.and_then(|one| one.hourly_usd);
        let monthly = hourly
            .map(|usd| Usd::from_dollars(usd.dollars() * MONTH as f64))
            .or_else(|| thing.cost.as_ref().map(|cost| cost.monthly_usd));
        let remaining = committed.and_then(|one| one.remaining_usd).or_else(|| {
            let hours = (until?.as_second() - self.now.as_second()).max(0) / 3_600;
            Some(Usd::from_dollars(monthly?.dollars() * hours as f64 / MONTH as f64))
        });
        KeepsBilling {
            resource: thing.arn.clone(),
            kind: thing.kind.clone(),
            region: thing.region.clone(),
            label: thing.label().to_owned(),
            item: item.id.clone(),
            until: committed.and_then(|one| one.ends_at).or(until),
            ends: against.ends.clone(),
            monthly_usd: monthly,
            remaining_usd: remaining,
        }
    }

    fn result(&self, item: &Item, state: ItemState, found: &Found) -> String {
        let more = |many: usize| if many > 1 { format!(" and {} more", many - 1) } else { String::new() };
        match (state, found.lines.first(), found.unseen.first()) {
            (ItemState::NotApplicable, ..) => format!("not for a {}", self.account_type.words()),
            (ItemState::Unknown, _, Some(why)) => format!("{why}{}", more(found.unseen.len())),
            (ItemState::Open, None, _) | (ItemState::Ticked, None, _) => item.ask.clone(),
            (_, Some(line), _) => format!("{line}{}", more(found.lines.len())),
            _ => item.passes.clone(),
        }
    }
}

/// What stands against it comes first, then what could not be seen, then what a person is asked.
fn state(item: &Item, applies: Option<bool>, found: &Found) -> ItemState {
    match (applies, found.worst) {
        (Some(false), _) => ItemState::NotApplicable,
        (_, Some(ItemLevel::Blocker)) if applies.is_some() => ItemState::Blocker,
        // A warning that was seen may hide a blocker that was not.
        (_, Some(_)) if applies.is_some() && (found.unseen.is_empty() || item.level != ItemLevel::Blocker) => {
            ItemState::Warning
        }
        _ if !found.unseen.is_empty() => ItemState::Unknown,
        _ if !item.ask.is_empty() => ItemState::Open,
        _ => ItemState::Pass,
    }
}

/// What an answer rests on: the things that stand against it and what could not be seen.
fn fingerprint(item: &Item, found: &Found) -> String {
    let mut hash = Sha256::new();
    let parts = [&item.id].into_iter().chain(&found.ids).chain(&found.unseen);
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Puts the tick of an item beside it. One that rested on something else holds no more.
fn settle(item: &mut ChecklistItem, ticks: &Ticks) {
    let Some(tick) = ticks.tick.get(&item.id) else { return };
    let mut tick = tick.clone();
    tick.expired = tick.rests_on != item.rests_on;
    if !tick.expired && item.may_be_ticked() {
        item.state = ItemState::Ticked;
    }
    item.tick = Some(tick);
}

fn verdict(items: &[ChecklistItem]) -> Verdict {
    let blocks = |item: &ChecklistItem| match item.state {
        ItemState::Blocker => true,
        ItemState::Unknown => item.level == ItemLevel::Blocker,
        _ => false,
    };
    let warns = |item: &ChecklistItem| matches!(item.state, ItemState::Unknown | ItemState::Warning | ItemState::Open);
    match (items.iter().any(blocks), items.iter().any(warns)) {
        (true, _) => Verdict::Blocked,
        (false, true) => Verdict::ReadyWithWarnings,
        (false, false) => Verdict::Ready,
    }
}
