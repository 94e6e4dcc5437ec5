use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::IAM;
use crate::aws::api::{At, Call, List};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = IAM.rpc("ListSAMLProviders");

/// SAML identity providers, through which a company's users sign in.
pub struct SamlProviders;

/// Facts of a provider. Source: `iam:ListSAMLProviders`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// When its metadata stop being valid. Absent when IAM tells none.
    valid_until: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "SAMLProviderList", default)]
    providers: List<Provider>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Provider {
    arn: String,
    valid_until: Option<At>,
    create_date: Option<At>,
}

impl Scan for SamlProviders {
    const KIND: Kind = Kind::new("iam:saml-provider");
    const TITLE: &'static str = "SAML identity providers";
    const ACTIONS: &'static [&'static str] = &["iam:ListSAMLProviders"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        for one in cx.call::<Page>(&LIST, json!({})).await?.providers.items {
            let id = one.arn.split_once('/').map_or(one.arn.as_str(), |(_, name)| name).to_owned();
            let facts = Facts { valid_until: one.valid_until.map(|at| at.0) };
            found.add(Listed::new(id, facts).arn(Some(one.arn)).created(one.create_date.map(|at| at.0))).await;
        }
        Ok(())
    }
}
