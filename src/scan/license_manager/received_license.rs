use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::LICENSE_MANAGER;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = LICENSE_MANAGER.rpc("ListReceivedLicenses").paged("NextToken");

/// Licences that were granted to the account, most of them by purchases on AWS Marketplace.
pub struct ReceivedLicenses;

/// Facts of it. Source: `license-manager:ListReceivedLicenses`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `AVAILABLE`, `PENDING_AVAILABLE`, `DEACTIVATED`, `SUSPENDED`, `EXPIRED`, `PENDING_DELETE` or
    /// `DELETED`. Empty when AWS tells none.
    status: String,
    /// Product it is for. Absent when AWS tells none.
    product: Option<String>,
    /// Who gave it. Absent when AWS tells none.
    issuer: Option<String>,
    /// When it ends. Absent without an end.
    ends_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    licenses: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct One {
    license_arn: String,
    license_name: Option<String>,
    product_name: Option<String>,
    issuer: Option<Issuer>,
    status: Option<String>,
    validity: Option<Validity>,
    create_time: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Issuer {
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Validity {
    end: Option<At>,
}

impl Scan for ReceivedLicenses {
    const KIND: Kind = Kind::new("license-manager:received-license");
    const TITLE: &'static str = "Received licences";
    const ACTIONS: &'static [&'static str] = &["license-manager:ListReceivedLicenses"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.licenses {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: One) -> Listed<Facts> {
    let id = one.license_arn.rsplit(':').next().unwrap_or_default().to_owned();
    let facts = Facts {
        status: one.status.unwrap_or_default(),
        product: one.product_name,
        issuer: one.issuer.and_then(|issuer| issuer.name),
        ends_at: one.validity.and_then(|validity| validity.end).map(|at| at.0),
    };
    Listed::new(id, facts).arn(Some(one.license_arn)).name(one.license_name).created(one.create_time.map(|at| at.0))
}
