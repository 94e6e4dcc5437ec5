use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Region};

/// Something that could not be looked at, and why. Never to be mistaken for "nothing there".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// Twelve digits; empty when the account itself is not known.
    #[serde(default)]
    pub account: String,
    /// Where; `global` for global services.
    pub region: Region,
    /// The kind that was not seen; `cost-explorer:bill`, `service-quotas:quota` and `rule:<id>` for what is no resource.
    pub kind: Kind,
    /// The IAM action or the step that did not work: `ec2:DescribeVolumes`.
    pub action: String,
    /// Which sort of failure.
    pub why: Why,
    /// What AWS or the program said, one line, and what to do about it.
    pub detail: String,
}

/// The ways something can stay unseen. Each is drawn differently; none is drawn as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The caller is not allowed to ask.
    Denied,
    /// AWS kept refusing for rate.
    Throttled,
    /// No answer in time.
    TimedOut,
    /// The endpoint could not be reached, or the connection broke.
    Unreachable,
    /// The credentials ran out during the scan.
    Expired,
    /// The service or operation does not exist there.
    NotOffered,
    /// The service exists but is switched off for this account.
    Disabled,
    /// The account has not switched the region on.
    RegionOff,
    /// Left out on purpose: over the spending cap, or interrupted.
    NotScanned,
    /// CloudWatch has no datapoints to judge by.
    NoData,
    /// No price list knows what it costs.
    NotPriced,
    /// A rule could not be evaluated.
    RuleError,
    /// AWS or the connection answered with something else.
    Error,
}

impl Why {
    /// The word reports use.
    pub fn word(self) -> &'static str {
        match self {
            Why::Denied => "denied",
            Why::Throttled => "throttled",
            Why::TimedOut => "timed-out",
            Why::Unreachable => "unreachable",
            Why::Expired => "expired",
            Why::NotOffered => "not-offered",
            Why::Disabled => "disabled",
            Why::RegionOff => "region-off",
            Why::NotScanned => "not-scanned",
            Why::NoData => "no-data",
            Why::NotPriced => "not-priced",
            Why::RuleError => "rule-error",
            Why::Error => "error",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
