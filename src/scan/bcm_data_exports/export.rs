use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::BCM_DATA_EXPORTS;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = BCM_DATA_EXPORTS.rpc("ListExports").paged("NextToken");

/// Exports of the cost history to S3.
pub struct Exports;

/// Facts of it. Source: `bcm-data-exports:ListExports`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `HEALTHY` or `UNHEALTHY`. Empty when AWS tells none.
    status: String,
    /// When it was last written. Absent before the first time.
    refreshed_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    exports: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    export_arn: String,
    export_name: Option<String>,
    export_status: Option<Status>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    status_code: Option<String>,
    created_at: Option<At>,
    last_refreshed_at: Option<At>,
}

impl Scan for Exports {
    const KIND: Kind = Kind::new("bcm-data-exports:export");
    const TITLE: &'static str = "Data exports";
    const ACTIONS: &'static [&'static str] = &["bcm-data-exports:ListExports"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.exports {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: One) -> Listed<Facts> {
    let id = one.export_arn.rsplit('/').next().unwrap_or_default().to_owned();
    let status = one.export_status.unwrap_or_default();
    let created = status.created_at.map(|at| at.0);
    let facts =
        Facts { status: status.status_code.unwrap_or_default(), refreshed_at: status.last_refreshed_at.map(|at| at.0) };
    Listed::new(id, facts).arn(Some(one.export_arn)).name(one.export_name).created(created)
}
