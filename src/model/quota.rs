use std::fmt;

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

    /// Its trend in words: "+1.4 a week: 80 % in 12 to 20 days, full in 40 to 60 days". `None` without one.
    pub fn trend_text(&self) -> Option<String> {
        let trend = self.trend.as_ref()?;
        if trend.per_week == 0.0 {
            return Some("level".to_owned());
        }
        let sign = if trend.per_week > 0.0 { "+" } else { "-" };
        let pace = match trend.per_week.abs() {
            pace if pace < 0.05 => format!("under {sign}0.1"),
            pace => format!("{sign}{}", tenths(pace)),
        };
        let ahead = [("80 %", trend.to_80_percent), ("full", trend.to_exhaustion)];
        let days: Vec<String> =
            ahead.into_iter().filter_map(|(what, days)| Some(format!("{what} in {}", days?))).collect();
        let is_near_enough = self.used_percent.is_some_and(|used| used >= 100.0) || trend.per_week < 0.0;
        let leads_to = match (days.is_empty(), trend.to_exhaustion.is_none() && !is_near_enough) {
            (true, true) => ": not full within two years".to_owned(),
            (true, false) => String::new(),
            (false, true) => format!(": {}, not full within two years", days.join(", ")),
            (false, false) => format!(": {}", days.join(", ")),
        };
        Some(format!("{pace} a week{leads_to}"))
    }

    /// Fills in usage and its percentage.
    pub fn with_usage(mut self, usage: f64, source: UsageSource, detail: impl Into<String>) -> Quota {
        self.usage = Some(usage);
        self.used_percent = match (usage > 0.0, self.limit > 0.0) {
            // Multiplied first: 14 of 5,000 are 0.28 %, and not 0.27999999999999997 %, which not every reader keeps.
            (_, true) => Some(usage * 100.0 / self.limit),
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

impl fmt::Display for DaysAhead {
    /// The range in whole days, "12 to 20 days"; what lies beyond two years is only said to be later.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.earliest.floor(), self.latest.ceil());
        let word = |days: f64| if days == 1.0 { "day" } else { "days" };
        match to {
            to if to > 730.0 => write!(f, "{from:.0} {} or later", word(from)),
            to if to - from <= 1.0 => write!(f, "{to:.0} {}", word(to)),
            to => write!(f, "{from:.0} to {to:.0} days"),
        }
    }
}

/// A number without decimals that say nothing: `5`, `12.5`.
fn tenths(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ahead(earliest: f64, likely: f64, latest: f64) -> Option<DaysAhead> {
        Some(DaysAhead { likely, earliest, latest })
    }

    fn text(per_week: f64, used: f64, near: Option<DaysAhead>, full: Option<DaysAhead>) -> Option<String> {
        let source = TrendSource::Metric;
        let trend = Trend { per_week, days_with_data: 60, days: 60, source, to_80_percent: near, to_exhaustion: full };
        Quota { trend: Some(trend), used_percent: Some(used), ..Quota::default() }.trend_text()
    }

    #[test]
    fn a_percentage_has_no_digits_that_say_nothing() {
        let percent = |usage: f64, limit: f64| {
            Quota { limit, ..Quota::default() }.with_usage(usage, UsageSource::Scan, "").used_percent
        };
        assert_eq!(percent(14.0, 5_000.0), Some(0.28));
        assert_eq!(percent(4.0, 1_000_000.0), Some(0.0004));
    }

    #[test]
    fn a_trend_is_told_with_its_range() {
        let (near, full) = (ahead(12.4, 15.0, 19.6), ahead(40.0, 50.0, 59.1));
        let told = |text: &str| Some(text.to_owned());
        assert_eq!(text(1.4, 70.0, near, full), told("+1.4 a week: 80 % in 12 to 20 days, full in 40 to 60 days"));
        assert_eq!(text(1.4, 85.0, None, full), told("+1.4 a week: full in 40 to 60 days"));
        assert_eq!(text(1.4, 85.0, None, ahead(300.0, 500.0, 2_900.0)), told("+1.4 a week: full in 300 days or later"));
        assert_eq!(text(7.0, 99.0, None, ahead(0.6, 0.8, 1.0)), told("+7 a week: full in 1 day"));
        assert_eq!(
            text(0.01, 70.0, near, None),
            told("under +0.1 a week: 80 % in 12 to 20 days, not full within two years")
        );
        assert_eq!(text(1.4, 5.0, None, None), told("+1.4 a week: not full within two years"));
        assert_eq!(text(1.4, 120.0, None, None), told("+1.4 a week"));
        assert_eq!(text(-2.0, 70.0, None, None), told("-2 a week"));
        assert_eq!(text(0.0, 70.0, None, None), told("level"));
        assert_eq!(Quota::default().trend_text(), None);
    }
}
