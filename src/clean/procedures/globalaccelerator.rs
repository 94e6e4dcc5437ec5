use serde::Deserialize;
use serde_json::json;

use super::parts::{Manner, Part, Way};
use crate::aws::Fault;
use crate::aws::api::Call;
use crate::aws::api::services::GLOBALACCELERATOR;
use crate::model::Resource;

/// The operations of one of the two sorts of accelerators.
struct Names {
    listeners: Manner,
    groups: Manner,
    delete_listener: &'static str,
    delete_group: &'static str,
}

const LISTENERS: Call = GLOBALACCELERATOR.rpc("ListListeners").paged("NextToken");
const GROUPS: Call = GLOBALACCELERATOR.rpc("ListEndpointGroups").paged("NextToken");
const CUSTOM_LISTENERS: Call = GLOBALACCELERATOR.rpc("ListCustomRoutingListeners").paged("NextToken");
const CUSTOM_GROUPS: Call = GLOBALACCELERATOR.rpc("ListCustomRoutingEndpointGroups").paged("NextToken");

const STANDARD: Names = Names {
    listeners: Manner::each("listeners", &LISTENERS),
    groups: Manner::each("endpoint groups", &GROUPS),
    delete_listener: "DeleteListener",
    delete_group: "DeleteEndpointGroup",
};

const CUSTOM: Names = Names {
    listeners: Manner::each("listeners", &CUSTOM_LISTENERS),
    groups: Manner::each("endpoint groups", &CUSTOM_GROUPS),
    delete_listener: "DeleteCustomRoutingListener",
    delete_group: "DeleteCustomRoutingEndpointGroup",
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListenerPage {
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
struct GroupPage {
    #[serde(default)]
    endpoint_groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    endpoint_group_arn: String,
}

/// Deletes the listeners of an accelerator, each after its endpoint groups. The endpoints themselves stay.
pub(super) async fn delete_listeners(way: &Way<'_>, accelerator: &Resource) -> Result<(), Fault> {
    let names = if accelerator.text("routing") == Some("custom") { &CUSTOM } else { &STANDARD };
    let delete = GLOBALACCELERATOR.act(names.delete_listener, None);
    let delete = &delete;
    way.empty(
        &names.listeners,
        || listeners(way, names, accelerator.arn.as_str()),
        |arns| async move {
            for arn in arns {
                delete_groups(way, names, &arn).await?;
                way.take(delete, &json!({ "ListenerArn": arn })).await?;
            }
            Ok(())
        },
    )
    .await
}

async fn listeners(way: &Way<'_>, names: &Names, accelerator: &str) -> Result<Vec<Part>, Fault> {
    let mut pages = way.cx.pages(names.listeners.listing, json!({ "AcceleratorArn": accelerator, "MaxResults": 100 }));
    let mut parts = Vec::new();
    while let Some(page) = pages.next::<ListenerPage>().await? {
        parts.extend(page.listeners.into_iter().map(|one| Part::stateless(one.listener_arn)));
    }
    Ok(parts)
}

async fn delete_groups(way: &Way<'_>, names: &Names, listener: &str) -> Result<(), Fault> {
    let delete = GLOBALACCELERATOR.act(names.delete_group, None);
    let delete = &delete;
    let outcome = way.empty(
        &names.groups,
        || groups(way, names, listener),
        |arns| async move {
            for arn in arns {
                way.take(delete, &json!({ "EndpointGroupArn": arn })).await?;
            }
            Ok(())
        },
    );
    match outcome.await {
        // The listener is gone meanwhile, and its groups with it.
        Err(fault) if fault.is_gone() => Ok(()),
        outcome => outcome,
    }
}

async fn groups(way: &Way<'_>, names: &Names, listener: &str) -> Result<Vec<Part>, Fault> {
    let mut pages = way.cx.pages(names.groups.listing, json!({ "ListenerArn": listener, "MaxResults": 100 }));
    let mut parts = Vec::new();
    while let Some(page) = pages.next::<GroupPage>().await? {
        parts.extend(page.endpoint_groups.into_iter().map(|one| Part::stateless(one.endpoint_group_arn)));
    }
    Ok(parts)
}
