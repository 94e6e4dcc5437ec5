//! Amazon EBS: volumes by the GiB and the performance provisioned, snapshots by the GiB kept.

use crate::model::Resource;
use crate::model::{Need, Needs};

/// IOPS and MiB/s that every gp3 volume has without paying for them.
const GP3_IOPS: f64 = 3_000.0;
const GP3_MIBPS: f64 = 125.0;

/// Where the second and the third price of io2 IOPS begin.
const IO2_SECOND: f64 = 32_000.0;
const IO2_THIRD: f64 = 64_000.0;

/// A volume: storage by its type, and IOPS and throughput where they are provisioned apart.
pub fn volume(resource: &Resource) -> Needs {
    let volume_type = resource.text("volume_type").unwrap_or_default();
    if matches!(resource.text("state"), Some("deleting" | "deleted")) {
        return Needs::free();
    }
    let gib = resource.number("size_gib").unwrap_or_default();
    let iops = resource.number("iops").unwrap_or_default();
    let mibps = resource.number("throughput_mibps").unwrap_or_default();
    let mut parts = vec![Need::storage(format!("{volume_type} storage"), format!("ebs.{volume_type}"), gib)];
    let mut unpriced = Vec::new();
    match volume_type {
        "gp3" => {
            parts.extend(provisioned("provisioned IOPS", "ebs.gp3.iops", iops - GP3_IOPS, "IOPS-month"));
            parts.extend(provisioned("provisioned throughput", "ebs.gp3.throughput", mibps - GP3_MIBPS, "MiBps-month"));
        }
        "io1" => parts.extend(provisioned("provisioned IOPS", "ebs.io1.iops", iops, "IOPS-month")),
        "io2" => {
            let tiers = [
                ("provisioned IOPS", "ebs.io2.iops.tier1", 0.0, IO2_SECOND),
                ("provisioned IOPS above 32,000", "ebs.io2.iops.tier2", IO2_SECOND, IO2_THIRD),
                ("provisioned IOPS above 64,000", "ebs.io2.iops.tier3", IO2_THIRD, f64::MAX),
            ];
            parts.extend(
                tiers
                    .into_iter()
                    .filter_map(|(what, key, from, to)| provisioned(what, key, iops.min(to) - from, "IOPS-month")),
            );
        }
        "standard" => unpriced.push("I/O requests".to_owned()),
        _ => {}
    }
    Needs { parts, unpriced, ..Needs::default() }
}

fn provisioned(what: &str, key: &str, quantity: f64, unit: &'static str) -> Option<Need> {
    (quantity > 0.0).then(|| Need::new(what, key, quantity, unit))
}

/// A snapshot: at most all its blocks, since what it shares with the one before is billed there.
///
/// Where AWS does not tell how many blocks it holds, the volume's size stands in. An archived snapshot
/// shares nothing, so its blocks are what is billed.
pub fn snapshot(resource: &Resource) -> Needs {
    if resource.text("state") == Some("error") {
        return Needs::free();
    }
    let archived = resource.text("storage_tier") == Some("archive");
    let full = resource.number("full_size_gib");
    let gib = full.or(resource.number("size_gib")).unwrap_or_default();
    let storage = match archived {
        true => Need::storage("archived snapshot storage", "ebs.snapshot_archive", gib),
        false => Need::storage("snapshot storage", "ebs.snapshot", gib),
    };
    let zones = resource.facts.get("fast_restore_zones").and_then(|zones| zones.as_array()).map_or(0, Vec::len);
    let mut parts = vec![storage];
    if zones > 0 {
        parts.push(Need::hours("fast snapshot restore", "ebs.fast_snapshot_restore", zones as f64));
    }
    Needs { parts, upper_bound: !archived || full.is_none(), unpriced: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::testing::resource;
    use serde_json::json;

    fn quantities(needs: &Needs) -> Vec<(&str, f64)> {
        needs.parts.iter().map(|part| (part.key.as_str(), part.quantity)).collect()
    }

    #[test]
    fn gp3_pays_only_above_what_is_included() {
        let plain = json!({ "state": "in-use", "volume_type": "gp3", "size_gib": 100.0, "iops": 3000.0, "throughput_mibps": 125.0 });
        assert_eq!(quantities(&volume(&resource("ec2:volume", plain))), [("ebs.gp3", 100.0)]);
        let fast = json!({ "state": "in-use", "volume_type": "gp3", "size_gib": 100.0, "iops": 4000.0, "throughput_mibps": 250.0 });
        assert_eq!(
            quantities(&volume(&resource("ec2:volume", fast))),
            [("ebs.gp3", 100.0), ("ebs.gp3.iops", 1000.0), ("ebs.gp3.throughput", 125.0)]
        );
    }

    #[test]
    fn io2_is_priced_in_tiers() {
        let facts = json!({ "state": "in-use", "volume_type": "io2", "size_gib": 10.0, "iops": 70000.0 });
        assert_eq!(
            quantities(&volume(&resource("ec2:volume", facts))),
            [
                ("ebs.io2", 10.0),
                ("ebs.io2.iops.tier1", 32000.0),
                ("ebs.io2.iops.tier2", 32000.0),
                ("ebs.io2.iops.tier3", 6000.0)
            ]
        );
    }

    #[test]
    fn gp2_baseline_is_not_billed_and_magnetic_requests_are() {
        let gp2 = json!({ "state": "available", "volume_type": "gp2", "size_gib": 500.0, "iops": 1500.0 });
        assert_eq!(quantities(&volume(&resource("ec2:volume", gp2))), [("ebs.gp2", 500.0)]);
        let magnetic = json!({ "state": "available", "volume_type": "standard", "size_gib": 10.0 });
        assert_eq!(volume(&resource("ec2:volume", magnetic)).unpriced, ["I/O requests"]);
    }

    #[test]
    fn snapshot_is_an_upper_bound_unless_archived() {
        let whole = snapshot(&resource("ec2:snapshot", json!({ "size_gib": 100.0, "storage_tier": "standard" })));
        assert_eq!((quantities(&whole), whole.upper_bound), (vec![("ebs.snapshot", 100.0)], true));
        let archived = json!({ "size_gib": 100.0, "full_size_gib": 40.0, "storage_tier": "archive" });
        let archived = snapshot(&resource("ec2:snapshot", archived));
        assert_eq!((quantities(&archived), archived.upper_bound), (vec![("ebs.snapshot_archive", 40.0)], false));
    }

    #[test]
    fn fast_restore_is_billed_by_zone_and_hour() {
        let facts =
            json!({ "size_gib": 8.0, "storage_tier": "standard", "fast_restore_zones": ["us-east-1a", "us-east-1b"] });
        let needs = snapshot(&resource("ec2:snapshot", facts));
        assert_eq!(quantities(&needs), [("ebs.snapshot", 8.0), ("ebs.fast_snapshot_restore", 1460.0)]);
    }
}
