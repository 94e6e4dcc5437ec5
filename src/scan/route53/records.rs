//! Which records stand and fall with a health check.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::hosted_zone::{self, Zone};
use crate::aws::api::services::ROUTE53;
use crate::aws::api::{Call, List};
use crate::aws::{Cx, Fault};
use crate::model::Why;

const RECORDS: Call = ROUTE53.get("ListResourceRecordSets", "/2013-04-01/hostedzone/{Id}/rrset");

/// Records that are read at most: a hundred requests of 300, which Route 53 answers in half a minute.
const MOST: f64 = 30_000.0;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    resource_record_sets: List<RecordSet>,
    is_truncated: bool,
    next_record_name: Option<String>,
    next_record_type: Option<String>,
    next_record_identifier: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RecordSet {
    health_check_id: Option<String>,
}

/// How many records of the account's zones name each health check. `None` when there are too many records to read.
pub(super) async fn by_health_check(cx: &Cx) -> Result<Option<BTreeMap<String, f64>>, Fault> {
    let mut zones: Vec<Zone> = Vec::new();
    let mut pages = cx.pages(&hosted_zone::LIST, json!({ "maxitems": 100 }));
    while let Some(page) = pages.next::<hosted_zone::Page>().await? {
        zones.extend(page.hosted_zones.items);
    }
    if zones.iter().filter_map(|zone| zone.resource_record_set_count).sum::<f64>() > MOST {
        return Ok(None);
    }
    let mut counts = BTreeMap::new();
    for zone in zones {
        match count(cx, &zone, &mut counts).await {
            // Deleted since it was listed, and its records with it.
            Err(fault) if fault.is_gone() => {}
            other => other?,
        }
    }
    Ok(Some(counts))
}

async fn count(cx: &Cx, zone: &Zone, counts: &mut BTreeMap<String, f64>) -> Result<(), Fault> {
    // NS and SOA alone never name a check.
    if zone.resource_record_set_count.is_some_and(|records| records <= 2.0) {
        return Ok(());
    }
    let mut input = json!({ "Id": zone.bare_id(), "maxitems": 300 });
    loop {
        let page: Page = cx.call(&RECORDS, input.clone()).await?;
        for id in page.resource_record_sets.items.into_iter().filter_map(|record| record.health_check_id) {
            *counts.entry(id).or_default() += 1.0;
        }
        let next = [page.next_record_name, page.next_record_type, page.next_record_identifier].map(Value::from);
        let seen = [&input["name"], &input["type"], &input["identifier"]];
        if !page.is_truncated {
            return Ok(());
        }
        if next.iter().eq(seen) {
            return Err(Fault::new(Why::Error, &RECORDS.action(), "AWS gave the same page again and again"));
        }
        let [name, kind, identifier] = next;
        input["name"] = name;
        input["type"] = kind;
        input["identifier"] = identifier;
    }
}
