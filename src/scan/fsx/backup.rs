use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::FSX;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, ownership};

const LIST: Call = FSX.rpc("DescribeBackups").paged("NextToken");

/// Backups of FSx file systems and volumes that stay until somebody deletes them: those made by hand and by AWS Backup.
/// Automatic ones go with their file system and are not listed.
pub struct Backups;

/// Facts of a backup. Source: `fsx:DescribeBackups`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `AVAILABLE`, `CREATING`, `FAILED` and others.
    state: String,
    /// `USER_INITIATED` or `AWS_BACKUP`.
    backup_type: String,
    /// Its size, in GiB; AWS bills what changed. Absent when FSx tells none.
    size_gib: Option<f64>,
    /// Type of the file system it was made from. Absent when FSx tells none.
    fs_type: Option<String>,
    /// File system it was made from, which may be gone. Absent when FSx tells none.
    source_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    backups: Vec<Backup>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Backup {
    backup_id: String,
    lifecycle: Option<String>,
    #[serde(rename = "Type")]
    sort: Option<String>,
    size_in_bytes: Option<f64>,
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    creation_time: Option<At>,
    tags: Option<Tags>,
    kms_key_id: Option<String>,
    file_system: Option<Source>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Source {
    file_system_id: Option<String>,
    file_system_type: Option<String>,
}

impl Scan for Backups {
    const KIND: Kind = Kind::new("fsx:backup");
    const TITLE: &'static str = "FSx backups";
    const ACTIONS: &'static [&'static str] = &["fsx:DescribeBackups"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.backups {
                if one.sort.as_deref() != Some("AUTOMATIC") {
                    found.add(listed(one)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(one: Backup) -> Listed<Facts> {
    let source = one.file_system.as_ref().and_then(|source| source.file_system_id.clone());
    let by_aws_backup = one.sort.as_deref() == Some("AWS_BACKUP");
    let owner = by_aws_backup.then(|| ownership::service("AWS Backup", "Type AWS_BACKUP"));
    let facts = Facts {
        state: one.lifecycle.unwrap_or_default(),
        backup_type: one.sort.unwrap_or_default(),
        size_gib: one.size_in_bytes.map(|bytes| bytes / 1_073_741_824.0),
        fs_type: one.file_system.as_ref().and_then(|source| source.file_system_type.clone()),
        source_id: source.clone(),
    };
    Listed::new(one.backup_id, facts)
        .arn(Some(one.resource_arn))
        .created(one.creation_time.map(|at| at.0))
        .tags(one.tags.unwrap_or_default().0)
        .owner(owner)
        .refers(Role::MadeFrom, source)
        .refers(Role::Needs, one.kms_key_id)
}

/// Storage by the month, at most its full size; the price follows the type of the file system.
fn needs(backup: &Resource) -> Needs {
    let key = match backup.text("fs_type") {
        Some("WINDOWS") => "fsx.windows.backup",
        Some("OPENZFS") => "fsx.openzfs.backup",
        _ => return Needs::unpriced("backup storage"),
    };
    match backup.number("size_gib") {
        Some(gib) => Needs::of(vec![Need::storage("backup storage", key, gib)]).at_most(),
        None => Needs::unpriced("backup storage"),
    }
}
