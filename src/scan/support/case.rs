use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::is_basic;
use crate::aws::api::services::SUPPORT;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = SUPPORT.rpc("DescribeCases").paged("nextToken");

/// Support cases that are not resolved. What was written in them is not read.
pub struct Cases;

/// Facts of a case. Source: `support:DescribeCases`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `opened`, `pending-customer-action`, `work-in-progress` and others. Empty when AWS tells none.
    status: String,
    /// `low`, `normal`, `high`, `urgent` or `critical`. Absent when AWS tells none.
    severity: Option<String>,
    /// Service it is about. Absent when AWS tells none.
    service: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    cases: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    case_id: String,
    display_id: Option<String>,
    status: Option<String>,
    service_code: Option<String>,
    severity_code: Option<String>,
    time_created: Option<At>,
}

impl Scan for Cases {
    const KIND: Kind = Kind::new("support:case");
    const TITLE: &'static str = "Open support cases";
    const ACTIONS: &'static [&'static str] = &["support:DescribeCases"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let wanted = json!({ "includeResolvedCases": false, "includeCommunications": false, "maxResults": 100 });
        let mut pages = cx.pages(&LIST, wanted);
        loop {
            let page = match pages.next::<Page>().await {
                Err(fault) if is_basic(&fault) => return Ok(()),
                page => page?,
            };
            let Some(page) = page else { return Ok(()) };
            for one in page.cases {
                found.add(listed(one)).await;
            }
        }
    }
}

fn listed(one: One) -> Listed<Facts> {
    let facts =
        Facts { status: one.status.unwrap_or_default(), severity: one.severity_code, service: one.service_code };
    Listed::new(one.case_id, facts).name(one.display_id).created(one.time_created.map(|at| at.0))
}
