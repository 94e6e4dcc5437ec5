use aws_sdk_ec2::types::SpotInstanceRequest;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan};

/// Spot instance requests that may still start an instance, or hold one. Closed, cancelled and failed ones are left
/// out.
pub struct SpotInstancesRequests;

/// States of requests that still do something.
const LIVE: &[&str] = &["open", "active", "disabled"];

/// Facts of a spot request. Source: `ec2:DescribeSpotInstanceRequests`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `open` (waits for capacity), `active` (holds an instance), or `disabled` (its instance is stopped).
    state: String,
    /// Reason behind the state: `fulfilled`, `capacity-not-available`, `price-too-low`, … Absent when AWS gives none.
    status_code: Option<String>,
    /// Since when that is so. Absent when AWS gives none.
    status_since: Option<Timestamp>,
    /// `one-time`, or `persistent`, which starts a new instance for each one that ends.
    request_type: String,
    /// `m5.large`. Absent when AWS gives none.
    instance_type: Option<String>,
    /// Instance it holds. Absent while it holds none.
    instance_id: Option<String>,
    /// When it ends by itself. Absent when it does not.
    valid_until: Option<Timestamp>,
    /// Most it pays for an hour, in US dollars. Absent when AWS gives none.
    max_price_hourly: Option<f64>,
}

impl Scan for SpotInstancesRequests {
    const KIND: Kind = Kind::new("ec2:spot-instances-request");
    const TITLE: &'static str = "Spot requests";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeSpotInstanceRequests"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.describe_spot_instance_requests().into_paginator().page_size(500).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeSpotInstanceRequests"))?;
            let live = |one: &&SpotInstanceRequest| one.state().is_some_and(|state| LIVE.contains(&state.as_str()));
            for request in page.spot_instance_requests().iter().filter(live) {
                found.add(listed(request)).await;
            }
        }
        Ok(())
    }
}

fn listed(request: &SpotInstanceRequest) -> Listed<Facts> {
    let wanted = request.launch_specification().and_then(|wanted| wanted.instance_type());
    let facts = Facts {
        state: request.state().map(|state| state.as_str().to_owned()).unwrap_or_default(),
        status_code: request.status().and_then(|status| text(status.code())),
        status_since: request.status().and_then(|status| time(status.update_time())),
        request_type: request.r#type().map_or("one-time", |kind| kind.as_str()).to_owned(),
        instance_type: wanted.map(|wanted| wanted.as_str().to_owned()),
        instance_id: text(request.instance_id()),
        valid_until: time(request.valid_until()),
        max_price_hourly: request.spot_price().and_then(|price| price.parse().ok()),
    };
    Listed::new(request.spot_instance_request_id().unwrap_or_default(), facts)
        .created(time(request.create_time()))
        .tags(super::tags(request.tags()))
        .refers(Role::Uses, request.instance_id())
}
