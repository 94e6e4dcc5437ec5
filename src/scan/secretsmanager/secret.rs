use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::SECRETSMANAGER;
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested, ownership};

const LIST: Call = SECRETSMANAGER.rpc("ListSecrets").paged("NextToken");

/// Secrets of Secrets Manager, those that wait for their deletion too. Those a service made for itself name it as their
/// owner.
pub struct Secrets;

/// Facts of a secret. Source: `secretsmanager:ListSecrets`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Day on which somebody last read it. Absent when nobody has since it was made.
    accessed_at: Option<Timestamp>,
    /// When it was last changed. Absent when that is not known.
    changed_at: Option<Timestamp>,
    /// When it was deleted; until its recovery window ends it can be restored, and nothing is billed. Absent while it lives.
    deletion_at: Option<Timestamp>,
    /// Whether it is changed by a schedule.
    rotates: bool,
    /// Whether it is a copy of a secret of another region; each copy is billed.
    is_replica: bool,
    /// Service that made it and looks after it: `events`, `rds`, `redshift`, … Absent for one a person made.
    owning_service: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    secret_list: Vec<Secret>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Secret {
    name: String,
    last_accessed_date: Option<At>,
    last_changed_date: Option<At>,
    deleted_date: Option<At>,
    rotation_enabled: Option<bool>,
    #[serde(rename = "ARN")]
    arn: String,
    created_date: Option<At>,
    tags: Option<Tags>,
    kms_key_id: Option<String>,
    owning_service: Option<String>,
    primary_region: Option<String>,
}

impl Scan for Secrets {
    const KIND: Kind = Kind::new("secretsmanager:secret");
    const TITLE: &'static str = "Secrets";
    const ACTIONS: &'static [&'static str] = &["secretsmanager:ListSecrets"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100, "IncludePlannedDeletion": true }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.secret_list {
                found.add(listed(cx, one)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: Secret) -> Listed<Facts> {
    let owner = one.owning_service.as_deref().map(|service| ownership::service(service, "OwningService"));
    let facts = Facts {
        accessed_at: one.last_accessed_date.map(|at| at.0),
        changed_at: one.last_changed_date.map(|at| at.0),
        deletion_at: one.deleted_date.map(|at| at.0),
        rotates: one.rotation_enabled.unwrap_or_default(),
        is_replica: one.primary_region.is_some_and(|region| region != cx.region().as_str()),
        owning_service: one.owning_service,
    };
    Listed::new(one.name, facts)
        .arn(Some(one.arn))
        .created(one.created_date.map(|at| at.0))
        .tags(one.tags.unwrap_or_default().0)
        .owner(owner)
        .refers(Role::Needs, one.kms_key_id)
}

/// By the month and copy; nothing once it is deleted, nor for what EventBridge keeps for its connections.
fn needs(secret: &Resource) -> Needs {
    if secret.text("deletion_at").is_some() || secret.text("owning_service") == Some("events") {
        return Needs::free();
    }
    Needs::of(vec![Need::months("secret", "secretsmanager.secret", 1.0)])
}
