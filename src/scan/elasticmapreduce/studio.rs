use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::EMR;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = EMR.rpc("ListStudios").paged("Marker");
const DESCRIBE: Call = EMR.rpc("DescribeStudio");

/// EMR Studios, where notebooks are written that run on clusters.
pub struct Studios;

/// Facts of a studio. Source: `elasticmapreduce:ListStudios`, `elasticmapreduce:DescribeStudio`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `IAM` or `SSO`. Absent when EMR tells none.
    auth_mode: Option<String>,
    /// Subnets whose clusters its notebooks may use. Absent when the details could not be read.
    subnet_ids: Option<Vec<String>>,
    /// Where its notebooks are kept: `s3://…`. Absent when the details could not be read.
    storage: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    studios: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    studio_id: String,
    name: Option<String>,
    vpc_id: Option<String>,
    auth_mode: Option<String>,
    creation_time: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    studio: Studio,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Studio {
    studio_arn: Option<String>,
    #[serde(default)]
    subnet_ids: Vec<String>,
    default_s3_location: Option<String>,
    #[serde(default)]
    tags: Tags,
}

impl Scan for Studios {
    const KIND: Kind = Kind::new("elasticmapreduce:studio");
    const TITLE: &'static str = "EMR Studios";
    const ACTIONS: &'static [&'static str] = &["elasticmapreduce:DescribeStudio", "elasticmapreduce:ListStudios"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let describing = Detail::default();
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            let studios = each(page.studios, async |one: Summary| {
                let asked = cx.call::<Described>(&DESCRIBE, json!({ "StudioId": one.studio_id }));
                let described = describing.ask(found, &one.studio_id, asked).await;
                listed(cx, one, described.map(|d| d.studio))
            });
            for studio in studios.await {
                found.add(studio).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: Summary, described: Option<Studio>) -> Listed<Facts> {
    let made_up = cx.arn("elasticmapreduce", cx.region(), &format!("studio/{}", one.studio_id));
    let arn = described.as_ref().and_then(|d| d.studio_arn.clone()).unwrap_or(made_up);
    let subnets = described.as_ref().map(|d| d.subnet_ids.clone());
    let facts = Facts {
        auth_mode: one.auth_mode,
        subnet_ids: subnets.clone(),
        storage: described.as_ref().and_then(|d| d.default_s3_location.clone()),
    };
    let listed = Listed::new(one.studio_id, facts)
        .arn(Some(arn))
        .name(one.name)
        .created(one.creation_time.map(|at| at.0))
        .tags(described.map(|d| d.tags.0).unwrap_or_default())
        .refers(Role::Inside, one.vpc_id);
    subnets.into_iter().flatten().fold(listed, |listed, subnet| listed.refers(Role::Inside, Some(subnet)))
}
