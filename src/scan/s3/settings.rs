//! Settings of a bucket, one request each. "There is none" is an answer, though S3 words it as an error.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{LifecycleRule, ObjectLockEnabled, Tag};

use crate::aws::Fault;
use crate::scan::found;

/// `Enabled`, `Suspended` or `Unversioned`.
pub async fn versioning(client: &Client, bucket: &str) -> Result<String, Fault> {
    let answer = client.get_bucket_versioning().bucket(bucket).send().await;
    let answer = answer.map_err(Fault::sdk("s3:GetBucketVersioning"))?;
    Ok(answer.status().map_or("Unversioned", |status| status.as_str()).to_owned())
}

/// Lifecycle rules, those that are switched off included.
pub async fn lifecycle(client: &Client, bucket: &str) -> Result<Vec<LifecycleRule>, Fault> {
    let answer = client.get_bucket_lifecycle_configuration().bucket(bucket).send().await;
    match answer.map_err(Fault::sdk("s3:GetLifecycleConfiguration")) {
        Ok(answer) => Ok(answer.rules().to_vec()),
        Err(fault) if fault.code == "NoSuchLifecycleConfiguration" => Ok(Vec::new()),
        Err(fault) => Err(fault),
    }
}

/// Whether Object Lock is on.
pub async fn object_lock(client: &Client, bucket: &str) -> Result<bool, Fault> {
    let answer = client.get_object_lock_configuration().bucket(bucket).send().await;
    match answer.map_err(Fault::sdk("s3:GetBucketObjectLockConfiguration")) {
        Ok(answer) => {
            let state = answer.object_lock_configuration().and_then(|lock| lock.object_lock_enabled());
            Ok(state == Some(&ObjectLockEnabled::Enabled))
        }
        Err(fault) if fault.code == "ObjectLockConfigurationNotFoundError" => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Tags of the bucket.
pub async fn tags(client: &Client, bucket: &str) -> Result<BTreeMap<String, String>, Fault> {
    let answer = client.get_bucket_tagging().bucket(bucket).send().await;
    match answer.map_err(Fault::sdk("s3:GetBucketTagging")) {
        Ok(answer) => Ok(found::tags(answer.tag_set(), |tag| Some(Tag::key(tag)), |tag| Some(Tag::value(tag)))),
        Err(fault) if fault.code == "NoSuchTagSet" => Ok(BTreeMap::new()),
        Err(fault) => Err(fault),
    }
}
