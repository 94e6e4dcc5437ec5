use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Usd;

/// What asking has cost: requests sent, and those AWS bills.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requests {
    /// Every request on the wire, retries included.
    pub total: u64,
    /// By signing name of the service (`ec2`, `monitoring`).
    pub by_service: BTreeMap<String, u64>,
    /// How many of them were retries.
    pub retries: u64,
    /// Dollars AWS charges for them: Cost Explorer $0.01 a request, GetMetricData $0.01 for 1,000 metrics.
    pub billable_usd: Usd,
}
