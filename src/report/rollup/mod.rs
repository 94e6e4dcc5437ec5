//! Several audits in one document: what each account came to, and what could not be read of which.
//!
//! A roll-up is a function of its accounts, so that roll-ups of parts merge into the roll-up of the whole.

mod merge;
mod shard;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};

pub use merge::{Input, Merged, merge, read, unreadable};
pub use shard::{ParseShardError, Shard};

use super::document::{SCHEMA_VERSION, Tool, listed};
use crate::audit::{Audit, Summary};
use crate::model::{Account, AccountType, Finding, Region, Usd, Why};

/// Findings kept of an account and of all of them: with as many of each, the first of all are among them.
const TOP: usize = 10;

/// The roll-up of several audits. Field names are a contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rollup {
    /// Version of this form.
    pub schema_version: u32,
    /// What wrote it.
    pub tool: Tool,
    /// When the first of its audits began. Absent without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When the last of its audits ended. Absent without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// The parts of the list of accounts that are in it. Empty when it is no part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shards: Vec<Shard>,
    /// Sums over the accounts that were read. Read them with `failed` and `gaps`.
    pub total: Total,
    /// Accounts that were read, by id.
    pub accounts: Vec<AccountEntry>,
    /// Accounts that could not be read, and files and parts that are missing. Nothing of them is in a total.
    pub failed: Vec<Failed>,
    /// What was left out on purpose: closed accounts, and an account that was named twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// The dearest findings over all accounts, at most ten.
    pub top_findings: Vec<TopFinding>,
}

/// Sums over the accounts that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Total {
    /// Accounts that were read.
    pub accounts: u64,
    /// How many of them have gaps or were stopped before their end.
    pub incomplete: u64,
    /// Accounts, files and parts that could not be read.
    pub failed: u64,
    /// Dollars a month that acting on every finding that counts would save, at list price.
    pub monthly_waste_usd: Usd,
    /// Findings, locked and managed ones included.
    pub findings: u64,
    /// How many of them are left out of the waste total.
    pub locked: u64,
    /// How many have no known price.
    pub unpriced: u64,
    /// Findings by category.
    pub by_category: BTreeMap<String, u64>,
    /// Findings by severity.
    pub by_severity: BTreeMap<String, u64>,
    /// Everything that could not be looked at or judged; each account that could not be read is one more.
    pub gaps: u64,
    /// Usage on the bills of the last 30 days, without one that is a whole organization's. Absent when no bill could be
    /// read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_usd: Option<Usd>,
    /// Accounts whose bill is in that sum.
    pub bills: u64,
    /// Resources that were listed.
    pub resources: u64,
    /// What AWS charged for asking.
    pub asked_usd: Usd,
}

/// What an audit of one account came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountEntry {
    /// Whose account.
    pub account: Account,
    /// Its name in the organization or in the list of accounts. Absent when neither says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it manages its organization. False also when nobody could tell.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub manages: bool,
    /// Whether its bill is that of the whole organization: the account manages one, and could not tell when the bill was
    /// asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole_bill: bool,
    /// When its audit began.
    pub started_at: Timestamp,
    /// When it ended. Absent in a report written while the scan ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// How whole it is.
    pub state: State,
    /// The head figures.
    pub summary: Summary,
    /// Its gaps by their reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gaps_by_why: BTreeMap<String, u64>,
    /// The quota with the least headroom. Absent when nothing is known of the use of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst_quota: Option<WorstQuota>,
    /// What AWS charged for asking.
    pub asked_usd: Usd,
    /// Its dearest findings, at most ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub top_findings: Vec<TopFinding>,
    /// Name of the file with the whole audit, beside the roll-up. Absent when none was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// How whole an audit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Everything was seen.
    Complete,
    /// Something could not be looked at.
    Incomplete,
    /// Stopped before its end.
    Interrupted,
}

impl State {
    /// The word reports use.
    pub fn word(self) -> &'static str {
        match self {
            State::Complete => "complete",
            State::Incomplete => "incomplete",
            State::Interrupted => "interrupted",
        }
    }
}

/// A quota by how much of it is used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorstQuota {
    /// `ec2`, `vpc`, as Service Quotas writes it.
    pub service_code: String,
    /// Its code.
    pub quota_code: String,
    /// Name.
    pub name: String,
    /// Where.
    pub region: Region,
    /// Usage divided by limit, in percent.
    pub used_percent: f64,
}

/// An account that could not be read; a file or a part of the list that is missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Failed {
    /// Twelve digits; empty when the account is not known.
    pub account: String,
    /// The name in the organization or list, the profile, the file, or the part.
    pub name: String,
    /// The IAM action or the step that did not work; `read` of a file, `shard` of a part.
    pub action: String,
    /// Which sort of failure.
    pub why: Why,
    /// What AWS or the program said.
    pub detail: String,
}

/// Something left out on purpose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Twelve digits.
    pub account: String,
    /// The name in the organization or list, or the profile.
    pub name: String,
    /// Why, as a part of a sentence.
    pub why: String,
}

/// A finding in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TopFinding {
    /// Twelve digits.
    pub account: String,
    /// Fingerprint of rule and resource.
    pub id: String,
    /// Id of the rule.
    pub rule: String,
    /// The rule's title.
    pub title: String,
    /// ARN, or the id this program made for what has none.
    pub resource: String,
    /// The resource's name, or its id.
    pub name: String,
    /// Where.
    pub region: Region,
    /// 0–100.
    pub score: u8,
    /// Dollars a month. Absent when the price is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_usd: Option<Usd>,
}

impl TopFinding {
    fn of(account: &str, finding: &Finding) -> TopFinding {
        TopFinding {
            account: account.to_owned(),
            id: finding.id.clone(),
            rule: finding.rule.clone(),
            title: finding.title.clone(),
            resource: finding.resource.arn.as_str().to_owned(),
            name: finding.resource.label().to_owned(),
            region: finding.resource.region.clone(),
            score: finding.score,
            monthly_usd: finding.monthly_usd,
        }
    }

    /// Most dollars first, then the best score, then a stable order.
    fn dearest_first(a: &TopFinding, b: &TopFinding) -> std::cmp::Ordering {
        (b.monthly_usd, b.score)
            .cmp(&(a.monthly_usd, a.score))
            .then_with(|| (&a.account, &a.rule, &a.resource).cmp(&(&b.account, &b.rule, &b.resource)))
    }
}

impl AccountEntry {
    /// What an audit came to.
    pub fn of(audit: &Audit) -> AccountEntry {
        let summary = Summary { resources: listed(audit), ..audit.summary() };
        let state = match (audit.interrupted, summary.gaps) {
            (true, _) => State::Interrupted,
            (false, 0) => State::Complete,
            (false, _) => State::Incomplete,
        };
        let mut gaps_by_why: BTreeMap<String, u64> = BTreeMap::new();
        for gap in audit.gaps() {
            *gaps_by_why.entry(gap.why.word().to_owned()).or_default() += 1;
        }
        let counted = audit.findings.iter().filter(|finding| finding.counts());
        let top_findings = dearest(counted.map(|finding| TopFinding::of(&audit.account.id, finding)));
        AccountEntry {
            account: audit.account.clone(),
            name: None,
            manages: audit.closure.as_ref().is_some_and(|closure| closure.account_type == AccountType::Management),
            whole_bill: false,
            started_at: audit.started_at,
            finished_at: audit.finished_at,
            state,
            summary,
            gaps_by_why,
            worst_quota: worst_quota(audit),
            asked_usd: audit.requests.billable_usd,
            top_findings,
            file: None,
        }
    }

    /// The name people know it by: its alias, its name in the organization, or nothing.
    pub fn known_as(&self) -> &str {
        self.account.alias.as_deref().or(self.name.as_deref()).unwrap_or_default()
    }
}

fn worst_quota(audit: &Audit) -> Option<WorstQuota> {
    let known = audit.quotas.iter().filter_map(|quota| Some((quota.used_percent?, quota)));
    let place =
        |quota: &crate::model::Quota| (quota.service_code.clone(), quota.quota_code.clone(), quota.region.clone());
    let (used_percent, quota) =
        known.max_by(|(a, one), (b, other)| a.total_cmp(b).then_with(|| place(other).cmp(&place(one))))?;
    Some(WorstQuota {
        service_code: quota.service_code.clone(),
        quota_code: quota.quota_code.clone(),
        name: quota.name.clone(),
        region: quota.region.clone(),
        used_percent,
    })
}

fn dearest(findings: impl Iterator<Item = TopFinding>) -> Vec<TopFinding> {
    let mut findings: Vec<TopFinding> = findings.collect();
    findings.sort_by(TopFinding::dearest_first);
    findings.truncate(TOP);
    findings
}

impl Rollup {
    /// The roll-up of some accounts, in any order, each of them once.
    pub fn of(
        mut accounts: Vec<AccountEntry>,
        mut failed: Vec<Failed>,
        mut left_out: Vec<LeftOut>,
        shards: Vec<Shard>,
    ) -> Rollup {
        accounts.sort_by(|a, b| a.account.id.cmp(&b.account.id));
        failed.sort();
        failed.dedup_by(|a, b| a == b || !a.account.is_empty() && a.account == b.account);
        left_out.sort();
        left_out.dedup();
        Rollup {
            schema_version: SCHEMA_VERSION,
            tool: Tool::this(),
            started_at: accounts.iter().map(|entry| entry.started_at).min(),
            finished_at: accounts.iter().filter_map(|entry| entry.finished_at).max(),
            shards,
            total: Total::of(&accounts, failed.len()),
            top_findings: dearest(accounts.iter().flat_map(|entry| entry.top_findings.iter().cloned())),
            accounts,
            failed,
            left_out,
        }
    }

    /// Whether something could not be looked at.
    pub fn is_incomplete(&self) -> bool {
        self.total.failed > 0 || self.total.incomplete > 0
    }

    /// Whether there were accounts to read and none was.
    pub fn has_nothing(&self) -> bool {
        self.accounts.is_empty() && !self.failed.is_empty()
    }
}

impl Total {
    fn of(accounts: &[AccountEntry], failed: usize) -> Total {
        let mut total = Total { accounts: accounts.len() as u64, failed: failed as u64, ..Total::default() };
        total.gaps = total.failed;
        for entry in accounts {
            let summary = &entry.summary;
            total.incomplete += u64::from(entry.state != State::Complete);
            total.monthly_waste_usd += summary.monthly_waste_usd;
            total.findings += summary.findings;
            total.locked += summary.locked;
            total.unpriced += summary.unpriced;
            total.gaps += summary.gaps;
            total.resources += summary.resources;
            total.asked_usd += entry.asked_usd;
            add(&mut total.by_category, &summary.by_category);
            add(&mut total.by_severity, &summary.by_severity);
            if let Some(bill) = summary.bill_usd.filter(|_| !entry.whole_bill) {
                total.bill_usd = Some(total.bill_usd.unwrap_or(Usd::ZERO) + bill);
                total.bills += 1;
            }
        }
        total
    }
}

fn add(sums: &mut BTreeMap<String, u64>, more: &BTreeMap<String, u64>) {
    for (name, count) in more {
        *sums.entry(name.clone()).or_default() += count;
    }
}

/// JSON Schema of the roll-up.
pub fn schema() -> Schema {
    schema_for!(Rollup)
}

#[cfg(test)]
mod tests;
