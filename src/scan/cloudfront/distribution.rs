use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::CLOUDFRONT;
use crate::aws::api::{At, Call, List, Pair, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = CLOUDFRONT.get("ListDistributions", "/2020-05-31/distribution").paged_as("Marker", "NextMarker");
const TAGS: Call = CLOUDFRONT.get("ListTagsForResource", "/2020-05-31/tagging");

/// CloudFront distributions, staging ones too. CloudFront does not tell when one was made.
pub struct Distributions;

/// Facts of a distribution. Source: `cloudfront:ListDistributions`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `Deployed`, or `InProgress` while a change spreads.
    status: String,
    /// Whether it answers viewers.
    enabled: bool,
    /// Name CloudFront gave it: `d111111abcdef8.cloudfront.net`.
    domain: String,
    /// Names of the account's own that lead to it.
    aliases: Vec<String>,
    /// Where it gets its content: names of buckets' and others' hosts.
    origins: Vec<String>,
    /// `PriceClass_100`, `PriceClass_200`, `PriceClass_All` or `None`.
    price_class: String,
    /// How it is told apart in HTTPS: `sni-only`, `vip` for addresses of its own at a monthly price, or `static-ip`.
    /// Absent where it has CloudFront's own certificate.
    ssl_method: Option<String>,
    /// Whether it stands beside another distribution to try a change out.
    staging: bool,
    /// What whoever made it wrote about it. Absent when nothing.
    comment: Option<String>,
    /// When it was last changed. Absent when CloudFront tells none.
    changed_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    items: List<Distribution>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Distribution {
    id: String,
    #[serde(rename = "ARN")]
    arn: String,
    status: String,
    last_modified_time: Option<At>,
    domain_name: String,
    #[serde(default)]
    aliases: Aliases,
    #[serde(default)]
    origins: Origins,
    comment: Option<String>,
    price_class: Option<String>,
    enabled: bool,
    viewer_certificate: Option<ViewerCertificate>,
    #[serde(rename = "WebACLId")]
    web_acl_id: Option<String>,
    staging: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Aliases {
    #[serde(default)]
    items: List<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Origins {
    #[serde(default)]
    items: List<Origin>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Origin {
    domain_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ViewerCertificate {
    #[serde(rename = "ACMCertificateArn")]
    acm_certificate_arn: Option<String>,
    #[serde(rename = "SSLSupportMethod")]
    ssl_support_method: Option<String>,
    cloud_front_default_certificate: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    items: List<Pair>,
}

impl Scan for Distributions {
    const KIND: Kind = Kind::new("cloudfront:distribution");
    const TITLE: &'static str = "CloudFront distributions";
    const ACTIONS: &'static [&'static str] = &["cloudfront:ListDistributions", "cloudfront:ListTagsForResource"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxItems": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let distributions = each(page.items.items, async |distribution: Distribution| {
                let tags = cx.call::<Tagged>(&TAGS, json!({ "Resource": distribution.arn }));
                let tagged = tagging.ask(found, &distribution.id, tags).await;
                (distribution, tagged.unwrap_or_default())
            });
            for (distribution, tagged) in distributions.await {
                found.add(listed(distribution, &tagged)).await;
            }
        }
        Ok(())
    }
}

fn listed(distribution: Distribution, tagged: &Tagged) -> Listed<Facts> {
    let certificate = distribution.viewer_certificate;
    let own = certificate.as_ref().filter(|one| one.cloud_front_default_certificate != Some(true));
    let facts = Facts {
        status: distribution.status,
        enabled: distribution.enabled,
        domain: distribution.domain_name,
        aliases: distribution.aliases.items.items.clone(),
        origins: distribution.origins.items.items.into_iter().map(|origin| origin.domain_name).collect(),
        price_class: distribution.price_class.unwrap_or_default(),
        ssl_method: own.and_then(|one| one.ssl_support_method.clone()),
        staging: distribution.staging.unwrap_or_default(),
        comment: distribution.comment.filter(|comment| !comment.is_empty()),
        changed_at: distribution.last_modified_time.map(|at| at.0),
    };
    Listed::new(distribution.id, facts)
        .arn(Some(distribution.arn))
        .name(distribution.aliases.items.items.into_iter().next())
        .tags(tagged.items.tags())
        .refers(Role::Needs, certificate.and_then(|one| one.acm_certificate_arn))
        .refers(Role::Uses, distribution.web_acl_id)
}

/// Addresses of its own, by the month and certificate, while it is enabled. Two distributions with one certificate pay
/// once, so this is the most it can be. Requests and traffic are billed by use.
fn needs(distribution: &Resource) -> Needs {
    let dedicated = distribution.text("ssl_method") == Some("vip") && distribution.flag("enabled") == Some(true);
    if dedicated {
        return Needs::of(vec![Need::months("dedicated IP addresses", "cloudfront.dedicated_ip_ssl", 1.0)]).at_most();
    }
    Needs::free()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn only_addresses_in_service_are_billed() {
        let cost = |method: &str, enabled: bool| {
            let facts = json!({ "ssl_method": method, "enabled": enabled });
            needs(&resource("cloudfront:distribution", facts)).parts.len()
        };
        assert_eq!([cost("vip", true), cost("vip", false), cost("sni-only", true)], [1, 0, 0]);
    }
}
