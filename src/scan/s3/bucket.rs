use aws_sdk_s3::types::{ExpirationStatus, LifecycleRule};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::contents::{self, ClassSize, Contents};
use super::{ABREAST, Home, keep, settings};
use crate::aws::{Cx, Fault};
use crate::model::Kind;
use crate::scan::found::{Found, Listed};
use crate::scan::{Billing, Reach, Scan, Tested};

/// S3 general purpose buckets.
pub struct Buckets;

/// Facts of a bucket. Source: `s3:ListBuckets` and the operations named at each. A fact whose operation was
/// refused is absent.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Facts {
    /// `Enabled`, `Suspended` (old versions stay) or `Unversioned`. Source: `GetBucketVersioning`.
    versioning: Option<String>,
    /// Whether a lifecycle rule is in force. Source, with the three below: `GetBucketLifecycleConfiguration`.
    has_lifecycle: Option<bool>,
    /// Whether one of them ends incomplete multipart uploads, if only below some prefix.
    aborts_incomplete_uploads: Option<bool>,
    /// Whether one of them deletes noncurrent versions, if only below some prefix.
    expires_noncurrent: Option<bool>,
    /// Whether one of them deletes current objects, if only below some prefix.
    expires_objects: Option<bool>,
    /// Whether Object Lock is on. Source: `GetObjectLockConfiguration`.
    object_lock: Option<bool>,
    /// Whether nothing is in it: no object, no old version, no delete marker. Source, with those below: one
    /// page of `ListObjectVersions`.
    is_empty: Option<bool>,
    /// Whether that page of a thousand entries held everything, so that the figures below are known.
    listed_all: Option<bool>,
    /// Objects a plain listing shows. Absent unless everything was listed.
    object_count: Option<i64>,
    /// Versions that were overwritten or deleted and are still kept. Absent unless everything was listed.
    noncurrent_count: Option<i64>,
    /// GiB of all versions. Absent unless everything was listed.
    size_gib: Option<f64>,
    /// GiB of noncurrent versions. Absent unless everything was listed.
    noncurrent_gib: Option<f64>,
    /// GiB by storage class. Empty unless everything was listed.
    storage: Vec<ClassSize>,
    /// Newest write or delete. Absent unless everything was listed, and in an empty bucket.
    newest_object_at: Option<Timestamp>,
    /// Tool or service that makes buckets of this name for itself: `cdk`, `elasticbeanstalk`, `sagemaker`, …
    /// Read off the name; absent for others.
    made_by: Option<String>,
}

impl Scan for Buckets {
    const KIND: Kind = Kind::new("s3:bucket");
    const TITLE: &'static str = "S3 buckets";
    const ACTIONS: &'static [&'static str] = &[
        "s3:ListAllMyBuckets",
        "s3:GetBucketLocation",
        "s3:GetBucketVersioning",
        "s3:GetLifecycleConfiguration",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketTagging",
        "s3:ListBucketVersions",
    ];
    const REACH: Reach = Reach::Global;
    const BILLING: Billing = Billing::By(super::billing::bucket);
    const TESTED: Tested = Tested::Emulator;
    type Facts = Facts;

    async fn list(cx: &Cx, found: &Found<'_, Facts>) -> Result<(), Fault> {
        let (homes, whole) = super::homes(cx, found).await;
        for some in homes.chunks(ABREAST) {
            let looks = some.iter().map(|home| Box::pin(look(cx, found, home))).collect();
            super::all(looks).await;
        }
        whole
    }
}

/// Asks everything about a bucket in its own region and hands it over.
async fn look(cx: &Cx, found: &Found<'_, Facts>, home: &Home) {
    let name = home.name.as_str();
    let listed = |facts: Facts| {
        Listed::new(name, facts).arn(Some(format!("arn:{}:s3:::{name}", cx.partition()))).created(home.created_at)
    };
    let mut facts = Facts { made_by: made_by(name).map(str::to_owned), ..Facts::default() };
    let Ok(region) = &home.region else {
        found.add(listed(facts)).await;
        return;
    };
    let client = cx.in_region(region).s3();
    let (versions, rules, lock, tags, contents) = tokio::join!(
        settings::versioning(&client, name),
        settings::lifecycle(&client, name),
        settings::object_lock(&client, name),
        settings::tags(&client, name),
        contents::read(&client, name),
    );
    facts.versioning = keep(found, name, versions).await;
    if let Some(rules) = keep(found, name, rules).await {
        facts.add_lifecycle(&rules);
    }
    facts.object_lock = keep(found, name, lock).await;
    let tags = keep(found, name, tags).await.unwrap_or_default();
    if let Some(contents) = keep(found, name, contents).await {
        facts.add_contents(contents);
    }
    let locked = facts.object_lock == Some(true) && facts.is_empty != Some(true);
    found.add(listed(facts).region(region.clone()).tags(tags).locked(locked, "Object Lock")).await;
}

impl Facts {
    fn add_lifecycle(&mut self, rules: &[LifecycleRule]) {
        let mut active = rules.iter().filter(|rule| *rule.status() == ExpirationStatus::Enabled).peekable();
        self.has_lifecycle = Some(active.peek().is_some());
        let (mut aborts, mut noncurrent, mut objects) = (false, false, false);
        for rule in active {
            aborts |= rule.abort_incomplete_multipart_upload().is_some();
            noncurrent |= rule.noncurrent_version_expiration().is_some();
            objects |= rule.expiration().is_some_and(|end| end.days().is_some() || end.date().is_some());
        }
        self.aborts_incomplete_uploads = Some(aborts);
        self.expires_noncurrent = Some(noncurrent);
        self.expires_objects = Some(objects);
    }

    fn add_contents(&mut self, contents: Contents) {
        self.is_empty = Some(contents.is_empty);
        self.listed_all = Some(contents.whole.is_some());
        if let Some(whole) = contents.whole {
            self.object_count = Some(whole.objects);
            self.noncurrent_count = Some(whole.noncurrent);
            self.size_gib = Some(whole.size_gib);
            self.noncurrent_gib = Some(whole.noncurrent_gib);
            self.newest_object_at = whole.newest_at;
            self.storage = whole.storage;
        }
    }
}

/// Beginnings of names that tools and services give the buckets they make: prefix and maker.
const MAKERS: &[(&str, &str)] = &[
    ("aws-athena-query-results-", "athena"),
    ("aws-cloudtrail-logs-", "cloudtrail"),
    ("aws-controltower-", "controltower"),
    ("aws-glue-", "glue"),
    ("aws-sam-cli-managed-default-", "sam"),
    ("cdk-", "cdk"),
    ("cf-templates-", "cloudformation"),
    ("config-bucket-", "config"),
    ("elasticbeanstalk-", "elasticbeanstalk"),
    ("sagemaker-", "sagemaker"),
];

fn made_by(name: &str) -> Option<&'static str> {
    MAKERS.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, maker)| *maker)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::types::{LifecycleExpiration, NoncurrentVersionExpiration};

    #[test]
    fn switched_off_lifecycle_rule_does_nothing() {
        let rule = |status| {
            LifecycleRule::builder()
                .status(status)
                .noncurrent_version_expiration(NoncurrentVersionExpiration::builder().noncurrent_days(30).build())
                .expiration(LifecycleExpiration::builder().expired_object_delete_marker(true).build())
                .build()
                .expect("a rule")
        };
        let mut facts = Facts::default();
        facts.add_lifecycle(&[rule(ExpirationStatus::Disabled)]);
        assert_eq!((facts.has_lifecycle, facts.expires_noncurrent), (Some(false), Some(false)));
        facts.add_lifecycle(&[rule(ExpirationStatus::Enabled)]);
        assert_eq!((facts.has_lifecycle, facts.expires_noncurrent), (Some(true), Some(true)));
        // Clearing away delete markers deletes no data.
        assert_eq!((facts.expires_objects, facts.aborts_incomplete_uploads), (Some(false), Some(false)));
    }

    #[test]
    fn maker_is_read_off_the_name() {
        assert_eq!(made_by("cdk-hnb659fds-assets-111122223333-eu-west-1"), Some("cdk"));
        assert_eq!(made_by("prod-lake"), None);
    }
}
