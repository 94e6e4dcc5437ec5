use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SERVICECATALOG;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = SERVICECATALOG.rpc("ListPortfolios").paged_as("PageToken", "NextPageToken");
const ACCEPTED: Call = SERVICECATALOG.rpc("ListAcceptedPortfolioShares").paged_as("PageToken", "NextPageToken");
const ACCESS: Call = SERVICECATALOG.rpc("ListPortfolioAccess").paged_as("PageToken", "NextPageToken");

/// Portfolios of Service Catalog: the account's own, and those of others it took over by hand.
pub struct Portfolios;

/// Facts of a portfolio. Source: `servicecatalog:ListPortfolios`, `servicecatalog:ListAcceptedPortfolioShares`,
/// `servicecatalog:ListPortfolioAccess`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Whose it is: `self` or `other`.
    owner: String,
    /// Who provides it, in the words of who made it. Absent when AWS gives none.
    provider: Option<String>,
    /// Accounts it is shared with. Absent for one of another account, and when they could not be read.
    shared_with: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    portfolio_details: Vec<Portfolio>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Portfolio {
    id: String,
    #[serde(rename = "ARN")]
    arn: String,
    display_name: Option<String>,
    created_time: Option<At>,
    provider_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Access {
    #[serde(default)]
    account_ids: Vec<String>,
}

impl Scan for Portfolios {
    const KIND: Kind = Kind::new("servicecatalog:portfolio");
    const TITLE: &'static str = "Service Catalog portfolios";
    const ACTIONS: &'static [&'static str] = &[
        "servicecatalog:ListAcceptedPortfolioShares",
        "servicecatalog:ListPortfolioAccess",
        "servicecatalog:ListPortfolios",
    ];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let asking = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "PageSize": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.portfolio_details {
                let shared = asking.ask(found, &one.id, shared_with(cx, &one.id)).await;
                found.add(listed(one, "self", shared)).await;
            }
        }
        let mut pages = cx.pages(&ACCEPTED, json!({ "PageSize": 100, "PortfolioShareType": "IMPORTED" }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.portfolio_details {
                found.add(listed(one, "other", None)).await;
            }
        }
        Ok(())
    }
}

async fn shared_with(cx: &Cx, id: &str) -> Result<Vec<String>, Fault> {
    let mut pages = cx.pages(&ACCESS, json!({ "PortfolioId": id, "PageSize": 100 }));
    let mut accounts = Vec::new();
    while let Some(page) = pages.next::<Access>().await? {
        accounts.extend(page.account_ids);
    }
    Ok(accounts)
}

fn listed(one: Portfolio, owner: &str, shared_with: Option<Vec<String>>) -> Listed<Facts> {
    let provider = one.provider_name.filter(|text| !text.is_empty());
    Listed::new(one.id, Facts { owner: owner.to_owned(), provider, shared_with })
        .arn(Some(one.arn))
        .name(one.display_name)
        .created(one.created_time.map(|at| at.0))
}
