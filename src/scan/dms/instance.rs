use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::DMS;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = DMS.rpc("DescribeReplicationInstances").paged("Marker");
const TASKS: Call = DMS.rpc("DescribeReplicationTasks").paged("Marker");

/// DMS replication instances.
pub struct Instances;

/// Facts of an instance. Source: `dms:DescribeReplicationInstances`, `dms:DescribeReplicationTasks`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `creating`, `deleting` and others.
    status: String,
    /// `dms.t3.medium`, …
    class: String,
    /// Storage it was given, in GiB.
    storage_gib: f64,
    /// Whether it keeps a standby, billed like the first.
    multi_az: bool,
    /// Tasks it has. Absent when they could not be listed.
    tasks: Option<f64>,
    /// Of those, tasks that run. Absent when they could not be listed.
    running_tasks: Option<f64>,
    /// Until when it is free. Absent unless it is.
    free_until: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    replication_instances: Vec<Instance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Instance {
    replication_instance_identifier: String,
    replication_instance_arn: String,
    replication_instance_class: Option<String>,
    replication_instance_status: Option<String>,
    allocated_storage: Option<f64>,
    instance_create_time: Option<At>,
    #[serde(rename = "MultiAZ")]
    multi_az: Option<bool>,
    kms_key_id: Option<String>,
    free_until: Option<At>,
    replication_subnet_group: Option<Subnets>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Subnets {
    vpc_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TaskPage {
    #[serde(default)]
    replication_tasks: Vec<Task>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Task {
    replication_instance_arn: Option<String>,
    status: Option<String>,
}

impl Scan for Instances {
    const KIND: Kind = Kind::new("dms:rep");
    const TITLE: &'static str = "DMS replication instances";
    const ACTIONS: &'static [&'static str] = &["dms:DescribeReplicationInstances", "dms:DescribeReplicationTasks"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut counts = None;
        let mut pages = cx.pages(&LIST, json!({ "MaxRecords": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            if counts.is_none() && !page.replication_instances.is_empty() {
                counts = Some(Detail::default().ask(found, "tasks", tasks(cx)).await);
            }
            for instance in page.replication_instances {
                let known = counts.as_ref().and_then(Option::as_ref);
                let own = known.map(|all| all.get(&instance.replication_instance_arn).copied().unwrap_or_default());
                found.add(listed(instance, own)).await;
            }
        }
        Ok(())
    }
}

/// Tasks, and those of them that run, by instance.
async fn tasks(cx: &Cx) -> Result<BTreeMap<String, (f64, f64)>, Fault> {
    let mut counts: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    let mut pages = cx.pages(&TASKS, json!({ "MaxRecords": 100, "WithoutSettings": true }));
    while let Some(page) = pages.next::<TaskPage>().await? {
        for task in page.replication_tasks {
            let entry = counts.entry(task.replication_instance_arn.unwrap_or_default()).or_default();
            entry.0 += 1.0;
            entry.1 += if matches!(task.status.as_deref(), Some("running" | "starting")) { 1.0 } else { 0.0 };
        }
    }
    Ok(counts)
}

fn listed(instance: Instance, tasks: Option<(f64, f64)>) -> Listed<Facts> {
    let facts = Facts {
        status: instance.replication_instance_status.unwrap_or_default(),
        class: instance.replication_instance_class.unwrap_or_default(),
        storage_gib: instance.allocated_storage.unwrap_or_default(),
        multi_az: instance.multi_az.unwrap_or_default(),
        tasks: tasks.map(|(all, _)| all),
        running_tasks: tasks.map(|(_, running)| running),
        free_until: instance.free_until.map(|at| at.0),
    };
    Listed::new(instance.replication_instance_identifier, facts)
        .arn(Some(instance.replication_instance_arn))
        .created(instance.instance_create_time.map(|at| at.0))
        .refers(Role::Inside, instance.replication_subnet_group.and_then(|group| group.vpc_id))
        .refers(Role::Needs, instance.kms_key_id)
}

/// GiB of storage that come with every class; some have more.
const LEAST_INCLUDED_GIB: f64 = 50.0;

/// By the hour, whether a task runs or not, and storage beyond what comes with the class.
fn needs(instance: &Resource) -> Needs {
    let copies = if instance.flag("multi_az") == Some(true) { 2.0 } else { 1.0 };
    let class = instance.text("class").unwrap_or_default();
    let gib = instance.number("storage_gib").unwrap_or_default();
    let mut needs = Needs::of(vec![Need::hours("instance", format!("dms.instance.{class}"), copies)]);
    match included_gib(class) {
        Some(included) if gib > included => {
            needs.parts.push(Need::storage("storage", "dms.storage.gp2", (gib - included) * copies));
        }
        None if gib > LEAST_INCLUDED_GIB => {
            needs.unpriced.push("storage beyond what the class includes".to_owned());
        }
        _ => {}
    }
    needs
}

/// GiB of storage that come with a class. `None` for families of which it is not known.
///
/// Source: the DMS user guide tells 50 or 100 GB depending on the class; the families are those infracost has read off
/// the price list.
fn included_gib(class: &str) -> Option<f64> {
    match class.split('.').nth(1)? {
        "t2" | "t3" => Some(LEAST_INCLUDED_GIB),
        "c4" | "r4" | "r5" => Some(100.0),
        _ => None,
    }
}
