use std::sync::{Mutex, PoisonError};

use aws_sdk_s3::Client;
use aws_sdk_s3::types::MultipartUpload;
use schemars::JsonSchema;
use serde::Serialize;

use super::{ABREAST, Home};
use crate::aws::{Cx, Fault};
use crate::model::{Kind, Region, Role, Why};
use crate::scan::found::{Found, Listed, time};
use crate::scan::{Billing, Reach, Scan, Tested};

/// Multipart uploads that were begun and neither finished nor ended: billed, and in no listing of objects.
pub struct MultipartUploads;

/// Facts of an unfinished upload. Source: `s3:ListMultipartUploads`, and `s3:ListParts` where said.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Facts {
    /// Bucket it goes to.
    bucket: String,
    /// Key the object would have.
    key: String,
    /// Storage class the object would have.
    storage_class: String,
    /// Who began it, an ARN or a name. Absent when S3 tells none.
    initiator: Option<String>,
    /// GiB of the parts that arrived, up to the thousandth. Source, with the two below: one page of
    /// `s3:ListParts`, a call an upload and therefore asked only for the first fifty of a bucket. Absent for
    /// the rest and when it could not be read.
    size_gib: Option<f64>,
    /// How many parts that is. Absent like the size.
    parts: Option<i64>,
    /// Whether there are more than a thousand parts, so that size and count are too small. Absent like the size.
    more_parts: Option<bool>,
}

const ACTION: &str = "s3:ListBucketMultipartUploads";

/// Uploads of one bucket that are listed; the rest is a gap.
const MOST: usize = 10_000;

/// Uploads of one bucket whose parts are asked for.
const WEIGHED: usize = 50;

impl Scan for MultipartUploads {
    const KIND: Kind = Kind::new("s3:multipart-upload");
    const TITLE: &'static str = "unfinished S3 uploads";
    const ACTIONS: &'static [&'static str] = &[
        "s3:ListAllMyBuckets",
        "s3:GetBucketLocation",
        "s3:ListBucketMultipartUploads",
        "s3:ListMultipartUploadParts",
    ];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(super::billing::multipart_upload);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (homes, whole) = super::homes(cx, found).await;
        // A bucket that does not tell its uploads leaves the listing incomplete: the last such fault ends it.
        let unread = Mutex::new(None);
        for some in homes.chunks(ABREAST) {
            let looks = some.iter().map(|home| Box::pin(look(cx, found, home, &unread))).collect();
            super::all(looks).await;
        }
        let unread = unread.into_inner().unwrap_or_else(PoisonError::into_inner);
        whole.and(unread.map_or(Ok(()), Err))
    }
}

async fn look(cx: &Cx, found: &Found<'_, Facts>, home: &Home, unread: &Mutex<Option<Fault>>) {
    let answer = match &home.region {
        Ok(region) => uploads(&cx.in_region(region).s3(), found, &home.name, region).await,
        Err(why) => Err(Fault::new(*why, ACTION, "not asked, for nobody tells its region")),
    };
    let Err(mut fault) = answer else { return };
    // Deleted since the buckets were listed, and its uploads with it.
    if fault.code == "NoSuchBucket" {
        return;
    }
    fault.detail = format!("{}: {}", home.name, fault.detail);
    let earlier = unread.lock().unwrap_or_else(PoisonError::into_inner).replace(fault);
    if let Some(earlier) = earlier {
        found.missed(earlier, "").await;
    }
}

async fn uploads(client: &Client, found: &Found<'_, Facts>, bucket: &str, region: &Region) -> Result<(), Fault> {
    let (mut key, mut id) = (None, None);
    let mut seen = 0;
    let mut weigh = true;
    loop {
        let request = client.list_multipart_uploads().bucket(bucket).max_uploads(1000);
        let page = request.set_key_marker(key).set_upload_id_marker(id).send().await;
        let page = page.map_err(Fault::sdk(ACTION))?;
        for upload in page.uploads() {
            weigh &= seen < WEIGHED;
            one(client, found, bucket, region, upload, &mut weigh).await;
            seen += 1;
        }
        key = page.next_key_marker().filter(|key| !key.is_empty()).map(str::to_owned);
        id = page.next_upload_id_marker().filter(|id| !id.is_empty()).map(str::to_owned);
        if !page.is_truncated().unwrap_or_default() || key.is_none() {
            return Ok(());
        }
        if seen >= MOST {
            return Err(Fault::new(Why::NotScanned, ACTION, format!("only the first {seen} uploads were listed")));
        }
    }
}

/// Hands an upload over, with its size where `weigh` says so; a bucket that refuses to tell one is not asked
/// for the others.
async fn one(
    client: &Client,
    found: &Found<'_, Facts>,
    bucket: &str,
    region: &Region,
    upload: &MultipartUpload,
    weigh: &mut bool,
) {
    let (id, key) = (upload.upload_id().unwrap_or_default(), upload.key().unwrap_or_default());
    let mut facts = Facts {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        storage_class: upload.storage_class().map_or("STANDARD", |class| class.as_str()).to_owned(),
        initiator: upload.initiator().and_then(|who| who.id().or(who.display_name())).map(str::to_owned),
        size_gib: None,
        parts: None,
        more_parts: None,
    };
    if *weigh {
        match parts(client, bucket, key, id).await {
            Ok(parts) => {
                facts.size_gib = Some(parts.size_gib);
                facts.parts = Some(parts.count);
                facts.more_parts = Some(parts.more);
            }
            // Finished or ended between the listing and this call.
            Err(fault) if fault.code == "NoSuchUpload" => return,
            Err(fault) => {
                *weigh = fault.why != Why::Denied;
                found.missed(fault, &format!("{bucket}, upload of {key}")).await;
            }
        }
    }
    let listed = Listed::new(id, facts).name(Some(key)).region(region.clone()).created(time(upload.initiated()));
    found.add(listed.refers(Role::Inside, Some(bucket))).await;
}

struct Parts {
    size_gib: f64,
    count: i64,
    more: bool,
}

async fn parts(client: &Client, bucket: &str, key: &str, id: &str) -> Result<Parts, Fault> {
    let answer = client.list_parts().bucket(bucket).key(key).upload_id(id).max_parts(1000).send().await;
    let page = answer.map_err(Fault::sdk("s3:ListMultipartUploadParts"))?;
    let bytes: i64 = page.parts().iter().filter_map(|part| part.size()).sum();
    Ok(Parts {
        size_gib: bytes as f64 / 1_073_741_824.0,
        count: i64::try_from(page.parts().len()).unwrap_or(i64::MAX),
        more: page.is_truncated().unwrap_or_default(),
    })
}
