use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Region, ResourceId, Usd};

/// What stands between an account and its closing, judged over an audit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Closure {
    /// Which sort of account it is.
    pub account_type: AccountType,
    /// Whether a GovCloud account is linked to it. Absent when that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub govcloud: Option<bool>,
    /// Whether it may be closed.
    pub verdict: Verdict,
    /// What goes on billing after the account is closed.
    pub keeps_billing: Vec<KeepsBilling>,
    /// Dollars of it until each ends, as far as they are known.
    pub keeps_billing_usd: Usd,
    /// Who closes such an account, and how, a sentence a step. This program never does.
    pub procedure: Vec<String>,
}

/// Sorts of accounts, which are closed in different ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccountType {
    /// Nobody could tell.
    #[default]
    Unknown,
    /// In no organization.
    Standalone,
    /// In an organization that another account manages.
    Member,
    /// It manages an organization.
    Management,
}

impl AccountType {
    /// As in sentences: `member account`.
    pub fn words(self) -> &'static str {
        match self {
            AccountType::Unknown => "account of unknown standing",
            AccountType::Standalone => "standalone account",
            AccountType::Member => "member account",
            AccountType::Management => "management account",
        }
    }
}

/// Whether an account may be closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Something stands against it, or what would could not be looked at.
    #[default]
    Blocked,
    /// Nothing stands against it; something will be lost, or waits for a person.
    ReadyWithWarnings,
    /// Everything that is known of was looked at, and nothing stands against it.
    Ready,
}

impl Verdict {
    /// In capitals: `READY WITH WARNINGS`.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Blocked => "BLOCKED",
            Verdict::ReadyWithWarnings => "READY WITH WARNINGS",
            Verdict::Ready => "READY",
        }
    }
}

/// An item of the checklist, as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChecklistItem {
    /// Its name, for `--tick`.
    pub id: String,
    /// Part of the list it belongs to: `commitments`, `names`, `sharing`.
    pub section: String,
    /// What is asked.
    pub title: String,
    /// What it is when it does not pass.
    pub level: ItemLevel,
    /// How it stands.
    pub state: ItemState,
    /// The result in a few words.
    pub result: String,
    /// What stands against it, a thing a line, or what the answer rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// What of it could not be looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<String>,
    /// Why it matters.
    pub why: String,
    /// Who does what about it, and where.
    pub remedy: String,
    /// Documentation it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub docs: Vec<String>,
    /// Fingerprint of what the answer rests on: a tick holds as long as this stays the same.
    pub rests_on: String,
    /// Who ticked it by hand. Absent when nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tick: Option<Tick>,
}

impl ChecklistItem {
    /// Whether a person may settle it: what no check can tell, what could not be looked at, and what is a warning.
    /// Something that was seen to block is not settled by saying so.
    pub fn may_be_ticked(&self) -> bool {
        !matches!(self.state, ItemState::Pass | ItemState::Blocker | ItemState::NotApplicable)
    }
}

/// What an item is when it does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ItemLevel {
    /// The account should not be closed, or cannot be.
    Blocker,
    /// Something is lost or goes on; it may be accepted.
    Warning,
    /// Only a person can tell.
    Manual,
}

/// How an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ItemState {
    /// Something stands against closing.
    Blocker,
    /// It could not be looked at.
    Unknown,
    /// Something is to be accepted.
    Warning,
    /// A person has to answer.
    Open,
    /// A person has answered.
    Ticked,
    /// Nothing stands against closing.
    Pass,
    /// Not for such an account.
    NotApplicable,
}

impl ItemState {
    /// The word reports use.
    pub fn word(self) -> &'static str {
        match self {
            ItemState::Blocker => "blocker",
            ItemState::Unknown => "unknown",
            ItemState::Warning => "warning",
            ItemState::Open => "open",
            ItemState::Ticked => "ticked",
            ItemState::Pass => "pass",
            ItemState::NotApplicable => "not applicable",
        }
    }
}

/// An item settled by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tick {
    /// What was checked, in the words of who did.
    pub note: String,
    /// Who: a user of this machine, with the caller at AWS where one is known.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Fingerprint of what it rested on.
    pub rests_on: String,
    /// Whether that has changed since, so that the tick holds no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
}

/// Something that goes on billing after the account is closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KeepsBilling {
    /// What.
    pub resource: ResourceId,
    /// Its kind.
    pub kind: Kind,
    /// Where.
    pub region: Region,
    /// Its name or id, for people.
    pub label: String,
    /// Item that says so.
    pub item: String,
    /// Until when. Absent when it has no end of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What ends it, for people.
    pub ends: String,
    /// Dollars a month. Absent when they are not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_usd: Option<Usd>,
    /// Dollars until its end. Absent when its end or its price is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_usd: Option<Usd>,
}
