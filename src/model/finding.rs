use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cost, MetricReading, Owner, Protection, Resource, Usd};

/// This resource, this rule, this much, because.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Fingerprint of rule and resource, the same every night: 16 hexadecimal digits.
    pub id: String,
    /// Id of the rule.
    pub rule: String,
    /// The rule's title.
    pub title: String,
    /// What sort of leftover it is.
    pub category: Category,
    /// Certainty and harm in one word; money is apart.
    pub severity: Severity,
    /// 0–100, the sum of its parts.
    pub score: u8,
    /// What the score is made of.
    pub score_parts: Vec<ScorePart>,
    /// How sure the rule is.
    pub certainty: Certainty,
    /// What it means on closing day.
    pub closure: ClosureEffect,
    /// The resource as it was when judged, without its facts in a report that leaves out the inventory.
    pub resource: Resource,
    /// Dollars a month that acting on it would save. Absent when the price is unknown; zero when it is
    /// free, or when another finding on the same resource already counts the money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_usd: Option<Usd>,
    /// Where the money figure comes from. Absent when the price is unknown or the resource is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_source: Option<String>,
    /// The rule whose finding on the same resource counts the money. Absent when this one counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_under: Option<String>,
    /// The rule's reason first, then what supports it, one sentence each.
    pub evidence: Vec<Evidence>,
    /// Days it has been as it is, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dormant_days: Option<u32>,
    /// What to do about it, in the rule's words: `snapshot-then-delete`.
    pub remedy: String,
    /// The command that would do it, for reading; this program never runs it. Absent when no command fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The lock that keeps it out of the totals. Absent when nothing protects it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protected: Option<Protection>,
    /// Who manages it, so that the owner has to be acted on instead. Absent when nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_by: Option<Owner>,
    /// When an earlier audit first saw it. Absent without history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    /// How many audits of the history saw it, this one included: 1 when it is new. Absent without history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_in: Option<u32>,
    /// Why and until when somebody set it aside. Absent when nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<Ignored>,
    /// What set it aside until a day that is over: it is back, and counts again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignore_expired: Option<Ignored>,
    /// Ids of other resources it is tied to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refs: Vec<String>,
    /// Documentation the rule rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub docs: Vec<String>,
}

impl Finding {
    /// Whether its money belongs in the waste total: nothing protects it, nobody manages it, nobody set it aside.
    pub fn counts(&self) -> bool {
        self.protected.is_none() && self.managed_by.is_none() && self.ignored.is_none()
    }

    /// What it adds to the waste total.
    pub fn waste(&self) -> Usd {
        if self.counts() { self.monthly_usd.unwrap_or(Usd::ZERO) } else { Usd::ZERO }
    }

    /// The cost the money figure rests on, when the resource has one.
    pub fn cost(&self) -> Option<&Cost> {
        self.resource.cost.as_ref()
    }
}

/// Why a finding is set aside. It is shown and counts in no total, until its last day is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ignored {
    /// The reason, in the words of who set it aside.
    pub why: String,
    /// The last day, in UTC: `2027-01-31`.
    pub until: String,
    /// Who set it aside. Empty when nobody wrote that down.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
}

impl Ignored {
    /// One phrase for people.
    pub fn label(&self) -> String {
        let by = if self.by.is_empty() { String::new() } else { format!(" by {}", self.by) };
        format!("ignored until {}{by}: {}", self.until, self.why)
    }
}

/// One thing that supports a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Evidence {
    /// A sentence.
    Said {
        /// The sentence.
        text: String,
    },
    /// A metric with its statistic, window and datapoints.
    Measured {
        /// The name in the metric catalogue.
        name: String,
        /// The reading.
        reading: MetricReading,
    },
}

impl Evidence {
    /// A sentence as evidence.
    pub fn said(text: impl Into<String>) -> Evidence {
        Evidence::Said { text: text.into() }
    }

    /// One line for people.
    pub fn line(&self) -> String {
        match self {
            Evidence::Said { text } => text.clone(),
            Evidence::Measured { reading, .. } => {
                let value = match (reading.statistic.as_str(), reading.max, reading.sum) {
                    ("Sum", _, Some(sum)) => short_number(sum),
                    (_, Some(max), _) => short_number(max),
                    _ => "no data".to_owned(),
                };
                let last = match (reading.datapoints, reading.last_nonzero_at) {
                    (0, _) => String::new(),
                    (_, Some(at)) => format!(", last above zero {}", at.strftime("%Y-%m-%d %H:%M")),
                    (_, None) => ", never above zero".to_owned(),
                };
                format!(
                    "{} {} {value} in {} days ({} datapoints{last})",
                    reading.metric, reading.statistic, reading.window_days, reading.datapoints
                )
            }
        }
    }
}

/// A number as short as it can be said: `0`, `12.5`, `3.1e9`.
fn short_number(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e9 {
        format!("{value:.0}")
    } else if value.abs() < 1e6 {
        format!("{value:.1}")
    } else {
        format!("{value:.1e}")
    }
}

/// A part of a score, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScorePart {
    /// `money` (of a quota `headroom`), `certainty`, `dormancy` or `closure`.
    pub name: String,
    /// Points given.
    pub points: u8,
    /// Points there were to give.
    pub of: u8,
}

/// A closed list of words: its texts in files and its order.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word files and reports use.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

words! {
    /// What sort of leftover a rule looks for.
    Category {
        /// Switched off, and what is attached still bills.
        Stopped = "stopped",
        /// Running and billed, unused by its own metrics over a stated window.
        Idle = "idle",
        /// What it belonged to is gone, or it is attached to nothing.
        Orphaned = "orphaned",
        /// Kept longer than anyone is likely to need.
        Old = "old",
        /// Provisioned well above need.
        Oversized = "oversized",
        /// The same need is met cheaper by a newer generation.
        Outdated = "outdated",
        /// A term that ends or is not used.
        Commitment = "commitment",
        /// A free period that turns into a bill.
        Trial = "trial",
        /// Near a quota.
        Quota = "quota",
        /// In the way of closing the account.
        Closure = "closure",
    }
}

words! {
    /// How sure a rule is that the resource is waste.
    Certainty {
        /// The facts leave no other reading.
        Certain = "certain",
        /// Rarely wrong; a look suffices.
        Likely = "likely",
        /// Worth a person's judgement.
        Review = "review",
    }
}

words! {
    /// What a finding means on closing day.
    ClosureEffect {
        /// Closing is refused or goes wrong while it is there.
        Blocks = "blocks",
        /// It keeps billing after closure.
        Bills = "bills",
        /// It holds data that closing destroys.
        LosesData = "loses-data",
        /// Nothing.
        Nothing = "nothing",
    }
}

words! {
    /// Certainty and harm in one word.
    Severity {
        /// For information.
        Info = "info",
        /// Tidy up some time.
        Low = "low",
        /// Worth doing.
        Medium = "medium",
        /// Do it.
        High = "high",
    }
}
