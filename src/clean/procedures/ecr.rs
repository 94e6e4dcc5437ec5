use serde::Deserialize;
use serde_json::json;

use super::parts::Way;
use crate::aws::Fault;
use crate::aws::api::services::ECR;
use crate::aws::api::{Call, Service};
use crate::model::Why;

/// Images in one call, the most ECR takes.
const IMAGES: usize = 100;

const LIST_IMAGES: Call = Service::rpc(ECR, "ListImages").paged("nextToken");

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
pub(super) async fn untagged_images(way: &Way<'_>, repository: &str) -> Result<(), Fault> {
    let input = json!({ "repositoryName": repository, "filter": { "tagStatus": "UNTAGGED" }, "maxResults": 1000 });
    let mut pages = way.cx.pages(&LIST_IMAGES, input);
    let mut digests = Vec::new();
    while let Some(page) = pages.next::<ImagePage>().await? {
        digests.extend(page.image_ids.into_iter().filter_map(|image| image.image_digest));
    }
    let delete = ECR.act("BatchDeleteImage", None);
    let mut deleted = 0;
    for some in digests.chunks(IMAGES) {
        let ids: Vec<_> = some.iter().map(|digest| json!({ "imageDigest": digest })).collect();
        let answer = way.cx.act(&delete, &json!({ "repositoryName": repository, "imageIds": ids })).await?;
        if let Some(code) = answer.member("failureCode") {
            let reason = answer.member("failureReason").unwrap_or_default();
            return Err(Fault::new(Why::Error, "ecr:BatchDeleteImage", format!("{code}: {reason}")));
        }
        deleted += some.len();
        (way.tell)(format!("{deleted} of {} untagged images deleted", digests.len()));
    }
    Ok(())
}
