use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::MARKETPLACE_CATALOG;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = MARKETPLACE_CATALOG.post("ListEntities", "/ListEntities").paged("NextToken");

/// What can be sold. The catalog is asked for one sort at a time.
const SORTS: [&str; 5] = ["AmiProduct", "ContainerProduct", "DataProduct", "MachineLearningProduct", "SaaSProduct"];

/// Products the account offers on AWS Marketplace as a seller.
pub struct SellerProducts;

/// Facts of a product. Source: `aws-marketplace:ListEntities`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `AmiProduct`, `ContainerProduct`, `DataProduct`, `MachineLearningProduct` or `SaaSProduct`.
    product_type: String,
    /// `Public`, `Limited`, `Restricted`, `Draft` or `Unavailable`. Absent when AWS tells none.
    visibility: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    entity_summary_list: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    entity_id: String,
    entity_arn: Option<String>,
    name: Option<String>,
    visibility: Option<String>,
}

impl Scan for SellerProducts {
    const KIND: Kind = Kind::new("aws-marketplace:seller-product");
    const TITLE: &'static str = "Marketplace products for sale";
    const ACTIONS: &'static [&'static str] = &["aws-marketplace:ListEntities"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        for sort in SORTS {
            let wanted = json!({ "Catalog": "AWSMarketplace", "EntityType": sort, "OwnershipType": "SELF",
                "MaxResults": 50 });
            let mut pages = cx.pages(&LIST, wanted);
            loop {
                let page = match pages.next::<Page>().await {
                    // Whoever never sold anything is not in the catalog.
                    Err(fault) if fault.code == "ResourceNotFoundException" => return Ok(()),
                    page => page?,
                };
                let Some(page) = page else { break };
                for one in page.entity_summary_list {
                    found.add(listed(one, sort)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(one: One, sort: &str) -> Listed<Facts> {
    let facts = Facts { product_type: sort.to_owned(), visibility: one.visibility };
    Listed::new(one.entity_id, facts).arn(one.entity_arn).name(one.name)
}
