//! The truth list of a seeded account.

use std::path::Path;

use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
pub struct Truth {
    pub account: String,
    pub generated: String,
    pub counts: Counts,
    /// The sum of all cost rows, refunds taken off.
    pub cost_total_usd: f64,
    /// The service codes that have quotas.
    pub quota_services: Vec<String>,
    /// What only an emulator shows; it counts neither for nor against a scan.
    pub ignore: Vec<Ignored>,
    /// What the emulator could not hold.
    pub skipped: Vec<Skipped>,
    pub resources: Vec<TruthRow>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Counts {
    pub total: usize,
    pub leftover: usize,
    pub types: usize,
    pub regions: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct TruthRow {
    pub id: String,
    pub arn: Option<String>,
    /// Such as `ec2:volume`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A region, or `global`.
    pub region: String,
    pub is_leftover: bool,
    /// `leftover`, `in_use`, `too_young`, `protected`, `managed` or `already_gone`.
    pub verdict: String,
    pub why: String,
    pub age_days: f64,
    pub stopped_days: Option<f64>,
    pub attached_to: Option<String>,
    pub size_gib: Option<u64>,
    /// What has to go first.
    pub depends_on: Option<String>,
    /// What cannot go before this.
    pub blocks: Option<String>,
    /// The setting that makes AWS refuse to delete it.
    pub blocks_delete: Option<String>,
    pub bucket: Option<String>,
    /// The stack it belongs to.
    pub owner: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Ignored {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub region: String,
    pub why: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Skipped {
    pub step: String,
    pub error: String,
}

impl Truth {
    #[track_caller]
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("no truth list at {}: {e}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("the truth list at {} is not one: {e}", path.display()))
    }

    /// The resources of one type, such as `ec2:volume`.
    pub fn of(&self, kind: &str) -> impl Iterator<Item = &TruthRow> {
        self.resources.iter().filter(move |row| row.kind == kind)
    }

    pub fn get(&self, id: &str) -> Option<&TruthRow> {
        self.resources.iter().find(|row| row.id == id)
    }

    pub fn ignores(&self, id: &str) -> bool {
        self.ignore.iter().any(|ignored| ignored.id == id)
    }
}
