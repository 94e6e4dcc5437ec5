use aws_sdk_ec2::types::{EbsBlockDevice, Image};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{Kind, Owner, Role};
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Scan, Tested};

/// Machine images (AMIs) the account owns, deprecated and disabled ones too.
pub struct Images;

/// Facts of an AMI. Source: `ec2:DescribeImages` with owner `self`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// `available`, `pending`, `disabled`, `failed`, `error`, `invalid`, `transient`.
    state: String,
    /// Snapshots behind its block devices; they are what is billed.
    snapshot_ids: Vec<String>,
    /// Sizes of its EBS block devices together, in GiB.
    size_gib: f64,
    /// When an instance was last launched from it, known to AWS a day later and only since April 2017.
    /// Absent when it never was, as far as AWS knows.
    last_launched_at: Option<Timestamp>,
    /// When it counts as deprecated. Absent when no date is set.
    deprecated_at: Option<Timestamp>,
    /// `disabled`, `enabled-with-cooldown`, `enabled-without-cooldown`, or until when the cooldown lasts.
    /// Absent when AWS gives none.
    deregistration_protection: Option<String>,
    /// Whether everyone may launch it.
    public: bool,
    /// `ebs` or `instance-store`.
    root_device_type: String,
    /// `x86_64`, `arm64`, …
    architecture: String,
    /// What the software on it is billed as: `Linux/UNIX`, `Windows`, … Absent when AWS gives none.
    platform_details: Option<String>,
    /// Instance it was made of, which may be gone by now. Absent when it was copied or registered.
    source_instance_id: Option<String>,
    /// Image it was copied from, in this or another region. Absent when it is no copy.
    source_image_id: Option<String>,
    /// Description. Absent when empty.
    description: Option<String>,
}

impl Scan for Images {
    const KIND: Kind = Kind::new("ec2:image");
    const TITLE: &'static str = "Machine images";
    const ACTIONS: &'static [&'static str] = &["ec2:DescribeImages"];
    const BILLING: Billing = Billing::Free;
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let request = client.describe_images().owners("self").include_deprecated(true).include_disabled(true);
        let mut pages = request.into_paginator().page_size(500).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:DescribeImages"))?;
            for image in page.images() {
                found.add(listed(image)).await;
            }
        }
        Ok(())
    }
}

fn listed(image: &Image) -> Listed<Facts> {
    let protection = image.deregistration_protection().unwrap_or_default();
    let mut listed = Listed::new(image.image_id().unwrap_or_default(), facts(image))
        .name(image.name())
        .created(instant(image.creation_date()))
        .tags(super::tags(image.tags()))
        .owner(backup(image.name().unwrap_or_default()))
        // While a cooldown lasts the text says until when, and AWS still refuses.
        .locked(!matches!(protection, "" | "disabled"), "DeregistrationProtection")
        .refers(Role::MadeFrom, image.source_instance_id());
    for disk in disks(image) {
        listed = listed.refers(Role::Needs, disk.snapshot_id());
    }
    listed
}

fn facts(image: &Image) -> Facts {
    let text = |value: Option<&str>| value.filter(|v| !v.is_empty()).map(str::to_owned);
    Facts {
        state: image.state().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        snapshot_ids: disks(image).filter_map(|disk| text(disk.snapshot_id())).collect(),
        size_gib: disks(image).map(|disk| f64::from(disk.volume_size().unwrap_or_default())).sum(),
        last_launched_at: instant(image.last_launched_time()),
        deprecated_at: instant(image.deprecation_time()),
        deregistration_protection: text(image.deregistration_protection()),
        public: image.public().unwrap_or_default(),
        root_device_type: image.root_device_type().map(|t| t.as_str().to_owned()).unwrap_or_default(),
        architecture: image.architecture().map(|a| a.as_str().to_owned()).unwrap_or_default(),
        platform_details: text(image.platform_details()),
        source_instance_id: text(image.source_instance_id()),
        source_image_id: text(image.source_image_id()),
        description: text(image.description()),
    }
}

fn disks(image: &Image) -> impl Iterator<Item = &EbsBlockDevice> {
    image.block_device_mappings().iter().filter_map(|mapping| mapping.ebs())
}

/// AWS Backup names the images it makes itself.
fn backup(name: &str) -> Option<Owner> {
    let owner = Owner { by: "aws-backup".to_owned(), id: String::new(), evidence: "Name AwsBackup_…".to_owned() };
    name.starts_with("AwsBackup_").then_some(owner)
}

/// A time that AWS gives as text, `2025-03-01T10:11:12.000Z`.
fn instant(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_rubbish_is_not() {
        let at = instant(Some("2025-03-01T10:11:12.000Z")).map(|at| at.to_string());
        assert_eq!(at.as_deref(), Some("2025-03-01T10:11:12Z"));
        assert_eq!(instant(Some("")), None);
        assert_eq!(instant(None), None);
    }

    #[test]
    fn image_of_a_backup_has_an_owner() {
        assert!(backup("AwsBackup_i-0a1b_6f5e").is_some());
        assert!(backup("golden AwsBackup_").is_none());
    }
}
