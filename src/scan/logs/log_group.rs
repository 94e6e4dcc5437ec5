use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{LogGroup, OrderBy};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::name::{made_by, source};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role, Why};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

/// Log groups of CloudWatch Logs.
///
/// Tags and the last event cost a call a group each, at few calls a second. They are asked only where events
/// never expire, since a group with a retention empties itself; tags also of the groups of databases, which
/// a rule looks at whatever their retention.
pub struct LogGroups;

/// Facts of a log group. Source: `logs:DescribeLogGroups`, and `logs:DescribeLogStreams` where said.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Days events are kept. Absent when they never expire.
    retention_days: Option<i64>,
    /// Account-wide policy the retention comes from. Absent when it is set on the group, or nowhere.
    retention_policy: Option<String>,
    /// Bytes stored, as `storedBytes` tells with some hours of delay.
    stored_bytes: i64,
    /// The same in GiB.
    stored_gib: f64,
    /// `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY` (kept for one day, whatever the retention).
    class: String,
    /// Newest event or arrival of one, in the stream that has it; the making of that stream when no stream has
    /// events. Source: `logs:DescribeLogStreams`, one stream ordered by `LastEventTime`. Asked only for a group
    /// that never expires and holds something; absent for all others, when it could not be read, and without
    /// streams.
    last_event_at: Option<Timestamp>,
    /// Service that makes groups of this name and writes to them: `lambda`, `rds`, `eks`, `codebuild`, … It
    /// leaves the group behind when what it logged is deleted. Read off the name's prefix; absent for others.
    made_by: Option<String>,
    /// Kind of what it logs, `rds:db`, `rds:cluster` or `lambda:function`. Read off the name; absent for others.
    source_kind: Option<String>,
    /// Name of the database or function it logs. Read off the name; absent for others.
    source_id: Option<String>,
    /// How many metric filters read it.
    metric_filters: i64,
    /// Whether AWS refuses to delete it (`deletionProtectionEnabled`).
    deletion_protection: bool,
    /// KMS key its events are encrypted with. Absent when it has none of its own.
    kms_key_id: Option<String>,
}

impl Scan for LogGroups {
    const KIND: Kind = Kind::new("logs:log-group");
    const TITLE: &'static str = "CloudWatch log groups";
    const ACTIONS: &'static [&'static str] =
        &["logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:ListTagsForResource"];
    const BILLING: Billing = Billing::By(super::billing::log_group);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.logs();
        let mut pages = client.describe_log_groups().into_paginator().page_size(50).send();
        let (mut ask_events, mut ask_tags) = (true, true);
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("logs:DescribeLogGroups"))?;
            for group in page.log_groups() {
                let (last_event_at, tags) =
                    tokio::join!(last_event(&client, group, ask_events), tags(&client, group, ask_tags));
                let last_event_at = keep(found, group, last_event_at, &mut ask_events).await.flatten();
                let tags = keep(found, group, tags, &mut ask_tags).await.unwrap_or_default();
                found.add(listed(group, last_event_at).tags(tags)).await;
            }
        }
        Ok(())
    }
}

/// The answer to a detail; a fault becomes a gap. A refusal for one group is taken as a refusal for all: said
/// once, and not asked again.
async fn keep<T>(found: &Found<'_, Facts>, group: &LogGroup, answer: Result<T, Fault>, ask_on: &mut bool) -> Option<T> {
    let fault = match answer {
        Ok(value) => return Some(value),
        Err(fault) => fault,
    };
    if fault.why == Why::Denied {
        *ask_on = false;
        found.missed(fault, &format!("{} and every group after it", name(group))).await;
    } else {
        found.missed(fault, name(group)).await;
    }
    None
}

async fn last_event(client: &Client, group: &LogGroup, ask: bool) -> Result<Option<Timestamp>, Fault> {
    if !ask || expires(group) || group.stored_bytes().unwrap_or_default() == 0 {
        return Ok(None);
    }
    let newest = client.describe_log_streams().log_group_name(name(group)).order_by(OrderBy::LastEventTime);
    let answer = newest.descending(true).limit(1).send().await;
    let answer = match answer.map_err(Fault::sdk("logs:DescribeLogStreams")) {
        Err(fault) if fault.code == "ResourceNotFoundException" => return Ok(None),
        answer => answer?,
    };
    let stream = answer.log_streams().first();
    let event = stream.and_then(|stream| stream.last_event_timestamp());
    let arrival = stream.and_then(|stream| stream.last_ingestion_time());
    let making = stream.and_then(|stream| stream.creation_time());
    Ok(event.max(arrival).or(making).and_then(moment))
}

async fn tags(client: &Client, group: &LogGroup, ask: bool) -> Result<BTreeMap<String, String>, Fault> {
    let judged = !expires(group) || source(name(group)).is_some_and(|(kind, _)| kind != "lambda:function");
    let Some(arn) = arn(group).filter(|_| ask && judged) else { return Ok(BTreeMap::new()) };
    let answer = client.list_tags_for_resource().resource_arn(arn).send().await;
    match answer.map_err(Fault::sdk("logs:ListTagsForResource")) {
        Ok(answer) => {
            Ok(answer.tags().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        Err(fault) if fault.code == "ResourceNotFoundException" => Ok(BTreeMap::new()),
        Err(fault) => Err(fault),
    }
}

fn listed(group: &LogGroup, last_event_at: Option<Timestamp>) -> Listed<Facts> {
    let name = name(group);
    let bytes = group.stored_bytes().unwrap_or_default();
    let source = source(name);
    let facts = Facts {
        retention_days: group.retention_in_days().map(i64::from),
        retention_policy: group.retention_policy_name().map(str::to_owned),
        stored_bytes: bytes,
        stored_gib: bytes as f64 / 1_073_741_824.0,
        class: group.log_group_class().map_or("STANDARD", |class| class.as_str()).to_owned(),
        last_event_at,
        made_by: made_by(name).map(str::to_owned),
        source_kind: source.map(|(kind, _)| kind.to_owned()),
        source_id: source.map(|(_, id)| id.to_owned()),
        metric_filters: i64::from(group.metric_filter_count().unwrap_or_default()),
        deletion_protection: group.deletion_protection_enabled().unwrap_or_default(),
        kms_key_id: group.kms_key_id().map(str::to_owned),
    };
    Listed::new(name, facts)
        .arn(arn(group))
        .created(group.creation_time().and_then(moment))
        .locked(group.deletion_protection_enabled().unwrap_or_default(), "deletionProtectionEnabled")
        .refers(Role::MadeFrom, source.map(|(_, id)| id))
        .refers(Role::Needs, group.kms_key_id())
}

fn name(group: &LogGroup) -> &str {
    group.log_group_name().unwrap_or_default()
}

fn expires(group: &LogGroup) -> bool {
    group.retention_in_days().is_some()
}

/// The ARN without the `:*` that the older of the two fields ends in; tagging takes no other.
fn arn(group: &LogGroup) -> Option<&str> {
    group.log_group_arn().or_else(|| group.arn().map(|arn| arn.strip_suffix(":*").unwrap_or(arn)))
}

/// A time in milliseconds since 1970.
fn moment(milliseconds: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds).ok()
}
