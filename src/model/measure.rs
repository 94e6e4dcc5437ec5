use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Region, ResourceId};

/// What CloudWatch said about one resource.
///
/// Source: `cloudwatch:GetMetricData`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measurement {
    /// Whose readings.
    pub resource: ResourceId,
    /// Readings by the name the metric catalogue gives them (`cpu_max`).
    pub readings: BTreeMap<String, MetricReading>,
}

/// One metric of one resource over a window.
///
/// A reading without datapoints is "no data", which is not the same as zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricReading {
    /// `AWS/EC2 CPUUtilization`.
    pub metric: String,
    /// `Maximum`, `Sum` or `Average`.
    pub statistic: String,
    /// Days asked for, counted back from the scan.
    pub window_days: u32,
    /// Seconds each datapoint covers.
    pub period_seconds: u32,
    /// How many datapoints came back.
    pub datapoints: u32,
    /// Days of the window with at least one datapoint.
    pub days_with_data: u32,
    /// Largest datapoint. Absent without data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Sum of all datapoints. Absent without data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<f64>,
    /// Mean of all datapoints. Absent without data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// Start of the newest datapoint that is not zero. Absent when all are zero or there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_nonzero_at: Option<Timestamp>,
    /// One value a day, oldest first, for the sparkline; `null` where a day has no data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub daily: Vec<Option<f64>>,
}

/// A wish for one metric of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricWish {
    /// Whose.
    pub resource: ResourceId,
    /// Its kind, for gaps.
    pub kind: Kind,
    /// Where CloudWatch keeps it.
    pub region: Region,
    /// The name in the metric catalogue.
    pub name: String,
    /// CloudWatch namespace.
    pub namespace: String,
    /// CloudWatch metric.
    pub metric: String,
    /// `Maximum`, `Sum`, `Average`.
    pub statistic: String,
    /// Seconds a datapoint covers.
    pub period_seconds: u32,
    /// Days back from the scan.
    pub window_days: u32,
    /// Dimensions by name.
    pub dimensions: Vec<(String, String)>,
}
