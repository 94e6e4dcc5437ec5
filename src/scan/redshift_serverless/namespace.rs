use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::REDSHIFT_SERVERLESS;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = REDSHIFT_SERVERLESS.rpc("ListNamespaces").paged("nextToken");
const TAGS: Call = REDSHIFT_SERVERLESS.rpc("ListTagsForResource");

/// Namespaces of Redshift Serverless: databases, users and keys, apart from the workgroup that computes.
pub struct Namespaces;

/// Facts of a namespace. Source: `redshift-serverless:ListNamespaces`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `AVAILABLE`, `MODIFYING` or `DELETING`.
    status: String,
    /// Its first database. Absent when none is told.
    database: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    namespaces: Vec<Namespace>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Namespace {
    namespace_name: String,
    namespace_arn: String,
    #[serde(default)]
    status: String,
    db_name: Option<String>,
    creation_date: Option<At>,
    kms_key_id: Option<String>,
    admin_password_secret_arn: Option<String>,
}

#[derive(Default, Deserialize)]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Namespaces {
    const KIND: Kind = Kind::new("redshift-serverless:namespace");
    const TITLE: &'static str = "Redshift Serverless namespaces";
    const ACTIONS: &'static [&'static str] =
        &["redshift-serverless:ListNamespaces", "redshift-serverless:ListTagsForResource"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let namespaces = each(page.namespaces, async |namespace: Namespace| {
                let asked = cx.call::<Tagged>(&TAGS, json!({ "resourceArn": namespace.namespace_arn }));
                let tagged = tagging.ask(found, &namespace.namespace_name, asked).await;
                (namespace, tagged.unwrap_or_default())
            });
            for (namespace, tagged) in namespaces.await {
                found.add(listed(namespace, tagged)).await;
            }
        }
        Ok(())
    }
}

fn listed(namespace: Namespace, tagged: Tagged) -> Listed<Facts> {
    // The word for Redshift's own key is no id of a key.
    let key = namespace.kms_key_id.filter(|key| key != "AWS_OWNED_KMS_KEY");
    Listed::new(namespace.namespace_name, Facts { status: namespace.status, database: namespace.db_name })
        .arn(Some(namespace.namespace_arn))
        .created(namespace.creation_date.map(|at| at.0))
        .tags(tagged.tags.0)
        .refers(Role::Needs, key)
        .refers(Role::Needs, namespace.admin_password_secret_arn)
}

/// The managed storage it fills, whose size no listing tells.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("managed storage")
}
