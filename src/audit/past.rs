//! What stays of an audit when only its outcome is kept: enough to hold two of them against each other.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Audit;
use crate::model::{Cell, CellState, Evidence, Finding, Kind, Quota, Region, Usd};

/// The outcome of an audit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// Its head.
    pub head: Head,
    /// What it found, by identity of the finding.
    pub findings: BTreeMap<String, Seen>,
    /// Quotas of which the use is known. Only what tells them apart, their name and their figures is kept.
    pub quotas: Vec<Quota>,
    /// How far it saw.
    pub sight: Sight,
}

/// An audit by its figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Head {
    /// Twelve digits.
    pub account: String,
    /// The human name. Absent when the account has none or it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// When the run began: with the account it tells one audit from all others.
    pub started_at: Timestamp,
    /// When it ended. Absent when it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Whether it was stopped before its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// Dollars a month of the findings that count.
    pub waste_usd: Usd,
    /// How many findings there were, those that do not count included.
    pub findings: u64,
    /// How many things could not be looked at or judged.
    pub gaps: u64,
    /// 0–100. Absent when nothing could be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// Usage on the bill of thirty days. Absent when it was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_usd: Option<Usd>,
}

/// A finding as one audit saw it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Seen {
    /// Fingerprint of rule and resource.
    pub id: String,
    /// Id of the rule.
    pub rule: String,
    /// The rule's title.
    pub title: String,
    /// The resource.
    pub resource: String,
    /// What people call the resource: its name, or its short id.
    pub label: String,
    /// What it is.
    pub kind: Kind,
    /// Where.
    pub region: Region,
    /// How it looked.
    #[serde(flatten)]
    pub look: Look,
}

/// What may be different of a finding from one audit to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Look {
    /// Dollars a month. Absent when the price is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_usd: Option<Usd>,
    /// 0–100. It rises with age by itself, so that another score is no change.
    pub score: u8,
    /// Whether it counts, and why not.
    pub state: State,
    /// A digest of what supports it without its figures, 24 bits: another one says that the reason is another.
    pub reason: u32,
}

/// Whether a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It counts.
    Counts,
    /// A lock keeps it out of the totals.
    Protected,
    /// Something manages its resource.
    Managed,
    /// Somebody set it aside until a day.
    Ignored,
}

impl State {
    /// Every state, in the order in which history keeps them.
    pub const ALL: [State; 4] = [State::Counts, State::Protected, State::Managed, State::Ignored];

    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            State::Counts => "counts",
            State::Protected => "protected",
            State::Managed => "managed",
            State::Ignored => "ignored",
        }
    }

    fn of(finding: &Finding) -> State {
        match finding {
            Finding { protected: Some(_), .. } => State::Protected,
            Finding { managed_by: Some(_), .. } => State::Managed,
            Finding { ignored: Some(_), .. } => State::Ignored,
            _ => State::Counts,
        }
    }
}

/// How far an audit saw: what is not in here was not looked at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sight {
    /// What became of each kind in each region.
    pub cells: BTreeMap<Cell, CellState>,
    /// What could not be judged: `rule:<id>` and quotas, by region.
    pub unjudged: BTreeSet<Cell>,
}

impl Sight {
    /// Why an audit could not have seen a finding. `None` when it would have, had there been one.
    pub fn blind_to(&self, seen: &Seen) -> Option<Blind> {
        let rule = Kind::owned(format!("rule:{}", seen.rule));
        let is_unjudged = |kind: &Kind| {
            let at = |region: Region| self.unjudged.contains(&Cell::new(region, kind.clone()));
            at(seen.region.clone()) || at(Region::global())
        };
        if seen.kind == Kind::QUOTA {
            return (is_unjudged(&rule) || is_unjudged(&seen.kind)).then_some(Blind::Unjudged);
        }
        let state_in = |region: Region| self.cells.get(&Cell::new(region, seen.kind.clone()));
        match state_in(Region::global()).or_else(|| state_in(seen.region.clone())) {
            None => Some(Blind::NotInScope),
            Some(CellState::Off) => Some(Blind::RegionOff),
            Some(state) if !state.is_listed() => Some(Blind::NotListed),
            Some(_) => is_unjudged(&rule).then_some(Blind::Unjudged),
        }
    }
}

/// Why an audit could not have seen a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Blind {
    /// Its kind or its region was not to be read.
    NotInScope,
    /// Its region is switched off.
    RegionOff,
    /// Its kind could not be listed to the end there.
    NotListed,
    /// Its rule, or its quota, could not be judged there.
    Unjudged,
}

impl Blind {
    /// Half a sentence for people.
    pub fn reason(self) -> &'static str {
        match self {
            Blind::NotInScope => "its kind or region was not to be read",
            Blind::RegionOff => "its region is switched off",
            Blind::NotListed => "its kind could not be listed there",
            Blind::Unjudged => "its rule could not judge there",
        }
    }
}

impl Snapshot {
    /// The outcome of an audit.
    pub fn of(audit: &Audit) -> Snapshot {
        let summary = audit.summary();
        let head = Head {
            account: audit.account.id.clone(),
            alias: audit.account.alias.clone(),
            started_at: audit.started_at,
            finished_at: audit.finished_at,
            interrupted: audit.interrupted,
            waste_usd: summary.monthly_waste_usd,
            findings: summary.findings,
            gaps: summary.gaps,
            score: summary.score,
            bill_usd: summary.bill_usd,
        };
        let is_judgement = |kind: &Kind| *kind == Kind::QUOTA || kind.as_str().starts_with("rule:");
        let unjudged = audit.gaps().filter(|gap| is_judgement(&gap.kind));
        Snapshot {
            head,
            findings: audit.findings.iter().map(|finding| (finding.id.clone(), seen(finding))).collect(),
            quotas: audit.quotas.iter().filter(|quota| quota.usage.is_some()).map(figures).collect(),
            sight: Sight {
                cells: audit.coverage.iter().map(|(cell, coverage)| (cell.clone(), coverage.state)).collect(),
                unjudged: unjudged.map(|gap| Cell::new(gap.region.clone(), gap.kind.clone())).collect(),
            },
        }
    }
}

fn seen(finding: &Finding) -> Seen {
    Seen {
        id: finding.id.clone(),
        rule: finding.rule.clone(),
        title: finding.title.clone(),
        resource: finding.resource.arn.as_str().to_owned(),
        label: finding.resource.label().to_owned(),
        kind: finding.resource.kind.clone(),
        region: finding.resource.region.clone(),
        look: Look {
            monthly_usd: finding.monthly_usd,
            score: finding.score,
            state: State::of(finding),
            reason: reason(finding),
        },
    }
}

/// A quota with nothing but its identity and its figures.
fn figures(quota: &Quota) -> Quota {
    Quota {
        service_code: quota.service_code.clone(),
        quota_code: quota.quota_code.clone(),
        name: quota.name.clone(),
        region: quota.region.clone(),
        limit: quota.limit,
        usage: quota.usage,
        used_percent: quota.used_percent,
        source: quota.source,
        ..Quota::default()
    }
}

/// A digest of a finding's evidence. Words that hold a figure are left out, since ages and sizes are others every night.
fn reason(finding: &Finding) -> u32 {
    let mut hash = Sha256::new();
    for evidence in &finding.evidence {
        match evidence {
            Evidence::Said { text } => {
                let is_plain = |word: &&str| !word.chars().any(|c| c.is_ascii_digit());
                text.split_whitespace().filter(is_plain).for_each(|word| {
                    hash.update(word.as_bytes());
                    hash.update([0]);
                });
            }
            Evidence::Measured { name, .. } => hash.update(name.as_bytes()),
        }
        hash.update([1]);
    }
    let digest = hash.finalize();
    digest.iter().take(3).fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}
