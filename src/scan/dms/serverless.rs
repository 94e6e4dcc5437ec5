use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::DMS;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = DMS.rpc("DescribeReplications").paged("Marker");

/// Serverless replications of DMS with their configuration.
pub struct Replications;

/// Facts of a replication. Source: `dms:DescribeReplications`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `created`, `running`, `stopped`, `failed` and others; capacity is billed while one runs.
    status: String,
    /// `full-load`, `cdc` or `full-load-and-cdc`.
    replication_type: String,
    /// Why it stopped. Absent while it runs.
    stop_reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    replications: Vec<Replication>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Replication {
    replication_config_identifier: String,
    status: Option<String>,
    replication_type: Option<String>,
    stop_reason: Option<String>,
    replication_config_arn: String,
    replication_create_time: Option<At>,
}

impl Scan for Replications {
    const KIND: Kind = Kind::new("dms:replication-config");
    const TITLE: &'static str = "DMS serverless replications";
    const ACTIONS: &'static [&'static str] = &["dms:DescribeReplications"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxRecords": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.replications {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Replication) -> Listed<Facts> {
    let facts = Facts {
        status: one.status.unwrap_or_default(),
        replication_type: one.replication_type.unwrap_or_default(),
        stop_reason: one.stop_reason.filter(|text| !text.is_empty()),
    };
    Listed::new(one.replication_config_identifier, facts)
        .arn(Some(one.replication_config_arn))
        .created(one.replication_create_time.map(|at| at.0))
}

/// Capacity units by the hour while it runs.
fn needs(replication: &Resource) -> Needs {
    if replication.text("status") == Some("running") { Needs::unpriced("DMS capacity units") } else { Needs::free() }
}
