//! Amazon S3: general purpose buckets, and what lies in them unseen.
//!
//! Buckets are named once for the account and live in a region each; every question about one goes to its
//! own region. Directory buckets (S3 Express One Zone) are another API and are not listed.

pub mod billing;
pub mod bucket;
pub mod multipart_upload;

mod contents;
mod settings;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use aws_sdk_s3::Client;
use jiff::Timestamp;
use serde::Serialize;

use super::Scanner;
use super::found::{Found, time};
use crate::aws::{Cx, Fault};
use crate::model::{Region, Why};

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] =
    &[Scanner::of::<bucket::Buckets>(), Scanner::of::<multipart_upload::MultipartUploads>()];

/// How many buckets are asked about side by side.
const ABREAST: usize = 8;

/// A bucket and where it lives.
struct Home {
    /// Name of the bucket.
    name: String,
    /// Its region, or why nobody would tell; that gap is then written down.
    region: Result<Region, Why>,
    /// When it was made. S3 moves this date forward when some settings are edited, such as the policy, so the
    /// bucket may be older.
    created_at: Option<Timestamp>,
}

/// Every bucket of the run's regions, and how the listing of them ended. One whose region cannot be learnt
/// is a gap of its own and stays in the list.
async fn homes<F: Serialize>(cx: &Cx, found: &Found<'_, F>) -> (Vec<Home>, Result<(), Fault>) {
    let client = cx.s3();
    let mut homes = Vec::new();
    // The answer names regions only when it is asked for in pages.
    let mut pages = client.list_buckets().into_paginator().page_size(1000).send();
    while let Some(page) = pages.next().await {
        let page = match page.map_err(Fault::sdk("s3:ListAllMyBuckets")) {
            Ok(page) => page,
            Err(fault) => return (homes, Err(fault)),
        };
        for bucket in page.buckets() {
            let Some(name) = bucket.name() else { continue };
            let region = match bucket.bucket_region() {
                Some(region) => Ok(Region::new(region)),
                None => ask_region(&client, found, name).await,
            };
            if region.as_ref().map_or(true, |region| cx.wants(region)) {
                homes.push(Home { name: name.to_owned(), region, created_at: time(bucket.creation_date()) });
            }
        }
    }
    (homes, Ok(()))
}

async fn ask_region<F: Serialize>(client: &Client, found: &Found<'_, F>, name: &str) -> Result<Region, Why> {
    let answer = client.get_bucket_location().bucket(name).send().await;
    match answer.map_err(Fault::sdk("s3:GetBucketLocation")) {
        Ok(answer) => Ok(region_of(answer.location_constraint().map(|place| place.as_str()))),
        Err(fault) => {
            let why = fault.why;
            found.missed(fault, name).await;
            Err(why)
        }
    }
}

/// The region behind a location constraint, which predates the names of the two oldest regions.
fn region_of(constraint: Option<&str>) -> Region {
    Region::new(match constraint {
        None | Some("" | "US") => "us-east-1",
        Some("EU") => "eu-west-1",
        Some(region) => region,
    })
}

/// The answer to a detail of a bucket; a refusal becomes a gap that names the bucket.
async fn keep<F: Serialize, T>(found: &Found<'_, F>, bucket: &str, answer: Result<T, Fault>) -> Option<T> {
    match answer {
        Ok(value) => Some(value),
        Err(fault) => {
            found.missed(fault, bucket).await;
            None
        }
    }
}

/// Runs futures side by side in this very task, so that their requests count for the cell they belong to.
async fn all<F: Future<Output = ()>>(mut running: Vec<Pin<Box<F>>>) {
    poll_fn(|task| {
        running.retain_mut(|future| future.as_mut().poll(task).is_pending());
        if running.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oldest_regions_have_no_name_of_their_own() {
        assert_eq!(region_of(None).as_str(), "us-east-1");
        assert_eq!(region_of(Some("")).as_str(), "us-east-1");
        assert_eq!(region_of(Some("EU")).as_str(), "eu-west-1");
        assert_eq!(region_of(Some("ap-south-1")).as_str(), "ap-south-1");
    }
}
