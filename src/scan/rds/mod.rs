//! Amazon RDS and Aurora. Neptune and DocumentDB answer through the same API and are listed with them.

pub mod automated_backup;
pub mod billing;
pub mod cluster;
pub mod cluster_snapshot;
pub mod instance;
pub mod reserved_instance;
pub mod snapshot;

use std::collections::BTreeMap;

use aws_sdk_rds::types::Tag;

use super::Scanner;
use super::found;
use crate::model::Owner;

/// What is listed of this service, in the order of the scan matrix.
pub const SCANNERS: &[Scanner] = &[
    Scanner::of::<instance::Instances>(),
    Scanner::of::<cluster::Clusters>(),
    Scanner::of::<snapshot::Snapshots>(),
    Scanner::of::<cluster_snapshot::ClusterSnapshots>(),
    Scanner::of::<automated_backup::AutomatedBackups>(),
    Scanner::of::<reserved_instance::ReservedInstances>(),
];

/// The most records RDS puts on a page.
const PAGE: i32 = 100;

/// Tags of an RDS resource.
fn tags(list: &[Tag]) -> BTreeMap<String, String> {
    found::tags(list, Tag::key, Tag::value)
}

/// A text that is there and not empty.
fn text(value: Option<&str>) -> Option<String> {
    value.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A text, or the empty one.
fn word(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

/// AWS Backup as the owner of a backup that a field shows to be its own.
fn aws_backup(is_its_own: bool, evidence: &str) -> Option<Owner> {
    is_its_own.then(|| Owner { by: "aws-backup".to_owned(), id: String::new(), evidence: evidence.to_owned() })
}

/// What a reservation has to match: engine and family, `db-family/postgresql/r5`. No id of AWS: instances carry
/// it as a reference, so that rules can ask which of them a reservation covers.
///
/// Reservations spell PostgreSQL out and name a license in brackets, `oracle-se2(byol)`.
fn family(engine: &str, class: &str) -> String {
    let engine = engine.split('(').next().unwrap_or_default().trim();
    let engine = if engine == "postgres" { "postgresql" } else { engine };
    format!("db-family/{engine}/{}", class.split('.').nth(1).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reservation_and_instance_meet_in_engine_and_family() {
        assert_eq!(family("postgres", "db.r5.large"), family("postgresql", "db.r5.4xlarge"));
        assert_eq!(family("oracle-se2", "db.m5.large"), family("oracle-se2(byol)", "db.m5.xlarge"));
        assert_ne!(family("mysql", "db.r5.large"), family("mysql", "db.r5b.large"));
    }
}
