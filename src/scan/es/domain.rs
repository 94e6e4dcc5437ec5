use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::OPENSEARCH;
use crate::aws::api::{Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = OPENSEARCH.get("ListDomainNames", "/2021-01-01/domain");
const DESCRIBE: Call = OPENSEARCH.post("DescribeDomains", "/2021-01-01/opensearch/domain-info");
const TAGS: Call = OPENSEARCH.get("ListTags", "/2021-01-01/tags/").needs("es:ListTags");

/// Domains OpenSearch describes in one call.
const AT_ONCE: usize = 5;

/// OpenSearch and Elasticsearch domains that are not deleted. OpenSearch does not tell when one was made.
pub struct Domains;

/// Facts of a domain. Source: `es:ListDomainNames`, `es:DescribeDomains`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `OpenSearch_2.11`, `Elasticsearch_7.10`, …
    engine: String,
    /// Type of its data nodes, `m6g.large.search`.
    instance_type: String,
    /// Data nodes.
    instances: f64,
    /// Type of its dedicated managers. Absent when it has none.
    master_type: Option<String>,
    /// Dedicated managers; 0 when it has none.
    masters: f64,
    /// Type of its UltraWarm nodes. Absent when it has none.
    warm_type: Option<String>,
    /// UltraWarm nodes; 0 when it has none.
    warm_nodes: f64,
    /// Storage of all data nodes, in GiB; 0 when they have disks of their own.
    storage_gib: f64,
    /// `gp2`, `gp3`, `io1` or `standard`. Absent when the nodes have disks of their own.
    storage_type: Option<String>,
    /// Account it belongs to, which its metrics are filed under.
    client_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    domain_names: Vec<Name>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Name {
    domain_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    #[serde(default)]
    domain_status_list: Vec<Domain>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Domain {
    domain_name: String,
    #[serde(rename = "ARN")]
    arn: String,
    deleted: Option<bool>,
    engine_version: Option<String>,
    cluster_config: Option<Cluster>,
    #[serde(rename = "EBSOptions")]
    storage: Option<Storage>,
    #[serde(rename = "VPCOptions")]
    vpc: Option<Vpc>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cluster {
    instance_type: Option<String>,
    instance_count: Option<f64>,
    dedicated_master_enabled: Option<bool>,
    dedicated_master_type: Option<String>,
    dedicated_master_count: Option<f64>,
    warm_enabled: Option<bool>,
    warm_type: Option<String>,
    warm_count: Option<f64>,
}

#[derive(Deserialize)]
struct Storage {
    #[serde(rename = "EBSEnabled")]
    enabled: Option<bool>,
    #[serde(rename = "VolumeType")]
    volume_type: Option<String>,
    #[serde(rename = "VolumeSize")]
    volume_size: Option<f64>,
}

#[derive(Deserialize)]
struct Vpc {
    #[serde(rename = "VPCId")]
    id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tag_list: Tags,
}

impl Scan for Domains {
    const KIND: Kind = Kind::new("es:domain");
    const TITLE: &'static str = "OpenSearch domains";
    const ACTIONS: &'static [&'static str] = &["es:DescribeDomains", "es:ListDomainNames", "es:ListTags"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let names = cx.call::<Page>(&LIST, json!({})).await?.domain_names;
        for some in names.chunks(AT_ONCE) {
            let names: Vec<&str> = some.iter().map(|one| one.domain_name.as_str()).collect();
            let described = cx.call::<Described>(&DESCRIBE, json!({ "DomainNames": names })).await?;
            let there = described.domain_status_list.into_iter().filter(|domain| domain.deleted != Some(true));
            let domains = each(there, async |domain: Domain| {
                let tags = cx.call::<Tagged>(&TAGS, json!({ "arn": domain.arn }));
                let tagged = tagging.ask(found, &domain.domain_name, tags).await.unwrap_or_default();
                (domain, tagged)
            });
            for (domain, tagged) in domains.await {
                found.add(listed(cx, domain, tagged)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, domain: Domain, tagged: Tagged) -> Listed<Facts> {
    let cluster = domain.cluster_config.unwrap_or_default();
    let disks = domain.storage.filter(|storage| storage.enabled == Some(true));
    let instances = cluster.instance_count.unwrap_or(1.0);
    let has_masters = cluster.dedicated_master_enabled == Some(true);
    let has_warm = cluster.warm_enabled == Some(true);
    let facts = Facts {
        engine: domain.engine_version.unwrap_or_default(),
        instance_type: cluster.instance_type.unwrap_or_default(),
        instances,
        master_type: cluster.dedicated_master_type.filter(|_| has_masters),
        masters: cluster.dedicated_master_count.filter(|_| has_masters).unwrap_or_default(),
        warm_type: cluster.warm_type.filter(|_| has_warm),
        warm_nodes: cluster.warm_count.filter(|_| has_warm).unwrap_or_default(),
        storage_gib: disks.as_ref().and_then(|storage| storage.volume_size).unwrap_or_default() * instances,
        storage_type: disks.and_then(|storage| storage.volume_type),
        client_id: cx.account().to_owned(),
    };
    Listed::new(domain.domain_name, facts)
        .arn(Some(domain.arn))
        .tags(tagged.tag_list.0)
        .refers(Role::Inside, domain.vpc.and_then(|vpc| vpc.id))
}

/// Nodes by the hour; their storage by the gigabyte has no price here.
fn needs(domain: &Resource) -> Needs {
    let text = |fact: &str| domain.text(fact).unwrap_or_default();
    let number = |fact: &str| domain.number(fact).unwrap_or_default();
    let nodes = [
        ("data nodes", text("instance_type"), number("instances")),
        ("managers", text("master_type"), number("masters")),
        ("UltraWarm nodes", text("warm_type"), number("warm_nodes")),
    ];
    let nodes = nodes.into_iter().filter(|(_, kind, count)| !kind.is_empty() && *count > 0.0);
    let hours = nodes.map(|(what, kind, count)| Need::hours(what, format!("opensearch.instance.{kind}"), count));
    let needs = Needs::of(hours.collect());
    if number("storage_gib") > 0.0 { needs.and_unpriced("storage of the data nodes") } else { needs }
}
