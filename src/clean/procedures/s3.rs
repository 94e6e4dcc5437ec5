use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use futures_util::stream::{self, TryStreamExt};

use super::parts::Way;
use crate::aws::Fault;
use crate::model::Why;

/// Batches that are deleted at the same time.
const TOGETHER: usize = 8;

/// Deletes every version and delete marker of a bucket, and aborts its unfinished uploads.
pub(super) async fn empty_bucket(way: &Way<'_>, bucket: &str) -> Result<(), Fault> {
    let client = way.cx.s3();
    let deleted = AtomicU64::new(0);
    let pages = stream::try_unfold(Some(Markers::default()), |markers| versions(&client, bucket, markers));
    pages
        .try_for_each_concurrent(TOGETHER, |page| {
            let (client, deleted) = (&client, &deleted);
            async move {
                let versions = page.versions().iter().map(|one| (one.key(), one.version_id()));
                let markers = page.delete_markers().iter().map(|one| (one.key(), one.version_id()));
                let identify = |(key, version): (Option<&str>, Option<&str>)| {
                    ObjectIdentifier::builder().key(key?).set_version_id(version.map(str::to_owned)).build().ok()
                };
                let objects: Vec<ObjectIdentifier> = versions.chain(markers).filter_map(identify).collect();
                let count = objects.len() as u64;
                delete_objects(client, bucket, objects).await?;
                let so_far = deleted.fetch_add(count, Ordering::Relaxed) + count;
                (way.tell)(format!("emptying: {so_far} object versions deleted"));
                Ok(())
            }
        })
        .await?;
    abort_uploads(&client, bucket).await
}

/// Where the next page of versions begins.
#[derive(Default)]
struct Markers {
    key: Option<String>,
    version: Option<String>,
}

/// A page of versions, and where the next begins. `None` behind the last.
async fn versions(
    client: &aws_sdk_s3::Client,
    bucket: &str,
    markers: Option<Markers>,
) -> Result<Option<(ListObjectVersionsOutput, Option<Markers>)>, Fault> {
    let Some(markers) = markers else { return Ok(None) };
    let request =
        client.list_object_versions().bucket(bucket).set_key_marker(markers.key).set_version_id_marker(markers.version);
    let page = request.send().await.map_err(Fault::sdk("s3:ListBucketVersions"))?;
    let next = page.is_truncated().unwrap_or_default().then(|| Markers {
        key: page.next_key_marker().map(str::to_owned),
        version: page.next_version_id_marker().map(str::to_owned),
    });
    Ok(Some((page, next)))
}

async fn delete_objects(
    client: &aws_sdk_s3::Client,
    bucket: &str,
    objects: Vec<ObjectIdentifier>,
) -> Result<(), Fault> {
    if objects.is_empty() {
        return Ok(());
    }
    let wanted = Delete::builder().set_objects(Some(objects)).quiet(true).build();
    let wanted = wanted.map_err(|error| Fault::new(Why::Error, "s3:DeleteObject", error.to_string()))?;
    let request = client.delete_objects().bucket(bucket).delete(wanted);
    let answer = request.send().await.map_err(Fault::sdk("s3:DeleteObject"))?;
    match answer.errors().first() {
        None => Ok(()),
        Some(error) => {
            let (key, code) = (error.key().unwrap_or_default(), error.code().unwrap_or_default());
            let message = error.message().unwrap_or_default();
            let detail = format!("{code} at {key}: {message}");
            let why = if code == "AccessDenied" { Why::Denied } else { Why::Error };
            Err(Fault::new(why, "s3:DeleteObject", crate::model::clean(&detail).into_owned()))
        }
    }
}

async fn abort_uploads(client: &aws_sdk_s3::Client, bucket: &str) -> Result<(), Fault> {
    let mut markers = Markers::default();
    loop {
        let request = client
            .list_multipart_uploads()
            .bucket(bucket)
            .set_key_marker(markers.key)
            .set_upload_id_marker(markers.version);
        let page = request.send().await.map_err(Fault::sdk("s3:ListBucketMultipartUploads"))?;
        for upload in page.uploads() {
            let request = client
                .abort_multipart_upload()
                .bucket(bucket)
                .set_key(upload.key().map(str::to_owned))
                .set_upload_id(upload.upload_id().map(str::to_owned));
            match request.send().await.map_err(Fault::sdk("s3:AbortMultipartUpload")) {
                Err(fault) if !fault.is_gone() => return Err(fault),
                _ => {}
            }
        }
        if !page.is_truncated().unwrap_or_default() {
            return Ok(());
        }
        markers = Markers {
            key: page.next_key_marker().map(str::to_owned),
            version: page.next_upload_id_marker().map(str::to_owned),
        };
    }
}
