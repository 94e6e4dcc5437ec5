use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::GLACIER;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = GLACIER.get("ListVaults", "/{accountId}/vaults").paged_as("marker", "Marker");

/// Bytes in a GiB.
const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

/// Vaults of S3 Glacier, the service older than the storage classes of S3.
pub struct Vaults;

/// Facts of a vault. Source: `glacier:ListVaults`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Archives as of the last inventory.
    archives: f64,
    /// Size in GiB as of the last inventory, with what each archive is charged on top.
    gib: f64,
    /// When it was last counted, about once a day after a change. Absent before the first.
    inventoried: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    vault_list: Vec<Vault>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vault {
    vault_name: String,
    number_of_archives: Option<f64>,
    size_in_bytes: Option<f64>,
    last_inventory_date: Option<At>,
    #[serde(rename = "VaultARN")]
    vault_arn: String,
    creation_date: Option<At>,
}

impl Scan for Vaults {
    const KIND: Kind = Kind::new("glacier:vaults");
    const TITLE: &'static str = "S3 Glacier vaults";
    const ACTIONS: &'static [&'static str] = &["glacier:ListVaults"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "accountId": "-", "limit": "50" }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.vault_list {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Vault) -> Listed<Facts> {
    let facts = Facts {
        archives: one.number_of_archives.unwrap_or_default(),
        gib: one.size_in_bytes.unwrap_or_default() / GIB,
        inventoried: one.last_inventory_date.map(|at| at.0),
    };
    Listed::new(one.vault_name, facts).arn(Some(one.vault_arn)).created(one.creation_date.map(|at| at.0))
}

/// Storage; a vault without archives is free.
fn needs(vault: &Resource) -> Needs {
    Needs::of(vec![Need::storage("archives", "s3.glacier_flexible", vault.number("gib").unwrap_or_default())])
}
