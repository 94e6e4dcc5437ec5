//! Rules over an audit.
//!
//! A rule speaks about a region once every kind it reads is listed there; until then it is silent while the
//! scan runs, and a gap once the scan is over. A condition that cannot be evaluated is a gap, never a "no".

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use cel::{Context, ExecutionError, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::context;
use super::money::{count_money_once, price_source, worth};
use super::wording::{argument, list_of, number, sentence, show};
use super::{Rule, RuleSet};
use crate::audit::Audit;
use crate::model::{
    CellState, Evidence, Finding, Gap, Kind, MetricWish, Owner, Protection, Ref, Region, Resource, Role, Usd, Why,
    clean,
};
use crate::score::{self, ScoreInput, Weights};

/// How far the run is when the rules are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Cells are still being read: rules that have to wait are silent.
    Running,
    /// Everything is listed; metrics are wished for, not yet known.
    Listed,
    /// Nothing more will become known.
    Final,
}

/// What the rules said.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// Findings, in no particular order.
    pub findings: Vec<Finding>,
    /// What could not be judged.
    pub gaps: Vec<Gap>,
    /// Metrics that idle conditions still need.
    pub wishes: Vec<MetricWish>,
}

/// Judges everything the audit lists. Quotas are apart: [`judge_quotas`].
pub fn judge(set: &RuleSet, audit: &Arc<Audit>, weights: &Weights, stage: Stage) -> Judgement {
    let kinds: BTreeSet<&Kind> = set.iter().filter(|rule| rule.enabled).map(|rule| &rule.kind).collect();
    let mut run = Run::new(set, audit, weights, stage);
    for kind in kinds {
        let rules: Vec<&Rule> = set.of_kind(kind).collect();
        run.kind(kind, &rules);
    }
    run.finish()
}

/// Judges the quotas, once all of them are read and it is known what leftovers take of each.
pub fn judge_quotas(set: &RuleSet, audit: &Arc<Audit>, weights: &Weights) -> Judgement {
    let mut run = Run::new(set, audit, weights, Stage::Final);
    let rules: Vec<&Rule> = set.of_kind(&Kind::QUOTA).collect();
    run.resources(&audit.quota_resources().iter().collect::<Vec<_>>(), &rules);
    run.finish()
}

/// Judges with one rule only, for its examples.
pub(super) fn judge_one(set: &RuleSet, rule: &Rule, audit: &Arc<Audit>, weights: &Weights) -> Judgement {
    let mut run = Run::new(set, audit, weights, Stage::Final);
    run.kind(&rule.kind, &[rule]);
    run.finish()
}

/// Why a rule could not judge some resources of a region.
type Trouble = (String, Region, Kind, Why);

struct Run<'a> {
    set: &'a RuleSet,
    audit: &'a Arc<Audit>,
    weights: &'a Weights,
    stage: Stage,
    now: Timestamp,
    said: Judgement,
    /// Resources a rule could not judge, with the first reason, by rule, region and sort of trouble.
    unread: BTreeMap<Trouble, (Vec<String>, String)>,
}

/// What one rule says about one resource.
enum Verdict {
    Hit,
    Miss,
    Wishes,
    Unread(Why, String),
}

impl<'a> Run<'a> {
    fn new(set: &'a RuleSet, audit: &'a Arc<Audit>, weights: &'a Weights, stage: Stage) -> Run<'a> {
        let now = audit.started_at;
        Run { set, audit, weights, stage, now, said: Judgement::default(), unread: BTreeMap::new() }
    }

    fn kind(&mut self, kind: &Kind, rules: &[&Rule]) {
        let audit = self.audit.clone();
        self.resources(&audit.of_kind(kind).collect::<Vec<_>>(), rules);
    }

    /// Judges resources of one kind.
    fn resources(&mut self, resources: &[&Resource], rules: &[&Rule]) {
        let audit = self.audit.clone();
        let mut by_region: BTreeMap<&Region, Vec<&Resource>> = BTreeMap::new();
        for &resource in resources {
            by_region.entry(&resource.region).or_default().push(resource);
        }
        for (region, resources) in by_region {
            let ready: Vec<&Rule> = rules.iter().copied().filter(|rule| self.is_ready(rule, region)).collect();
            if ready.is_empty() {
                continue;
            }
            let root = context::root(&audit, region, self.now);
            for resource in resources {
                let mut scope = root.new_inner_scope();
                context::bind_resource(&mut scope, resource, self.now);
                for rule in &ready {
                    let mut inner = scope.new_inner_scope();
                    context::bind_params(&mut inner, &rule.params);
                    self.one(rule, resource, &mut inner);
                }
            }
        }
    }

    /// Whether every kind a rule reads is listed in a region. Once nothing more will come, an unready rule
    /// leaves a gap that names the kind it waited for.
    fn is_ready(&mut self, rule: &Rule, region: &Region) -> bool {
        let mut needs = rule.needs.iter().chain([&rule.kind]);
        let Some(missing) = needs.find(|kind| !self.needed_is_listed(rule, kind, region)) else { return true };
        if self.stage != Stage::Running {
            let (why, cause) = self.cause(missing, region);
            let detail = format!("needs every {missing} of {region}, {cause}");
            self.said.gaps.push(self.gap(&rule.id, region, why, detail));
        }
        false
    }

    /// Resources of the rule's own kind are judged as they come; only other kinds have to be complete.
    fn needed_is_listed(&self, rule: &Rule, kind: &Kind, region: &Region) -> bool {
        *kind == rule.kind && !rule.needs.contains(kind) || self.audit.is_listed(kind, region)
    }

    fn cause(&self, kind: &Kind, region: &Region) -> (Why, String) {
        let seen = |gap: &&Gap| gap.kind == *kind && (gap.region == *region || gap.region.is_global());
        match (self.audit.state_of(kind, region), self.audit.gaps().find(seen)) {
            (None | Some(CellState::Off), _) => (Why::NotScanned, "which is not part of this scan".to_owned()),
            (_, Some(gap)) => (gap.why, format!("which could not be listed ({})", gap.why)),
            _ => (Why::NotScanned, "which was not listed to the end".to_owned()),
        }
    }

    fn gap(&self, rule: &str, region: &Region, why: Why, detail: String) -> Gap {
        Gap {
            account: self.audit.account.id.clone(),
            region: region.clone(),
            kind: Kind::owned(format!("rule:{rule}")),
            action: "judge".to_owned(),
            why,
            detail,
        }
    }

    fn one(&mut self, rule: &Rule, resource: &Resource, context: &mut Context<'_, '_>) {
        match self.verdict(rule, resource, context) {
            Verdict::Miss | Verdict::Wishes => {}
            Verdict::Hit => match self.unseen_host(resource) {
                None => {
                    let finding = self.finding(rule, resource, context);
                    self.said.findings.push(finding);
                }
                Some(host) => {
                    let (why, cause) = self.cause(&host, &resource.region);
                    let reason = format!("its owner and locks are those of the {host} it is attached to, {cause}");
                    self.unread(rule, resource, why, reason);
                }
            },
            Verdict::Unread(why, reason) => self.unread(rule, resource, why, reason),
        }
    }

    fn unread(&mut self, rule: &Rule, resource: &Resource, why: Why, reason: String) {
        let trouble = (rule.id.clone(), resource.region.clone(), resource.kind.clone(), why);
        let entry = self.unread.entry(trouble).or_insert_with(|| (Vec::new(), reason));
        entry.0.push(clean(resource.label()).into_owned());
    }

    /// The kind of what a resource is attached to, when that was not listed and may hold the owner or the lock
    /// that the resource itself does not show.
    fn unseen_host(&self, resource: &Resource) -> Option<Kind> {
        if self.protection(resource).is_some() || self.owner(resource).is_some() {
            return None;
        }
        let attached = resource.refs.iter().filter(|reference| reference.role == Role::AttachedTo);
        let unknown = attached.filter(|host| self.audit.named(&resource.region, &host.id).next().is_none());
        let mut kinds = unknown.filter_map(|host| kind_of_host(&host.id));
        kinds.find(|kind| !self.audit.is_listed(kind, &resource.region))
    }

    fn verdict(&mut self, rule: &Rule, resource: &Resource, context: &mut Context<'_, '_>) -> Verdict {
        match truth(rule.when.execute(context)) {
            Ok(false) => return Verdict::Miss,
            Err(reason) => return Verdict::Unread(Why::RuleError, reason),
            Ok(true) => {}
        }
        let Some(idle) = &rule.idle else { return Verdict::Hit };
        let measured = self.audit.measurement(&resource.arn);
        if self.stage != Stage::Final {
            let wishes =
                rule.metrics.iter().filter_map(|name| self.set.catalogue.get(&rule.kind, name)?.wish(resource));
            self.said.wishes.extend(wishes);
            return Verdict::Wishes;
        }
        let asked = measured.is_some_and(|m| rule.metrics.iter().any(|name| m.readings.contains_key(name)));
        context::bind_metrics(context, measured, &self.set.catalogue, &rule.kind);
        match truth(idle.execute(context)) {
            _ if !asked => Verdict::Unread(Why::NotScanned, "its metrics were not read".to_owned()),
            Ok(true) => Verdict::Hit,
            Ok(false) => Verdict::Miss,
            Err(reason) if reason.starts_with(NO_SUCH_KEY) => Verdict::Unread(Why::NoData, no_data(rule)),
            Err(reason) => Verdict::Unread(Why::RuleError, reason),
        }
    }

    fn finding(&self, rule: &Rule, resource: &Resource, context: &mut Context<'_, '_>) -> Finding {
        let saving = rule.saving.execute(context).ok().and_then(|value| number(&value)).map(Usd::from_dollars);
        let dormant = rule.dormant.as_ref().and_then(|program| program.execute(context).ok());
        let dormant_days = match dormant {
            Some(Value::Duration(length)) => Some(length.num_days()),
            _ => resource.created_at.map(|at| (self.now.as_second() - at.as_second()) / 86_400),
        };
        let dormant_days = dormant_days.and_then(|days| u32::try_from(days).ok());
        let worth = worth(resource, saving);
        let input = ScoreInput { worth, certainty: rule.certainty, dormant_days, closure: rule.closure };
        let (score, score_parts) = score::score(self.weights, input);
        let paid = saving.is_some_and(|usd| usd > Usd::ZERO);
        Finding {
            id: fingerprint(&rule.id, resource),
            rule: rule.id.clone(),
            title: rule.title.clone(),
            category: rule.category,
            severity: score::severity(rule.certainty, rule.closure),
            score,
            score_parts,
            certainty: rule.certainty,
            closure: rule.closure,
            monthly_usd: saving,
            price_source: resource.cost.as_ref().filter(|_| paid).and_then(price_source),
            counted_under: None,
            evidence: self.evidence(rule, resource, context),
            dormant_days,
            remedy: rule.remedy.clone(),
            command: rule.command.as_ref().map(|template| template.fill(context, argument)),
            protected: self.protection(resource),
            managed_by: if rule.judges_owner { None } else { self.owner(resource) },
            first_seen: None,
            seen_in: None,
            ignored: None,
            ignore_expired: None,
            refs: resources_of(&resource.refs),
            docs: rule.docs.clone(),
            resource: resource.clone(),
        }
    }

    fn evidence(&self, rule: &Rule, resource: &Resource, context: &Context<'_, '_>) -> Vec<Evidence> {
        let mut evidence = vec![Evidence::said(clean(&rule.why.fill(context, show)).into_owned())];
        let measured = self.audit.measurement(&resource.arn);
        for name in rule.metrics.iter().filter(|_| rule.idle.is_some()) {
            if let Some(reading) = measured.and_then(|m| m.readings.get(name)) {
                evidence.push(Evidence::Measured { name: name.clone(), reading: reading.clone() });
            }
        }
        for protection in resource.protections.iter().filter(|lock| !lock.is_keep()) {
            evidence.push(Evidence::said(format!("{}.", sentence(&protection.label()))));
        }
        if let Some(cost) = &resource.cost {
            if cost.upper_bound {
                evidence.push(Evidence::said("The figure is the most it can be: AWS bills what it really stores."));
            }
            if !cost.unpriced.is_empty() {
                let unpriced = cost.unpriced.join(", ");
                evidence.push(Evidence::said(format!("Not priced, and so not in the figure: {unpriced}.")));
            }
        }
        evidence
    }

    /// A wish to keep the resource, its own or of what it is attached to; or that nobody could read whether there is one.
    fn protection(&self, resource: &Resource) -> Option<Protection> {
        // A quota bears a name that AWS gave it, and holds nothing that anybody could want to keep.
        if resource.kind == Kind::QUOTA {
            return None;
        }
        let today = self.now.to_zoned(TimeZone::UTC).date();
        let hosts = self.with_hosts(resource);
        let kept = hosts.iter().find_map(|host| self.set.protections.of(host, today));
        let unread = || hosts.iter().flat_map(|host| &host.protections).find(|lock| **lock == Protection::UnreadTags);
        kept.or_else(|| unread().cloned())
    }

    /// The owner of the resource, or of what it is attached to.
    fn owner(&self, resource: &Resource) -> Option<Owner> {
        self.with_hosts(resource).into_iter().find_map(|host| host.owner.clone())
    }

    /// The resource and what it is attached to.
    fn with_hosts<'r>(&'r self, resource: &'r Resource) -> Vec<&'r Resource> {
        let attached = resource.refs.iter().filter(|reference| reference.role == Role::AttachedTo);
        let hosts = attached.flat_map(|reference| self.audit.named(&resource.region, &reference.id));
        std::iter::once(resource).chain(hosts).collect()
    }

    fn finish(mut self) -> Judgement {
        let today = self.now.to_zoned(TimeZone::UTC).date();
        // Before the money is shared out: what is set aside takes none from what counts.
        let ignores = self.set.ignores.read().unwrap_or_else(PoisonError::into_inner);
        self.said.findings.iter_mut().for_each(|finding| ignores.apply(finding, today));
        count_money_once(&mut self.said.findings);
        let unread = std::mem::take(&mut self.unread);
        if self.stage != Stage::Running {
            for ((rule, region, _, why), (names, reason)) in unread {
                let detail = format!("{reason}: {}", list_of(&names));
                self.said.gaps.push(self.gap(&rule, &region, why, detail));
            }
        }
        if self.stage == Stage::Final {
            self.unpriced();
        }
        let mut seen = BTreeSet::new();
        self.said.wishes.retain(|wish| seen.insert((wish.resource.clone(), wish.name.clone())));
        self.said
    }

    /// Findings without a price leave a gap for each kind and region.
    fn unpriced(&mut self) {
        let mut by_cell: BTreeMap<(Region, Kind), BTreeSet<String>> = BTreeMap::new();
        for finding in self.said.findings.iter().filter(|finding| finding.monthly_usd.is_none()) {
            let resource = &finding.resource;
            let cell = (resource.region.clone(), resource.kind.clone());
            by_cell.entry(cell).or_default().insert(clean(resource.label()).into_owned());
        }
        for ((region, kind), names) in by_cell {
            let names: Vec<String> = names.into_iter().collect();
            self.said.gaps.push(Gap {
                account: self.audit.account.id.clone(),
                region,
                kind,
                action: "price".to_owned(),
                why: Why::NotPriced,
                detail: format!("no price list tells what this costs: {}", list_of(&names)),
            });
        }
    }
}

/// Ids of the resources among some references.
fn resources_of(refs: &[Ref]) -> Vec<String> {
    refs.iter().filter(|reference| reference.role != Role::OneOf).map(|reference| reference.id.clone()).collect()
}

/// The kind of something others are attached to, by the form of its id.
fn kind_of_host(id: &str) -> Option<Kind> {
    match id {
        _ if id.starts_with("i-") => Some(Kind::new("ec2:instance")),
        _ if id.starts_with("ami-") => Some(Kind::new("ec2:image")),
        _ if id.contains(":loadbalancer/") => Some(Kind::new("elasticloadbalancing:loadbalancer")),
        _ => None,
    }
}

/// How CEL begins the message about a missing key.
const NO_SUCH_KEY: &str = "No such key";

fn no_data(rule: &Rule) -> String {
    let names: Vec<&str> = rule.metrics.iter().map(String::as_str).collect();
    format!("CloudWatch has no data, or too few days of it, for {}", names.join(", "))
}

/// Whether a condition holds. Errors with the reason when it is neither true nor false, or cannot be told.
pub(super) fn truth(result: Result<Value, ExecutionError>) -> Result<bool, String> {
    match result {
        Ok(Value::Bool(flag)) => Ok(flag),
        Ok(other) => Err(format!("the condition is {other:?}, not true or false")),
        Err(ExecutionError::UndeclaredReference(name)) if name.as_str() == "age" => {
            Err("AWS does not tell when it was made".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}

/// The same rule on the same resource has the same fingerprint every night.
fn fingerprint(rule: &str, resource: &Resource) -> String {
    let mut hash = Sha256::new();
    hash.update(rule.as_bytes());
    hash.update([0]);
    hash.update(resource.arn.as_str().as_bytes());
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
