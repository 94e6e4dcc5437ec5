use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Region, ResourceId};

/// An AWS service quota with what is used of it.
///
/// Source: `servicequotas:ListServiceQuotas` and `ListAWSDefaultServiceQuotas`; calls in which services tell their own
/// quotas; the list built into this program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quota {
    /// `ec2`, `vpc`, as Service Quotas writes it.
    pub service_code: String,
    /// `L-` and eight characters. A code with the service before it (`sqs-in-flight-standard`) is this program's own, for
    /// a quota that Service Quotas does not list.
    pub quota_code: String,
    /// Name.
    pub name: String,
    /// Where; `global` for quotas of the whole account.
    pub region: Region,
    /// The value in force here.
    pub limit: f64,
    /// Who says so.
    #[serde(default)]
    pub limit_source: LimitSource,
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
    /// What another source says is used, where that is something else. Absent when none contradicts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contradicted: Option<Contradiction>,
    /// The increase that was asked for and not yet decided. Absent when none is open, or nobody could read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Increase>,
    /// Where its use is going. Absent where the data do not carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Trend>,
    /// Why there is no trend. Empty with one, and where nothing was known to look at.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub trend_missing: String,
    /// Day it runs out at the present trend, the likeliest one. Absent without a trend that leads there.
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
    /// Whether Service Quotas lists it, so that there is a page of it and more can be asked for.
    pub fn is_listed(&self) -> bool {
        !self.quota_code.strip_prefix(&self.service_code).is_some_and(|rest| rest.starts_with('-'))
    }

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
    /// A call in which a service tells its own figures.
    Call,
    /// Nothing tells.
    #[default]
    None,
}

/// Where the value of a quota comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LimitSource {
    /// Service Quotas, as it is in force in this account.
    #[default]
    Applied,
    /// Service Quotas, as every account gets it: it was never changed here, or the applied value could not be read.
    Default,
    /// The service itself, in a call of its own.
    Call,
    /// The list built into this program: what every account got on its date. A new account may have less.
    Catalogue,
}

/// A second opinion on what is used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contradiction {
    /// Who says it.
    pub source: UsageSource,
    /// What is used, in the quota's unit.
    pub usage: f64,
    /// The expression, the metric or the call.
    pub detail: String,
}

/// A request for a higher value that AWS has not decided yet.
///
/// Source: `servicequotas:ListRequestedServiceQuotaChangeHistory`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Increase {
    /// The value asked for.
    pub desired: f64,
    /// `PENDING` or `CASE_OPENED`, as AWS writes it.
    pub status: String,
    /// When it was asked for. Absent when AWS does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<Timestamp>,
}

/// How the use of a quota has gone, and where that leads: the median of all slopes between two days of its history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Trend {
    /// Growth a week, in the quota's unit; below zero when less and less is used.
    pub per_week: f64,
    /// Days of the history that have a figure.
    pub days_with_data: u32,
    /// Days from the first to the last of them.
    pub days: u32,
    /// Where the history comes from.
    pub source: TrendSource,
    /// Days until 80 % are used. Absent when that is past, or not ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_80_percent: Option<DaysAhead>,
    /// Days until it is exhausted. Absent when that is past, or not ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_exhaustion: Option<DaysAhead>,
}

/// Where a history comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TrendSource {
    /// Daily points of the quota's own CloudWatch metric.
    Metric,
    /// What earlier audits found.
    Audits,
}

/// A day to come, counted from the audit, and how early or late it may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DaysAhead {
    /// At the median slope.
    pub likely: f64,
    /// At the steepest slope the data allow, with 90 % confidence.
    pub earliest: f64,
    /// At the flattest.
    pub latest: f64,
}
