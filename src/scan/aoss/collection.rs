use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::Call;
use crate::aws::api::services::OPENSEARCHSERVERLESS;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const GET: Call = OPENSEARCHSERVERLESS.rpc("BatchGetCollection");
const LIST: Call = OPENSEARCHSERVERLESS.rpc("ListCollections").paged("nextToken");

/// Collections described in one call.
const AT_ONCE: usize = 100;

/// OpenSearch Serverless collections. Collections of a kind share capacity, which is billed while there is one of them.
pub struct Collections;

/// Facts of a collection. Source: `aoss:ListCollections`, `aoss:BatchGetCollection`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, `CREATING`, `FAILED` and others.
    status: String,
    /// Account it belongs to, which its metrics are filed under.
    client_id: String,
    /// `SEARCH`, `TIMESERIES` or `VECTORSEARCH`. Absent when the details could not be read.
    collection_type: Option<String>,
    /// `ENABLED` when it keeps a second copy, which doubles the least capacity. Absent when the details could not be read.
    standby: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    collection_summaries: Vec<Collection>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Collection {
    id: String,
    status: Option<String>,
    arn: String,
    name: Option<String>,
    kms_key_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detailed {
    #[serde(default)]
    collection_details: Vec<OneDetail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OneDetail {
    id: String,
    #[serde(rename = "type")]
    sort: Option<String>,
    standby_replicas: Option<String>,
    /// Milliseconds since 1970, unlike every other time.
    created_date: Option<i64>,
}

impl Scan for Collections {
    const KIND: Kind = Kind::new("aoss:collection");
    const TITLE: &'static str = "OpenSearch Serverless collections";
    const ACTIONS: &'static [&'static str] = &["aoss:BatchGetCollection", "aoss:ListCollections"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let detailing = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let ids: Vec<&str> = page.collection_summaries.iter().map(|one| one.id.as_str()).collect();
            let mut details = BTreeMap::new();
            for some in ids.chunks(AT_ONCE) {
                let asked = cx.call::<Detailed>(&GET, json!({ "ids": some }));
                let read = detailing.ask(found, "", asked).await;
                details
                    .extend(read.into_iter().flat_map(|all| all.collection_details).map(|one| (one.id.clone(), one)));
            }
            for one in page.collection_summaries {
                let detail = details.remove(&one.id);
                found.add(listed(cx, one, detail)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: Collection, detail: Option<OneDetail>) -> Listed<Facts> {
    let facts = Facts {
        status: one.status.unwrap_or_default(),
        client_id: cx.account().to_owned(),
        collection_type: detail.as_ref().and_then(|read| read.sort.clone()),
        standby: detail.as_ref().and_then(|read| read.standby_replicas.clone()),
    };
    let made = detail.and_then(|read| Timestamp::from_millisecond(read.created_date?).ok());
    Listed::new(one.id, facts).arn(Some(one.arn)).name(one.name).created(made).refers(Role::Needs, one.kms_key_arn)
}

/// Capacity units by the hour, two at the least for the first collection of a kind; which collection pays for them no
/// operation tells.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("OpenSearch compute units")
}
