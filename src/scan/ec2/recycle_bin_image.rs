use aws_sdk_ec2::types::ImageRecycleBinInfo;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::vpc::text;
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Scan};

/// Deregistered machine images that a rule keeps in the Recycle Bin. The snapshots behind them are what is billed.
pub struct RecycleBinImages;

/// Facts of an image in the Recycle Bin. Source: `ec2:ListImagesInRecycleBin`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// When it was deregistered. Absent when AWS gives none.
    entered_at: Option<Timestamp>,
    /// When it goes for good. Absent when AWS gives none.
    leaves_at: Option<Timestamp>,
    /// Whole days from the scan until it goes for good. Absent when AWS does not say when.
    leaves_in_days: Option<i64>,
    /// Description. Absent when empty.
    description: Option<String>,
}

impl Scan for RecycleBinImages {
    const KIND: Kind = Kind::new("ec2:recycle-bin-image");
    const TITLE: &'static str = "Images in the Recycle Bin";
    const ACTIONS: &'static [&'static str] = &["ec2:ListImagesInRecycleBin"];
    const BILLING: Billing = Billing::Free;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let client = cx.ec2();
        let mut pages = client.list_images_in_recycle_bin().into_paginator().page_size(500).send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Fault::sdk("ec2:ListImagesInRecycleBin"))?;
            for image in page.images() {
                found.add(listed(cx, image)).await;
            }
        }
        Ok(())
    }
}

fn listed(cx: &Cx, image: &ImageRecycleBinInfo) -> Listed<Facts> {
    let id = image.image_id().unwrap_or_default();
    let leaves = time(image.recycle_bin_exit_time());
    let facts = Facts {
        entered_at: time(image.recycle_bin_enter_time()),
        leaves_at: leaves,
        leaves_in_days: leaves.map(|at| (at.as_second() - cx.now().as_second()).div_euclid(86_400)),
        description: text(image.description()),
    };
    Listed::new(id, facts).arn(Some(cx.arn("ec2", cx.region(), &format!("image/{id}")))).name(image.name())
}
