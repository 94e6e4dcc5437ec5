use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SAGEMAKER;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = SAGEMAKER.rpc("ListDomains").paged("NextToken");
const DESCRIBE: Call = SAGEMAKER.rpc("DescribeDomain");

/// SageMaker domains. One costs nothing itself; its apps, spaces and file system do.
pub struct Domains;

/// Facts of a domain. Source: `sagemaker:ListDomains`, `sagemaker:DescribeDomain`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `InService`, `Pending`, `Updating`, `Failed`, `Deleting` and others. Absent when SageMaker tells none.
    status: Option<String>,
    /// EFS file system with the homes of its users. Absent when it has none, or when the details could not be read.
    file_system_id: Option<String>,
    /// How users sign in: `IAM` or `SSO`. Absent when the details could not be read.
    auth_mode: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    domains: Vec<Domain>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Domain {
    domain_arn: String,
    domain_id: String,
    domain_name: Option<String>,
    status: Option<String>,
    creation_time: Option<At>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    home_efs_file_system_id: Option<String>,
    auth_mode: Option<String>,
    vpc_id: Option<String>,
    #[serde(default)]
    subnet_ids: Vec<String>,
    security_group_id_for_domain_boundary: Option<String>,
    kms_key_id: Option<String>,
}

impl Scan for Domains {
    const KIND: Kind = Kind::new("sagemaker:domain");
    const TITLE: &'static str = "SageMaker domains";
    const ACTIONS: &'static [&'static str] =
        &["sagemaker:DescribeDomain", "sagemaker:ListDomains", "sagemaker:ListTags"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (describing, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let domains = each(page.domains, async |domain: Domain| {
                let call = cx.call::<Described>(&DESCRIBE, json!({ "DomainId": domain.domain_id }));
                let described = describing.ask(found, &domain.domain_id, call).await.unwrap_or_default();
                let tags = super::tags(cx, found, &tagging, &domain.domain_arn).await;
                listed(domain, described).tags(tags)
            });
            for domain in domains.await {
                found.add(domain).await;
            }
        }
        Ok(())
    }
}

fn listed(domain: Domain, described: Described) -> Listed<Facts> {
    let facts = Facts {
        status: domain.status,
        file_system_id: described.home_efs_file_system_id.clone(),
        auth_mode: described.auth_mode,
    };
    let listed = Listed::new(domain.domain_id, facts)
        .arn(Some(domain.domain_arn))
        .name(domain.domain_name)
        .created(domain.creation_time.map(|at| at.0))
        .refers(Role::Needs, described.home_efs_file_system_id)
        .refers(Role::Needs, described.kms_key_id)
        .refers(Role::Needs, described.security_group_id_for_domain_boundary)
        .refers(Role::Inside, described.vpc_id);
    described.subnet_ids.into_iter().fold(listed, |listed, subnet| listed.refers(Role::Inside, Some(subnet)))
}
