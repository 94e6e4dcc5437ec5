use serde::Deserialize;
use serde_json::json;

use super::parts::{Manner, Part, Way};
use crate::aws::Fault;
use crate::aws::api::services::EC2;
use crate::aws::api::{Call, List};

const LIST: Call = EC2.rpc("DescribeClientVpnTargetNetworks").paged_as("NextToken", "nextToken");
/// EC2 refuses some changes of an endpoint while it makes another; those are asked for again.
const MANNER: Manner = Manner::each("associations with subnets", &LIST);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    client_vpn_target_networks: List<Network>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Network {
    association_id: String,
    #[serde(default)]
    status: Status,
}

#[derive(Default, Deserialize)]
struct Status {
    #[serde(default)]
    code: String,
}

/// Takes a Client VPN endpoint off its subnets, which also ends the connections of its clients.
pub(super) async fn disassociate_subnets(way: &Way<'_>, endpoint: &str) -> Result<(), Fault> {
    let disassociate = EC2.act("DisassociateClientVpnTargetNetwork", None);
    let disassociate = &disassociate;
    way.empty(
        &MANNER,
        || associations(way, endpoint),
        |ids| async move {
            for id in ids {
                way.take(disassociate, &json!({ "ClientVpnEndpointId": endpoint, "AssociationId": id })).await?;
            }
            Ok(())
        },
    )
    .await
}

async fn associations(way: &Way<'_>, endpoint: &str) -> Result<Vec<Part>, Fault> {
    let mut pages = way.cx.pages(&LIST, json!({ "ClientVpnEndpointId": endpoint, "MaxResults": 100 }));
    let mut parts = Vec::new();
    while let Some(page) = pages.next::<Page>().await? {
        let networks = page.client_vpn_target_networks.items.into_iter();
        let here = networks.filter(|network| network.status.code != "disassociated");
        parts.extend(here.map(|network| Part::new(network.association_id, network.status.code, "disassociating")));
    }
    Ok(parts)
}
