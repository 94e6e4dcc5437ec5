use std::collections::BTreeMap;

use serde::Serialize;

use super::calls::CALLS;
use super::catalogue::{entries, entry};
use super::rows::rows;
use crate::model::UsageSource;

/// A quota whose use something tells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sourced {
    /// Its service.
    pub service_code: &'static str,
    /// Its code.
    pub quota_code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What tells its use; the first one that answers is taken.
    pub sources: Vec<Source>,
}

/// What tells the use of a quota.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Source {
    /// Which sort of source it is.
    pub source: UsageSource,
    /// The metric, what is counted, or the call.
    pub detail: String,
}

/// Every quota whose use this program knows a source of without asking AWS, by service and code. An account may have
/// more: Service Quotas names metrics of its own for quotas that are not here.
pub fn sources() -> Vec<Sourced> {
    let mut known: BTreeMap<(&str, &str), Sourced> = BTreeMap::new();
    let mut add = |service_code, quota_code, name, source, detail| {
        let bare = || Sourced { service_code, quota_code, name, sources: Vec::new() };
        known.entry((service_code, quota_code)).or_insert_with(bare).sources.push(Source { source, detail });
    };
    // In the order in which they are believed.
    for one in entries() {
        if let Some(metric) = &one.metric {
            let dimensions = metric.dimensions.iter().map(|(name, value)| format!(" {name}={value}"));
            let detail = format!("{} {}{}", metric.namespace, metric.name, dimensions.collect::<String>());
            add(&*one.service_code, &*one.quota_code, &*one.name, UsageSource::Metric, detail);
        }
    }
    for row in rows() {
        let holder = row.per.as_ref().map_or(String::new(), |fact| format!(", the fullest by {fact}"));
        add(&*row.service, &*row.code, &*row.name, UsageSource::Scan, format!("{}{holder}", row.describe()));
    }
    for call in CALLS {
        for told in call.tells {
            if let (Some(used), Some(entry)) = (told.used, entry(call.service, told.code)) {
                add(call.service, told.code, &*entry.name, UsageSource::Call, call.describe(used));
            }
        }
    }
    known.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_has_all_its_sources_in_the_order_they_are_believed() {
        let all = sources();
        let of = |code: &str| {
            let one = all.iter().find(|one| one.quota_code == code).unwrap_or_else(|| panic!("no {code}"));
            one.sources.iter().map(|source| source.source).collect::<Vec<_>>()
        };
        assert_eq!(of("L-CDE20ADC"), [UsageSource::Metric, UsageSource::Scan, UsageSource::Call]);
        assert_eq!(of("sqs-in-flight-fifo"), [UsageSource::Scan]);
        assert_eq!(of("L-F55AF5E4"), [UsageSource::Call]);
    }
}
