use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::aws::api::services::DS;
use crate::aws::api::{At, Call, Tags, each};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Need, Needs, Resource, Role};
use crate::scan::detail::Detail;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan};

const LIST: Call = DS.rpc("DescribeDirectories").paged("NextToken");
const TAGS: Call = DS.rpc("ListTagsForResource");

/// Directories of AWS Directory Service: managed Active Directory, Simple AD, AD Connector, and directories another
/// account shares with this one. Deleted ones are left out.
pub struct Directories;

/// Facts of a directory. Source: `ds:DescribeDirectories`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `Active`, `Creating`, `Impaired`, `Inoperable`, `Failed`, `RestoreFailed`, `Deleting` and others. Absent when
    /// Directory Service tells none.
    stage: Option<String>,
    /// `MicrosoftAD`, `SimpleAD`, `ADConnector` or `SharedMicrosoftAD`. Absent when Directory Service tells none.
    directory_type: Option<String>,
    /// `Standard`, `Enterprise` or `Hybrid`, for `MicrosoftAD`. Absent for the others.
    edition: Option<String>,
    /// `Small` or `Large`, for `SimpleAD` and `ADConnector`. Absent for the others.
    size: Option<String>,
    /// Domain controllers, each billed by the hour, for `MicrosoftAD`. Absent for the others.
    controllers: Option<f64>,
    /// Further regions it is copied to, each billed like the first. Absent when there are none.
    other_regions: Option<Vec<String>>,
    /// Account that shares it with this one. Absent when it is this account's own.
    shared_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    #[serde(default)]
    directory_descriptions: Vec<Directory>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Directory {
    directory_id: String,
    name: Option<String>,
    size: Option<String>,
    edition: Option<String>,
    stage: Option<String>,
    launch_time: Option<At>,
    #[serde(rename = "Type")]
    directory_type: Option<String>,
    vpc_settings: Option<Network>,
    connect_settings: Option<Network>,
    desired_number_of_domain_controllers: Option<f64>,
    owner_directory_description: Option<Owner>,
    regions_info: Option<Regions>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Network {
    vpc_id: Option<String>,
    #[serde(default)]
    subnet_ids: Vec<String>,
    security_group_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Owner {
    account_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Regions {
    #[serde(default)]
    additional_regions: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tagged {
    #[serde(default)]
    tags: Tags,
}

impl Scan for Directories {
    const KIND: Kind = Kind::new("ds:directory");
    const TITLE: &'static str = "Directories";
    const ACTIONS: &'static [&'static str] = &["ds:DescribeDirectories", "ds:ListTagsForResource"];
    const BILLING: Billing = Billing::By(needs);
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let tagging = Detail::default();
        let mut pages = cx.pages(&LIST, json!({}));
        while let Some(page) = pages.next::<Page>().await? {
            let all = page.directory_descriptions.into_iter();
            let alive = all.filter(|directory| directory.stage.as_deref() != Some("Deleted"));
            let directories = each(alive, async |directory: Directory| {
                let id = &directory.directory_id;
                let call = cx.call::<Tagged>(&TAGS, json!({ "ResourceId": id }));
                let tagged = tagging.ask(found, id, call).await.unwrap_or_default();
                listed(cx, directory).tags(tagged.tags.0)
            });
            for directory in directories.await {
                found.add(directory).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, directory: Directory) -> Listed<Facts> {
    let arn = cx.arn("ds", cx.region(), &format!("directory/{}", directory.directory_id));
    let facts = Facts {
        stage: directory.stage,
        directory_type: directory.directory_type,
        edition: directory.edition,
        size: directory.size,
        controllers: directory.desired_number_of_domain_controllers.filter(|count| *count > 0.0),
        other_regions: directory.regions_info.map(|info| info.additional_regions).filter(|list| !list.is_empty()),
        shared_by: directory.owner_directory_description.and_then(|owner| owner.account_id),
    };
    let listed = Listed::new(directory.directory_id, facts)
        .arn(Some(arn))
        .name(directory.name)
        .created(directory.launch_time.map(|at| at.0));
    let networks = directory.vpc_settings.into_iter().chain(directory.connect_settings);
    networks.fold(listed, |listed, network| {
        let listed = listed.refers(Role::Inside, network.vpc_id).refers(Role::Needs, network.security_group_id);
        network.subnet_ids.into_iter().fold(listed, |listed, subnet| listed.refers(Role::Inside, Some(subnet)))
    })
}

/// Controllers by the hour. Simple AD and AD Connector cost nothing while enough WorkSpaces or WorkMail users live on
/// them, which only the bill tells.
fn needs(directory: &Resource) -> Needs {
    if directory.text("stage") == Some("Failed") {
        return Needs::free();
    }
    let hours = |key, count| Needs::of(vec![Need::hours("controllers", key, count)]);
    let kind = directory.text("directory_type").unwrap_or_default();
    let needs =
        match (kind, directory.text("edition").or_else(|| directory.text("size")), directory.number("controllers")) {
            ("MicrosoftAD", Some("Standard"), Some(count)) => hours("ds.microsoft_ad.standard", count),
            ("MicrosoftAD", Some("Enterprise"), Some(count)) => hours("ds.microsoft_ad.enterprise", count),
            ("SimpleAD", Some("Small"), _) => hours("ds.simple_ad.small", 1.0).at_most(),
            ("SimpleAD", Some("Large"), _) => hours("ds.simple_ad.large", 1.0).at_most(),
            ("ADConnector", Some("Small"), _) => hours("ds.ad_connector.small", 1.0).at_most(),
            _ => Needs::unpriced("directory"),
        };
    if directory.facts.contains_key("other_regions") { needs.and_unpriced("copies in other regions") } else { needs }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;

    #[test]
    fn a_managed_directory_pays_for_each_controller_and_a_simple_one_once() {
        let priced = |facts| needs(&resource("ds:directory", facts));
        let managed = priced(json!({ "directory_type": "MicrosoftAD", "edition": "Standard", "controllers": 2.0 }));
        assert_eq!(managed.parts, [Need::hours("controllers", "ds.microsoft_ad.standard", 2.0)]);
        let simple = priced(json!({ "directory_type": "SimpleAD", "size": "Small" }));
        assert_eq!(simple.parts, [Need::hours("controllers", "ds.simple_ad.small", 1.0)]);
        assert!(simple.upper_bound);
        assert_eq!(priced(json!({ "directory_type": "SharedMicrosoftAD" })), Needs::unpriced("directory"));
    }
}
