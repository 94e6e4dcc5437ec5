use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ResourceId, Usd};

/// The bill with what explains it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reconciliation {
    /// A row for each line of the bill, in the bill's order.
    pub lines: Vec<Explained>,
    /// Dollars tied to resources.
    pub explained_usd: Usd,
    /// Dollars of usage that no resource can be named for: transfer, requests.
    pub known_usd: Usd,
    /// Dollars nobody can explain.
    pub unexplained_usd: Usd,
    /// Explained and known dollars of the usage, in percent. Absent when there was no usage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained_percent: Option<f64>,
    /// Resources with a price of which the bill has nothing: free tier, credits on the line, or a wrong guess here.
    pub unbilled: Vec<Unbilled>,
}

/// What explains a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Explained {
    /// What is used, for people. Absent for a usage type nobody here knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// Kinds of resources that cause it. Empty where none does, and where the usage type is unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Dollars tied to resources.
    pub explained_usd: Usd,
    /// Dollars that no resource can be named for.
    pub known_usd: Usd,
    /// Dollars nobody can explain.
    pub unexplained_usd: Usd,
    /// Resources that explain it, dearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Share>,
    /// Gaps that may hide what explains the rest: kinds that were not listed to the end there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden_by: Vec<String>,
}

/// A resource's part of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Share {
    /// Which resource.
    pub resource: ResourceId,
    /// Dollars of the line.
    pub usd: Usd,
    /// Whether its use was counted from its facts; else it is there, and nobody knows how much it uses.
    pub counted: bool,
}

/// A resource of which the bill has nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Unbilled {
    /// Which resource.
    pub resource: ResourceId,
    /// What is not on the bill: `gp3 storage`.
    pub what: String,
    /// What it would cost a month at list price.
    pub monthly_usd: Usd,
}
