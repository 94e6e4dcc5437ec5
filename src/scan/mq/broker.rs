use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::MQ;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = MQ.get("ListBrokers", "/v1/brokers").paged("nextToken");
const DESCRIBE: Call = MQ.get("DescribeBroker", "/v1/brokers/{broker-id}");

/// Message brokers of Amazon MQ.
pub struct Brokers;

/// Facts of a broker. Source: `mq:ListBrokers`, `mq:DescribeBroker`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `CREATION_IN_PROGRESS`, `CREATION_FAILED`, `RUNNING`, `REBOOT_IN_PROGRESS`, `CRITICAL_ACTION_REQUIRED`,
    /// `REPLICA` or `DELETION_IN_PROGRESS`.
    state: String,
    /// `ACTIVEMQ` or `RABBITMQ`.
    engine: String,
    /// Version of the engine. Absent when the details could not be read.
    engine_version: Option<String>,
    /// `mq.m5.large`. Absent when MQ tells none.
    instance_type: Option<String>,
    /// `SINGLE_INSTANCE`, `ACTIVE_STANDBY_MULTI_AZ` (two instances), or `CLUSTER_MULTI_AZ` (three).
    deployment_mode: String,
    /// `EBS` or `EFS`. Absent when the details could not be read.
    storage_type: Option<String>,
    /// Whether it answers from the internet. Absent when the details could not be read.
    publicly_accessible: Option<bool>,
    /// Another broker, in another region, that keeps its data too or whose data it keeps. Absent without one, and
    /// when the details could not be read.
    replicates_with: Option<String>,
    /// Its first instance, as ActiveMQ's metrics name it: `orders-1`. Absent for RabbitMQ.
    first_instance: Option<String>,
    /// The other one of an active/standby pair: `orders-2`. Absent for any other broker.
    second_instance: Option<String>,
    /// The cluster or instance, as RabbitMQ's metrics name it. Absent for ActiveMQ.
    cluster_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    broker_summaries: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    broker_arn: String,
    broker_id: String,
    broker_name: String,
    broker_state: Option<String>,
    created: Option<At>,
    deployment_mode: Option<String>,
    engine_type: Option<String>,
    host_instance_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    engine_version: Option<String>,
    storage_type: Option<String>,
    publicly_accessible: Option<bool>,
    #[serde(default)]
    security_groups: Vec<String>,
    #[serde(default)]
    subnet_ids: Vec<String>,
    encryption_options: Option<Encryption>,
    data_replication_metadata: Option<Replication>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Encryption {
    kms_key_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Replication {
    data_replication_counterpart: Option<Counterpart>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counterpart {
    broker_id: String,
}

impl Scan for Brokers {
    const KIND: Kind = Kind::new("mq:broker");
    const TITLE: &'static str = "MQ brokers";
    const ACTIONS: &'static [&'static str] = &["mq:DescribeBroker", "mq:ListBrokers"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let describing = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let brokers = each(page.broker_summaries, async |summary: Summary| {
                let call = cx.call::<Described>(&DESCRIBE, json!({ "broker-id": summary.broker_id }));
                let described = describing.ask(found, &summary.broker_name, call).await;
                (summary, described)
            });
            for (summary, described) in brokers.await {
                found.add(listed(summary, described)).await;
            }
        }
        Ok(())
    }
}

fn listed(summary: Summary, described: Option<Described>) -> Listed<Facts> {
    let (engine, mode) = (summary.engine_type.unwrap_or_default(), summary.deployment_mode.unwrap_or_default());
    let active = engine.eq_ignore_ascii_case("ACTIVEMQ");
    let pair = active && mode == "ACTIVE_STANDBY_MULTI_AZ";
    let partner = described.as_ref().and_then(|d| d.data_replication_metadata.as_ref());
    let partner = partner.and_then(|replication| replication.data_replication_counterpart.as_ref());
    let facts = Facts {
        state: summary.broker_state.unwrap_or_default(),
        // Written `ActiveMQ` in examples and `ACTIVEMQ` in the model.
        engine: engine.to_ascii_uppercase(),
        engine_version: described.as_ref().and_then(|d| d.engine_version.clone()),
        instance_type: summary.host_instance_type,
        deployment_mode: mode,
        storage_type: described.as_ref().and_then(|d| d.storage_type.as_deref()).map(str::to_ascii_uppercase),
        publicly_accessible: described.as_ref().and_then(|d| d.publicly_accessible),
        replicates_with: partner.map(|other| other.broker_id.clone()),
        first_instance: active.then(|| format!("{}-1", summary.broker_name)),
        second_instance: pair.then(|| format!("{}-2", summary.broker_name)),
        cluster_name: (!active).then(|| summary.broker_name.clone()),
    };
    let listed = Listed::new(summary.broker_id, facts)
        .arn(Some(summary.broker_arn))
        .name(Some(summary.broker_name))
        .created(summary.created.map(|at| at.0));
    let Some(described) = described else { return listed };
    let mut listed = listed
        .tags(described.tags.0)
        .refers(Role::Needs, described.encryption_options.and_then(|encryption| encryption.kms_key_id));
    for subnet in described.subnet_ids {
        listed = listed.refers(Role::Inside, Some(subnet));
    }
    for group in described.security_groups {
        listed = listed.refers(Role::Uses, Some(group));
    }
    listed
}

/// Instances by the hour: the prices of the modes hold all instances of a broker. Storage is billed by what it holds,
/// which nothing tells.
fn needs(broker: &Resource) -> Needs {
    if broker.text("state") == Some("CREATION_FAILED") {
        return Needs::free();
    }
    let mode = match broker.text("deployment_mode") {
        Some("SINGLE_INSTANCE") => "single",
        Some("ACTIVE_STANDBY_MULTI_AZ") => "active_standby",
        _ => return Needs::unpriced("instances").and_unpriced("storage"),
    };
    let Some(instance_type) = broker.text("instance_type") else {
        return Needs::unpriced("instances").and_unpriced("storage");
    };
    let hours = Need::hours("instances", format!("mq.broker.{instance_type}.{mode}"), 1.0);
    Needs::of(vec![hours]).and_unpriced("storage")
}
