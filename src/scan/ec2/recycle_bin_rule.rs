use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::RBIN;
use crate::aws::api::{Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = RBIN.post("ListRules", "/list-rules").paged("NextToken");
const TAGS: Call = RBIN.get("ListTagsForResource", "/tags/{resourceArn}");

/// A rule is for one of these.
const TYPES: &[&str] = &["EBS_SNAPSHOT", "EC2_IMAGE", "EBS_VOLUME"];

/// Rules of the Recycle Bin: what is deleted and matches one is kept, and billed, for a while longer.
pub struct RecycleBinRules;

/// Facts of a rule of the Recycle Bin. Source: `rbin:ListRules`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// What it keeps: `EBS_SNAPSHOT`, `EC2_IMAGE` or `EBS_VOLUME`.
    keeps: String,
    /// For how many days. Absent when AWS gives none.
    retention_days: Option<f64>,
    /// `locked`, `pending_unlock` or `unlocked`. Absent when it never was locked.
    lock_state: Option<String>,
    /// Description. Absent when empty.
    description: Option<String>,
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
    identifier: String,
    description: Option<String>,
    retention_period: Option<Retention>,
    lock_state: Option<String>,
    rule_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Retention {
    retention_period_value: f64,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for RecycleBinRules {
    const KIND: Kind = Kind::new("rbin:rule");
    const TITLE: &'static str = "Recycle Bin rules";
    const ACTIONS: &'static [&'static str] = &["rbin:ListRules", "rbin:ListTagsForResource"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        for keeps in TYPES {
            let mut pages = cx.pages(&LIST, json!({ "ResourceType": keeps, "MaxResults": 100 }));
            while let Some(page) = pages.next::<Page>().await? {
                let rules = each(page.rules, async |rule: Rule| {
                    let made_up = || cx.arn("rbin", cx.region(), &format!("rule/{}", rule.identifier));
                    let arn = rule.rule_arn.clone().unwrap_or_else(made_up);
                    let asked = cx.call::<Tagged>(&TAGS, json!({ "resourceArn": arn }));
                    let tagged = tagging.ask(found, &rule.identifier, asked).await.unwrap_or_default();
                    (arn, rule, tagged.tags)
                });
                for (arn, rule, tags) in rules.await {
                    found.add(listed(keeps, rule).arn(Some(arn)).tags(tags.0)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(keeps: &str, rule: Rule) -> Listed<Facts> {
    let locked = rule.lock_state.as_deref().is_some_and(|state| state != "unlocked");
    let facts = Facts {
        keeps: keeps.to_owned(),
        retention_days: rule.retention_period.map(|period| period.retention_period_value),
        lock_state: rule.lock_state,
        description: rule.description.filter(|text| !text.is_empty()),
    };
    Listed::new(rule.identifier, facts).locked(locked, "LockState")
}
