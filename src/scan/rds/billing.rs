//! RDS, Aurora, Neptune and DocumentDB.

use crate::model::Resource;
use crate::model::{Need, Needs};

/// What RDS bills a database for in a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Billed {
    /// Hours and storage.
    Whole,
    /// Storage alone.
    Storage,
    /// Neither.
    Nothing,
}

impl Billed {
    /// A status the table does not have is billed whole.
    ///
    /// Source: "Viewing instance status" in the RDS user guide. It bills `creating` too while a database is restored
    /// to a point in time, which no fact tells.
    fn of(status: &str) -> Billed {
        match status {
            "starting" | "stopped" | "stopping" | "inaccessible-encryption-credentials-recoverable" => Billed::Storage,
            "creating"
            | "delete-precheck"
            | "deleting"
            | "failed"
            | "inaccessible-encryption-credentials"
            | "incompatible-create"
            | "incompatible-network"
            | "incompatible-restore"
            | "insufficient-capacity"
            | "upgrade_failed" => Billed::Nothing,
            _ => Billed::Whole,
        }
    }
}

/// Instance hours while it runs, and the storage it was given whether it runs or not. Rules read the parts
/// by these names: `instance`, `storage`, `IOPS`.
pub fn instance(db: &Resource) -> Needs {
    let billed = Billed::of(db.text("status").unwrap_or_default());
    if billed == Billed::Nothing {
        return Needs::free();
    }
    let mut needs = Needs::default();
    let engine = db.text("engine").unwrap_or_default();
    let in_cluster = db.text("cluster_id").is_some();
    if billed == Billed::Whole {
        hours(db, engine, in_cluster, &mut needs);
    }
    if in_cluster {
        // Storage belongs to the cluster.
        return needs;
    }
    storage(db, engine, &mut needs);
    needs
}

fn hours(db: &Resource, engine: &str, in_cluster: bool, needs: &mut Needs) {
    let class = db.text("class").unwrap_or_default();
    let prefix = match engine {
        _ if class == "db.serverless" => None,
        "aurora" | "aurora-mysql" => Some("rds.instance.aurora-mysql"),
        "aurora-postgresql" => Some("rds.instance.aurora-postgresql"),
        "docdb" => Some("docdb.instance"),
        "neptune" => Some("neptune.instance"),
        // A Multi-AZ cluster of three has a price of its own, which no list here holds.
        "mysql" | "postgres" | "mariadb" if in_cluster => None,
        "mysql" => Some("rds.instance.mysql"),
        "postgres" => Some("rds.instance.postgres"),
        "mariadb" => Some("rds.instance.mariadb"),
        _ => None,
    };
    match prefix {
        Some(prefix) => needs.parts.push(Need::hours("instance", format!("{prefix}.{class}"), copies(db, in_cluster))),
        None if class == "db.serverless" => needs.unpriced.push("capacity units of the serverless instance".to_owned()),
        None => needs.unpriced.push(format!("{engine} {class} instance")),
    }
    if db.text("storage_type") == Some("aurora-iopt1") {
        needs.unpriced.push("surcharge of I/O-Optimized".to_owned());
    }
}

/// Multi-AZ keeps a standby that is billed like the instance. A member of a cluster is billed once, whatever
/// it says about zones.
fn copies(db: &Resource, in_cluster: bool) -> f64 {
    if db.flag("multi_az") == Some(true) && !in_cluster { 2.0 } else { 1.0 }
}

fn storage(db: &Resource, engine: &str, needs: &mut Needs) {
    let copies = copies(db, false);
    let gib = db.number("allocated_gib").unwrap_or_default();
    let kind = db.text("storage_type").unwrap_or("gp2");
    let key = match kind {
        "standard" => "rds.storage.magnetic".to_owned(),
        other => format!("rds.storage.{other}"),
    };
    if gib > 0.0 {
        needs.parts.push(Need::storage("storage", key, gib * copies));
    }
    if kind == "standard" {
        // Magnetic storage is billed by the request too, and nothing counts them.
        needs.unpriced.push("I/O requests".to_owned());
    }
    let free = Baseline::of(engine, gib);
    let iops = db.number("iops").unwrap_or_default();
    let paid = if kind == "gp3" { iops - free.iops } else { iops };
    if paid > 0.0 && matches!(kind, "gp3" | "io1" | "io2") {
        needs.parts.push(Need::new("IOPS", format!("rds.iops.{kind}"), paid * copies, "IOPS-month"));
    }
    if kind == "gp3" && db.number("throughput_mibps").is_some_and(|rate| rate > free.throughput_mibps) {
        needs.unpriced.push("throughput above what gp3 includes".to_owned());
    }
    if db.number("additional_gib").is_some_and(|gib| gib > 0.0) {
        needs.unpriced.push("additional storage volumes".to_owned());
    }
}

/// What the price of gp3 storage includes.
struct Baseline {
    iops: f64,
    throughput_mibps: f64,
}

impl Baseline {
    /// From a size on, RDS spreads gp3 over four volumes and includes four times as much.
    ///
    /// Source: "Amazon RDS DB instance storage" in the RDS user guide: 400 GiB, Oracle 200 GiB; SQL Server
    /// is never spread.
    fn of(engine: &str, gib: f64) -> Baseline {
        let spread_from = match engine {
            engine if engine.contains("sqlserver") => f64::INFINITY,
            engine if engine.contains("oracle") => 200.0,
            _ => 400.0,
        };
        if gib >= spread_from {
            Baseline { iops: 12_000.0, throughput_mibps: 500.0 }
        } else {
            Baseline { iops: 3_000.0, throughput_mibps: 125.0 }
        }
    }
}

/// What the volume really holds, which no listing tells.
pub fn cluster(cluster: &Resource) -> Needs {
    let what = match cluster.text("engine").unwrap_or_default() {
        "docdb" => "DocumentDB storage",
        "neptune" => "Neptune storage",
        engine if engine.starts_with("aurora") => "Aurora storage",
        _ => "Multi-AZ cluster storage",
    };
    let mut needs = Needs { unpriced: vec![what.to_owned()], ..Needs::default() };
    if cluster.text("engine_mode") == Some("serverless") && cluster.text("status") != Some("stopped") {
        needs.unpriced.push("capacity units of Serverless v1".to_owned());
    }
    needs
}

/// At most the full size: snapshots are billed for what changed, and backup storage up to the size of the
/// running databases of a region is free.
pub fn snapshot(snapshot: &Resource) -> Needs {
    backup(snapshot.number("full_gib").or(snapshot.number("allocated_gib")), "rds.backup")
}

/// At most the full size, where it is told; Aurora tells 0 or 1 whatever the volume holds.
pub fn cluster_snapshot(snapshot: &Resource) -> Needs {
    let key = match snapshot.text("engine").unwrap_or_default() {
        "docdb" => "docdb.backup",
        "neptune" => "neptune.backup",
        engine if engine.starts_with("aurora") => "aurora.backup",
        _ => "rds.backup",
    };
    backup(snapshot.number("allocated_gib").filter(|gib| *gib > 1.0), key)
}

/// At most the full size, as with snapshots of clusters; no database of its own is as small as 1 GiB.
pub fn automated_backup(backup: &Resource) -> Needs {
    cluster_snapshot(backup)
}

fn backup(gib: Option<f64>, key: &str) -> Needs {
    match gib {
        Some(gib) => {
            Needs { parts: vec![Need::storage("backup storage", key, gib)], upper_bound: true, ..Needs::default() }
        }
        None => Needs { unpriced: vec!["backup storage".to_owned()], ..Needs::default() },
    }
}

/// What is still to be paid by the hour; no price list holds what was agreed at the purchase.
pub fn reserved_instance(reservation: &Resource) -> Needs {
    let hourly = reservation.number("hourly_usd").unwrap_or_default();
    if reservation.text("state") != Some("active") || hourly <= 0.0 {
        return Needs::free();
    }
    Needs { unpriced: vec!["hourly fee of the reservation".to_owned()], ..Needs::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn resource(facts: Value) -> Resource {
        crate::scan::testing::resource("rds:db", facts)
    }

    fn postgres(more: Value) -> Resource {
        let mut facts = json!({ "engine": "postgres", "class": "db.t3.medium", "status": "available",
            "storage_type": "gp2", "allocated_gib": 100.0, "multi_az": false });
        if let (Some(facts), Some(more)) = (facts.as_object_mut(), more.as_object()) {
            facts.extend(more.clone());
        }
        resource(facts)
    }

    #[test]
    fn stopped_instance_pays_for_storage_only() {
        let needs = instance(&postgres(json!({ "status": "stopped" })));
        assert_eq!(needs.parts, [Need::storage("storage", "rds.storage.gp2", 100.0)]);
    }

    #[test]
    fn standby_doubles_hours_and_storage() {
        let needs = instance(&postgres(json!({ "multi_az": true })));
        let hours = Need::hours("instance", "rds.instance.postgres.db.t3.medium", 2.0);
        assert_eq!(needs.parts, [hours, Need::storage("storage", "rds.storage.gp2", 200.0)]);
    }

    #[test]
    fn gp3_includes_more_iops_from_a_size_on() {
        let iops = |gib: f64, iops: f64| {
            let db = postgres(json!({ "storage_type": "gp3", "allocated_gib": gib, "iops": iops }));
            instance(&db).parts.into_iter().find(|need| need.what == "IOPS").map(|need| need.quantity)
        };
        assert_eq!(iops(100.0, 3_000.0), None);
        assert_eq!(iops(100.0, 4_000.0), Some(1_000.0));
        assert_eq!(iops(400.0, 12_000.0), None);
    }

    #[test]
    fn member_of_aurora_pays_hours_and_its_cluster_storage() {
        let member = json!({ "engine": "aurora-mysql", "class": "db.r5.large", "status": "available",
            "cluster_id": "shop", "storage_type": "aurora", "allocated_gib": 1.0, "multi_az": true });
        let hours = Need::hours("instance", "rds.instance.aurora-mysql.db.r5.large", 1.0);
        assert_eq!(instance(&resource(member)).parts, [hours]);
        let serverless = json!({ "engine": "aurora-mysql", "class": "db.serverless", "cluster_id": "shop" });
        assert_eq!(instance(&resource(serverless)).unpriced.len(), 1);
        assert_eq!(cluster(&resource(json!({ "engine": "aurora-mysql" }))).unpriced, ["Aurora storage"]);
    }

    #[test]
    fn licensed_engine_is_unpriced_and_its_storage_is_not() {
        let needs = instance(&postgres(json!({ "engine": "oracle-ee" })));
        assert_eq!(needs.parts.len(), 1);
        assert_eq!(needs.unpriced, ["oracle-ee db.t3.medium instance"]);
    }

    #[test]
    fn backups_pay_their_full_size_at_most() {
        let needs = snapshot(&resource(json!({ "allocated_gib": 100.0, "full_gib": 20.0 })));
        assert!(needs.upper_bound);
        assert_eq!(needs.parts[0].quantity, 20.0);
        assert!(
            cluster_snapshot(&resource(json!({ "engine": "aurora-mysql", "allocated_gib": 1.0 }))).parts.is_empty()
        );
    }
}
