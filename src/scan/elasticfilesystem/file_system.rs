use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::EFS;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = EFS.get("DescribeFileSystems", "/2015-02-01/file-systems").paged_as("Marker", "NextMarker");

/// EFS file systems.
pub struct FileSystems;

/// Facts of a file system. Source: `elasticfilesystem:DescribeFileSystems`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `creating`, `error` and others.
    state: String,
    /// Places it can be mounted at; without one nobody can use it.
    mount_targets: f64,
    /// `bursting`, `elastic` or `provisioned`.
    throughput_mode: String,
    /// Throughput that stands ready, in MiB/s. Absent in the other modes.
    provisioned_mibps: Option<f64>,
    /// Whether it lives in one zone only.
    one_zone: bool,
    /// Whether it is encrypted.
    encrypted: bool,
    /// What it stores, in GiB, as of some hours ago.
    size_gib: f64,
    /// Of that, storage at the full price.
    standard_gib: f64,
    /// Of that, storage for infrequent access.
    rare_gib: f64,
    /// Of that, storage of the archive class.
    archive_gib: f64,
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
    life_cycle_state: Option<String>,
    number_of_mount_targets: Option<f64>,
    throughput_mode: Option<String>,
    provisioned_throughput_in_mibps: Option<f64>,
    availability_zone_name: Option<String>,
    encrypted: Option<bool>,
    file_system_arn: String,
    name: Option<String>,
    creation_time: Option<At>,
    tags: Option<Tags>,
    kms_key_id: Option<String>,
    size_in_bytes: Option<Size>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Size {
    #[serde(default)]
    value: f64,
    #[serde(rename = "ValueInIA", default)]
    rare: f64,
    #[serde(default)]
    value_in_archive: f64,
}

impl Scan for FileSystems {
    const KIND: Kind = Kind::new("elasticfilesystem:file-system");
    const TITLE: &'static str = "EFS file systems";
    const ACTIONS: &'static [&'static str] = &["elasticfilesystem:DescribeFileSystems"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxItems": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.file_systems {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: FileSystem) -> Listed<Facts> {
    const GIB: f64 = 1_073_741_824.0;
    let size = one.size_in_bytes.unwrap_or_default();
    let facts = Facts {
        state: one.life_cycle_state.unwrap_or_default(),
        mount_targets: one.number_of_mount_targets.unwrap_or_default(),
        throughput_mode: one.throughput_mode.unwrap_or_default(),
        provisioned_mibps: one.provisioned_throughput_in_mibps,
        one_zone: one.availability_zone_name.is_some(),
        encrypted: one.encrypted.unwrap_or_default(),
        size_gib: size.value / GIB,
        standard_gib: (size.value - size.rare - size.value_in_archive).max(0.0) / GIB,
        rare_gib: size.rare / GIB,
        archive_gib: size.value_in_archive / GIB,
    };
    Listed::new(one.file_system_id, facts)
        .arn(Some(one.file_system_arn))
        .name(one.name)
        .created(one.creation_time.map(|at| at.0))
        .tags(one.tags.unwrap_or_default().0)
        .refers(Role::Needs, one.kms_key_id)
}

/// GiB of standard storage that bring 1 MiB/s of throughput along, whatever is provisioned.
///
/// Source: the EFS price list, 50 KB/s for each GB.
const GIB_PER_MIBPS: f64 = 20.0;

/// Storage by its class, and throughput that stands ready beyond what standard storage brings along. Rules read the
/// parts by these names: `standard storage`, `infrequent access storage`, `archive storage`, `provisioned throughput`.
fn needs(files: &Resource) -> Needs {
    let number = |fact: &str| files.number(fact).unwrap_or_default();
    let zone = if files.flag("one_zone") == Some(true) { "efs.onezone" } else { "efs.standard" };
    let throughput = number("provisioned_mibps") - number("standard_gib") / GIB_PER_MIBPS;
    let parts = [
        Need::storage("standard storage", zone, number("standard_gib")),
        Need::storage("infrequent access storage", rare(files), number("rare_gib")),
        Need::storage("archive storage", "efs.archive", number("archive_gib")),
        Need::new("provisioned throughput", "efs.provisioned_throughput", throughput, "MiBps-month"),
    ];
    Needs::of(parts.into_iter().filter(|part| part.quantity > 0.0).collect())
}

/// Key of storage for infrequent access: with elastic throughput it is cheaper, except in one zone.
///
/// Source: usage types of the EFS user guide, `IATimedStorage-ET-ByteHrs` and `IATimedStorage-Z-ByteHrs`.
fn rare(files: &Resource) -> &'static str {
    match (files.flag("one_zone"), files.text("throughput_mode")) {
        (Some(true), _) => "efs.onezone_ia",
        (_, Some("elastic")) => "efs.standard_ia_elastic",
        _ => "efs.standard_ia",
    }
}
