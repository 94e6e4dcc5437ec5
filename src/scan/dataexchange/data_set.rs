use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::DATAEXCHANGE;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = DATAEXCHANGE.get("ListDataSets", "/v1/data-sets").paged_as("nextToken", "NextToken");

/// Data sets this account offers through AWS Data Exchange. Those it only subscribed to are not listed.
pub struct DataSets;

/// Facts of a data set. Source: `dataexchange:ListDataSets`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `S3_SNAPSHOT`, `REDSHIFT_DATA_SHARE`, `API_GATEWAY_API`, `S3_DATA_ACCESS` or `LAKE_FORMATION_DATA_PERMISSION`.
    asset_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    data_sets: Vec<DataSet>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DataSet {
    arn: String,
    asset_type: Option<String>,
    created_at: Option<At>,
    id: String,
    name: Option<String>,
}

impl Scan for DataSets {
    const KIND: Kind = Kind::new("dataexchange:data-set");
    const TITLE: &'static str = "Data Exchange data sets";
    const ACTIONS: &'static [&'static str] = &["dataexchange:ListDataSets"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "origin": "OWNED", "maxResults": 200 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.data_sets {
                let facts = Facts { asset_type: one.asset_type.unwrap_or_default() };
                let listed = Listed::new(one.id, facts).arn(Some(one.arn)).name(one.name);
                found.add(listed.created(one.created_at.map(|at| at.0))).await;
            }
        }
        Ok(())
    }
}

/// Files are billed as they would be in S3; the listing does not tell how large they are.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("storage")
}
