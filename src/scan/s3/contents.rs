//! What one page of a bucket's versions tells about all of it.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::aws::Fault;
use crate::scan::found::time;

/// Bytes in a GiB.
const GIB: f64 = 1_073_741_824.0;

/// Storage of one class in a bucket.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub struct ClassSize {
    /// `STANDARD`, `STANDARD_IA`, `GLACIER`, `DEEP_ARCHIVE`, …
    pub class: String,
    /// GiB in that class, noncurrent versions included.
    pub size_gib: f64,
}

/// A bucket's contents, as far as the first thousand entries show them.
pub struct Contents {
    /// Whether there is nothing in it, not even an old version or a delete marker.
    pub is_empty: bool,
    /// What the page adds up to. `None` when there is more than one page.
    pub whole: Option<Whole>,
}

/// Sums over everything in a bucket.
#[derive(Debug, Default, PartialEq)]
pub struct Whole {
    /// Objects that a plain listing shows.
    pub objects: i64,
    /// Versions that were overwritten or deleted and are kept.
    pub noncurrent: i64,
    /// GiB of all versions.
    pub size_gib: f64,
    /// GiB of the noncurrent ones.
    pub noncurrent_gib: f64,
    /// Newest write or delete.
    pub newest_at: Option<Timestamp>,
    /// Size by storage class.
    pub storage: Vec<ClassSize>,
}

/// Reads the first page of a bucket's versions. One page, however many there are: a list request is billed,
/// and a bucket of unknown size can have millions of pages.
///
/// The listing of versions also serves buckets that never had versioning, and shows what a plain listing
/// hides: old versions, which are billed, and delete markers, which keep a bucket from being deleted.
pub async fn read(client: &Client, bucket: &str) -> Result<Contents, Fault> {
    let answer = client.list_object_versions().bucket(bucket).max_keys(1000).send().await;
    Ok(contents(&answer.map_err(Fault::sdk("s3:ListBucketVersions"))?))
}

fn contents(page: &ListObjectVersionsOutput) -> Contents {
    let more = page.is_truncated().unwrap_or_default();
    let is_empty = !more && page.versions().is_empty() && page.delete_markers().is_empty();
    Contents { is_empty, whole: (!more).then(|| whole(page)) }
}

fn whole(page: &ListObjectVersionsOutput) -> Whole {
    let mut whole = Whole::default();
    let mut classes: BTreeMap<&str, f64> = BTreeMap::new();
    for version in page.versions() {
        let gib = version.size().unwrap_or_default() as f64 / GIB;
        whole.size_gib += gib;
        *classes.entry(version.storage_class().map_or("STANDARD", |class| class.as_str())).or_default() += gib;
        if version.is_latest().unwrap_or_default() {
            whole.objects += 1;
        } else {
            whole.noncurrent += 1;
            whole.noncurrent_gib += gib;
        }
    }
    let written = page.versions().iter().filter_map(|version| time(version.last_modified()));
    let deleted = page.delete_markers().iter().filter_map(|marker| time(marker.last_modified()));
    whole.newest_at = written.chain(deleted).max();
    whole.storage =
        classes.into_iter().map(|(class, size_gib)| ClassSize { class: class.to_owned(), size_gib }).collect();
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::types::{DeleteMarkerEntry, ObjectVersion, ObjectVersionStorageClass};
    use aws_smithy_types::DateTime;

    fn version(gib: i64, latest: bool, at: i64) -> ObjectVersion {
        ObjectVersion::builder()
            .size(gib * 1_073_741_824)
            .is_latest(latest)
            .last_modified(DateTime::from_secs(at))
            .storage_class(ObjectVersionStorageClass::Standard)
            .build()
    }

    #[test]
    fn old_versions_are_counted_and_weighed() {
        let page = ListObjectVersionsOutput::builder()
            .versions(version(3, true, 100))
            .versions(version(5, false, 50))
            .delete_markers(DeleteMarkerEntry::builder().last_modified(DateTime::from_secs(200)).build())
            .build();
        let seen = contents(&page);
        let whole = seen.whole.expect("a whole bucket");
        assert!(!seen.is_empty);
        assert_eq!((whole.objects, whole.noncurrent), (1, 1));
        assert_eq!((whole.size_gib, whole.noncurrent_gib), (8.0, 5.0));
        assert_eq!(whole.newest_at.map(|at| at.as_second()), Some(200));
        assert_eq!(whole.storage, [ClassSize { class: "STANDARD".to_owned(), size_gib: 8.0 }]);
    }

    #[test]
    fn first_of_many_pages_sums_up_to_nothing() {
        let page = ListObjectVersionsOutput::builder().versions(version(1, true, 1)).is_truncated(true).build();
        let seen = contents(&page);
        assert!(!seen.is_empty && seen.whole.is_none());
    }

    #[test]
    fn delete_marker_alone_is_not_empty() {
        let page = ListObjectVersionsOutput::builder().delete_markers(DeleteMarkerEntry::builder().build()).build();
        assert!(!contents(&page).is_empty);
        assert!(contents(&ListObjectVersionsOutput::builder().build()).is_empty);
    }
}
