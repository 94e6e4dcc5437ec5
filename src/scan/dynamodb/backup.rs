use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::DYNAMODB;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = DYNAMODB.rpc("ListBackups").paged_as("ExclusiveStartBackupArn", "LastEvaluatedBackupArn");

/// Backups of DynamoDB tables that somebody asked for. Those AWS makes by itself go by themselves and are not listed; those of
/// AWS Backup are `backup:recovery-point`.
pub struct Backups;

/// Facts of a backup. Source: `dynamodb:ListBackups`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `AVAILABLE` or `CREATING`.
    status: String,
    /// Table it was made from, which may be gone.
    table: String,
    /// Its size, in GiB.
    size_gib: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    backup_summaries: Vec<Backup>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Backup {
    backup_name: String,
    backup_status: Option<String>,
    table_name: Option<String>,
    backup_size_bytes: Option<f64>,
    backup_arn: String,
    backup_creation_date_time: Option<At>,
    table_arn: Option<String>,
}

impl Scan for Backups {
    const KIND: Kind = Kind::new("dynamodb:backup");
    const TITLE: &'static str = "DynamoDB backups";
    const ACTIONS: &'static [&'static str] = &["dynamodb:ListBackups"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "BackupType": "USER", "Limit": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.backup_summaries {
                if one.backup_status.as_deref() != Some("DELETED") {
                    found.add(listed(one)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(one: Backup) -> Listed<Facts> {
    let facts = Facts {
        status: one.backup_status.unwrap_or_default(),
        table: one.table_name.unwrap_or_default(),
        size_gib: one.backup_size_bytes.unwrap_or_default() / 1_073_741_824.0,
    };
    Listed::new(one.backup_name, facts)
        .arn(Some(one.backup_arn))
        .created(one.backup_creation_date_time.map(|at| at.0))
        .refers(Role::MadeFrom, one.table_arn)
}

/// Storage by the month.
fn needs(backup: &Resource) -> Needs {
    Needs::of(vec![Need::storage("backup storage", "dynamodb.backup", backup.number("size_gib").unwrap_or_default())])
}
