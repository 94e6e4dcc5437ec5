use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::BACKUP;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = BACKUP.get("ListBackupVaults", "/backup-vaults/").paged_as("nextToken", "NextToken");

/// Vaults of AWS Backup.
pub struct Vaults;

/// Facts of a vault. Source: `backup:ListBackupVaults`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `BACKUP_VAULT`, `LOGICALLY_AIR_GAPPED_BACKUP_VAULT` or `RESTORE_ACCESS_BACKUP_VAULT`.
    vault_type: String,
    /// Recovery points in it.
    recovery_points: f64,
    /// Whether a vault lock keeps recovery points from being deleted before their time.
    is_locked: bool,
    /// From when on nobody can lift the lock any more. Absent where it can be lifted.
    lock_date: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    backup_vault_list: Vec<Vault>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vault {
    backup_vault_name: String,
    vault_type: Option<String>,
    number_of_recovery_points: Option<f64>,
    locked: Option<bool>,
    lock_date: Option<At>,
    backup_vault_arn: String,
    creation_date: Option<At>,
    encryption_key_arn: Option<String>,
}

impl Scan for Vaults {
    const KIND: Kind = Kind::new("backup:backup-vault");
    const TITLE: &'static str = "Backup vaults";
    const ACTIONS: &'static [&'static str] = &["backup:ListBackupVaults"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.backup_vault_list {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Vault) -> Listed<Facts> {
    let facts = Facts {
        vault_type: one.vault_type.unwrap_or_else(|| "BACKUP_VAULT".to_owned()),
        recovery_points: one.number_of_recovery_points.unwrap_or_default(),
        is_locked: one.locked.unwrap_or_default(),
        lock_date: one.lock_date.map(|at| at.0),
    };
    Listed::new(one.backup_vault_name, facts)
        .arn(Some(one.backup_vault_arn))
        .created(one.creation_date.map(|at| at.0))
        .locked(one.locked == Some(true), "vault lock")
        .refers(Role::Needs, one.encryption_key_arn)
}
