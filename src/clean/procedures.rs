use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use futures_util::stream::{self, TryStreamExt};
use serde::Deserialize;
use serde_json::json;

use crate::aws::api::services::ECR;
use crate::aws::api::{Call, Service};
use crate::aws::{Cx, Fault};
use crate::model::{Resource, Why};
use crate::plan::remedy::Procedure;

/// Batches that are deleted at the same time.
const TOGETHER: usize = 8;

/// Images in one call, the most ECR takes.
const IMAGES: usize = 100;

const LIST_IMAGES: Call = Service::rpc(ECR, "ListImages").paged("nextToken");

/// Goes through what takes many calls, in the region of the resource. Each time it begins again with a listing, so it
/// can be broken off anywhere and taken up again.
///
/// Errors with the first refusal.
pub async fn go_through(
    cx: &Cx,
    procedure: Procedure,
    resource: &Resource,
    tell: &(dyn Fn(String) + Sync),
) -> Result<(), Fault> {
    let cx = cx.in_region(&resource.region);
    match procedure {
        Procedure::EmptyBucket => empty_bucket(&cx, &resource.id, tell).await,
        Procedure::UntaggedImages => untagged_images(&cx, &resource.id, tell).await,
    }
}

/// Deletes every version and delete marker of a bucket, and aborts its unfinished uploads.
async fn empty_bucket(cx: &Cx, bucket: &str, tell: &(dyn Fn(String) + Sync)) -> Result<(), Fault> {
    let client = cx.s3();
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
                tell(format!("emptying: {so_far} object versions deleted"));
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImagePage {
    #[serde(default)]
    image_ids: Vec<Image>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Image {
    image_digest: Option<String>,
}

/// Deletes the images of a repository that have no tag. A digest that belongs to a list of images which has one stays:
/// ECR refuses it, and the refusal is told.
async fn untagged_images(cx: &Cx, repository: &str, tell: &(dyn Fn(String) + Sync)) -> Result<(), Fault> {
    let input = json!({ "repositoryName": repository, "filter": { "tagStatus": "UNTAGGED" }, "maxResults": 1000 });
    let mut pages = cx.pages(&LIST_IMAGES, input);
    let mut digests = Vec::new();
    while let Some(page) = pages.next::<ImagePage>().await? {
        digests.extend(page.image_ids.into_iter().filter_map(|image| image.image_digest));
    }
    let delete = ECR.act("BatchDeleteImage", None);
    let mut deleted = 0;
    for some in digests.chunks(IMAGES) {
        let ids: Vec<_> = some.iter().map(|digest| json!({ "imageDigest": digest })).collect();
        let answer = cx.act(&delete, &json!({ "repositoryName": repository, "imageIds": ids })).await?;
        if let Some(code) = answer.member("failureCode") {
            let reason = answer.member("failureReason").unwrap_or_default();
            return Err(Fault::new(Why::Error, "ecr:BatchDeleteImage", format!("{code}: {reason}")));
        }
        deleted += some.len();
        tell(format!("{deleted} of {} untagged images deleted", digests.len()));
    }
    Ok(())
}
