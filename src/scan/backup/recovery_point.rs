use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::BACKUP;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const VAULTS: Call = BACKUP.get("ListBackupVaults", "/backup-vaults/").paged_as("nextToken", "NextToken");
const LIST: Call = BACKUP
    .get("ListRecoveryPointsByBackupVault", "/backup-vaults/{backupVaultName}/recovery-points/")
    .paged_as("nextToken", "NextToken");

/// Recovery points of AWS Backup, of every vault. Those of EBS, RDS and the like are snapshots of that service too, which
/// leads back to AWS Backup; the money is counted there.
pub struct RecoveryPoints;

/// Facts of a recovery point. Source: `backup:ListRecoveryPointsByBackupVault`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `COMPLETED`, `PARTIAL`, `EXPIRED` (AWS Backup could not delete it) or `DELETING`.
    status: String,
    /// Vault it lies in.
    vault: String,
    /// `EBS`, `RDS`, `EFS`, `DynamoDB`, …
    resource_type: String,
    /// What it was made from, by its ARN, which may be gone.
    source_arn: String,
    /// Its size, in GiB; what AWS bills may be less.
    size_gib: f64,
    /// When it is to be deleted. Absent when never.
    delete_at: Option<Timestamp>,
    /// Whether a backup plan made it, and so will make the next.
    by_plan: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VaultPage {
    #[serde(default)]
    backup_vault_list: Vec<Vault>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vault {
    backup_vault_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    recovery_points: Vec<Point>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Point {
    recovery_point_arn: String,
    backup_vault_name: Option<String>,
    resource_arn: Option<String>,
    resource_type: Option<String>,
    created_by: Option<Plan>,
    status: Option<String>,
    creation_date: Option<At>,
    backup_size_in_bytes: Option<f64>,
    calculated_lifecycle: Option<Lifecycle>,
    encryption_key_arn: Option<String>,
    is_parent: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Plan {
    backup_plan_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Lifecycle {
    delete_at: Option<At>,
}

impl Scan for RecoveryPoints {
    const KIND: Kind = Kind::new("backup:recovery-point");
    const TITLE: &'static str = "Recovery points of AWS Backup";
    const ACTIONS: &'static [&'static str] = &["backup:ListBackupVaults", "backup:ListRecoveryPointsByBackupVault"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut vaults = cx.pages(&VAULTS, json!({ "maxResults": 100 }));
        while let Some(page) = vaults.next::<VaultPage>().await? {
            for vault in page.backup_vault_list {
                let mut pages =
                    cx.pages(&LIST, json!({ "backupVaultName": vault.backup_vault_name, "maxResults": 100 }));
                while let Some(page) = pages.next::<Page>().await? {
                    for point in page.recovery_points {
                        // A parent only holds others together.
                        if point.is_parent != Some(true) {
                            found.add(listed(point)).await;
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

fn listed(point: Point) -> Listed<Facts> {
    let source_arn = point.resource_arn.unwrap_or_default();
    let facts = Facts {
        status: point.status.unwrap_or_default(),
        vault: point.backup_vault_name.clone().unwrap_or_default(),
        resource_type: point.resource_type.unwrap_or_default(),
        source_arn: source_arn.clone(),
        size_gib: point.backup_size_in_bytes.unwrap_or_default() / 1_073_741_824.0,
        delete_at: point.calculated_lifecycle.and_then(|lifecycle| lifecycle.delete_at).map(|at| at.0),
        by_plan: point.created_by.is_some_and(|plan| plan.backup_plan_id.is_some()),
    };
    let id = point.recovery_point_arn.rsplit([':', '/']).next().unwrap_or_default().to_owned();
    Listed::new(id, facts)
        // The snapshot of another service has the same ARN.
        .arn(Some(format!("{}#backup", point.recovery_point_arn)))
        .created(point.creation_date.map(|at| at.0))
        .refers(Role::MadeFrom, Some(source_arn))
        .refers(Role::Inside, point.backup_vault_name)
        .refers(Role::Needs, point.encryption_key_arn)
}

/// What lies in AWS Backup itself is billed by the gigabyte; what is a snapshot of another service is billed there.
fn needs(point: &Resource) -> Needs {
    let gib = point.number("size_gib").unwrap_or_default();
    match point.text("resource_type").unwrap_or_default() {
        "EFS" => Needs::of(vec![Need::storage("backup storage", "backup.efs.warm", gib)]).at_most(),
        "DynamoDB" => Needs::of(vec![Need::storage("backup storage", "backup.dynamodb.warm", gib)]).at_most(),
        "EBS" | "EC2" | "RDS" | "Aurora" | "DocumentDB" | "Neptune" | "FSx" => Needs::free(),
        _ => Needs::unpriced("backup storage"),
    }
}
