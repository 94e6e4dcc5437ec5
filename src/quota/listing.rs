use std::collections::BTreeMap;

use aws_sdk_servicequotas::types::{MetricInfo, PeriodUnit, QuotaPeriod, ServiceQuota};

use serde::{Deserialize, Serialize};

use crate::aws::{Cx, Fault};
use crate::model::{Increase, LimitSource, Quota, Region, Why};

pub(super) const APPLIED: &str = "servicequotas:ListServiceQuotas";
pub(super) const DEFAULTS: &str = "servicequotas:ListAWSDefaultServiceQuotas";

/// A quota as Service Quotas lists it, with nothing known about its use yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RawQuota {
    /// `ec2`, `vpc`.
    pub service_code: String,
    /// `L-` and eight characters.
    pub quota_code: String,
    /// Name.
    pub name: String,
    /// Where it holds; `global` for quotas of the whole account.
    pub region: Region,
    /// The value in force.
    pub limit: f64,
    /// Who says so.
    pub limit_source: LimitSource,
    /// The increase asked for and not yet decided.
    pub pending: Option<Increase>,
    /// What every account gets. Absent when AWS does not say.
    pub default: Option<f64>,
    /// Unit as AWS writes it; `None` counts things.
    pub unit: String,
    /// Whether it may be raised on request.
    pub adjustable: bool,
    /// Seconds the limit is counted over (`Period`). Absent for quotas on how many there are.
    pub period_seconds: Option<f64>,
    /// The metric AWS counts its use with. Absent when it has none, or one with blanks to fill in.
    pub usage_metric: Option<UsageMetric>,
}

/// The CloudWatch metric of a quota's use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageMetric {
    /// `AWS/Usage`.
    pub namespace: String,
    /// `ResourceCount` or `CallCount`.
    pub name: String,
    /// Dimensions, by name.
    pub dimensions: BTreeMap<String, String>,
    /// `Maximum` for how many there are, `Sum` for calls.
    pub statistic: String,
}

/// What listing a service's quotas brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// Quotas by code.
    pub quotas: Vec<RawQuota>,
    /// What could not be read. With the applied values unread, limits are the defaults.
    pub faults: Vec<Fault>,
    /// How much of what there is stands in it.
    pub extent: Extent,
}

/// How much of a service's quotas a listing has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Every quota Service Quotas knows.
    #[default]
    Whole,
    /// At most those that were ever changed in this account: the defaults could not be read.
    Part,
    /// None, since Service Quotas does not know the service here.
    NotOffered,
}

impl RawQuota {
    /// The quota with nothing said about its use.
    pub fn quota(&self) -> Quota {
        Quota {
            service_code: self.service_code.clone(),
            quota_code: self.quota_code.clone(),
            name: self.name.clone(),
            region: self.region.clone(),
            limit: self.limit,
            limit_source: self.limit_source,
            default: self.default,
            unit: self.unit.clone(),
            adjustable: self.adjustable,
            pending: self.pending.clone(),
            ..Quota::default()
        }
    }

    /// Whether it limits how fast, not how many: nothing that is listed counts against it.
    pub fn is_rate(&self) -> bool {
        self.period_seconds.is_some() || self.unit.ends_with("/Second") || names_a_rate(&self.name)
    }
}

/// Lists the quotas of a service in the context's region: applied values over defaults, since AWS lists
/// only the latter for what was never changed.
///
/// Quotas of the whole account are kept in the home region only. Rates are left out unless they have a metric.
pub async fn list(cx: &Cx, service_code: &str) -> Listing {
    let (applied, defaults) = tokio::join!(applied(cx, service_code), defaults(cx, service_code));
    let extent = extent(applied.as_ref().err(), defaults.as_ref().err());
    let mut faults = Vec::new();
    if let Err(fault) = &applied
        && defaults.is_ok()
    {
        let detail = format!("{}; the limits shown are what every account gets", fault.detail);
        faults.push(Fault { detail, ..fault.clone() });
    } else {
        faults.extend(applied.as_ref().err().cloned());
    }
    // That a service is not offered need not be said twice.
    let said = faults.iter().any(|fault| fault.why == Why::NotOffered);
    faults.extend(defaults.as_ref().err().cloned().filter(|fault| !said || fault.why != Why::NotOffered));
    let merged = merge(&applied.unwrap_or_default(), &defaults.unwrap_or_default(), cx.endpoint_region());
    let mut quotas = merged.quotas;
    quotas.retain(|quota| is_home(cx) || !quota.region.is_global());
    if !merged.without_value.is_empty() {
        let detail = format!("AWS could not tell the value of {}", merged.without_value.join(", "));
        faults.push(Fault::new(Why::Error, APPLIED, detail));
    }
    Listing { quotas, faults, extent }
}

/// Whether the context asks the region in which quotas of the whole account are read.
pub(super) fn is_home(cx: &Cx) -> bool {
    cx.endpoint_region() == cx.in_region(&Region::global()).endpoint_region()
}

fn extent(applied: Option<&Fault>, defaults: Option<&Fault>) -> Extent {
    let lacks = |fault: Option<&Fault>| fault.is_some_and(|fault| fault.why == Why::NotOffered);
    match defaults {
        None => Extent::Whole,
        Some(_) if lacks(applied) || (lacks(defaults) && applied.is_some()) => Extent::NotOffered,
        Some(_) if lacks(defaults) => Extent::Whole,
        Some(_) => Extent::Part,
    }
}

async fn applied(cx: &Cx, service_code: &str) -> Result<Vec<ServiceQuota>, Fault> {
    let request = cx.servicequotas().list_service_quotas().service_code(service_code);
    let mut pages = request.into_paginator().page_size(100).send();
    let mut quotas = Vec::new();
    while let Some(page) = pages.next().await {
        quotas.extend_from_slice(page.map_err(|error| unlisted(Fault::sdk(APPLIED)(error)))?.quotas());
    }
    Ok(quotas)
}

async fn defaults(cx: &Cx, service_code: &str) -> Result<Vec<ServiceQuota>, Fault> {
    let request = cx.servicequotas().list_aws_default_service_quotas().service_code(service_code);
    let mut pages = request.into_paginator().page_size(100).send();
    let mut quotas = Vec::new();
    while let Some(page) = pages.next().await {
        quotas.extend_from_slice(page.map_err(|error| unlisted(Fault::sdk(DEFAULTS)(error)))?.quotas());
    }
    Ok(quotas)
}

/// A service Service Quotas does not know in a region is "not offered", not an error.
fn unlisted(fault: Fault) -> Fault {
    if fault.code != "NoSuchResourceException" {
        return fault;
    }
    Fault { why: Why::NotOffered, detail: "Service Quotas has no quotas of this here".to_owned(), ..fault }
}

#[derive(Default)]
struct Merged {
    quotas: Vec<RawQuota>,
    /// Names of quotas AWS listed without a value.
    without_value: Vec<String>,
}

/// Applied values over defaults, by quota code.
fn merge(applied: &[ServiceQuota], defaults: &[ServiceQuota], region: &Region) -> Merged {
    let by_code = |list: &[ServiceQuota]| -> BTreeMap<String, ServiceQuota> {
        list.iter().filter_map(|quota| Some((quota.quota_code()?.to_owned(), quota.clone()))).collect()
    };
    let defaults = by_code(defaults);
    let applied = by_code(applied);
    let mut merged = Merged::default();
    let mut all = defaults.clone();
    all.extend(applied.clone());
    for (code, quota) in &all {
        let is_applied = applied.get(code).is_some_and(|quota| quota.value().is_some());
        let default = defaults.get(code);
        let default_value = default.and_then(ServiceQuota::value);
        let Some(limit) = quota.value().or(default_value).filter(|limit| limit.is_finite()) else {
            merged.without_value.push(quota.quota_name().unwrap_or(code).to_owned());
            continue;
        };
        let metric = quota.usage_metric().or_else(|| default.and_then(ServiceQuota::usage_metric));
        let raw = RawQuota {
            service_code: quota.service_code().unwrap_or_default().to_owned(),
            quota_code: code.clone(),
            name: quota.quota_name().unwrap_or(code).to_owned(),
            region: if quota.global_quota() { Region::global() } else { region.clone() },
            limit,
            limit_source: if is_applied { LimitSource::Applied } else { LimitSource::Default },
            pending: None,
            default: default_value,
            unit: quota.unit().unwrap_or("None").to_owned(),
            adjustable: quota.adjustable(),
            period_seconds: quota.period().and_then(seconds),
            usage_metric: metric.and_then(usage_metric),
        };
        if raw.usage_metric.is_some() || !raw.is_rate() {
            merged.quotas.push(raw);
        }
    }
    merged
}

/// A metric that can be asked for as it stands. `None` with a blank among its dimensions (`{endpointId}`).
fn usage_metric(info: &MetricInfo) -> Option<UsageMetric> {
    let name = info.metric_name()?.to_owned();
    let dimensions: BTreeMap<String, String> =
        info.metric_dimensions().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect();
    if dimensions.values().any(|value| value.contains('{')) {
        return None;
    }
    // Some counts come with the advice to sum them up, which would count each thing once a datapoint.
    let counts_things = name != "CallCount" && name.ends_with("Count");
    let advised = info.metric_statistic_recommendation().filter(|text| !text.is_empty()).unwrap_or("Maximum");
    let statistic = if counts_things { "Maximum" } else { advised }.to_owned();
    Some(UsageMetric { namespace: info.metric_namespace()?.to_owned(), name, dimensions, statistic })
}

fn seconds(period: &QuotaPeriod) -> Option<f64> {
    let unit = match period.period_unit()? {
        PeriodUnit::Microsecond => 1e-6,
        PeriodUnit::Millisecond => 1e-3,
        PeriodUnit::Second => 1.0,
        PeriodUnit::Minute => 60.0,
        PeriodUnit::Hour => 3_600.0,
        PeriodUnit::Day => 86_400.0,
        PeriodUnit::Week => 604_800.0,
        _ => return None,
    };
    Some(unit * f64::from(period.period_value()?))
}

/// Words that only names of rates have. Whole words: "accelerators" holds one of them by chance.
const RATE_WORDS: &[&str] = &["rate", "rates", "tps", "throttle", "throttling", "burst", "refill"];

/// Phrases that only names of rates have.
const RATE_PHRASES: &[&str] = &["per second", "per minute", "bucket maximum capacity", "token bucket"];

fn names_a_rate(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|word| RATE_WORDS.contains(&word)) || RATE_PHRASES.iter().any(|phrase| name.contains(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota(code: &str, name: &str, value: Option<f64>) -> ServiceQuota {
        ServiceQuota::builder()
            .service_code("vpc")
            .quota_code(code)
            .quota_name(name)
            .set_value(value)
            .unit("None")
            .adjustable(true)
            .build()
    }

    fn home() -> Region {
        Region::new("eu-west-1")
    }

    #[test]
    fn an_applied_value_covers_its_default_and_the_rest_keep_theirs() {
        let defaults = [quota("L-1", "VPCs per Region", Some(5.0)), quota("L-2", "Internet gateways", Some(5.0))];
        let merged = merge(&[quota("L-1", "VPCs per Region", Some(50.0))], &defaults, &home());
        let values: Vec<_> = merged.quotas.iter().map(|q| (q.quota_code.as_str(), q.limit, q.default)).collect();
        assert_eq!(values, [("L-1", 50.0, Some(5.0)), ("L-2", 5.0, Some(5.0))]);
    }

    #[test]
    fn a_limit_of_zero_is_a_limit_and_a_missing_one_is_told() {
        let applied = [quota("L-1", "P instances", Some(0.0)), quota("L-2", "X instances", None)];
        let merged = merge(&applied, &[], &home());
        assert_eq!(merged.quotas.iter().map(|q| (q.limit, q.default)).collect::<Vec<_>>(), [(0.0, None)]);
        assert_eq!(merged.without_value, ["X instances"]);
    }

    #[test]
    fn rates_stay_only_with_a_metric() {
        let metric = MetricInfo::builder().metric_namespace("AWS/Usage").metric_name("CallCount");
        let metric =
            metric.metric_statistic_recommendation("Sum").metric_dimensions("Resource", "GetMetricData").build();
        let mut counted = quota("L-1", "Rate of GetMetricData requests", Some(50.0));
        counted.usage_metric = Some(metric);
        let list = [
            counted,
            quota("L-2", "CreateVpc: Bucket refill rate", Some(5.0)),
            quota("L-3", "Requests per second", Some(10.0)),
            quota("L-4", "General purpose buckets", Some(100.0)),
            quota("L-5", "Number of Elastic Graphics accelerators", Some(20.0)),
        ];
        let merged = merge(&list, &[], &home());
        let codes: Vec<_> = merged.quotas.iter().map(|q| q.quota_code.as_str()).collect();
        assert_eq!(codes, ["L-1", "L-4", "L-5"]);
        assert_eq!(merged.quotas[0].usage_metric.as_ref().map(|m| m.statistic.as_str()), Some("Sum"));
    }

    #[test]
    fn counts_are_read_as_maximum_and_metrics_with_blanks_not_at_all() {
        let metric = |dimension: &str| {
            let info = MetricInfo::builder().metric_namespace("AWS/Usage").metric_name("ResourceCount");
            info.metric_statistic_recommendation("Sum").metric_dimensions("Resource", dimension).build()
        };
        assert_eq!(usage_metric(&metric("vCPU")).map(|m| m.statistic), Some("Maximum".to_owned()));
        assert_eq!(usage_metric(&metric("endpoint/{endpointId}")), None);
    }

    #[test]
    fn a_list_is_whole_with_its_defaults_and_none_where_the_service_is_unknown() {
        let fault = |why| Fault::new(why, DEFAULTS, "");
        let (denied, absent) = (fault(Why::Denied), fault(Why::NotOffered));
        assert_eq!(extent(Some(&denied), None), Extent::Whole);
        assert_eq!(extent(None, Some(&denied)), Extent::Part);
        assert_eq!(extent(Some(&denied), Some(&denied)), Extent::Part);
        assert_eq!(extent(Some(&absent), Some(&denied)), Extent::NotOffered);
        assert_eq!(extent(Some(&absent), Some(&absent)), Extent::NotOffered);
        assert_eq!(extent(None, Some(&absent)), Extent::Whole, "what is applied was listed");
    }

    #[test]
    fn global_quotas_belong_to_no_region() {
        let mut buckets = quota("L-DC2B2D3D", "General purpose buckets", Some(10_000.0));
        buckets.global_quota = true;
        assert!(merge(&[buckets], &[], &home()).quotas[0].region.is_global());
    }
}
