use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::CLOUDTRAIL;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = CLOUDTRAIL.rpc("ListEventDataStores").paged("NextToken");
const GET: Call = CLOUDTRAIL.rpc("GetEventDataStore");

/// CloudTrail Lake event data stores that do not wait for their deletion.
pub struct Stores;

/// Facts of a store. Source: `cloudtrail:ListEventDataStores`, `cloudtrail:GetEventDataStore`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ENABLED`, `STOPPED_INGESTION` and others.
    status: String,
    /// For how many days events are kept.
    retention_days: f64,
    /// `EXTENDABLE_RETENTION_PRICING` (a year in the price of taking in) or `FIXED_RETENTION_PRICING` (seven years).
    /// Absent when CloudTrail tells none.
    pricing: Option<String>,
    /// Whether it takes in what happens in every region.
    multi_region: bool,
    /// Whether it takes in what happens in all accounts of an organization.
    of_organization: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    event_data_stores: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    event_data_store_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Store {
    event_data_store_arn: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    status: String,
    multi_region_enabled: Option<bool>,
    organization_enabled: Option<bool>,
    retention_period: Option<f64>,
    termination_protection_enabled: Option<bool>,
    created_timestamp: Option<At>,
    kms_key_id: Option<String>,
    billing_mode: Option<String>,
}

impl Scan for Stores {
    const KIND: Kind = Kind::new("cloudtrail:eventdatastore");
    const TITLE: &'static str = "CloudTrail Lake stores";
    const ACTIONS: &'static [&'static str] = &["cloudtrail:GetEventDataStore", "cloudtrail:ListEventDataStores"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            // The listing itself gives no more than ARNs.
            let stores = each(page.event_data_stores, async |one: Summary| {
                cx.call::<Store>(&GET, json!({ "EventDataStore": one.event_data_store_arn })).await
            });
            for store in stores.await {
                match store {
                    Ok(store) if store.status == "PENDING_DELETION" => {}
                    Ok(store) => found.add(listed(store)).await,
                    Err(fault) if fault.is_gone() => {}
                    Err(fault) => return Err(fault),
                }
            }
        }
        Ok(())
    }
}

fn listed(store: Store) -> Listed<Facts> {
    let id = store.event_data_store_arn.rsplit('/').next().unwrap_or_default().to_owned();
    let facts = Facts {
        status: store.status,
        retention_days: store.retention_period.unwrap_or_default(),
        pricing: store.billing_mode,
        multi_region: store.multi_region_enabled.unwrap_or_default(),
        of_organization: store.organization_enabled.unwrap_or_default(),
    };
    Listed::new(id, facts)
        .arn(Some(store.event_data_store_arn))
        .name(Some(store.name))
        .created(store.created_timestamp.map(|at| at.0))
        .locked(store.termination_protection_enabled == Some(true), "TerminationProtectionEnabled")
        .refers(Role::Needs, store.kms_key_id)
}

/// What it takes in is billed by the gigabyte, and so is what it keeps beyond the first year; no listing tells how much.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("events taken in and kept")
}
