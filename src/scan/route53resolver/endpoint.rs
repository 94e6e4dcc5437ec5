use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ROUTE53RESOLVER;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = ROUTE53RESOLVER.rpc("ListResolverEndpoints").paged("NextToken");
const RULES: Call = ROUTE53RESOLVER.rpc("ListResolverRules").paged("NextToken");
const TAGS: Call = ROUTE53RESOLVER.rpc("ListTagsForResource");

/// Endpoints of Route 53 Resolver.
pub struct Endpoints;

/// Facts of a Resolver endpoint. Source: `route53resolver:ListResolverEndpoints`,
/// `route53resolver:ListResolverRules`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `CREATING`, `OPERATIONAL`, `UPDATING`, `AUTO_RECOVERING`, `ACTION_NEEDED` or `DELETING`.
    status: String,
    /// `INBOUND` for questions that come into the VPC, `INBOUND_DELEGATION`, or `OUTBOUND` for those that leave it.
    direction: String,
    /// Addresses it has, each an interface billed by the hour. Absent when Resolver tells none.
    addresses: Option<f64>,
    /// Rules that send questions out through it. Absent when the rules could not be read.
    rules: Option<f64>,
    /// VPC it is in.
    vpc_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    resolver_endpoints: Vec<Endpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    id: String,
    arn: String,
    name: Option<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
    direction: Option<String>,
    ip_address_count: Option<f64>,
    #[serde(rename = "HostVPCId")]
    host_vpc_id: Option<String>,
    status: Option<String>,
    creation_time: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RulesPage {
    #[serde(default)]
    resolver_rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    resolver_endpoint_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Endpoints {
    const KIND: Kind = Kind::new("route53resolver:resolver-endpoint");
    const TITLE: &'static str = "Resolver endpoints";
    const ACTIONS: &'static [&'static str] = &[
        "route53resolver:ListResolverEndpoints",
        "route53resolver:ListResolverRules",
        "route53resolver:ListTagsForResource",
    ];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (reading, tagging) = (Detail::default(), Detail::default());
        let mut rules: Option<Option<BTreeMap<String, f64>>> = None;
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            // Every region has rules of AWS's own: they are read only where there is an endpoint.
            if rules.is_none() && !page.resolver_endpoints.is_empty() {
                rules = Some(reading.ask(found, "rules", rules_by_endpoint(cx)).await);
            }
            let endpoints = each(page.resolver_endpoints, async |endpoint: Endpoint| {
                let tags = cx.call::<Tagged>(&TAGS, json!({ "ResourceArn": endpoint.arn, "MaxResults": 100 }));
                let tagged = tagging.ask(found, &endpoint.id, tags).await;
                (endpoint, tagged.unwrap_or_default())
            });
            let counted = rules.as_ref().and_then(Option::as_ref);
            for (endpoint, tagged) in endpoints.await {
                let rules = counted.map(|counts| counts.get(&endpoint.id).copied().unwrap_or_default());
                found.add(listed(endpoint, tagged, rules)).await;
            }
        }
        Ok(())
    }
}

async fn rules_by_endpoint(cx: &Cx) -> Result<BTreeMap<String, f64>, Fault> {
    let mut counts = BTreeMap::new();
    let mut pages = cx.pages(&RULES, json!({ "MaxResults": 100 }));
    while let Some(page) = pages.next::<RulesPage>().await? {
        for id in page.resolver_rules.into_iter().filter_map(|rule| rule.resolver_endpoint_id) {
            *counts.entry(id).or_default() += 1.0;
        }
    }
    Ok(counts)
}

fn listed(endpoint: Endpoint, tagged: Tagged, rules: Option<f64>) -> Listed<Facts> {
    let facts = Facts {
        status: endpoint.status.unwrap_or_default(),
        direction: endpoint.direction.unwrap_or_default(),
        addresses: endpoint.ip_address_count,
        rules,
        vpc_id: endpoint.host_vpc_id.clone().unwrap_or_default(),
    };
    let mut listed = Listed::new(endpoint.id, facts)
        .arn(Some(endpoint.arn))
        .name(endpoint.name)
        .created(endpoint.creation_time.map(|at| at.0))
        .tags(tagged.tags.0)
        .refers(Role::Inside, endpoint.host_vpc_id);
    for group in endpoint.security_group_ids {
        listed = listed.refers(Role::Uses, Some(group));
    }
    listed
}

/// An interface for each address, by the hour; questions are billed on top.
fn needs(endpoint: &Resource) -> Needs {
    match endpoint.number("addresses") {
        Some(addresses) => Needs::of(vec![Need::hours("interfaces", "route53.resolver_endpoint.eni", addresses)]),
        None => Needs::unpriced("interfaces"),
    }
}
