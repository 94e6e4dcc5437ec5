//! A Cost Explorer that answers out of a story's rows: by day, grouped, filtered, in pages.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::ACCOUNT;
use super::story::{Row, Story};

/// Decimals Cost Explorer writes.
const DECIMALS: usize = 10;

#[derive(Clone)]
pub struct CostExplorer {
    story: Arc<Story>,
    /// Operations asked, in order.
    pub asked: Arc<Mutex<Vec<String>>>,
}

impl fmt::Debug for CostExplorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CostExplorer")
    }
}

impl HttpClient for CostExplorer {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for CostExplorer {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Ok(self.answer(&request)))
    }
}

impl CostExplorer {
    pub fn new(story: &Story) -> CostExplorer {
        CostExplorer { story: Arc::new(story.clone()), asked: Arc::default() }
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        self.asked.lock().expect("no panic while it is held").push(operation.clone());
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).expect("a JSON request");
        if let Some(refusal) = self.story.refusals.iter().find(|one| one.operation == operation || one.operation == "*")
        {
            return respond(400, &json!({ "__type": refusal.code, "message": refusal.message }));
        }
        if operation == "DescribeOrganization" {
            return self.organization();
        }
        if self.story.manages {
            let filter = body["Filter"].to_string();
            assert!(filter.contains("LINKED_ACCOUNT"), "{operation} asks for all accounts: {filter}");
        }
        match operation.as_str() {
            "GetCostAndUsage" => self.cost_and_usage(&body, false),
            "GetCostAndUsageWithResources" => {
                if self.story.rows.iter().all(|row| row.resource.is_empty()) {
                    return no_data();
                }
                self.cost_and_usage(&body, true)
            }
            "GetCostForecast" => match &self.story.forecast {
                None => no_data(),
                Some([mean, low, high]) => respond(
                    200,
                    &json!({ "Total": { "Amount": mean, "Unit": self.story.currency }, "ForecastResultsByTime": [{
                        "TimePeriod": body["TimePeriod"], "MeanValue": mean,
                        "PredictionIntervalLowerBound": low, "PredictionIntervalUpperBound": high }] }),
                ),
            },
            "GetSavingsPlansUtilization" => match &self.story.savings_plans_used {
                None => no_data(),
                Some(used) => respond(
                    200,
                    &json!({ "Total": { "Utilization": { "UtilizationPercentage": used } },
                        "SavingsPlansUtilizationsByTime": [] }),
                ),
            },
            "GetReservationUtilization" => match &self.story.reservations_used {
                None => no_data(),
                Some(used) => respond(
                    200,
                    &json!({ "Total": { "UtilizationPercentage": used, "PurchasedHours": "720" },
                        "UtilizationsByTime": [] }),
                ),
            },
            other => respond(400, &json!({ "__type": "ValidationException", "message": format!("no {other} here") })),
        }
    }

    fn organization(&self) -> HttpResponse {
        if !self.story.manages {
            let message = "Your account is not a member of an organization.";
            return respond(400, &json!({ "__type": "AWSOrganizationsNotInUseException", "Message": message }));
        }
        respond(200, &json!({ "Organization": { "Id": "o-exampleorgid", "MasterAccountId": ACCOUNT } }))
    }

    fn cost_and_usage(&self, body: &Value, with_resources: bool) -> HttpResponse {
        let day = |field: &str| body["TimePeriod"][field].as_str().and_then(|day| day.parse::<Date>().ok());
        let (start, end) = (day("Start").expect("a start"), day("End").expect("an end"));
        assert_eq!(body["Granularity"], "DAILY", "bills are asked for day by day");
        let keys: Vec<&str> = body["GroupBy"]
            .as_array()
            .expect("groups")
            .iter()
            .map(|group| group["Key"].as_str().expect("a key"))
            .collect();
        let metrics: Vec<&str> =
            body["Metrics"].as_array().expect("metrics").iter().map(|name| name.as_str().expect("a name")).collect();
        let mut groups = Vec::new();
        let mut at = start;
        while at < end {
            for (group, sums) in self.groups(at, &keys, &body["Filter"], with_resources) {
                groups.push((at, group, sums));
            }
            at = at.saturating_add(1.day());
        }
        let from: usize = body["NextPageToken"].as_str().map_or(0, |token| token.parse().expect("a token of ours"));
        let page = &groups[from.min(groups.len())..(from + self.story.page).min(groups.len())];
        let mut results: BTreeMap<Date, Vec<Value>> = BTreeMap::new();
        for (day, group, sums) in page {
            let told: serde_json::Map<String, Value> = metrics
                .iter()
                .map(|name| ((*name).to_owned(), json!({ "Amount": sums.text(name), "Unit": self.story.currency })))
                .collect();
            results.entry(*day).or_default().push(json!({ "Keys": group, "Metrics": told }));
        }
        let results: Vec<Value> = results
            .into_iter()
            .map(|(day, groups)| {
                let next = day.saturating_add(1.day());
                json!({ "TimePeriod": { "Start": day.to_string(), "End": next.to_string() }, "Groups": groups,
                    "Total": {}, "Estimated": self.story.estimated_from.is_some_and(|from| day >= from) })
            })
            .collect();
        let mut answer = json!({ "ResultsByTime": results });
        if from + self.story.page < groups.len() {
            answer["NextPageToken"] = json!((from + self.story.page).to_string());
        }
        respond(200, &answer)
    }

    /// What a day's rows come to, by the keys that are asked for.
    fn groups(&self, day: Date, keys: &[&str], filter: &Value, with_resources: bool) -> BTreeMap<Vec<String>, Sums> {
        let mut groups: BTreeMap<Vec<String>, Sums> = BTreeMap::new();
        for row in self.story.rows.iter().filter(|row| row.is_on(day) && passes(row, filter)) {
            let key = |key: &&str| match *key {
                "RECORD_TYPE" => row.record.clone(),
                "SERVICE" => row.service.clone(),
                "USAGE_TYPE" => row.usage_type.clone(),
                "RESOURCE_ID" if row.resource.is_empty() => "NoResourceId".to_owned(),
                "RESOURCE_ID" if with_resources => row.resource.clone(),
                other => panic!("nobody groups by {other}"),
            };
            let sums = groups.entry(keys.iter().map(key).collect()).or_default();
            sums.unblended += row.units();
            sums.amortized += row.amortized_units();
            sums.quantity += row.quantity;
        }
        groups
    }
}

/// A group's amounts in units of the tenth decimal.
#[derive(Default)]
struct Sums {
    unblended: i128,
    amortized: i128,
    quantity: f64,
}

impl Sums {
    fn text(&self, metric: &str) -> String {
        match metric {
            "UnblendedCost" => decimal(self.unblended),
            "AmortizedCost" | "NetAmortizedCost" => decimal(self.amortized),
            "UsageQuantity" => format!("{:.10}", self.quantity),
            other => panic!("nobody asks for {other}"),
        }
    }
}

fn decimal(units: i128) -> String {
    let (sign, units) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
    let one = 10u128.pow(DECIMALS as u32);
    format!("{sign}{}.{:0DECIMALS$}", units / one, units % one)
}

/// An amount in units of the tenth decimal.
pub fn units(text: &str) -> i128 {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    assert!(part.len() <= DECIMALS, "{text} has more decimals than Cost Explorer writes");
    let digits: i128 = format!("{whole}{part:0<DECIMALS$}").parse().expect("an amount");
    if negative { -digits } else { digits }
}

fn passes(row: &Row, filter: &Value) -> bool {
    if let Some(parts) = filter["And"].as_array() {
        return parts.iter().all(|part| passes(row, part));
    }
    let Some(values) = filter["Dimensions"]["Values"].as_array() else { return true };
    let own = match filter["Dimensions"]["Key"].as_str() {
        Some("RECORD_TYPE") => row.record.as_str(),
        Some("SERVICE") => &row.service,
        Some("LINKED_ACCOUNT") => row.account.as_deref().unwrap_or(ACCOUNT),
        other => panic!("nobody filters by {other:?}"),
    };
    values.iter().any(|value| value == own)
}

fn no_data() -> HttpResponse {
    respond(400, &json!({ "__type": "DataUnavailableException", "Message": "Data is not available." }))
}

fn respond(status: u16, body: &Value) -> HttpResponse {
    let mut response =
        HttpResponse::new(StatusCode::try_from(status).expect("a status"), SdkBody::from(body.to_string()));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.1");
    response
}
