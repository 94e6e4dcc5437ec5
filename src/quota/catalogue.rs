use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::listing::{Extent, Listing, RawQuota, UsageMetric};
use crate::model::{LimitSource, Region, Why};

/// The list itself, as text.
const LIST: &str = include_str!("../../rules/quotas/catalogue.csv");

/// A quota as the list built into the program knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its service at Service Quotas, or by the service's name in IAM actions where Service Quotas has no such service.
    pub service_code: String,
    /// `L-` and eight characters, or a word of this program's own for what Service Quotas does not list.
    pub quota_code: String,
    /// Name.
    pub name: String,
    /// What every account got on the date. Absent when that is not known.
    pub default: Option<f64>,
    /// Unit; `None` counts things, as Service Quotas writes it.
    pub unit: String,
    /// Whether it is known that it may be raised on request.
    pub adjustable: bool,
    /// Whether it is one quota for the whole account.
    pub global: bool,
    /// The day it was looked up, `2026-11-22`.
    pub date: String,
    /// The metric AWS counts its use with. Absent when none is known for sure.
    pub metric: Option<UsageMetric>,
}

impl Entry {
    /// Whether Service Quotas lists it.
    pub fn is_listed(&self) -> bool {
        is_aws_code(&self.quota_code)
    }

    /// The quota in a region, with the value every account got. `None` when that is not known.
    fn raw(&self, region: &Region) -> Option<RawQuota> {
        Some(self.with_limit(self.default?, LimitSource::Catalogue, region))
    }

    /// The quota in a region with a value that somebody else tells.
    pub(super) fn with_limit(&self, limit: f64, limit_source: LimitSource, region: &Region) -> RawQuota {
        RawQuota {
            service_code: self.service_code.clone(),
            quota_code: self.quota_code.clone(),
            name: self.name.clone(),
            region: if self.global { Region::global() } else { region.clone() },
            limit,
            limit_source,
            pending: None,
            default: self.default,
            unit: self.unit.clone(),
            adjustable: self.adjustable,
            period_seconds: None,
            usage_metric: self.metric.clone(),
        }
    }
}

/// Whether a code is one of Service Quotas: `L-` and eight hexadecimal digits. This program's own codes never are.
pub fn is_aws_code(code: &str) -> bool {
    let digits = code.strip_prefix("L-").unwrap_or_default();
    digits.len() == 8 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'))
}

/// Every quota of the list built into the program.
pub fn entries() -> &'static [Entry] {
    static ENTRIES: LazyLock<Vec<Entry>> =
        LazyLock::new(|| parse(LIST).expect("the list is part of the program and a test reads all of it"));
    &ENTRIES
}

/// The entry of a quota.
pub fn entry(service: &str, code: &str) -> Option<&'static Entry> {
    static BY_CODE: LazyLock<BTreeMap<(&str, &str), &Entry>> =
        LazyLock::new(|| entries().iter().map(|one| ((&*one.service_code, &*one.quota_code), one)).collect());
    BY_CODE.get(&(service, code)).copied()
}

/// Fills a listing of a service's quotas in a region with what Service Quotas did not tell: metrics it names no, quotas
/// it does not list, and values it could not be asked for. The faults of such values then say what stands in for them.
///
/// Where Service Quotas does not know the service, only what is counted there is added. Quotas of the whole account are
/// added in the home region only.
pub(super) fn fill(
    listing: &mut Listing,
    service: &str,
    region: &Region,
    is_home: bool,
    is_counted: impl Fn(&RawQuota) -> bool,
) {
    for quota in listing.quotas.iter_mut().filter(|quota| quota.usage_metric.is_none()) {
        quota.usage_metric = entry(service, &quota.quota_code).and_then(|known| known.metric.clone());
    }
    let known: BTreeSet<String> = listing.quotas.iter().map(|quota| quota.quota_code.clone()).collect();
    let of_service = entries().iter().filter(|one| one.service_code == service && (is_home || !one.global));
    let mut date = None;
    for one in of_service.filter(|one| !known.contains(&one.quota_code)) {
        let Some(raw) = one.raw(region).filter(|raw| raw.usage_metric.is_some() || !raw.is_rate()) else { continue };
        if one.is_listed() && listing.extent == Extent::Part {
            date = date.max(Some(&one.date));
            listing.quotas.push(raw);
        } else if !one.is_listed() && (listing.extent != Extent::NotOffered || is_counted(&raw)) {
            listing.quotas.push(raw);
        }
    }
    let Some(date) = date else { return };
    for fault in listing.faults.iter_mut().filter(|fault| fault.why != Why::NotOffered) {
        fault.detail = format!("{}; limits that were not read are those of every account on {date}", fault.detail);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    service_code: String,
    quota_code: String,
    name: String,
    default: String,
    unit: String,
    adjustable: String,
    global: String,
    date: String,
    metric: String,
}

/// Entries out of the text of a list. Errors name the line and what is wrong with it.
pub fn parse(text: &str) -> Result<Vec<Entry>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let lines = reader.deserialize::<Line>();
    lines.map(|line| line.map_err(|error| error.to_string()).and_then(read)).collect()
}

fn read(line: Line) -> Result<Entry, String> {
    let wrong = |what: &str, text: &str| format!("{} {}: {what} {text:?}", line.service_code, line.quota_code);
    let default = match line.default.as_str() {
        "?" => None,
        text => Some(text.parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0)),
    };
    let default = default.map(|value| value.ok_or_else(|| wrong("default", &line.default))).transpose()?;
    let is = |what: &str, text: &str| match text {
        "yes" => Ok(true),
        "no" | "?" => Ok(false),
        _ => Err(wrong(what, text)),
    };
    let (adjustable, global) = (is("adjustable", &line.adjustable)?, is("global", &line.global)?);
    let metric = match line.metric.as_str() {
        "" => None,
        text => Some(metric(text).ok_or_else(|| wrong("metric", text))?),
    };
    let unit = if matches!(line.unit.as_str(), "count" | "vCPU") { "None".to_owned() } else { line.unit };
    let Line { service_code, quota_code, name, date, .. } = line;
    Ok(Entry { service_code, quota_code, name, default, unit, adjustable, global, date, metric })
}

/// A metric out of `namespace name statistic dimension=value;dimension=value`.
fn metric(text: &str) -> Option<UsageMetric> {
    let mut parts = text.splitn(4, ' ');
    let mut word = || parts.next().filter(|word| !word.is_empty()).map(str::to_owned);
    let (namespace, name, statistic) = (word()?, word()?, word()?);
    let pairs = parts.next().into_iter().flat_map(|rest| rest.split(';')).map(|pair| pair.split_once('='));
    let dimensions = pairs.map(|pair| pair.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let metric = UsageMetric { namespace, name, dimensions: dimensions.collect::<Option<_>>()?, statistic };
    let is_whole = matches!(&*metric.statistic, "Maximum" | "Sum") && metric.dimensions.values().all(|v| !v.is_empty());
    is_whole.then_some(metric)
}

#[cfg(test)]
mod tests {
    use super::super::listing::{APPLIED, DEFAULTS};
    use super::*;
    use crate::aws::Fault;

    fn here() -> Region {
        Region::new("eu-west-1")
    }

    fn codes(listing: &Listing) -> Vec<&str> {
        listing.quotas.iter().map(|quota| quota.quota_code.as_str()).collect()
    }

    fn denied() -> Listing {
        let faults = [APPLIED, DEFAULTS].map(|action| Fault::new(Why::Denied, action, "denied")).to_vec();
        Listing { quotas: Vec::new(), faults, extent: Extent::Part }
    }

    #[test]
    fn the_built_in_list_is_well_formed() {
        let all = parse(LIST).unwrap_or_else(|error| panic!("{error}"));
        assert!(all.len() >= 880, "{}", all.len());
        let known: BTreeSet<_> = all.iter().map(|one| (&one.service_code, &one.quota_code)).collect();
        assert_eq!(known.len(), all.len(), "each once");
        for one in &all {
            let own = one.quota_code.starts_with(&format!("{}-", one.service_code));
            assert!(one.is_listed() != own, "{}: a code of AWS or one with the service before it", one.quota_code);
            assert!(one.date.parse::<jiff::civil::Date>().is_ok() && !one.name.is_empty(), "{one:?}");
            assert!(one.is_listed() || one.default.is_some(), "{}: nobody else tells its value", one.quota_code);
        }
    }

    #[test]
    fn metrics_are_read_with_spaces_in_their_dimensions_and_without_dimensions() {
        let some = metric("AWS/Usage ResourceCount Maximum Service=Elastic Load Balancing;Class=None").expect("whole");
        assert_eq!(some.dimensions["Service"], "Elastic Load Balancing");
        let bare = metric("AWS/Lambda ConcurrentExecutions Maximum").expect("whole");
        assert!(bare.dimensions.is_empty() && bare.statistic == "Maximum");
        for broken in ["AWS/Usage", "AWS/Usage Count Largest", "AWS/Usage Count Maximum Class", "A B Sum Class="] {
            assert_eq!(metric(broken), None, "{broken}");
        }
    }

    #[test]
    fn mistakes_in_a_list_are_named() {
        let with = |line: &str| {
            let head = "service_code,quota_code,name,default,unit,adjustable,global,date,metric";
            parse(&format!("{head}\n{line}\n"))
        };
        assert!(with("sqs,sqs-x,X,5,count,no,no,2026-11-22,").is_ok());
        for (line, what) in [
            ("sqs,sqs-x,X,many,count,no,no,2026-11-22,", "default"),
            ("sqs,sqs-x,X,-1,count,no,no,2026-11-22,", "default"),
            ("sqs,sqs-x,X,5,count,maybe,no,2026-11-22,", "adjustable"),
            ("sqs,sqs-x,X,5,count,no,no,2026-11-22,AWS/Usage", "metric"),
            ("sqs,sqs-x,X,5", "fields"),
        ] {
            assert!(with(line).expect_err(line).contains(what), "{line}");
        }
    }

    #[test]
    fn refused_lists_are_filled_with_what_every_account_got_and_the_gap_says_so() {
        let mut listing = denied();
        fill(&mut listing, "vpc", &here(), false, |_| false);
        let vpcs = listing.quotas.iter().find(|quota| quota.quota_code == "L-F678F1CE").expect("VPCs per Region");
        assert_eq!((vpcs.limit, vpcs.limit_source, &vpcs.region), (5.0, LimitSource::Catalogue, &here()));
        assert!(listing.quotas.iter().all(|quota| quota.default.is_some()), "only those of a known value");
        assert!(listing.faults.iter().all(|fault| fault.detail.ends_with("of every account on 2026-11-22")));
    }

    #[test]
    fn a_listing_that_is_whole_gets_only_what_aws_does_not_list() {
        let mut listing = Listing::default();
        fill(&mut listing, "sqs", &here(), false, |_| false);
        assert_eq!(codes(&listing), ["sqs-in-flight-standard", "sqs-in-flight-fifo"]);
        assert_eq!(listing.quotas[0].limit, 120_000.0);
        let mut listing = Listing::default();
        fill(&mut listing, "vpc", &here(), true, |_| true);
        assert_eq!(codes(&listing), [""; 0]);
    }

    #[test]
    fn what_service_quotas_does_not_know_here_is_there_only_when_it_is_counted() {
        for counted in [false, true] {
            let mut listing = Listing { extent: Extent::NotOffered, ..Listing::default() };
            fill(&mut listing, "sqs", &here(), false, |_| counted);
            assert_eq!(listing.quotas.len(), if counted { 2 } else { 0 });
        }
    }

    #[test]
    fn quotas_of_the_whole_account_are_filled_in_at_home_only() {
        for is_home in [false, true] {
            let mut listing = denied();
            fill(&mut listing, "iam", &here(), is_home, |_| false);
            assert_eq!(codes(&listing).contains(&"L-FE177D64"), is_home);
            assert!(listing.quotas.iter().all(|quota| quota.region.is_global()));
        }
    }

    #[test]
    fn a_metric_aws_does_not_name_is_taken_from_the_list_and_one_it_names_stays() {
        let buckets = entry("s3", "L-DC2B2D3D").expect("general purpose buckets");
        let mut bare = buckets.with_limit(1_000.0, LimitSource::Applied, &here());
        bare.usage_metric = None;
        let mut own = bare.clone();
        let named = UsageMetric { name: "Other".to_owned(), ..buckets.metric.clone().expect("a metric") };
        own.usage_metric = Some(named.clone());
        let mut listing = Listing { quotas: vec![bare, own], ..Listing::default() };
        fill(&mut listing, "s3", &here(), true, |_| false);
        assert_eq!((listing.quotas.len(), listing.quotas[0].limit), (2, 1_000.0), "its value is the live one");
        assert_eq!(listing.quotas[0].usage_metric, buckets.metric);
        assert_eq!(listing.quotas[1].usage_metric, Some(named));
    }
}
