//! S3 buckets and unfinished uploads.

use crate::model::Resource;
use crate::model::{Need, Needs};

/// What the bucket holds, by storage class. Requests and transfer are billed by use and stand in no fact.
///
/// At most that much with Intelligent-Tiering, whose tiers nobody lists.
pub fn bucket(bucket: &Resource) -> Needs {
    if bucket.flag("is_empty") == Some(true) {
        return Needs::free();
    }
    if bucket.flag("listed_all") != Some(true) {
        return unpriced("storage (too many objects to add up)");
    }
    let classes = bucket.facts.get("storage").and_then(|list| list.as_array());
    let sizes = classes.into_iter().flatten().filter_map(|size| {
        let class = size.get("class")?.as_str()?;
        Some((class, size.get("size_gib")?.as_f64()?))
    });
    let mut needs = Needs::default();
    for (class, gib) in sizes.filter(|(_, gib)| *gib > 0.0) {
        needs.upper_bound |= class == "INTELLIGENT_TIERING";
        needs.parts.extend(stored(class, gib));
    }
    needs
}

/// Tiers of the class STANDARD: what it is called, the key, and for which GiB a month it is the price.
///
/// Source: AWS's price list for `TimedStorage-ByteHrs`, in TB of 1,024 GB. AWS counts all buckets of a region
/// together; each is priced as if it were alone, which is at most a tenth too much.
const STANDARD: [(&str, &str, f64, f64); 3] = [
    ("STANDARD storage", "s3.standard", 0.0, 51_200.0),
    ("STANDARD storage above 50 TB", "s3.standard.tier2", 51_200.0, 512_000.0),
    ("STANDARD storage above 500 TB", "s3.standard.tier3", 512_000.0, f64::MAX),
];

/// What so many GiB of a class are billed as.
fn stored(class: &str, gib: f64) -> Vec<Need> {
    if class != "STANDARD" {
        // A class the book does not know keeps its name and comes out unpriced.
        let key = key(class).map_or_else(|| format!("s3.{}", class.to_lowercase()), str::to_owned);
        return vec![Need::storage(format!("{class} storage"), key, gib)];
    }
    let tiers = STANDARD.into_iter().filter(|(_, _, from, _)| gib > *from);
    tiers.map(|(what, key, from, to)| Need::storage(what, key, gib.min(to) - from)).collect()
}

/// The parts that arrived, at the price of the class they are for; parts on their way to Glacier lie in a
/// staging area of their own price.
pub fn multipart_upload(upload: &Resource) -> Needs {
    let Some(gib) = upload.number("size_gib") else { return unpriced("parts (not listed)") };
    let class = upload.text("storage_class").unwrap_or("STANDARD");
    let key = match class {
        "GLACIER" | "DEEP_ARCHIVE" => "s3.glacier_staging",
        other => key(other).unwrap_or("s3.standard"),
    };
    let more = upload.flag("more_parts") == Some(true);
    let mut needs = Needs::of(vec![Need::storage(format!("{class} parts"), key, gib)]);
    needs.unpriced.extend(more.then(|| "parts behind the thousandth".to_owned()));
    needs
}

fn unpriced(what: &str) -> Needs {
    Needs { unpriced: vec![what.to_owned()], ..Needs::default() }
}

/// Key of a storage class. Intelligent-Tiering is billed by tiers nobody lists; the frequent one is the dearest.
fn key(class: &str) -> Option<&'static str> {
    Some(match class {
        "STANDARD" => "s3.standard",
        "STANDARD_IA" => "s3.standard_ia",
        "ONEZONE_IA" => "s3.onezone_ia",
        "INTELLIGENT_TIERING" => "s3.int_tiering.frequent",
        "GLACIER_IR" => "s3.glacier_ir",
        "GLACIER" => "s3.glacier_flexible",
        "REDUCED_REDUNDANCY" => "s3.reduced_redundancy",
        "EXPRESS_ONEZONE" => "s3.express_onezone",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::scan::testing::resource;

    #[test]
    fn each_class_has_its_own_price() {
        let storage = json!([{ "class": "DEEP_ARCHIVE", "size_gib": 2.0 }, { "class": "STANDARD", "size_gib": 1.0 }]);
        let facts = json!({ "is_empty": false, "listed_all": true, "storage": storage });
        let keys: Vec<String> = bucket(&resource("s3:bucket", facts)).parts.into_iter().map(|need| need.key).collect();
        assert_eq!(keys, ["s3.deep_archive", "s3.standard"]);
    }

    #[test]
    fn empty_bucket_is_free_and_a_large_one_is_not_guessed_at() {
        assert_eq!(bucket(&resource("s3:bucket", json!({ "is_empty": true, "listed_all": true }))), Needs::free());
        let large = bucket(&resource("s3:bucket", json!({ "is_empty": false, "listed_all": false })));
        assert!(large.parts.is_empty() && large.unpriced.len() == 1);
        assert_eq!(bucket(&resource("s3:bucket", json!({}))).unpriced.len(), 1);
    }

    #[test]
    fn parts_on_their_way_to_glacier_are_staged() {
        let facts = json!({ "size_gib": 3.0, "storage_class": "GLACIER", "more_parts": true });
        let needs = multipart_upload(&resource("s3:multipart-upload", facts));
        assert_eq!(needs.parts[0].key, "s3.glacier_staging");
        assert_eq!(needs.unpriced.len(), 1);
        assert_eq!(multipart_upload(&resource("s3:multipart-upload", json!({}))).unpriced.len(), 1);
    }
}
