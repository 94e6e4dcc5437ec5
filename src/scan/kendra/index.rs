use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::KENDRA;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = KENDRA.rpc("ListIndices").paged("NextToken");
const DESCRIBE: Call = KENDRA.rpc("DescribeIndex");
const TAGS: Call = KENDRA.rpc("ListTagsForResource");

/// Kendra indexes. They are billed by the hour from creation to deletion, empty or not.
pub struct Indexes;

/// Facts of an index. Source: `kendra:ListIndices`, `kendra:DescribeIndex`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, `CREATING`, `UPDATING`, `SYSTEM_UPDATING`, `FAILED` or `DELETING`.
    status: String,
    /// `DEVELOPER_EDITION`, `ENTERPRISE_EDITION` or `GEN_AI_ENTERPRISE_EDITION`. Absent when Kendra tells none.
    edition: Option<String>,
    /// Units for more queries than the edition includes. Absent when the details could not be read.
    query_units: Option<f64>,
    /// Units for more documents than the edition includes. Absent when the details could not be read.
    storage_units: Option<f64>,
    /// Documents in it. Absent when the details could not be read.
    documents: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    index_configuration_summary_items: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    id: String,
    name: Option<String>,
    edition: Option<String>,
    created_at: Option<At>,
    status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    capacity_units: Option<Units>,
    index_statistics: Option<Statistics>,
    server_side_encryption_configuration: Option<Encryption>,
    role_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Units {
    storage_capacity_units: f64,
    query_capacity_units: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statistics {
    text_document_statistics: Documents,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Documents {
    indexed_text_documents_count: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Encryption {
    kms_key_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Indexes {
    const KIND: Kind = Kind::new("kendra:index");
    const TITLE: &'static str = "Kendra indexes";
    const ACTIONS: &'static [&'static str] =
        &["kendra:DescribeIndex", "kendra:ListIndices", "kendra:ListTagsForResource"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (describing, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let indexes = each(page.index_configuration_summary_items, async |index: Summary| {
                let arn = cx.arn("kendra", cx.region(), &format!("index/{}", index.id));
                let call = cx.call::<Described>(&DESCRIBE, json!({ "Id": index.id }));
                let described = describing.ask(found, &index.id, call).await;
                let call = cx.call::<Tagged>(&TAGS, json!({ "ResourceARN": arn }));
                let tagged = tagging.ask(found, &index.id, call).await.unwrap_or_default();
                listed(index, described).arn(Some(arn)).tags(tagged.tags.0)
            });
            for index in indexes.await {
                found.add(index).await;
            }
        }
        Ok(())
    }
}

fn listed(index: Summary, described: Option<Described>) -> Listed<Facts> {
    let units = |of: fn(&Units) -> f64| described.as_ref().map(|d| d.capacity_units.as_ref().map_or(0.0, of));
    let documents =
        |d: &Described| Some(d.index_statistics.as_ref()?.text_document_statistics.indexed_text_documents_count);
    let facts = Facts {
        status: index.status,
        edition: index.edition,
        query_units: units(|units| units.query_capacity_units),
        storage_units: units(|units| units.storage_capacity_units),
        documents: described.as_ref().and_then(documents),
    };
    let (key, role) = described.map_or((None, None), |d| {
        (d.server_side_encryption_configuration.and_then(|encryption| encryption.kms_key_id), d.role_arn)
    });
    Listed::new(index.id, facts)
        .name(index.name)
        .created(index.created_at.map(|at| at.0))
        .refers(Role::Needs, key)
        .refers(Role::Needs, role)
}

/// The edition by the hour, and units beyond it.
fn needs(index: &Resource) -> Needs {
    if index.text("status") == Some("FAILED") {
        return Needs::free();
    }
    let key = match index.text("edition") {
        Some("DEVELOPER_EDITION") => "kendra.index.developer",
        Some("ENTERPRISE_EDITION") => "kendra.index.enterprise",
        _ => return Needs::unpriced("index"),
    };
    let mut parts = vec![Need::hours("index", key, 1.0)];
    let more = [("query_units", "kendra.query_capacity_unit"), ("storage_units", "kendra.storage_capacity_unit")];
    for (fact, key) in more {
        let units = index.number(fact).unwrap_or_default();
        if units > 0.0 {
            parts.push(Need::hours(fact.replace('_', " "), key, units));
        }
    }
    Needs::of(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn units_beyond_the_edition_are_paid_for_each() {
        let facts = json!({ "edition": "ENTERPRISE_EDITION", "query_units": 2.0, "storage_units": 0.0 });
        let parts = needs(&resource("kendra:index", facts)).parts;
        let hours: Vec<_> = parts.iter().map(|part| (part.key.as_str(), part.quantity / 730.0)).collect();
        assert_eq!(hours, [("kendra.index.enterprise", 1.0), ("kendra.query_capacity_unit", 2.0)]);
    }
}
