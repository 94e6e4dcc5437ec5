use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::FSX;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = FSX.rpc("DescribeFileSystems").paged("NextToken");

/// FSx file systems of every type.
pub struct FileSystems;

/// Facts of a file system. Source: `fsx:DescribeFileSystems`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `AVAILABLE`, `CREATING`, `FAILED`, `MISCONFIGURED` and others.
    state: String,
    /// `LUSTRE`, `WINDOWS`, `ONTAP` or `OPENZFS`.
    fs_type: String,
    /// `SSD`, `HDD` or `INTELLIGENT_TIERING`. Absent when FSx tells none.
    storage_type: Option<String>,
    /// Storage it was given, in GiB; billed whether it is filled or not.
    size_gib: f64,
    /// `SINGLE_AZ_1`, `MULTI_AZ_1`, `SCRATCH_2`, `PERSISTENT_1` and others. Absent when FSx tells none.
    deployment: Option<String>,
    /// Throughput that stands ready, in MiB/s. Absent for Lustre, where it follows from the storage.
    throughput_mibps: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    file_systems: Vec<FileSystem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FileSystem {
    file_system_id: String,
    lifecycle: Option<String>,
    file_system_type: Option<String>,
    storage_type: Option<String>,
    storage_capacity: Option<f64>,
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    creation_time: Option<At>,
    tags: Option<Tags>,
    vpc_id: Option<String>,
    #[serde(default)]
    subnet_ids: Vec<String>,
    kms_key_id: Option<String>,
    windows_configuration: Option<Settings>,
    #[serde(rename = "OpenZFSConfiguration")]
    open_zfs_configuration: Option<Settings>,
    ontap_configuration: Option<Settings>,
    lustre_configuration: Option<Settings>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Settings {
    deployment_type: Option<String>,
    throughput_capacity: Option<f64>,
}

impl Scan for FileSystems {
    const KIND: Kind = Kind::new("fsx:file-system");
    const TITLE: &'static str = "FSx file systems";
    const ACTIONS: &'static [&'static str] = &["fsx:DescribeFileSystems"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.file_systems {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: FileSystem) -> Listed<Facts> {
    let types =
        [one.windows_configuration, one.open_zfs_configuration, one.ontap_configuration, one.lustre_configuration];
    let settings = types.into_iter().flatten().next();
    let facts = Facts {
        state: one.lifecycle.unwrap_or_default(),
        fs_type: one.file_system_type.unwrap_or_default(),
        storage_type: one.storage_type.filter(|text| !text.is_empty()),
        size_gib: one.storage_capacity.unwrap_or_default(),
        throughput_mibps: settings.as_ref().and_then(|own| own.throughput_capacity),
        deployment: settings.and_then(|own| own.deployment_type),
    };
    let listed = Listed::new(one.file_system_id, facts)
        .arn(Some(one.resource_arn))
        .created(one.creation_time.map(|at| at.0))
        .tags(one.tags.unwrap_or_default().0)
        .refers(Role::Inside, one.vpc_id)
        .refers(Role::Needs, one.kms_key_id);
    one.subnet_ids.into_iter().fold(listed, |listed, subnet| listed.refers(Role::Inside, Some(subnet)))
}

/// Storage it was given and throughput that stands ready, as far as the book has the type.
fn needs(files: &Resource) -> Needs {
    let gib = files.number("size_gib").unwrap_or_default();
    let rate = files.number("throughput_mibps").unwrap_or_default();
    let multi = files.text("deployment").is_some_and(|kind| kind.starts_with("MULTI_AZ"));
    let keys = match (files.text("fs_type").unwrap_or_default(), files.text("storage_type").unwrap_or("SSD"), multi) {
        ("WINDOWS", "HDD", true) => Some(("fsx.windows.hdd.multi_az", "fsx.windows.throughput.multi_az")),
        ("WINDOWS", "SSD", true) => Some(("fsx.windows.ssd.multi_az", "fsx.windows.throughput.multi_az")),
        ("OPENZFS", "SSD", false) => Some(("fsx.openzfs.ssd", "fsx.openzfs.throughput")),
        _ => None,
    };
    let Some((storage, throughput)) = keys else { return Needs::unpriced("storage and throughput") };
    let parts = [Need::storage("storage", storage, gib), Need::new("throughput", throughput, rate, "MiBps-month")];
    Needs::of(parts.into_iter().filter(|part| part.quantity > 0.0).collect())
}
