use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::EVENTS;
use crate::aws::api::{Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, ownership};

const BUSES: Call = EVENTS.rpc("ListEventBuses").paged("NextToken");
const LIST: Call = EVENTS.rpc("ListRules").paged("NextToken");
const TARGETS: Call = EVENTS.rpc("ListTargetsByRule").paged("NextToken");

/// EventBridge rules of every bus. Those a service made for itself name it as their owner. EventBridge does not tell when
/// one was made, and its tags take a call a rule, which nothing here is worth.
pub struct Rules;

/// Facts of a rule. Source: `events:ListRules`, `events:ListTargetsByRule`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ENABLED`, `DISABLED` or `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
    state: String,
    /// Bus it listens to; `default` is that of AWS's own services.
    bus: String,
    /// `rate(1 hour)` and the like. Absent for rules that wait for events.
    schedule: Option<String>,
    /// Things it sends what it hears to. Absent when they could not be listed.
    targets: Option<f64>,
    /// Name of the Lambda function of this account and region it sends to. Absent when it sends to none.
    target_function: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BusPage {
    #[serde(default)]
    event_buses: Vec<Bus>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Bus {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    name: String,
    arn: String,
    #[serde(default)]
    state: String,
    schedule_expression: Option<String>,
    managed_by: Option<String>,
    event_bus_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TargetPage {
    #[serde(default)]
    targets: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    arn: String,
}

impl Scan for Rules {
    const KIND: Kind = Kind::new("events:rule");
    const TITLE: &'static str = "EventBridge rules";
    const ACTIONS: &'static [&'static str] = &["events:ListEventBuses", "events:ListRules", "events:ListTargetsByRule"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let targeting = Detail::default();
        let mut buses = cx.pages(&BUSES, json!({ "Limit": 100 }));
        while let Some(page) = buses.next::<BusPage>().await? {
            for bus in page.event_buses {
                let mut pages = cx.pages(&LIST, json!({ "EventBusName": bus.name, "Limit": 100 }));
                while let Some(page) = pages.next::<Page>().await? {
                    let rules = each(page.rules, async |rule: Rule| {
                        let targets = targeting.ask(found, &rule.name, targets(cx, &rule.name, &bus.name)).await;
                        (rule, targets)
                    });
                    for (rule, targets) in rules.await {
                        found.add(listed(cx, rule, targets)).await;
                    }
                }
            }
        }
        Ok(())
    }
}

/// ARNs of what a rule sends to.
async fn targets(cx: &Cx, rule: &str, bus: &str) -> Result<Vec<String>, Fault> {
    let mut arns = Vec::new();
    let mut pages = cx.pages(&TARGETS, json!({ "Rule": rule, "EventBusName": bus, "Limit": 100 }));
    while let Some(page) = pages.next::<TargetPage>().await? {
        arns.extend(page.targets.into_iter().map(|target| target.arn));
    }
    Ok(arns)
}

/// Name of the function behind an ARN, without version or alias. `None` for anything else, and for functions of others.
fn function(cx: &Cx, arn: &str) -> Option<String> {
    let rest = arn.strip_prefix(&cx.arn("lambda", cx.region(), "function:"))?;
    Some(rest.split(':').next().unwrap_or(rest).to_owned())
}

fn listed(cx: &Cx, rule: Rule, targets: Option<Vec<String>>) -> Listed<Facts> {
    let facts = Facts {
        state: rule.state,
        bus: rule.event_bus_name.unwrap_or_else(|| "default".to_owned()),
        schedule: rule.schedule_expression.filter(|text| !text.is_empty()),
        targets: targets.as_ref().map(|arns| arns.len() as f64),
        target_function: targets.iter().flatten().find_map(|arn| function(cx, arn)),
    };
    let owner = rule.managed_by.map(|service| ownership::service(&service, "ManagedBy"));
    let listed = Listed::new(rule.name, facts).arn(Some(rule.arn)).owner(owner);
    targets.unwrap_or_default().into_iter().fold(listed, |listed, arn| listed.refers(Role::Uses, Some(arn)))
}
