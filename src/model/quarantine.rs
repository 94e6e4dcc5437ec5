use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Region, ResourceId, Usd};

/// A resource in quarantine: stopped, detached or only marked by `closeout apply --quarantine`, with its days of grace
/// in the tag `closeout:quarantine`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quarantined {
    /// What.
    pub resource: ResourceId,
    /// Its kind.
    pub kind: Kind,
    /// Its region.
    pub region: Region,
    /// Its name or id, for people.
    pub label: String,
    /// First day. Absent when the tag cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// The day it is due. Absent when the tag cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// What became of it.
    pub meanwhile: Meanwhile,
    /// Dollars a month it still costs. Absent when the price is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_usd: Option<Usd>,
}

/// What became of a resource in quarantine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Meanwhile {
    /// Its grace goes on, and nobody has used it.
    Waiting,
    /// The day has come, and nobody has used it.
    Due,
    /// It was started or attached again: somebody misses it, or AWS did it.
    Used {
        /// The facts that show it.
        how: String,
    },
    /// The day has come, and no rule finds it to be a leftover any more: it may be in use.
    Unfound,
    /// Its tag holds no days.
    Unreadable,
}

impl Quarantined {
    /// One phrase for people.
    pub fn sentence(&self) -> String {
        let until = self.until.map(|day| day.to_string()).unwrap_or_default();
        match &self.meanwhile {
            Meanwhile::Waiting => format!("grace until {until}"),
            Meanwhile::Due => format!("due since {until}, not used meanwhile"),
            Meanwhile::Used { how } => format!("used meanwhile: {how}"),
            Meanwhile::Unfound => format!("due since {until}, and no rule calls it a leftover any more"),
            Meanwhile::Unreadable => "its tag holds no days".to_owned(),
        }
    }

    /// Whether it may be deleted: its day has come, and nobody has used it.
    pub fn is_due(&self) -> bool {
        self.meanwhile == Meanwhile::Due
    }
}
