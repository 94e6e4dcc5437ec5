//! What no scanner knows: resources that AWS's own indexes have and nobody here listed.
//!
//! The Resource Groups Tagging API knows what is or was tagged, in every region. Resource Explorer knows much more,
//! where the account has switched it on. Whatever they return and no scanner lists becomes a resource of the kind
//! `unscanned`, so that a thing this program has never heard of is seen all the same; it leaves that kind once
//! somebody writes a scanner.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::aws::api::services::{RESOURCE_EXPLORER_2, RESOURCEGROUPSTAGGINGAPI};
use crate::aws::api::{At, Call, Tags};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Region, Resource, ResourceId};

/// IAM actions used here.
pub const ACTIONS: &[&str] = &[
    "resource-explorer-2:GetDefaultView",
    "resource-explorer-2:ListIndexes",
    "resource-explorer-2:ListResources",
    "tag:GetResources",
];

const TAGGED: Call = RESOURCEGROUPSTAGGINGAPI.rpc("GetResources").paged("PaginationToken");
const INDEXES: Call = RESOURCE_EXPLORER_2.post("ListIndexes", "/ListIndexes").paged("NextToken");
const VIEW: Call = RESOURCE_EXPLORER_2.post("GetDefaultView", "/GetDefaultView");
const EXPLORED: Call = RESOURCE_EXPLORER_2.post("ListResources", "/ListResources").paged("NextToken");

/// A resource as an index has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Swept {
    /// Its ARN.
    pub arn: String,
    /// What it is, as the index or the ARN says.
    pub kind: Kind,
    /// Where.
    pub region: Region,
    /// Its tags, where the index has them.
    pub tags: BTreeMap<String, String>,
    /// Which index.
    pub index: &'static str,
    /// When the index last saw it. `None` where it does not tell.
    pub reported_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TaggedPage {
    #[serde(default)]
    resource_tag_mapping_list: Vec<Mapping>,
}

#[derive(Deserialize)]
struct Mapping {
    #[serde(rename = "ResourceARN")]
    arn: String,
    #[serde(rename = "Tags", default)]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IndexPage {
    #[serde(default)]
    indexes: Vec<Index>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Index {
    region: String,
    #[serde(rename = "Type")]
    sort: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct View {
    view_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ExploredPage {
    #[serde(default)]
    resources: Vec<Explored>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Explored {
    arn: String,
    owning_account_id: Option<String>,
    region: Option<String>,
    resource_type: Option<String>,
    last_reported_at: Option<At>,
}

/// What is or was tagged in the context's region. Source: `tag:GetResources`.
///
/// Errors when a page cannot be read: half an index shows nothing for certain.
pub async fn tagged(cx: &Cx) -> Result<Vec<Swept>, Fault> {
    let mut swept = Vec::new();
    let mut pages = cx.pages(&TAGGED, json!({ "ResourcesPerPage": 100 }));
    while let Some(page) = pages.next::<TaggedPage>().await? {
        swept.extend(page.resource_tag_mapping_list.into_iter().map(|mapping| Swept {
            kind: kind_of(&mapping.arn),
            region: region_of(&mapping.arn),
            arn: mapping.arn,
            tags: mapping.tags.0,
            index: "Resource Groups Tagging API",
            reported_at: None,
        }));
    }
    Ok(swept)
}

/// What Resource Explorer has of this account: through its aggregator index, else through the index of each region.
/// Empty where the account has no index, or none with a default view.
///
/// Errors when an index that is there cannot be read.
pub async fn explored(cx: &Cx) -> Result<Vec<Swept>, Fault> {
    let mut indexes = Vec::new();
    let mut pages = cx.pages(&INDEXES, json!({}));
    while let Some(page) = pages.next::<IndexPage>().await? {
        indexes.extend(page.indexes);
    }
    if let Some(one) = indexes.iter().position(|index| index.sort == "AGGREGATOR") {
        indexes = vec![indexes.swap_remove(one)];
    }
    let mut swept = Vec::new();
    for index in indexes {
        let cx = cx.in_region(&Region::new(index.region));
        let view: View = cx.call(&VIEW, json!({})).await?;
        let Some(view) = view.view_arn.filter(|arn| !arn.is_empty()) else { continue };
        let mut pages = cx.pages(&EXPLORED, json!({ "ViewArn": view, "MaxResults": 1000 }));
        while let Some(page) = pages.next::<ExploredPage>().await? {
            let ours = |one: &Explored| one.owning_account_id.as_deref().is_none_or(|id| id == cx.account());
            swept.extend(page.resources.into_iter().filter(ours).map(of_explorer));
        }
    }
    Ok(swept)
}

fn of_explorer(one: Explored) -> Swept {
    Swept {
        kind: one.resource_type.map_or_else(|| kind_of(&one.arn), Kind::owned),
        region: one.region.map_or_else(|| region_of(&one.arn), Region::new),
        tags: BTreeMap::new(),
        index: "Resource Explorer",
        reported_at: one.last_reported_at.map(|at| at.0),
        arn: one.arn,
    }
}

/// What an ARN is of, `service:thing`. Services whose ARNs name no thing have but one.
fn kind_of(arn: &str) -> Kind {
    let mut parts = arn.splitn(6, ':').skip(2);
    let service = parts.next().unwrap_or_default();
    let rest = parts.nth(2).unwrap_or_default().trim_start_matches('/');
    let thing = match rest.split_once(['/', ':']) {
        Some((thing, _)) => thing,
        None => match service {
            "sqs" => "queue",
            "sns" => "topic",
            "s3" => "bucket",
            "codepipeline" => "pipeline",
            _ => "resource",
        },
    };
    Kind::owned(format!("{service}:{thing}"))
}

fn region_of(arn: &str) -> Region {
    match arn.split(':').nth(3) {
        Some(region) if !region.is_empty() => Region::new(region),
        _ => Region::global(),
    }
}

/// The resources among some swept ones that no scanner listed. `known` tells whether an ARN was listed; `listed`
/// whether a kind was listed to the end in a region, so that what the index still has of it is gone, or is left out
/// on purpose. The tags of both indexes come together.
pub fn unknown(
    account: &str,
    swept: Vec<Swept>,
    known: impl Fn(&str) -> bool,
    listed: impl Fn(&Kind, &Region) -> bool,
) -> Vec<Resource> {
    let mut by_arn: BTreeMap<String, Swept> = BTreeMap::new();
    for one in swept {
        let bare = one.arn.trim_end_matches(":*");
        if known(&one.arn) || known(bare) || listed(&one.kind, &one.region) || listed(&kind_of(&one.arn), &one.region) {
            continue;
        }
        match by_arn.get_mut(&one.arn) {
            Some(first) => first.tags.extend(one.tags),
            None => {
                by_arn.insert(one.arn.clone(), one);
            }
        }
    }
    by_arn.into_values().map(|one| resource(account, one)).collect()
}

fn resource(account: &str, one: Swept) -> Resource {
    let mut facts = Map::new();
    facts.insert("type".to_owned(), json!(one.kind.as_str()));
    facts.insert("index".to_owned(), json!(one.index));
    if let Some(at) = one.reported_at {
        facts.insert("reported_at".to_owned(), Value::String(at.to_string()));
    }
    let last = one.arn.rsplit(['/', ':']).next().unwrap_or_default();
    Resource {
        id: if last.is_empty() { one.arn.clone() } else { last.to_owned() },
        arn: ResourceId::new(one.arn),
        kind: Kind::UNSCANNED,
        account: account.to_owned(),
        region: one.region,
        name: one.tags.get("Name").filter(|name| !name.is_empty()).cloned(),
        created_at: None,
        tags: one.tags,
        facts,
        refs: Vec::new(),
        owner: None,
        protections: Vec::new(),
        cost: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swept(arn: &str) -> Swept {
        Swept {
            arn: arn.to_owned(),
            kind: kind_of(arn),
            region: region_of(arn),
            tags: BTreeMap::from([("team".to_owned(), "data".to_owned())]),
            index: "Resource Explorer",
            reported_at: None,
        }
    }

    #[test]
    fn an_arn_tells_what_it_is_of() {
        let kind = |arn: &str| kind_of(arn).as_str().to_owned();
        assert_eq!(kind("arn:aws:ec2:us-east-1:111122223333:volume/vol-1"), "ec2:volume");
        assert_eq!(kind("arn:aws:rds:us-east-1:111122223333:pg:default"), "rds:pg");
        assert_eq!(kind("arn:aws:sqs:us-east-1:111122223333:jobs"), "sqs:queue");
        assert_eq!(kind("arn:aws:apigateway:us-east-1::/restapis/a1"), "apigateway:restapis");
        assert_eq!(kind("arn:aws:s3:::logs"), "s3:bucket");
        assert_eq!(region_of("arn:aws:s3:::logs"), Region::global());
        assert_eq!(kind("nonsense"), ":resource");
    }

    #[test]
    fn what_a_scanner_lists_is_not_unscanned_and_what_it_could_not_list_is() {
        let arns = [
            "arn:aws:ec2:us-east-1:111122223333:volume/vol-seen",
            "arn:aws:ec2:us-east-1:111122223333:volume/vol-gone",
            "arn:aws:ec2:eu-west-1:111122223333:volume/vol-refused",
            "arn:aws:braket:us-east-1:111122223333:job/j1",
        ];
        let found = unknown(
            "111122223333",
            arns.iter().chain(&arns).map(|arn| swept(arn)).collect(),
            |arn| arn.ends_with("vol-seen"),
            |kind, region| kind.as_str() == "ec2:volume" && region.as_str() == "us-east-1",
        );
        let ids: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["j1", "vol-refused"]);
        assert_eq!(found[0].text("type"), Some("braket:job"));
        assert_eq!(found[0].kind, Kind::UNSCANNED);
    }
}
