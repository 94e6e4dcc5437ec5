use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::ELASTICACHE;
use crate::aws::api::{At, Call, List};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = ELASTICACHE.rpc("DescribeReplicationGroups").paged("Marker");

/// ElastiCache replication groups. Their nodes are `elasticache:cluster` and billed there.
pub struct ReplicationGroups;

/// Facts of a replication group. Source: `elasticache:DescribeReplicationGroups`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `creating`, `deleting`, `create-failed` and others.
    status: String,
    /// Node type of its members. Absent when the service tells none.
    node_type: Option<String>,
    /// `redis` or `valkey`. Absent when the service tells none.
    engine: Option<String>,
    /// Identifiers of its nodes.
    members: Vec<String>,
    /// `enabled` or `disabled`: nodes in several zones. Absent when the service tells none.
    multi_az: Option<String>,
    /// Global datastore it is part of. Absent when it is in none.
    global_group: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    replication_groups: List<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    replication_group_id: String,
    status: Option<String>,
    cache_node_type: Option<String>,
    engine: Option<String>,
    member_clusters: Option<List<String>>,
    #[serde(rename = "MultiAZ")]
    multi_az: Option<String>,
    global_replication_group_info: Option<Global>,
    #[serde(rename = "ARN")]
    arn: String,
    replication_group_create_time: Option<At>,
    kms_key_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Global {
    global_replication_group_id: Option<String>,
}

impl Scan for ReplicationGroups {
    const KIND: Kind = Kind::new("elasticache:replicationgroup");
    const TITLE: &'static str = "ElastiCache replication groups";
    const ACTIONS: &'static [&'static str] = &["elasticache:DescribeReplicationGroups"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let mut pages = cx.pages(&LIST, json!({ "MaxRecords": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            for one in page.replication_groups.items {
                found.add(listed(one)).await;
            }
        }
        Ok(())
    }
}

fn listed(one: Group) -> Listed<Facts> {
    let facts = Facts {
        status: one.status.unwrap_or_default(),
        node_type: one.cache_node_type.filter(|text| !text.is_empty()),
        engine: one.engine.filter(|text| !text.is_empty()),
        members: one.member_clusters.map(|all| all.items).unwrap_or_default(),
        multi_az: one.multi_az.filter(|text| !text.is_empty()),
        global_group: one.global_replication_group_info.and_then(|global| global.global_replication_group_id),
    };
    Listed::new(one.replication_group_id, facts)
        .arn(Some(one.arn))
        .created(one.replication_group_create_time.map(|at| at.0))
        .refers(Role::Needs, one.kms_key_id)
}
