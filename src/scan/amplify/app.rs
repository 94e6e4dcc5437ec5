use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::AMPLIFY;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = AMPLIFY.get("ListApps", "/apps").paged("nextToken");

/// Amplify Hosting apps. They are billed by what is built, stored and served, which no listing tells.
pub struct Apps;

/// Facts of an app. Source: `amplify:ListApps`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `WEB`, `WEB_DYNAMIC` or `WEB_COMPUTE`.
    platform: String,
    /// Where its source is. Absent when it is uploaded by hand.
    repository: Option<String>,
    /// Name Amplify gave it.
    domain: String,
    /// When it was last changed. Absent when Amplify tells none.
    updated_at: Option<Timestamp>,
    /// When its production branch was last deployed. Absent when it never was.
    deployed_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    apps: Vec<App>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct App {
    app_id: String,
    platform: Option<String>,
    repository: Option<String>,
    default_domain: Option<String>,
    update_time: Option<At>,
    app_arn: String,
    name: Option<String>,
    create_time: Option<At>,
    tags: Option<Tags>,
    production_branch: Option<Branch>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Branch {
    last_deploy_time: Option<At>,
}

impl Scan for Apps {
    const KIND: Kind = Kind::new("amplify:apps");
    const TITLE: &'static str = "Amplify apps";
    const ACTIONS: &'static [&'static str] = &["amplify:ListApps"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.apps {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: App) -> Listed<Facts> {
    let facts = Facts {
        platform: one.platform.unwrap_or_default(),
        repository: one.repository.filter(|text| !text.is_empty()),
        domain: one.default_domain.unwrap_or_default(),
        updated_at: one.update_time.map(|at| at.0),
        deployed_at: one.production_branch.and_then(|branch| branch.last_deploy_time).map(|at| at.0),
    };
    Listed::new(one.app_id, facts)
        .arn(Some(one.app_arn))
        .name(one.name)
        .created(one.create_time.map(|at| at.0))
        .tags(one.tags.unwrap_or_default().0)
}

/// What is built, stored and served is billed by use.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("builds, storage and traffic")
}
