use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::STORAGEGATEWAY;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = STORAGEGATEWAY.rpc("ListGateways").paged("Marker");

/// Storage gateways. They are billed by what is stored and moved through them, which no listing tells.
pub struct Gateways;

/// Facts of a gateway. Source: `storagegateway:ListGateways`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `FILE_S3`, `VTL`, `CACHED`, `STORED` and others.
    gateway_type: String,
    /// `ACTIVE`, `SHUTDOWN` or `OFFLINE`.
    state: String,
    /// Where it runs: `EC2`, `VMWARE` and others. Absent when the service tells none.
    host: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    gateways: Vec<Gateway>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Gateway {
    gateway_id: String,
    gateway_type: Option<String>,
    gateway_operational_state: Option<String>,
    host_environment: Option<String>,
    #[serde(rename = "GatewayARN")]
    gateway_arn: String,
    gateway_name: Option<String>,
    ec2_instance_id: Option<String>,
}

impl Scan for Gateways {
    const KIND: Kind = Kind::new("storagegateway:gateway");
    const TITLE: &'static str = "Storage gateways";
    const ACTIONS: &'static [&'static str] = &["storagegateway:ListGateways"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "Limit": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.gateways {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Gateway) -> Listed<Facts> {
    let facts = Facts {
        gateway_type: one.gateway_type.unwrap_or_default(),
        state: one.gateway_operational_state.unwrap_or_default(),
        host: one.host_environment.filter(|text| !text.is_empty()),
    };
    Listed::new(one.gateway_id, facts)
        .arn(Some(one.gateway_arn))
        .name(one.gateway_name)
        .refers(Role::AttachedTo, one.ec2_instance_id)
}

/// What is stored and moved.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("storage and traffic")
}
