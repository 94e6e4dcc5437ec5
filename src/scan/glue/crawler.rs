use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::tags;
use crate::aws::api::services::GLUE;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = GLUE.rpc("GetCrawlers").paged("NextToken");

/// Crawlers. Each crawl is billed; a crawler that waits is not.
pub struct Crawlers;

/// Facts of a crawler. Source: `glue:GetCrawlers`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `READY`, `RUNNING` or `STOPPING`.
    state: String,
    /// Database it writes to. Absent when Glue tells none.
    database: Option<String>,
    /// When it runs by itself, `cron(15 12 * * ? *)`. Absent when it runs only when it is asked to, or its schedule is
    /// switched off.
    schedule: Option<String>,
    /// When its latest crawl began. Absent when there was none.
    last_crawl_at: Option<Timestamp>,
    /// `SUCCEEDED`, `CANCELLED` or `FAILED`. Absent when there was no crawl.
    last_crawl_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    crawlers: Vec<Crawler>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Crawler {
    name: String,
    #[serde(default)]
    state: String,
    database_name: Option<String>,
    schedule: Option<Schedule>,
    creation_time: Option<At>,
    last_crawl: Option<Crawl>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Schedule {
    schedule_expression: Option<String>,
    state: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Crawl {
    status: Option<String>,
    start_time: Option<At>,
}

impl Scan for Crawlers {
    const KIND: Kind = Kind::new("glue:crawler");
    const TITLE: &'static str = "Glue crawlers";
    const ACTIONS: &'static [&'static str] = &["glue:GetCrawlers", "glue:GetTags"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let crawlers = each(page.crawlers, async |crawler: Crawler| {
                let arn = cx.arn("glue", cx.region(), &format!("crawler/{}", crawler.name));
                let tags = tags(cx, &tagging, found, &crawler.name, &arn).await;
                listed(crawler).arn(Some(arn)).tags(tags.0)
            });
            for crawler in crawlers.await {
                found.add(crawler).await;
            }
        }
        Ok(())
    }
}

fn listed(crawler: Crawler) -> Listed<Facts> {
    let on = crawler.schedule.filter(|schedule| schedule.state.as_deref() != Some("NOT_SCHEDULED"));
    let last = crawler.last_crawl;
    let facts = Facts {
        state: crawler.state,
        database: crawler.database_name.clone(),
        schedule: on.and_then(|schedule| schedule.schedule_expression),
        last_crawl_at: last.as_ref().and_then(|crawl| crawl.start_time).map(|at| at.0),
        last_crawl_status: last.and_then(|crawl| crawl.status),
    };
    Listed::new(crawler.name, facts)
        .created(crawler.creation_time.map(|at| at.0))
        .refers(Role::Uses, crawler.database_name)
}
