use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::MARKETPLACE_AGREEMENT;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = MARKETPLACE_AGREEMENT.rpc("SearchAgreements").paged("nextToken");

/// Agreements the account has accepted on AWS Marketplace and that are in force. Closing the account does not end them.
pub struct Agreements;

/// Facts of an agreement. Source: `aws-marketplace:SearchAgreements`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`.
    status: String,
    /// `SaaSProduct`, `AmiProduct`, `ContainerProduct` and others. Absent when AWS tells none.
    product_type: Option<String>,
    /// Product it is about, `prod-…`. Absent when AWS tells none.
    product_id: Option<String>,
    /// When it began. Absent when AWS tells none.
    starts_at: Option<Timestamp>,
    /// When it ends. Absent for what is paid by use.
    ends_at: Option<Timestamp>,
    /// What happens at its end: `RENEW`, `REPLACE` or `EXPIRE`. Absent when AWS tells none.
    at_end: Option<String>,
    /// When its free trial ends or ended. Absent without one.
    trial_ends_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    agreement_view_summaries: Vec<Agreement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Agreement {
    agreement_id: String,
    acceptance_time: Option<At>,
    start_time: Option<At>,
    end_time: Option<At>,
    proposal_summary: Option<Proposal>,
    #[serde(default)]
    status: String,
    end_time_behavior_type: Option<String>,
    free_trial_end_time: Option<At>,
}

#[derive(Deserialize)]
struct Proposal {
    #[serde(default)]
    resources: Vec<Product>,
}

#[derive(Deserialize)]
struct Product {
    id: Option<String>,
    #[serde(rename = "type")]
    sort: Option<String>,
}

impl Scan for Agreements {
    const KIND: Kind = Kind::new("aws-marketplace:agreement");
    const TITLE: &'static str = "Marketplace agreements";
    const ACTIONS: &'static [&'static str] = &["aws-marketplace:SearchAgreements"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let wanted = [("PartyType", "Acceptor"), ("AgreementType", "PurchaseAgreement"), ("Status", "ACTIVE")];
        let filters: Vec<_> = wanted.iter().map(|(name, value)| json!({ "name": name, "values": [value] })).collect();
        let mut pages = cx.pages(&LIST, json!({ "catalog": "AWSMarketplace", "filters": filters, "maxResults": 50 }));
        while let Some(page) = pages.next::<Page>().await? {
            for agreement in page.agreement_view_summaries {
                found.add(listed(cx, agreement)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, agreement: Agreement) -> Listed<Facts> {
    let arn = cx.arn("aws-marketplace", cx.region(), &format!("agreement/{}", agreement.agreement_id));
    let product = agreement.proposal_summary.and_then(|summary| summary.resources.into_iter().next());
    let (product_id, product_type) = product.map_or((None, None), |product| (product.id, product.sort));
    let facts = Facts {
        status: agreement.status,
        product_type,
        product_id,
        starts_at: agreement.start_time.map(|at| at.0),
        ends_at: agreement.end_time.map(|at| at.0),
        at_end: agreement.end_time_behavior_type,
        trial_ends_at: agreement.free_trial_end_time.map(|at| at.0),
    };
    Listed::new(agreement.agreement_id, facts).arn(Some(arn)).created(agreement.acceptance_time.map(|at| at.0))
}

/// What its seller asks, which no price list of AWS has.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("what the seller asks")
}
