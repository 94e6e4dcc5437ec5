use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::DYNAMODB;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = DYNAMODB.rpc("ListTables").paged_as("ExclusiveStartTableName", "LastEvaluatedTableName");
const DESCRIBE: Call = DYNAMODB.rpc("DescribeTable");
const TAGS: Call = DYNAMODB.rpc("ListTagsOfResource");

/// DynamoDB tables, with their indexes.
pub struct Tables;

/// Facts of a table. Source: `dynamodb:ListTables`, `dynamodb:DescribeTable`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `ACTIVE`, `CREATING`, `ARCHIVED` and others.
    status: String,
    /// `PROVISIONED`, billed by the capacity that stands ready, or `PAY_PER_REQUEST`.
    billing_mode: String,
    /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`.
    class: String,
    /// Read capacity that stands ready, its indexes' included; 0 when paid by the request.
    read_units: f64,
    /// Write capacity that stands ready, its indexes' included; 0 when paid by the request.
    write_units: f64,
    /// What it stores, its indexes included, in GiB; some hours old.
    size_gib: f64,
    /// Items in it; some hours old.
    items: f64,
    /// Copies in other regions.
    replicas: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    table_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    table: Table,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Table {
    table_name: String,
    table_arn: String,
    #[serde(default)]
    table_status: String,
    creation_date_time: Option<At>,
    provisioned_throughput: Option<Throughput>,
    table_size_bytes: Option<f64>,
    item_count: Option<f64>,
    billing_mode_summary: Option<Mode>,
    table_class_summary: Option<Class>,
    #[serde(default)]
    global_secondary_indexes: Vec<Index>,
    #[serde(default)]
    local_secondary_indexes: Vec<Index>,
    #[serde(default)]
    replicas: Vec<Replica>,
    deletion_protection_enabled: Option<bool>,
    #[serde(rename = "SSEDescription")]
    encryption: Option<Encryption>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Throughput {
    read_capacity_units: Option<f64>,
    write_capacity_units: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mode {
    billing_mode: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Class {
    table_class: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Index {
    provisioned_throughput: Option<Throughput>,
    index_size_bytes: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Replica {}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Encryption {
    #[serde(rename = "KMSMasterKeyArn")]
    key_arn: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Tables {
    const KIND: Kind = Kind::new("dynamodb:table");
    const TITLE: &'static str = "DynamoDB tables";
    const ACTIONS: &'static [&'static str] =
        &["dynamodb:DescribeTable", "dynamodb:ListTables", "dynamodb:ListTagsOfResource"];
    const BILLING: Billing = Billing::By(needs);
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({ "Limit": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let tables = each(page.table_names, async |name: String| {
                let table = cx.call::<Described>(&DESCRIBE, json!({ "TableName": name })).await?.table;
                let tags = cx.call::<Tagged>(&TAGS, json!({ "ResourceArn": table.table_arn }));
                let tagged = tagging.ask(found, &name, tags).await.unwrap_or_default();
                Ok((table, tagged))
            });
            let mut trouble = None;
            for table in tables.await {
                match table {
                    Ok((table, tagged)) => found.add(listed(table, tagged)).await,
                    Err(fault) => trouble = trouble.or((!Fault::is_gone(&fault)).then_some(fault)),
                }
            }
            if let Some(fault) = trouble {
                return Err(fault);
            }
        }
        Ok(())
    }
}

fn listed(table: Table, tagged: Tagged) -> Listed<Facts> {
    const GIB: f64 = 1_073_741_824.0;
    let indexes = || table.global_secondary_indexes.iter().chain(&table.local_secondary_indexes);
    let capacity = |of: fn(&Throughput) -> Option<f64>| {
        let all =
            table.provisioned_throughput.iter().chain(indexes().filter_map(|one| one.provisioned_throughput.as_ref()));
        all.filter_map(of).fold(0.0, |sum, units| sum + units)
    };
    let bytes = table.table_size_bytes.into_iter().chain(indexes().filter_map(|index| index.index_size_bytes));
    let facts = Facts {
        status: table.table_status.clone(),
        billing_mode: table
            .billing_mode_summary
            .as_ref()
            .and_then(|mode| mode.billing_mode.clone())
            .unwrap_or_else(|| "PROVISIONED".to_owned()),
        class: table
            .table_class_summary
            .as_ref()
            .and_then(|class| class.table_class.clone())
            .unwrap_or_else(|| "STANDARD".to_owned()),
        read_units: capacity(|one| one.read_capacity_units),
        write_units: capacity(|one| one.write_capacity_units),
        size_gib: bytes.fold(0.0, |sum, bytes| sum + bytes) / GIB,
        items: table.item_count.unwrap_or_default(),
        replicas: table.replicas.len() as f64,
    };
    Listed::new(table.table_name, facts)
        .arn(Some(table.table_arn))
        .created(table.creation_date_time.map(|at| at.0))
        .tags(tagged.tags.0)
        .locked(table.deletion_protection_enabled == Some(true), "DeletionProtectionEnabled")
        .refers(Role::Needs, table.encryption.and_then(|encryption| encryption.key_arn))
}

/// Capacity that stands ready, and storage. The first 25 GB and 25 units of a region are free and nobody tells for which
/// table. Rules read the parts by these names: `capacity`, `storage`.
fn needs(table: &Resource) -> Needs {
    let rare = table.text("class") == Some("STANDARD_INFREQUENT_ACCESS");
    let suffix = if rare { "_ia" } else { "" };
    let mut parts = Vec::new();
    if table.text("billing_mode") == Some("PROVISIONED") {
        let units = |fact: &str| table.number(fact).unwrap_or_default();
        parts.push(Need::hours("read capacity", format!("dynamodb.rcu{suffix}"), units("read_units")));
        parts.push(Need::hours("write capacity", format!("dynamodb.wcu{suffix}"), units("write_units")));
    }
    parts.push(Need::storage(
        "storage",
        format!("dynamodb.storage{suffix}"),
        table.number("size_gib").unwrap_or_default(),
    ));
    parts.retain(|part| part.quantity > 0.0);
    let free = parts.is_empty();
    let needs = Needs::of(parts);
    if free { needs } else { needs.at_most() }
}
