use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ROUTE53DOMAINS;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = ROUTE53DOMAINS.rpc("ListDomains").paged_as("Marker", "NextPageMarker");
const TAGS: Call = ROUTE53DOMAINS.rpc("ListTagsForDomain");

/// Domains registered through Route 53.
pub struct Domains;

/// Facts of a registered domain. Source: `route53domains:ListDomains`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Whether it is renewed, and paid for, when its term ends.
    auto_renew: bool,
    /// Whether it cannot be moved to another registrar as it stands. Absent when Route 53 does not tell.
    transfer_lock: Option<bool>,
    /// When what is paid for ends. Absent when Route 53 tells none.
    expires_at: Option<Timestamp>,
    /// Whole days from the scan until then, negative when it is over. Absent without an end.
    ends_in_days: Option<i64>,
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
    domain_name: String,
    auto_renew: Option<bool>,
    transfer_lock: Option<bool>,
    expiry: Option<At>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tag_list: Tags,
}

impl Scan for Domains {
    const KIND: Kind = Kind::new("route53domains:domain");
    const TITLE: &'static str = "Registered domains";
    const ACTIONS: &'static [&'static str] = &["route53domains:ListDomains", "route53domains:ListTagsForDomain"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxItems": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let domains = each(page.domains, async |domain: Domain| {
                let input = json!({ "DomainName": domain.domain_name });
                let tagged = tagging.ask(found, &domain.domain_name, cx.call::<Tagged>(&TAGS, input)).await;
                (domain, tagged.unwrap_or_default())
            });
            for (domain, tagged) in domains.await {
                found.add(listed(cx, domain, tagged)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, domain: Domain, tagged: Tagged) -> Listed<Facts> {
    let expires_at = domain.expiry.map(|at| at.0);
    let facts = Facts {
        auto_renew: domain.auto_renew.unwrap_or_default(),
        transfer_lock: domain.transfer_lock,
        expires_at,
        ends_in_days: expires_at.map(|end| cx.now().duration_until(end).as_secs().div_euclid(86_400)),
    };
    Listed::new(domain.domain_name, facts).tags(tagged.tag_list.0)
}

/// The next year, where it will be bought; each top-level domain has a price of its own.
fn needs(domain: &Resource) -> Needs {
    if domain.flag("auto_renew") == Some(true) { Needs::unpriced("yearly renewal") } else { Needs::free() }
}
