use serde_json::json;

use super::parts::Way;
use crate::aws::Fault;
use crate::aws::api::Call;
use crate::aws::api::services::CLOUDFRONT;

const CONFIG: Call = CLOUDFRONT.get("GetDistributionConfig", "/2020-05-31/distribution/{Id}/config");
const DELETE: &str = "DELETE /2020-05-31/distribution/{Id}";

/// Deletes a distribution in the version it has now, which no listing tells. One that is changed between the two calls
/// stays: whoever changes it still wants something of it.
pub(super) async fn delete_distribution(way: &Way<'_>, id: &str) -> Result<(), Fault> {
    let etag = way.cx.etag(&CONFIG, json!({ "Id": id })).await?;
    let delete = CLOUDFRONT.act("DeleteDistribution", Some(DELETE));
    way.take(&delete, &json!({ "Id": id, "header:If-Match": etag })).await.map(drop)
}
