use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::CONNECT;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = CONNECT.get("ListInstances", "/instance").paged_as("nextToken", "NextToken");

/// Amazon Connect instances. They are billed by the minute of talk.
pub struct Instances;

/// Facts of an instance. Source: `connect:ListInstances`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, `CREATION_IN_PROGRESS` or `CREATION_FAILED`.
    status: String,
    /// Whether it takes calls.
    inbound: bool,
    /// Whether it makes calls.
    outbound: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    instance_summary_list: Vec<Instance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    id: String,
    instance_status: Option<String>,
    inbound_calls_enabled: Option<bool>,
    outbound_calls_enabled: Option<bool>,
    arn: String,
    instance_alias: Option<String>,
    created_time: Option<At>,
}

impl Scan for Instances {
    const KIND: Kind = Kind::new("connect:instance");
    const TITLE: &'static str = "Connect instances";
    const ACTIONS: &'static [&'static str] = &["connect:ListInstances"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 10 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.instance_summary_list {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Instance) -> Listed<Facts> {
    let facts = Facts {
        status: one.instance_status.unwrap_or_default(),
        inbound: one.inbound_calls_enabled.unwrap_or_default(),
        outbound: one.outbound_calls_enabled.unwrap_or_default(),
    };
    Listed::new(one.id, facts).arn(Some(one.arn)).name(one.instance_alias).created(one.created_time.map(|at| at.0))
}
