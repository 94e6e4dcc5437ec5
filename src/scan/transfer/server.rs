use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::TRANSFER;
use crate::aws::api::{Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = TRANSFER.rpc("ListServers").paged("NextToken");
const DESCRIBE: Call = TRANSFER.rpc("DescribeServer");

/// File transfer servers of Transfer Family. AWS does not tell when one was made.
pub struct Servers;

/// Facts of a server. Source: `transfer:ListServers`, `transfer:DescribeServer`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ONLINE`, `OFFLINE` (billed all the same), `STARTING`, `STOPPING`, `START_FAILED` or `STOP_FAILED`.
    state: String,
    /// Where the files are: `S3` or `EFS`.
    domain: String,
    /// `PUBLIC`, `VPC` or `VPC_ENDPOINT`.
    endpoint_type: String,
    /// Who tells users apart: `SERVICE_MANAGED`, `API_GATEWAY`, `AWS_DIRECTORY_SERVICE` or `AWS_LAMBDA`.
    identity_provider: String,
    /// Users the service knows. 0 where somebody else tells them apart.
    users: f64,
    /// `SFTP`, `FTPS`, `FTP` and `AS2`, each billed by the hour. Absent when the details could not be read.
    protocols: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    servers: Vec<Summary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    arn: String,
    server_id: String,
    domain: Option<String>,
    identity_provider_type: Option<String>,
    endpoint_type: Option<String>,
    state: Option<String>,
    user_count: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    server: Server,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Server {
    #[serde(default)]
    protocols: Vec<String>,
    endpoint_details: Option<Endpoint>,
    identity_provider_details: Option<Provider>,
    certificate: Option<String>,
    #[serde(default)]
    tags: Tags,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    #[serde(default)]
    address_allocation_ids: Vec<String>,
    #[serde(default)]
    subnet_ids: Vec<String>,
    vpc_endpoint_id: Option<String>,
    vpc_id: Option<String>,
    #[serde(default)]
    security_group_ids: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Provider {
    directory_id: Option<String>,
    function: Option<String>,
}

impl Scan for Servers {
    const KIND: Kind = Kind::new("transfer:server");
    const TITLE: &'static str = "Transfer servers";
    const ACTIONS: &'static [&'static str] = &["transfer:DescribeServer", "transfer:ListServers"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let describing = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 1000 }));
        while let Some(page) = pages.next::<Page>().await? {
            let servers = each(page.servers, async |summary: Summary| {
                let call = cx.call::<Described>(&DESCRIBE, json!({ "ServerId": summary.server_id }));
                let described = describing.ask(found, &summary.server_id, call).await;
                (summary, described.map(|d| d.server))
            });
            for (summary, described) in servers.await {
                found.add(listed(summary, described)).await;
            }
        }
        Ok(())
    }
}

fn listed(summary: Summary, described: Option<Server>) -> Listed<Facts> {
    let facts = Facts {
        state: summary.state.unwrap_or_default(),
        domain: summary.domain.unwrap_or_else(|| "S3".to_owned()),
        endpoint_type: summary.endpoint_type.unwrap_or_default(),
        identity_provider: summary.identity_provider_type.unwrap_or_default(),
        users: summary.user_count.unwrap_or_default(),
        protocols: described.as_ref().map(|server| server.protocols.clone()),
    };
    let listed = Listed::new(summary.server_id, facts).arn(Some(summary.arn));
    let Some(server) = described else { return listed };
    let endpoint = server.endpoint_details.unwrap_or_default();
    let provider = server.identity_provider_details.unwrap_or_default();
    let mut listed = listed
        .tags(server.tags.0)
        .refers(Role::Inside, endpoint.vpc_id)
        .refers(Role::Needs, endpoint.vpc_endpoint_id)
        .refers(Role::Needs, server.certificate)
        .refers(Role::Needs, provider.directory_id)
        .refers(Role::Uses, provider.function);
    for subnet in endpoint.subnet_ids {
        listed = listed.refers(Role::Inside, Some(subnet));
    }
    for address in endpoint.address_allocation_ids {
        listed = listed.refers(Role::Needs, Some(address));
    }
    for group in endpoint.security_group_ids {
        listed = listed.refers(Role::Uses, Some(group));
    }
    listed
}

/// Each protocol by the hour, from the day the server is made to the day it is deleted; files are billed on top.
fn needs(server: &Resource) -> Needs {
    match server.facts.get("protocols").and_then(serde_json::Value::as_array) {
        Some(protocols) => Needs::of(vec![Need::hours("protocols", "transfer.protocol", protocols.len() as f64)]),
        None => Needs::unpriced("protocols"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn an_offline_server_pays_for_each_protocol() {
        let facts = json!({ "state": "OFFLINE", "protocols": ["SFTP", "FTPS"] });
        let needs = needs(&resource("transfer:server", facts));
        assert_eq!(needs.parts, [Need::hours("protocols", "transfer.protocol", 2.0)]);
        assert_eq!(super::needs(&resource("transfer:server", json!({}))).unpriced, ["protocols"]);
    }
}
