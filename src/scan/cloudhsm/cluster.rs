use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::CLOUDHSMV2;
use crate::aws::api::{At, Call};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = CLOUDHSMV2.rpc("DescribeClusters").paged("NextToken");

/// CloudHSM clusters with their modules.
pub struct Clusters;

/// Facts of a cluster. Source: `cloudhsm:DescribeClusters`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, `UNINITIALIZED`, `INITIALIZED`, `DEGRADED` and others.
    state: String,
    /// `hsm1.medium` or `hsm2m.medium`.
    hsm_type: String,
    /// Modules, each billed by the hour, used or not.
    modules: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    clusters: Vec<Cluster>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cluster {
    cluster_id: String,
    state: Option<String>,
    hsm_type: Option<String>,
    #[serde(default)]
    hsms: Vec<IgnoredAny>,
    create_timestamp: Option<At>,
    vpc_id: Option<String>,
}

impl Scan for Clusters {
    const KIND: Kind = Kind::new("cloudhsm:cluster");
    const TITLE: &'static str = "CloudHSM clusters";
    const ACTIONS: &'static [&'static str] = &["cloudhsm:DescribeClusters"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 50 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.clusters {
                if one.state.as_deref() != Some("DELETED") {
                    found.add(listed(cx, one)).await;
                }
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, one: Cluster) -> Listed<Facts> {
    let arn = format!("arn:{}:cloudhsm:{}:{}:cluster/{}", cx.partition(), cx.region(), cx.account(), one.cluster_id);
    let facts = Facts {
        state: one.state.unwrap_or_default(),
        hsm_type: one.hsm_type.unwrap_or_default(),
        modules: f64::from(u32::try_from(one.hsms.len()).unwrap_or(u32::MAX)),
    };
    Listed::new(one.cluster_id, facts)
        .arn(Some(arn))
        .created(one.create_timestamp.map(|at| at.0))
        .refers(Role::Inside, one.vpc_id)
}

/// Modules by the hour.
fn needs(cluster: &Resource) -> Needs {
    let modules = cluster.number("modules").unwrap_or_default();
    match cluster.text("hsm_type") {
        _ if modules == 0.0 => Needs::free(),
        Some("hsm1.medium") => Needs::of(vec![Need::hours("modules", "cloudhsm.hsm", modules)]),
        Some("hsm2m.medium") => Needs::of(vec![Need::hours("modules", "cloudhsm.hsm.v2", modules)]),
        _ => Needs::unpriced("modules by the hour"),
    }
}
