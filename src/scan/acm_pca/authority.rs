use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ACM_PCA;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = ACM_PCA.rpc("ListCertificateAuthorities").paged("NextToken");
const TAGS: Call = ACM_PCA.rpc("ListTags");

/// Private certificate authorities this account owns. Deleted ones, which can be restored for some weeks and cost
/// nothing meanwhile, are left out.
pub struct Authorities;

/// Facts of a private CA. Source: `acm-pca:ListCertificateAuthorities`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `CREATING`, `PENDING_CERTIFICATE`, `ACTIVE`, `DISABLED`, `EXPIRED` or `FAILED`; all but the last are billed.
    status: String,
    /// `ROOT` or `SUBORDINATE`.
    authority_type: String,
    /// `GENERAL_PURPOSE`, or `SHORT_LIVED_CERTIFICATE` at a lower price.
    usage_mode: String,
    /// Name in its subject. Absent when it has none.
    common_name: Option<String>,
    /// When it took on its status. Absent when AWS tells none.
    status_since: Option<Timestamp>,
    /// When its own certificate stops being valid. Absent before it has one.
    expires_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    certificate_authorities: Vec<Authority>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Authority {
    arn: String,
    created_at: Option<At>,
    last_state_change_at: Option<At>,
    #[serde(rename = "Type")]
    authority_type: Option<String>,
    status: Option<String>,
    not_after: Option<At>,
    certificate_authority_configuration: Option<Configuration>,
    usage_mode: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Configuration {
    subject: Option<Subject>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Subject {
    common_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Authorities {
    const KIND: Kind = Kind::new("acm-pca:certificate-authority");
    const TITLE: &'static str = "Private CAs";
    const ACTIONS: &'static [&'static str] = &["acm-pca:ListCertificateAuthorities", "acm-pca:ListTags"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100, "ResourceOwner": "SELF" }));
        while let Some(page) = pages.next::<Page>().await? {
            let alive = page.certificate_authorities.into_iter().filter(|ca| ca.status.as_deref() != Some("DELETED"));
            let authorities = each(alive, async |authority: Authority| {
                let input = json!({ "CertificateAuthorityArn": authority.arn, "MaxResults": 100 });
                let tagged = tagging.ask(found, &authority.arn, cx.call::<Tagged>(&TAGS, input)).await;
                (authority, tagged.unwrap_or_default())
            });
            for (authority, tagged) in authorities.await {
                found.add(listed(authority, tagged)).await;
            }
        }
        Ok(())
    }
}

fn listed(authority: Authority, tagged: Tagged) -> Listed<Facts> {
    let id = authority.arn.rsplit('/').next().unwrap_or_default().to_owned();
    let subject = authority.certificate_authority_configuration.and_then(|configuration| configuration.subject);
    let common_name = subject.and_then(|subject| subject.common_name).filter(|name| !name.is_empty());
    let facts = Facts {
        status: authority.status.unwrap_or_default(),
        authority_type: authority.authority_type.unwrap_or_default(),
        usage_mode: authority.usage_mode.unwrap_or_else(|| "GENERAL_PURPOSE".to_owned()),
        common_name: common_name.clone(),
        status_since: authority.last_state_change_at.map(|at| at.0),
        expires_at: authority.not_after.map(|at| at.0),
    };
    Listed::new(id, facts)
        .arn(Some(authority.arn))
        .name(common_name)
        .created(authority.created_at.map(|at| at.0))
        .tags(tagged.tags.0)
}

/// A month, whatever the CA does with it; certificates it issues are billed on top, each once.
fn needs(authority: &Resource) -> Needs {
    if authority.text("status") == Some("FAILED") {
        return Needs::free();
    }
    let key = match authority.text("usage_mode") {
        Some("SHORT_LIVED_CERTIFICATE") => "acmpca.ca.short_lived",
        _ => "acmpca.ca.general_purpose",
    };
    Needs::of(vec![Need::months("private CA", key, 1.0)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn a_disabled_authority_costs_what_an_active_one_does() {
        let cost = |status: &str| {
            let facts = json!({ "status": status, "usage_mode": "GENERAL_PURPOSE" });
            needs(&resource("acm-pca:certificate-authority", facts))
        };
        assert_eq!(cost("DISABLED"), cost("ACTIVE"));
        assert_eq!(cost("FAILED"), Needs::free());
    }
}
