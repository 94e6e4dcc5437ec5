use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::GLOBALACCELERATOR;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan};

const LIST: Call = GLOBALACCELERATOR.rpc("ListAccelerators").paged("NextToken");
const CUSTOM: Call = GLOBALACCELERATOR.rpc("ListCustomRoutingAccelerators").paged("NextToken");
const LISTENERS: Call = GLOBALACCELERATOR.rpc("ListListeners").paged("NextToken");
const GROUPS: Call = GLOBALACCELERATOR.rpc("ListEndpointGroups").paged("NextToken");
const TAGS: Call = GLOBALACCELERATOR.rpc("ListTagsForResource");

/// Accelerators, standard ones and those with custom routing.
pub struct Accelerators;

/// Facts of an accelerator. Source: `globalaccelerator:ListAccelerators`,
/// `globalaccelerator:ListCustomRoutingAccelerators`, `globalaccelerator:ListListeners`,
/// `globalaccelerator:ListEndpointGroups`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `standard` or `custom`.
    routing: String,
    /// Whether it takes traffic; it is billed either way.
    enabled: bool,
    /// `DEPLOYED`, or `IN_PROGRESS` while a change spreads.
    status: String,
    /// Name that leads to it. Absent when AWS tells none.
    dns_name: Option<String>,
    /// Listeners. Absent for custom routing, and when they could not be read.
    listeners: Option<f64>,
    /// Endpoints behind all of them: load balancers, instances, addresses. Absent for custom routing, and when they
    /// could not be read.
    endpoints: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    accelerators: Vec<Accelerator>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Accelerator {
    accelerator_arn: String,
    name: Option<String>,
    enabled: Option<bool>,
    dns_name: Option<String>,
    status: Option<String>,
    created_time: Option<At>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListenersPage {
    #[serde(default)]
    listeners: Vec<Listener>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listener {
    listener_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GroupsPage {
    #[serde(default)]
    endpoint_groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    #[serde(default)]
    endpoint_descriptions: Vec<Endpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    endpoint_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

/// What stands behind an accelerator.
struct Behind {
    listeners: usize,
    /// By id or ARN.
    endpoints: Vec<String>,
}

impl Scan for Accelerators {
    const KIND: Kind = Kind::new("globalaccelerator:accelerator");
    const TITLE: &'static str = "Global accelerators";
    const ACTIONS: &'static [&'static str] = &[
        "globalaccelerator:ListAccelerators",
        "globalaccelerator:ListCustomRoutingAccelerators",
        "globalaccelerator:ListEndpointGroups",
        "globalaccelerator:ListListeners",
        "globalaccelerator:ListTagsForResource",
    ];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (reading, tagging) = (Detail::default(), Detail::default());
        for (call, routing) in [(&LIST, "standard"), (&CUSTOM, "custom")] {
            let mut pages = cx.pages(call, json!({ "MaxResults": 100 }));
            while let Some(page) = pages.next::<Page>().await? {
                let accelerators = each(page.accelerators, async |accelerator: Accelerator| {
                    let arn = accelerator.accelerator_arn.clone();
                    let behind = match routing {
                        "standard" => reading.ask(found, &arn, behind(cx, &arn)).await,
                        _ => None,
                    };
                    let tagged = tagging.ask(found, &arn, cx.call(&TAGS, json!({ "ResourceArn": arn }))).await;
                    (accelerator, behind, tagged.unwrap_or_default())
                });
                for (accelerator, behind, tagged) in accelerators.await {
                    found.add(listed(accelerator, routing, behind, tagged)).await;
                }
            }
        }
        Ok(())
    }
}

async fn behind(cx: &Cx, arn: &str) -> Result<Behind, Fault> {
    let mut behind = Behind { listeners: 0, endpoints: Vec::new() };
    let mut listeners = cx.pages(&LISTENERS, json!({ "AcceleratorArn": arn, "MaxResults": 100 }));
    while let Some(page) = listeners.next::<ListenersPage>().await? {
        for listener in page.listeners {
            behind.listeners += 1;
            let mut groups = cx.pages(&GROUPS, json!({ "ListenerArn": listener.listener_arn, "MaxResults": 100 }));
            while let Some(page) = groups.next::<GroupsPage>().await? {
                let endpoints = page.endpoint_groups.into_iter().flat_map(|group| group.endpoint_descriptions);
                behind.endpoints.extend(endpoints.filter_map(|endpoint| endpoint.endpoint_id));
            }
        }
    }
    Ok(behind)
}

fn listed(accelerator: Accelerator, routing: &str, behind: Option<Behind>, tagged: Tagged) -> Listed<Facts> {
    let id = accelerator.accelerator_arn.rsplit('/').next().unwrap_or_default().to_owned();
    let facts = Facts {
        routing: routing.to_owned(),
        enabled: accelerator.enabled.unwrap_or_default(),
        status: accelerator.status.unwrap_or_default(),
        dns_name: accelerator.dns_name,
        listeners: behind.as_ref().map(|behind| behind.listeners as f64),
        endpoints: behind.as_ref().map(|behind| behind.endpoints.len() as f64),
    };
    let mut listed = Listed::new(id, facts)
        .arn(Some(accelerator.accelerator_arn))
        .name(accelerator.name)
        .created(accelerator.created_time.map(|at| at.0))
        .tags(tagged.tags.0);
    for endpoint in behind.into_iter().flat_map(|behind| behind.endpoints) {
        listed = listed.refers(Role::Uses, Some(endpoint));
    }
    listed
}

/// By the hour, disabled or not; traffic is billed on top.
fn needs(_: &Resource) -> Needs {
    Needs::of(vec![Need::hours("accelerator", "globalaccelerator.accelerator", 1.0)])
}
