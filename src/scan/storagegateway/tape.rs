use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::STORAGEGATEWAY;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

/// Bytes of a GiB.
const GIB: f64 = 1_073_741_824.0;

const LIST: Call = STORAGEGATEWAY.rpc("ListTapes").paged("Marker");

/// Virtual tapes of Storage Gateway, in the library and in the archive.
pub struct Tapes;

/// Facts of it. Source: `storagegateway:ListTapes`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `AVAILABLE`, `ARCHIVED`, `DELETED` and others. Empty when AWS tells none.
    status: String,
    /// GiB it can hold, not what is on it. Absent when AWS tells none.
    size_gib: Option<f64>,
    /// `GLACIER`, `DEEP_ARCHIVE` or a pool of the account. Absent when AWS tells none.
    pool_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    tape_infos: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    #[serde(rename = "TapeARN")]
    tape_arn: String,
    tape_barcode: Option<String>,
    tape_size_in_bytes: Option<f64>,
    tape_status: Option<String>,
    #[serde(rename = "GatewayARN")]
    gateway_arn: Option<String>,
    pool_id: Option<String>,
}

impl Scan for Tapes {
    const KIND: Kind = Kind::new("storagegateway:tape");
    const TITLE: &'static str = "Virtual tapes";
    const ACTIONS: &'static [&'static str] = &["storagegateway:ListTapes"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "Limit": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.tape_infos {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: One) -> Listed<Facts> {
    let id = one.tape_arn.rsplit('/').next().unwrap_or_default().to_owned();
    let facts = Facts {
        status: one.tape_status.unwrap_or_default(),
        size_gib: one.tape_size_in_bytes.map(|bytes| bytes / GIB),
        pool_id: one.pool_id,
    };
    Listed::new(id, facts).arn(Some(one.tape_arn)).name(one.tape_barcode).refers(Role::Inside, one.gateway_arn)
}

/// By what is written on it, which the listing does not tell.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("what is on the tape")
}
