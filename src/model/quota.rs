use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Region, ResourceId};

/// An AWS service quota with what is used of it.
///
/// Source: `servicequotas:ListServiceQuotas` and `ListAWSDefaultServiceQuotas`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quota {
    /// `ec2`, `vpc`, as Service Quotas writes it.
    pub service_code: String,
    /// `L-` and eight characters.
    pub quota_code: String,
    /// Name.
    pub name: String,
    /// Where; `global` for quotas of the whole account.
    pub region: Region,
    /// The value in force here.
    pub limit: f64,
    /// What every account gets. Absent when AWS does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<f64>,
    /// Unit as AWS writes it; `None` counts things.
    pub unit: String,
    /// What is used. Absent when nothing tells: not zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<f64>,
    /// Usage divided by limit, in percent. Absent without usage; 100 and more when the limit is zero and something is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_percent: Option<f64>,
    /// Whether it may be raised on request; the rest are hard.
    pub adjustable: bool,
    /// Where the usage figure comes from.
    pub source: UsageSource,
    /// The expression or metric behind the usage figure. Empty without one.
    #[serde(default)]
    pub source_detail: String,
    /// Day it runs out at the present trend. Absent without a trend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exhausted_on: Option<String>,
    /// How much of it leftovers use up, in its unit. Absent where none is known to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freed: Option<f64>,
    /// The leftovers: resources with a finding that counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freed_by: Vec<ResourceId>,
}

impl Quota {
    /// The share of its value that deleting leftovers frees, in percent. `None` without leftovers, or a value.
    pub fn freed_percent(&self) -> Option<f64> {
        self.freed.filter(|_| self.limit > 0.0).map(|freed| freed / self.limit * 100.0)
    }

    /// Fills in usage and its percentage.
    pub fn with_usage(mut self, usage: f64, source: UsageSource, detail: impl Into<String>) -> Quota {
        self.usage = Some(usage);
        self.used_percent = match (usage > 0.0, self.limit > 0.0) {
            (_, true) => Some(usage / self.limit * 100.0),
            (true, false) => Some(100.0),
            (false, false) => Some(0.0),
        };
        self.source = source;
        self.source_detail = detail.into();
        self
    }
}

/// Where a usage figure comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UsageSource {
    /// The quota's own CloudWatch metric.
    Metric,
    /// Counted or summed over what the scan listed.
    Scan,
    /// Nothing tells.
    #[default]
    None,
}
