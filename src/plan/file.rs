//! A plan as a file: JSON with a hash over all of it, so that what is applied is what was read.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Plan;
use super::command::inert;
use crate::model::truncate;

/// Version of the file's form.
pub const SCHEMA_VERSION: u32 = 1;

/// Why a file is not taken for a plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Not JSON, or cut short.
    #[error("not JSON: {0}")]
    NotJson(serde_json::Error),
    /// JSON, but no plan.
    #[error("not a closeout plan: it has no schema_version and no steps")]
    NotAPlan,
    /// Written by a newer program.
    #[error("the plan has schema_version {0}, this closeout reads {SCHEMA_VERSION}: update closeout, or plan again")]
    Newer(u64),
    /// A version that never was.
    #[error("the plan has an unknown schema_version {0}; this closeout reads {SCHEMA_VERSION}")]
    UnknownVersion(String),
    /// The right version, but a field is missing or of the wrong type.
    #[error("not a complete closeout plan: {0}")]
    Field(serde_json::Error),
    /// Not what the program wrote.
    #[error("the plan was changed after it was made: its hash is {said}, its content has {is}; plan again instead")]
    Changed {
        /// What the file says.
        said: String,
        /// What its content comes to.
        is: String,
    },
}

#[derive(Deserialize)]
struct Head {
    schema_version: Option<Value>,
    steps: Option<IgnoredAny>,
}

impl Plan {
    /// The text of a plan's file.
    ///
    /// Errors when it cannot be written as JSON.
    pub fn text(&self) -> serde_json::Result<String> {
        Ok(inert(&serde_json::to_string_pretty(self)?) + "\n")
    }

    /// A plan from the text of a file.
    ///
    /// Errors when it is no plan, of another version, incomplete, or not as the program wrote it.
    pub fn read(text: &str) -> Result<Plan, PlanError> {
        let head: Head = serde_json::from_str(text).map_err(|_| match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => PlanError::NotAPlan,
            Err(error) => PlanError::NotJson(error),
        })?;
        let version = head.schema_version.ok_or(PlanError::NotAPlan)?;
        match version.as_u64() {
            Some(number) if number > u64::from(SCHEMA_VERSION) => return Err(PlanError::Newer(number)),
            Some(number) if number == u64::from(SCHEMA_VERSION) => {}
            _ => return Err(PlanError::UnknownVersion(truncate(&version.to_string(), 40))),
        }
        head.steps.ok_or(PlanError::NotAPlan)?;
        let plan: Plan = serde_json::from_str(text).map_err(PlanError::Field)?;
        let is = plan.fingerprint().map_err(PlanError::Field)?;
        if plan.hash != is {
            return Err(PlanError::Changed { said: truncate(&plan.hash, 64), is });
        }
        Ok(plan)
    }
}

/// A plan with its hash, in the form it has after it was written and read: a number with many decimals may come back
/// with another last digit, and the hash has to be that of what comes back.
pub(super) fn sealed(plan: Plan) -> serde_json::Result<Plan> {
    // Step by step, so that a long plan is not in memory several times over.
    let steps = plan.steps.into_iter().map(settled).collect::<serde_json::Result<_>>()?;
    let mut plan = Plan { steps, ..settled(Plan { steps: Vec::new(), ..plan })? };
    plan.hash = plan.fingerprint()?;
    Ok(plan)
}

fn settled<T: Serialize + DeserializeOwned + PartialEq>(one: T) -> serde_json::Result<T> {
    let mut one = one;
    for _ in 0..4 {
        let back: T = serde_json::from_str(&serde_json::to_string(&one)?)?;
        let is_settled = back == one;
        one = back;
        if is_settled {
            break;
        }
    }
    Ok(one)
}

/// Whether a text is meant to be a plan, whole or not: it has what only plans have.
pub fn is_one(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Marks {
        #[serde(rename = "made_by")]
        _made_by: IgnoredAny,
        #[serde(rename = "steps")]
        _steps: IgnoredAny,
    }
    serde_json::from_str::<Marks>(text).is_ok()
}
