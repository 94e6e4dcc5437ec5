use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ACM;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested, ownership};

const LIST: Call = ACM.rpc("ListCertificates").paged("NextToken");
const TAGS: Call = ACM.rpc("ListTagsForCertificate");

/// Every sort of key. Without this ACM lists certificates with RSA keys of up to 2,048 bits only.
const KEY_TYPES: &[&str] =
    &["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"];

/// Certificates of ACM, issued, imported or private, whatever became of them. They are free while they are kept; what
/// an exportable or exported one costs is paid once.
pub struct Certificates;

/// Facts of a certificate. Source: `acm:ListCertificates`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `PENDING_VALIDATION`, `ISSUED`, `INACTIVE`, `EXPIRED`, `VALIDATION_TIMED_OUT`, `REVOKED` or `FAILED`.
    status: String,
    /// `AMAZON_ISSUED`, `IMPORTED`, or `PRIVATE` from a private CA.
    certificate_type: String,
    /// The name it is for: `*.example.com`.
    domain: String,
    /// Whether a resource of AWS serves it. Absent when ACM does not tell.
    in_use: Option<bool>,
    /// Whether it was ever exported, so that it may serve outside AWS.
    exported: bool,
    /// When it stops being valid. Absent before it was issued.
    expires_at: Option<Timestamp>,
    /// Whole days from the scan until then, negative when it is over. Absent without an end.
    ends_in_days: Option<i64>,
    /// The service that made it and looks after it: `CLOUDFRONT`. Absent for those of the account's own.
    managed_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    certificate_summary_list: Vec<Certificate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Certificate {
    certificate_arn: String,
    domain_name: Option<String>,
    status: Option<String>,
    #[serde(rename = "Type")]
    certificate_type: Option<String>,
    in_use: Option<bool>,
    exported: Option<bool>,
    not_after: Option<At>,
    created_at: Option<At>,
    imported_at: Option<At>,
    managed_by: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Certificates {
    const KIND: Kind = Kind::new("acm:certificate");
    const TITLE: &'static str = "ACM certificates";
    const ACTIONS: &'static [&'static str] = &["acm:ListCertificates", "acm:ListTagsForCertificate"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxItems": 1000, "Includes": { "keyTypes": KEY_TYPES } }));
        while let Some(page) = pages.next::<Page>().await? {
            let certificates = each(page.certificate_summary_list, async |certificate: Certificate| {
                let arn = certificate.certificate_arn.clone();
                let tagged = tagging.ask(found, &arn, cx.call(&TAGS, json!({ "CertificateArn": arn }))).await;
                (certificate, tagged.unwrap_or_default())
            });
            for (certificate, tagged) in certificates.await {
                found.add(listed(cx, certificate, tagged)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, certificate: Certificate, tagged: Tagged) -> Listed<Facts> {
    let id = certificate.certificate_arn.rsplit('/').next().unwrap_or_default().to_owned();
    let expires_at = certificate.not_after.map(|at| at.0);
    let owner = certificate.managed_by.as_deref().map(|service| ownership::service(service, "ManagedBy"));
    let facts = Facts {
        status: certificate.status.unwrap_or_default(),
        certificate_type: certificate.certificate_type.unwrap_or_default(),
        domain: certificate.domain_name.clone().unwrap_or_default(),
        in_use: certificate.in_use,
        exported: certificate.exported.unwrap_or_default(),
        expires_at,
        ends_in_days: expires_at.map(|end| cx.now().duration_until(end).as_secs().div_euclid(86_400)),
        managed_by: certificate.managed_by,
    };
    Listed::new(id, facts)
        .arn(Some(certificate.certificate_arn))
        .name(certificate.domain_name)
        .created(certificate.created_at.or(certificate.imported_at).map(|at| at.0))
        .tags(tagged.tags.0)
        .owner(owner)
}
