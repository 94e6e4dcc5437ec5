use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ELASTICBEANSTALK;
use crate::aws::api::{At, Call, List};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = ELASTICBEANSTALK.rpc("DescribeEnvironments").paged("NextToken");

/// Elastic Beanstalk environments that are not terminated. What they run (instances, load balancers) is billed, and judged, by
/// itself, and leads back to them.
pub struct Environments;

/// Facts of an environment. Source: `elasticbeanstalk:DescribeEnvironments`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Application it belongs to.
    application: String,
    /// `Launching`, `Updating`, `Ready` or `Terminating`.
    status: String,
    /// `Green`, `Yellow`, `Red`, or `Grey` where nothing is known. Absent when Beanstalk tells none.
    health: Option<String>,
    /// Version of the application it runs. Absent when it runs the sample.
    version: Option<String>,
    /// When it was last changed. Absent when Beanstalk tells none.
    updated_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    environments: List<Environment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    environment_name: String,
    application_name: Option<String>,
    status: Option<String>,
    health: Option<String>,
    version_label: Option<String>,
    date_updated: Option<At>,
    environment_arn: String,
    date_created: Option<At>,
}

impl Scan for Environments {
    const KIND: Kind = Kind::new("elasticbeanstalk:environment");
    const TITLE: &'static str = "Elastic Beanstalk environments";
    const ACTIONS: &'static [&'static str] = &["elasticbeanstalk:DescribeEnvironments"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "IncludeDeleted": false, "MaxRecords": 200 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.environments.items {
                if one.status.as_deref() != Some("Terminated") {
                    found.add(listed(one)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(one: Environment) -> Listed<Facts> {
    let facts = Facts {
        application: one.application_name.unwrap_or_default(),
        status: one.status.unwrap_or_default(),
        health: one.health.filter(|text| !text.is_empty()),
        version: one.version_label.filter(|text| !text.is_empty()),
        updated_at: one.date_updated.map(|at| at.0),
    };
    Listed::new(one.environment_name, facts).arn(Some(one.environment_arn)).created(one.date_created.map(|at| at.0))
}
