use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::tags;
use crate::aws::api::services::GLUE;
use crate::aws::api::{At, Call, each};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

const LIST: Call = GLUE.rpc("GetDatabases").paged("NextToken");
const TABLES: Call = GLUE.rpc("GetTables").paged("NextToken");

/// Databases of the account's own Data Catalog. The catalog bills for objects beyond the first million, whatever
/// database they are in.
pub struct Databases;

/// Facts of a database. Source: `glue:GetDatabases`, `glue:GetTables`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Whether it has a table that the caller may see. Absent when the tables could not be read, and for links and
    /// federated databases, whose tables are elsewhere.
    has_tables: Option<bool>,
    /// Database of another catalog it only points at. Absent when it is no link.
    link_to: Option<String>,
    /// Whether its tables come from another system.
    federated: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    database_list: Vec<Database>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Database {
    name: String,
    create_time: Option<At>,
    target_database: Option<Target>,
    federated_database: Option<Federated>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    #[serde(default)]
    database_name: String,
}

#[derive(Deserialize)]
struct Federated {}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tables {
    #[serde(default)]
    table_list: Vec<Table>,
}

#[derive(Deserialize)]
struct Table {}

impl Scan for Databases {
    const KIND: Kind = Kind::new("glue:database");
    const TITLE: &'static str = "Glue databases";
    const ACTIONS: &'static [&'static str] = &["glue:GetDatabases", "glue:GetTables", "glue:GetTags"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Both;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (looking, tagging) = (Detail::default(), Detail::default());
        let mut pages = cx.pages(&LIST, json!({ "MaxResults": 100 }));
        while let Some(page) = pages.next::<Page>().await? {
            let databases = each(page.database_list, async |database: Database| {
                let arn = cx.arn("glue", cx.region(), &format!("database/{}", database.name));
                let own = database.target_database.is_none() && database.federated_database.is_none();
                let has_tables = match own {
                    true => looking.ask(found, &database.name, has_tables(cx, &database.name)).await,
                    false => None,
                };
                let tags = tags(cx, &tagging, found, &database.name, &arn).await;
                listed(database, has_tables).arn(Some(arn)).tags(tags.0)
            });
            for database in databases.await {
                found.add(database).await;
            }
        }
        Ok(())
    }
}

/// Pages may be empty and yet have a next one, where the caller may not see every table.
async fn has_tables(cx: &Cx, database: &str) -> Result<bool, Fault> {
    let mut pages = cx.pages(&TABLES, json!({ "DatabaseName": database, "MaxResults": 1 }));
    while let Some(page) = pages.next::<Tables>().await? {
        if !page.table_list.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn listed(database: Database, has_tables: Option<bool>) -> Listed<Facts> {
    let facts = Facts {
        has_tables,
        link_to: database.target_database.map(|target| target.database_name),
        federated: database.federated_database.is_some(),
    };
    Listed::new(database.name, facts).created(database.create_time.map(|at| at.0))
}
