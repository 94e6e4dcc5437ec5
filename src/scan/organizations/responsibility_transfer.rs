use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ORGANIZATIONS;
use crate::aws::api::{At, Call};
use crate::aws::organization::manages;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const INBOUND: Call = ORGANIZATIONS.rpc("ListInboundResponsibilityTransfers").paged("NextToken");
const OUTBOUND: Call = ORGANIZATIONS.rpc("ListOutboundResponsibilityTransfers").paged("NextToken");

/// Agreements by which one organization pays the bills of another, when the audited account manages one of the two.
pub struct ResponsibilityTransfers;

/// Facts of a transfer. Source: `organizations:ListInboundResponsibilityTransfers`,
/// `organizations:ListOutboundResponsibilityTransfers`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `inbound` (this account pays for another) or `outbound` (another pays for this one).
    direction: String,
    /// `REQUESTED`, `DECLINED`, `CANCELED`, `EXPIRED`, `ACCEPTED` or `WITHDRAWN`. Empty when AWS tells none.
    status: String,
    /// First day. Absent when AWS tells none.
    starts_at: Option<Timestamp>,
    /// When it ends. Absent without an end.
    ends_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    responsibility_transfers: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    id: String,
    arn: Option<String>,
    name: Option<String>,
    status: Option<String>,
    start_timestamp: Option<At>,
    end_timestamp: Option<At>,
}

impl Scan for ResponsibilityTransfers {
    const KIND: Kind = Kind::new("organizations:responsibility-transfer");
    const TITLE: &'static str = "Billing transfers";
    const ACTIONS: &'static [&'static str] = &[
        "organizations:DescribeOrganization",
        "organizations:ListInboundResponsibilityTransfers",
        "organizations:ListOutboundResponsibilityTransfers",
    ];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        if !manages(cx).await? {
            return Ok(());
        }
        for (call, direction) in [(&INBOUND, "inbound"), (&OUTBOUND, "outbound")] {
            let mut pages = cx.pages(call, json!({ "Type": "BILLING", "MaxResults": 20 }));
            while let Some(page) = pages.next::<Page>().await? {
                for one in page.responsibility_transfers {
                    found.add(listed(one, direction)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(one: One, direction: &str) -> Listed<Facts> {
    let starts_at = one.start_timestamp.map(|at| at.0);
    let facts = Facts {
        direction: direction.to_owned(),
        status: one.status.unwrap_or_default(),
        starts_at,
        ends_at: one.end_timestamp.map(|at| at.0),
    };
    Listed::new(one.id, facts).arn(one.arn).name(one.name).created(starts_at)
}
