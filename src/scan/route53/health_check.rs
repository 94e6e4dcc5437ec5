use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Tagged, records};
use crate::aws::api::services::ROUTE53;
use crate::aws::api::{Call, List, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan, ownership};

const LIST: Call = ROUTE53.get("ListHealthChecks", "/2013-04-01/healthcheck").paged_as("marker", "NextMarker");

/// Health checks of Route 53, with how many records of the account's zones stand and fall with each.
pub struct HealthChecks;

/// Facts of a health check. Source: `route53:ListHealthChecks`, `route53:ListResourceRecordSets`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `HTTP`, `HTTPS`, `HTTP_STR_MATCH`, `HTTPS_STR_MATCH`, `TCP`, `CALCULATED` from others, `CLOUDWATCH_METRIC`
    /// after an alarm, or `RECOVERY_CONTROL`.
    check_type: String,
    /// Whether it checks nothing and counts as healthy for good; it is billed all the same.
    disabled: bool,
    /// What is asked: a host name, or else an address. Absent for checks that ask nobody.
    target: Option<String>,
    /// Seconds between two requests of a checker: 30, or 10 for a surcharge. Absent for checks that ask nobody.
    interval_seconds: Option<f64>,
    /// Features billed on top: HTTPS, string matching, the short interval, latency measurement.
    optional_features: f64,
    /// Records that name it, in all hosted zones of the account. Absent when the records could not be read, or are
    /// more than 30,000. Zones of other accounts may name it too.
    records: Option<f64>,
    /// The service that made it and looks after it. Absent for checks of the account's own.
    linked_service: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    health_checks: List<Check>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Check {
    id: String,
    health_check_config: Config,
    linked_service: Option<Linked>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    #[serde(rename = "Type")]
    check_type: String,
    #[serde(rename = "IPAddress")]
    ip_address: Option<String>,
    fully_qualified_domain_name: Option<String>,
    request_interval: Option<f64>,
    measure_latency: Option<bool>,
    disabled: Option<bool>,
    #[serde(default)]
    child_health_checks: List<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Linked {
    service_principal: Option<String>,
}

impl Scan for HealthChecks {
    const KIND: Kind = Kind::new("route53:healthcheck");
    const TITLE: &'static str = "Route 53 health checks";
    const ACTIONS: &'static [&'static str] = &[
        "route53:ListHealthChecks",
        "route53:ListHostedZones",
        "route53:ListResourceRecordSets",
        "route53:ListTagsForResource",
    ];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (reading, tagging) = (Detail::default(), Detail::default());
        let mut used: Option<Option<BTreeMap<String, f64>>> = None;
        let mut pages = cx.pages(&LIST, json!({ "maxitems": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            // Records are many; they are read once, and only where there is a check to look for.
            if used.is_none() && !page.health_checks.items.is_empty() {
                used = Some(reading.ask(found, "records", records::by_health_check(cx)).await.flatten());
            }
            let checks = each(page.health_checks.items, async |check: Check| {
                let input = json!({ "ResourceType": "healthcheck", "ResourceId": check.id });
                let tagged = tagging.ask(found, &check.id, cx.call::<Tagged>(&super::TAGS, input)).await;
                (check, tagged.unwrap_or_default())
            });
            let counted = used.as_ref().and_then(Option::as_ref);
            for (check, tagged) in checks.await {
                let records = counted.map(|counts| counts.get(&check.id).copied().unwrap_or_default());
                found.add(listed(cx, check, &tagged, records)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, check: Check, tagged: &Tagged, records: Option<f64>) -> Listed<Facts> {
    let config = check.health_check_config;
    let service = check.linked_service.and_then(|linked| linked.service_principal).filter(|name| !name.is_empty());
    let owner = service.as_deref().map(|name| ownership::service(name, "LinkedService"));
    let extras = [
        config.check_type.starts_with("HTTPS"),
        config.check_type.ends_with("_STR_MATCH"),
        config.request_interval.is_some_and(|seconds| seconds < 30.0),
        config.measure_latency.unwrap_or_default(),
    ];
    let facts = Facts {
        disabled: config.disabled.unwrap_or_default(),
        target: config.fully_qualified_domain_name.or(config.ip_address).filter(|target| !target.is_empty()),
        interval_seconds: config.request_interval,
        optional_features: extras.iter().filter(|on| **on).count() as f64,
        check_type: config.check_type,
        records,
        linked_service: service,
    };
    let mut listed = Listed::new(check.id.clone(), facts)
        .arn(Some(format!("arn:{}:route53:::healthcheck/{}", cx.partition(), check.id)))
        .tags(tagged.tags())
        .owner(owner);
    for child in config.child_health_checks.items {
        listed = listed.refers(Role::Uses, Some(child));
    }
    listed
}

/// A check by the month, at the price of an endpoint of AWS's and the first features; whether an endpoint is one of
/// AWS's, nothing tells.
fn needs(check: &Resource) -> Needs {
    let features = check.number("optional_features").unwrap_or_default();
    let mut parts = vec![Need::months("health check", "route53.health_check.aws", 1.0)];
    if features > 0.0 {
        parts.push(Need::months("optional features", "route53.health_check.optional_feature", features));
    }
    let needs = Needs::of(parts);
    match check.text("check_type") {
        Some("RECOVERY_CONTROL") => Needs::unpriced("check of a routing control"),
        Some("CALCULATED" | "CLOUDWATCH_METRIC") | None => needs,
        Some(_) => needs.and_unpriced("surcharge for endpoints outside AWS"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn each_optional_feature_is_billed() {
        let facts = json!({ "check_type": "HTTPS_STR_MATCH", "optional_features": 3.0 });
        let needs = needs(&resource("route53:healthcheck", facts));
        assert_eq!(needs.parts.iter().map(|part| part.quantity).collect::<Vec<_>>(), [1.0, 3.0]);
    }
}
