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

const LIST: Call = REDSHIFT_SERVERLESS.rpc("ListWorkgroups").paged("nextToken");
const TAGS: Call = REDSHIFT_SERVERLESS.rpc("ListTagsForResource");

/// Workgroups of Redshift Serverless: what computes for a namespace.
pub struct Workgroups;

/// Facts of a workgroup. Source: `redshift-serverless:ListWorkgroups`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `CREATING`, `AVAILABLE`, `MODIFYING` or `DELETING`.
    status: String,
    /// Namespace whose data it reads.
    namespace: String,
    /// Redshift Processing Units it begins a query with; billed only while queries run. Absent when a price-performance
    /// target decides.
    base_rpu: Option<f64>,
    /// The most Redshift Processing Units it may grow to. Absent when nobody set a bound.
    max_rpu: Option<f64>,
    /// Whether it answers from the internet.
    publicly_accessible: bool,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    workgroups: Vec<Workgroup>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Workgroup {
    workgroup_name: String,
    workgroup_arn: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    namespace_name: String,
    base_capacity: Option<f64>,
    max_capacity: Option<f64>,
    publicly_accessible: Option<bool>,
    creation_date: Option<At>,
    #[serde(default)]
    subnet_ids: Vec<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
}

#[derive(Default, Deserialize)]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Workgroups {
    const KIND: Kind = Kind::new("redshift-serverless:workgroup");
    const TITLE: &'static str = "Redshift Serverless workgroups";
    const ACTIONS: &'static [&'static str] =
        &["redshift-serverless:ListTagsForResource", "redshift-serverless:ListWorkgroups"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "maxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let workgroups = each(page.workgroups, async |workgroup: Workgroup| {
                let asked = cx.call::<Tagged>(&TAGS, json!({ "resourceArn": workgroup.workgroup_arn }));
                let tagged = tagging.ask(found, &workgroup.workgroup_name, asked).await;
                (workgroup, tagged.unwrap_or_default())
            });
            for (workgroup, tagged) in workgroups.await {
                found.add(listed(workgroup, tagged)).await;
            }
        }
        Ok(())
    }
}

fn listed(workgroup: Workgroup, tagged: Tagged) -> Listed<Facts> {
    let facts = Facts {
        status: workgroup.status,
        namespace: workgroup.namespace_name.clone(),
        base_rpu: workgroup.base_capacity,
        max_rpu: workgroup.max_capacity,
        publicly_accessible: workgroup.publicly_accessible.unwrap_or_default(),
    };
    let listed = Listed::new(workgroup.workgroup_name, facts)
        .arn(Some(workgroup.workgroup_arn))
        .created(workgroup.creation_date.map(|at| at.0))
        .tags(tagged.tags.0)
        .refers(Role::Uses, Some(workgroup.namespace_name));
    let places = workgroup.subnet_ids.into_iter().map(|id| (Role::Inside, id));
    let groups = workgroup.security_group_ids.into_iter().map(|id| (Role::Needs, id));
    places.chain(groups).fold(listed, |listed, (role, id)| listed.refers(role, Some(id)))
}

/// Its units by the second while queries run, which no listing tells; nothing while it waits.
fn needs(_: &Resource) -> Needs {
    Needs::unpriced("RPU-hours of its queries")
}
