//! Metrics rules may read: what to ask CloudWatch for, by kind and name.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::{RuleError, hint, line_of, toml_error};
use super::vocabulary::Vocabulary;
use crate::model::{Kind, MetricWish, Resource};

/// Seconds in an hour.
const HOUR: u32 = 3_600;

/// One metric of a kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Name rules use.
    pub name: String,
    /// Kind it belongs to.
    pub kind: Kind,
    /// CloudWatch namespace.
    pub namespace: String,
    /// CloudWatch metric.
    pub metric: String,
    /// `Maximum`, `Minimum`, `Sum`, `Average` or `SampleCount`.
    pub statistic: String,
    /// Hours a datapoint covers.
    pub period_hours: u32,
    /// Days back from the scan.
    pub window_days: u32,
    /// Days that must have data for the metric to count as known.
    pub min_days: u32,
    /// Dimensions: a fact's name, `id`, `name`, `arn`, or a constant behind `=`.
    pub dimensions: BTreeMap<String, String>,
    /// Unit of a datapoint.
    #[serde(default)]
    pub unit: String,
    /// Why this metric, statistic and window.
    #[serde(default)]
    pub why: String,
}

impl Metric {
    /// The wish for this metric of a resource. `None` when a fact it needs as a dimension is absent.
    pub fn wish(&self, resource: &Resource) -> Option<MetricWish> {
        let mut dimensions = Vec::new();
        for (dimension, source) in &self.dimensions {
            let value = match source.as_str() {
                "id" => resource.id.clone(),
                "arn" => resource.arn.to_string(),
                "name" => resource.name.clone()?,
                constant if constant.starts_with('=') => constant[1..].to_owned(),
                fact => resource.text(fact)?.to_owned(),
            };
            dimensions.push((dimension.clone(), value));
        }
        Some(MetricWish {
            resource: resource.arn.clone(),
            kind: resource.kind.clone(),
            region: resource.region.clone(),
            name: self.name.clone(),
            namespace: self.namespace.clone(),
            metric: self.metric.clone(),
            statistic: self.statistic.clone(),
            period_seconds: self.period_hours * HOUR,
            window_days: self.window_days,
            dimensions,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueFile {
    #[serde(default)]
    metric: Vec<toml::Spanned<Metric>>,
}

/// Every metric there is, by kind and name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    metrics: BTreeMap<(Kind, String), Metric>,
}

impl Catalogue {
    /// Adds the metrics of a file.
    ///
    /// Errors name the line of a bad key, an unknown kind, statistic or fact, or a name given twice.
    pub fn read(&mut self, path: &str, text: &str, words: &Vocabulary) -> Result<(), RuleError> {
        let file: CatalogueFile = toml::from_str(text).map_err(|error| toml_error(path, text, &error))?;
        for spanned in file.metric {
            let line = line_of(text, spanned.span().start);
            let metric = spanned.into_inner();
            check(&metric, words).map_err(|mistake| RuleError::new(path, line, mistake))?;
            let key = (metric.kind.clone(), metric.name.clone());
            if self.metrics.insert(key, metric.clone()).is_some() {
                let mistake = format!("metric `{}` of {} is defined twice", metric.name, metric.kind);
                return Err(RuleError::new(path, line, mistake));
            }
        }
        Ok(())
    }

    /// A metric of a kind by its name.
    pub fn get(&self, kind: &Kind, name: &str) -> Option<&Metric> {
        self.metrics.get(&(kind.clone(), name.to_owned()))
    }

    /// Names of a kind's metrics.
    pub fn names<'a>(&'a self, kind: &'a Kind) -> impl Iterator<Item = &'a str> {
        self.metrics.keys().filter(move |(of, _)| of == kind).map(|(_, name)| name.as_str())
    }
}

const STATISTICS: &[&str] = &["Maximum", "Minimum", "Sum", "Average", "SampleCount"];

fn check(metric: &Metric, words: &Vocabulary) -> Result<(), String> {
    let Some(fields) = words.fields(&metric.kind) else {
        let known = words.kinds().map(Kind::as_str);
        return Err(format!("unknown kind `{}`{}", metric.kind, hint(metric.kind.as_str(), known)));
    };
    if !STATISTICS.contains(&metric.statistic.as_str()) {
        let near = hint(&metric.statistic, STATISTICS.iter().copied());
        return Err(format!("unknown statistic `{}`{near}", metric.statistic));
    }
    if metric.period_hours == 0 || metric.window_days == 0 || metric.min_days > metric.window_days {
        return Err("period_hours and window_days start at 1, and min_days fits in window_days".to_owned());
    }
    for source in metric.dimensions.values() {
        if !source.starts_with('=') && !fields.contains_key(source) {
            let near = hint(source, fields.keys().map(String::as_str));
            return Err(format!("{} has no fact `{source}` for a dimension{near}", metric.kind));
        }
    }
    Ok(())
}
