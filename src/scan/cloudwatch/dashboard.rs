use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Reach, Scan};

/// CloudWatch dashboards, which belong to no region.
pub struct Dashboards;

/// Facts of a dashboard. Source: `cloudwatch:ListDashboards`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// When it was last changed. Absent when CloudWatch tells none.
    changed_at: Option<Timestamp>,
    /// Length of what it shows, in bytes.
    size_bytes: f64,
}

impl Scan for Dashboards {
    const KIND: Kind = Kind::new("cloudwatch:dashboard");
    const TITLE: &'static str = "CloudWatch dashboards";
    const ACTIONS: &'static [&'static str] = &["cloudwatch:ListDashboards"];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let request = cx.cloudwatch().list_dashboards();
        let mut pages = request.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("cloudwatch:ListDashboards"))?;
            for dashboard in page.dashboard_entries() {
                let facts = Facts {
                    changed_at: time(dashboard.last_modified()),
                    size_bytes: dashboard.size().unwrap_or_default() as f64,
                };
                let name = dashboard.dashboard_name().unwrap_or_default();
                found.add(Listed::new(name, facts).arn(dashboard.dashboard_arn())).await;
            }
        }
        Ok(())
    }
}

/// By the month. The first three of an account are free and nobody tells which ones, so this is the most it can be.
fn needs(_: &Resource) -> Needs {
    Needs::of(vec![Need::months("dashboard", "cloudwatch.dashboard", 1.0)]).at_most()
}
