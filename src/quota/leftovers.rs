use std::collections::BTreeSet;

use super::rows::rows;
use super::usage::{Seen, from_scan};
use crate::model::{Quota, ResourceId};

/// What a quota has left once the leftovers that count against it are gone, in its unit, and which they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Freed {
    /// How much of the quota they use up.
    pub amount: f64,
    /// The leftovers, in order of their identity.
    pub by: Vec<ResourceId>,
}

/// What deleting leftovers frees of a quota that is counted over what a scan listed. `kept` is the same listing without
/// them. `None` where the quota is not counted, or its list is not whole, or nothing of it is a leftover.
///
/// Of a quota for each VPC or zone it is what the fullest one has less then, which is nothing where another is as full.
pub fn freed(quota: &Quota, seen: &Seen<'_>, kept: &Seen<'_>, leftovers: &BTreeSet<&ResourceId>) -> Option<Freed> {
    let row = rows().iter().find(|row| row.service == quota.service_code && row.code == quota.quota_code)?;
    let amount = from_scan(row, seen, &quota.region)?.value - from_scan(row, kept, &quota.region)?.value;
    let counted = seen.listed(&row.kind, &quota.region, row.everywhere)?;
    let counted = counted.into_iter().filter(|one| leftovers.contains(&one.arn) && row.counts(one));
    let mut by: Vec<ResourceId> = counted.map(|one| one.arn.clone()).collect();
    by.sort();
    (amount > 0.0 && !by.is_empty()).then_some(Freed { amount, by })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cell, Kind, Region, Resource, UsageSource};
    use serde_json::json;

    fn address(id: &str) -> Resource {
        serde_json::from_value(json!({
            "arn": format!("arn:aws:ec2:us-east-1:111122223333:elastic-ip/{id}"), "id": id, "kind": "ec2:elastic-ip",
            "account": "111122223333", "region": "us-east-1", "facts": { "public_ip": "203.0.113.7" }
        }))
        .expect("a resource")
    }

    fn addresses() -> Quota {
        let quota = Quota {
            service_code: "ec2".to_owned(),
            quota_code: "L-0263D0A3".to_owned(),
            name: "EC2-VPC Elastic IPs".to_owned(),
            region: Region::new("us-east-1"),
            limit: 5.0,
            ..Quota::default()
        };
        quota.with_usage(3.0, UsageSource::Scan, "count of ec2:elastic-ip")
    }

    #[test]
    fn leftovers_free_what_they_take_up() {
        let all = ["a", "b", "c"].map(address);
        let leftovers: BTreeSet<&ResourceId> = all[..2].iter().map(|one| &one.arn).collect();
        let cell = || Cell::new(Region::new("us-east-1"), Kind::new("ec2:elastic-ip"));
        let seen = Seen::new(&all, [cell()], true);
        let kept = Seen::new(&all[2..], [cell()], true);
        let freed = freed(&addresses(), &seen, &kept, &leftovers).expect("two of three");
        assert_eq!((freed.amount, freed.by.len()), (2.0, 2));
    }

    #[test]
    fn a_list_that_is_not_whole_says_nothing() {
        let all = ["a", "b"].map(address);
        let leftovers: BTreeSet<&ResourceId> = all.iter().map(|one| &one.arn).collect();
        let seen = Seen::new(&all, [], true);
        assert_eq!(freed(&addresses(), &seen, &Seen::new(&[], [], true), &leftovers), None);
        assert_eq!(freed(&addresses(), &seen, &seen, &BTreeSet::new()), None);
    }
}
