use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{LaunchTemplate, ResponseLaunchTemplateData};
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{Kind, Role};
use crate::scan::found::{Found, Listed, time};
use crate::scan::ownership;
use crate::scan::{Billing, Scan, Tested};

/// EC2 launch templates, with what their default and latest versions name.
///
/// Versions between those two are not read: that would take a call a template. What only they name looks
/// unused.
pub struct LaunchTemplates;

/// Facts of a launch template. Source: `ec2:DescribeLaunchTemplates`, and for the lists
/// `ec2:DescribeLaunchTemplateVersions` with `$Default` and `$Latest`; they are absent when that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Version launched when none is asked for. Absent when AWS gives none.
    default_version: Option<i64>,
    /// Newest version; also how many were ever made. Absent when AWS gives none.
    latest_version: Option<i64>,
    /// ARN of who made it. Absent when AWS gives none.
    created_by: Option<String>,
    /// Images the two versions launch: `ami-…`, or `resolve:ssm:…` for one looked up at launch.
    image_ids: Option<Vec<String>>,
    /// Instance types the two versions ask for.
    instance_types: Option<Vec<String>>,
    /// Names of the key pairs the two versions put on instances.
    key_names: Option<Vec<String>>,
    /// Security groups of the two versions.
    security_group_ids: Option<Vec<String>>,
    /// Snapshots the two versions make volumes from.
    snapshot_ids: Option<Vec<String>>,
}

/// What versions of one template name.
#[derive(Default)]
struct Named {
    images: BTreeSet<String>,
    types: BTreeSet<String>,
    keys: BTreeSet<String>,
    groups: BTreeSet<String>,
    snapshots: BTreeSet<String>,
    subnets: BTreeSet<String>,
    profiles: BTreeSet<String>,
}

type Versions = BTreeMap<String, Named>;

impl Scan for LaunchTemplates {
    const KIND: Kind = Kind::new("ec2:launch-template");
    const TITLE: &'static str = "Launch templates";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let request = client.describe_launch_templates().include_managed_resources(true);
        let mut pages = request.into_paginator().page_size(200).send();
        let mut versions: Option<Result<Versions, Fault>> = None;
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeLaunchTemplates"))?;
            if versions.is_none() && !page.launch_templates().is_empty() {
                versions = Some(read_versions(&client).await);
            }
            let read = versions.as_ref().and_then(|read| read.as_ref().ok());
            for template in page.launch_templates() {
                found.add(listed(template, read)).await;
            }
        }
        // Without versions no template refers to anything, and its images and keys would look unused:
        // the listing then counts as broken off, which keeps rules from concluding that.
        versions.transpose().map(|_| ())
    }
}

async fn read_versions(client: &Client) -> Result<Versions, Fault> {
    let mut versions = Versions::new();
    let request = client.describe_launch_template_versions().versions("$Default").versions("$Latest");
    let mut pages = request.include_managed_resources(true).into_paginator().page_size(200).send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Fault::sdk("ec2:DescribeLaunchTemplateVersions"))?;
        for version in page.launch_template_versions() {
            if let (Some(id), Some(data)) = (version.launch_template_id(), version.launch_template_data()) {
                versions.entry(id.to_owned()).or_default().take(data);
            }
        }
    }
    Ok(versions)
}

impl Named {
    fn take(&mut self, data: &ResponseLaunchTemplateData) {
        let cards = data.network_interfaces();
        let disks = data.block_device_mappings().iter().filter_map(|mapping| mapping.ebs());
        let profile = data.iam_instance_profile().and_then(|profile| profile.arn().or(profile.name()));
        self.images.extend(data.image_id().map(str::to_owned));
        self.types.extend(data.instance_type().map(|t| t.as_str().to_owned()));
        self.keys.extend(data.key_name().map(str::to_owned));
        self.groups.extend(data.security_group_ids().iter().cloned());
        self.groups.extend(cards.iter().flat_map(|card| card.groups()).cloned());
        self.subnets.extend(cards.iter().filter_map(|card| card.subnet_id()).map(str::to_owned));
        self.snapshots.extend(disks.filter_map(|disk| disk.snapshot_id()).map(str::to_owned));
        self.profiles.extend(profile.map(str::to_owned));
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        let near = self.images.iter().chain(&self.keys).chain(&self.groups);
        near.chain(&self.snapshots).chain(&self.subnets).chain(&self.profiles)
    }
}

fn listed(template: &LaunchTemplate, versions: Option<&Versions>) -> Listed<Facts> {
    let id = template.launch_template_id().unwrap_or_default();
    let nothing = Named::default();
    let named = versions.map(|versions| versions.get(id).unwrap_or(&nothing));
    let list = |of: fn(&Named) -> &BTreeSet<String>| named.map(|named| of(named).iter().cloned().collect());
    let facts = Facts {
        default_version: template.default_version_number(),
        latest_version: template.latest_version_number(),
        created_by: template.created_by().map(str::to_owned),
        image_ids: list(|named| &named.images),
        instance_types: list(|named| &named.types),
        key_names: list(|named| &named.keys),
        security_group_ids: list(|named| &named.groups),
        snapshot_ids: list(|named| &named.snapshots),
    };
    let managed = template.operator().filter(|o| o.managed().unwrap_or_default());
    let mut listed = Listed::new(id, facts)
        .name(template.launch_template_name())
        .created(time(template.create_time()))
        .tags(super::tags(template.tags()))
        .owner(managed.map(|o| ownership::service(o.principal().unwrap_or("AWS"), "Operator.Managed")));
    for other in named.into_iter().flat_map(Named::all) {
        listed = listed.refers(Role::Uses, Some(other.clone()));
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_told_together() {
        let data = |image: &str| ResponseLaunchTemplateData::builder().image_id(image).key_name("laptop").build();
        let mut named = Named::default();
        named.take(&data("ami-1"));
        named.take(&data("ami-2"));
        let all: Vec<&str> = named.all().map(String::as_str).collect();
        assert_eq!(all, ["ami-1", "ami-2", "laptop"]);
    }
}
