use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::IAM;
use crate::aws::api::{Call, List};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = IAM.rpc("ListOpenIDConnectProviders");

/// OpenID Connect identity providers: build services, clusters and others that take on roles without keys.
pub struct OidcProviders;

/// Facts of a provider. Source: `iam:ListOpenIDConnectProviders`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Its address without the scheme: `token.actions.githubusercontent.com`.
    url: String,
    /// Whether it is that of an EKS cluster, which goes with the cluster.
    of_eks: bool,
}

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "OpenIDConnectProviderList", default)]
    providers: List<Provider>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Provider {
    arn: String,
}

impl Scan for OidcProviders {
    const KIND: Kind = Kind::new("iam:oidc-provider");
    const TITLE: &'static str = "OpenID Connect identity providers";
    const ACTIONS: &'static [&'static str] = &["iam:ListOpenIDConnectProviders"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        for one in cx.call::<Page>(&LIST, json!({})).await?.providers.items {
            let url = one.arn.split_once('/').map_or(one.arn.as_str(), |(_, url)| url).to_owned();
            let facts = Facts { of_eks: url.starts_with("oidc.eks."), url: url.clone() };
            found.add(Listed::new(url, facts).arn(Some(one.arn))).await;
        }
        Ok(())
    }
}
