/// How a key of the price book is asked for at the Price List API.
///
/// The filters narrow the answer on AWS's side; several products usually remain (archive tiers, Outposts,
/// Local Zones), so the usage type decides among them, with nothing but a region's billing code before it.
#[derive(Debug, PartialEq)]
pub(super) struct Recipe {
    /// Key in the book; a closing `*` stands for any rest, which fills the `*` of the other fields.
    pub key: &'static str,
    /// Service code of the Price List.
    pub service: &'static str,
    /// Product attributes that must match, besides the region.
    pub filters: &'static [(&'static str, &'static str)],
    /// Usage type without its region prefix.
    pub usage: &'static str,
    /// Unit the price must be in; another unit is another product.
    pub unit: &'static str,
    /// How many of the book's units make one of AWS's.
    pub per_unit: f64,
}

/// A recipe whose unit is the book's own.
const fn recipe(
    key: &'static str,
    service: &'static str,
    filters: &'static [(&'static str, &'static str)],
    usage: &'static str,
    unit: &'static str,
) -> Recipe {
    Recipe { key, service, filters, usage, unit, per_unit: 1.0 }
}

/// A type of EBS volume by the gigabyte.
macro_rules! volume {
    ($key:literal, $name:literal, $usage:literal) => {
        recipe($key, "AmazonEC2", &[("productFamily", "Storage"), ("volumeApiName", $name)], $usage, "GB-Mo")
    };
}

/// Provisioned IOPS of an EBS volume type.
macro_rules! iops {
    ($key:literal, $name:literal, $usage:literal) => {
        recipe($key, "AmazonEC2", &[("productFamily", "System Operation"), ("volumeApiName", $name)], $usage, "IOPS-Mo")
    };
}

/// An RDS or Aurora instance class of an engine, one Availability Zone, licence included or not needed.
macro_rules! database {
    ($key:literal, $engine:literal) => {
        recipe(
            $key,
            "AmazonRDS",
            &[
                ("productFamily", "Database Instance"),
                ("databaseEngine", $engine),
                ("deploymentOption", "Single-AZ"),
                ("instanceType", "*"),
            ],
            "InstanceUsage:*",
            "Hrs",
        )
    };
}

const SNAPSHOTS: &[(&str, &str)] = &[("productFamily", "Storage Snapshot")];
const NAT: &[(&str, &str)] = &[("productFamily", "NAT Gateway")];
const PUBLIC_IPV4: &[(&str, &str)] = &[("group", "VPCPublicIPv4Address")];
const ENDPOINTS: &[(&str, &str)] = &[("productFamily", "VpcEndpoint")];
const S3: &[(&str, &str)] = &[("productFamily", "Storage")];
const RDS_STORAGE: &[(&str, &str)] = &[("productFamily", "Database Storage"), ("deploymentOption", "Single-AZ")];
const RDS_IOPS: &[(&str, &str)] = &[("productFamily", "Provisioned IOPS"), ("deploymentOption", "Single-AZ")];
const AURORA_STORAGE: &[(&str, &str)] = &[("productFamily", "Database Storage")];

/// Linux without licences, shared hardware, running (not an unused reservation).
const LINUX: &[(&str, &str)] = &[
    ("instanceType", "*"),
    ("operatingSystem", "Linux"),
    ("tenancy", "Shared"),
    ("preInstalledSw", "NA"),
    ("capacitystatus", "Used"),
];

/// Every key that can be asked for.
pub(super) const RECIPES: &[Recipe] = &[
    volume!("ebs.gp2", "gp2", "EBS:VolumeUsage.gp2"),
    volume!("ebs.gp3", "gp3", "EBS:VolumeUsage.gp3"),
    volume!("ebs.io1", "io1", "EBS:VolumeUsage.piops"),
    volume!("ebs.io2", "io2", "EBS:VolumeUsage.io2"),
    volume!("ebs.st1", "st1", "EBS:VolumeUsage.st1"),
    volume!("ebs.sc1", "sc1", "EBS:VolumeUsage.sc1"),
    volume!("ebs.standard", "standard", "EBS:VolumeUsage"),
    iops!("ebs.gp3.iops", "gp3", "EBS:VolumeP-IOPS.gp3"),
    iops!("ebs.io1.iops", "io1", "EBS:VolumeP-IOPS.piops"),
    iops!("ebs.io2.iops.tier1", "io2", "EBS:VolumeP-IOPS.io2"),
    iops!("ebs.io2.iops.tier2", "io2", "EBS:VolumeP-IOPS.io2.tier2"),
    iops!("ebs.io2.iops.tier3", "io2", "EBS:VolumeP-IOPS.io2.tier3"),
    Recipe {
        key: "ebs.gp3.throughput",
        service: "AmazonEC2",
        filters: &[("productFamily", "Provisioned Throughput"), ("volumeApiName", "gp3")],
        usage: "EBS:VolumeP-Throughput.gp3",
        unit: "GiBps-mo",
        per_unit: 1024.0,
    },
    recipe("ebs.snapshot", "AmazonEC2", SNAPSHOTS, "EBS:SnapshotUsage", "GB-Mo"),
    recipe("ebs.snapshot_archive", "AmazonEC2", SNAPSHOTS, "EBS:SnapshotArchiveStorage", "GB-Mo"),
    recipe("ec2.linux.*", "AmazonEC2", LINUX, "BoxUsage:*", "Hrs"),
    recipe("ec2.nat_gateway", "AmazonEC2", NAT, "NatGateway-Hours", "Hrs"),
    recipe("ec2.nat_gateway.gb", "AmazonEC2", NAT, "NatGateway-Bytes", "GB"),
    recipe("vpc.public_ipv4.idle", "AmazonVPC", PUBLIC_IPV4, "PublicIPv4:IdleAddress", "Hrs"),
    recipe("vpc.public_ipv4.in_use", "AmazonVPC", PUBLIC_IPV4, "PublicIPv4:InUseAddress", "Hrs"),
    recipe("vpc.endpoint.interface", "AmazonVPC", ENDPOINTS, "VpcEndpoint-Hours", "Hrs"),
    recipe("vpc.endpoint.gwlb", "AmazonVPC", ENDPOINTS, "VpcEndpoint-GWLBE-Hours", "Hrs"),
    recipe("elb.alb", "AWSELB", &[("productFamily", "Load Balancer-Application")], "LoadBalancerUsage", "Hrs"),
    recipe("elb.nlb", "AWSELB", &[("productFamily", "Load Balancer-Network")], "LoadBalancerUsage", "Hrs"),
    recipe("elb.gwlb", "AWSELB", &[("productFamily", "Load Balancer-Gateway")], "LoadBalancerUsage", "Hrs"),
    recipe("elb.clb", "AWSELB", &[("productFamily", "Load Balancer")], "LoadBalancerUsage", "Hrs"),
    database!("rds.instance.mysql.*", "MySQL"),
    database!("rds.instance.mariadb.*", "MariaDB"),
    database!("rds.instance.postgres.*", "PostgreSQL"),
    database!("rds.instance.aurora-mysql.*", "Aurora MySQL"),
    database!("rds.instance.aurora-postgresql.*", "Aurora PostgreSQL"),
    recipe("rds.storage.gp2", "AmazonRDS", RDS_STORAGE, "RDS:GP2-Storage", "GB-Mo"),
    recipe("rds.storage.gp3", "AmazonRDS", RDS_STORAGE, "RDS:GP3-Storage", "GB-Mo"),
    recipe("rds.storage.io1", "AmazonRDS", RDS_STORAGE, "RDS:PIOPS-Storage", "GB-Mo"),
    recipe("rds.storage.io2", "AmazonRDS", RDS_STORAGE, "RDS:PIOPS-Storage-IO2", "GB-Mo"),
    recipe("rds.storage.magnetic", "AmazonRDS", RDS_STORAGE, "RDS:StorageUsage", "GB-Mo"),
    recipe("rds.iops.io1", "AmazonRDS", RDS_IOPS, "RDS:PIOPS", "IOPS-Mo"),
    recipe("rds.iops.gp3", "AmazonRDS", RDS_IOPS, "RDS:GP3-PIOPS", "IOPS-Mo"),
    recipe("rds.backup", "AmazonRDS", SNAPSHOTS, "RDS:ChargedBackupUsage", "GB-Mo"),
    recipe("aurora.backup", "AmazonRDS", SNAPSHOTS, "Aurora:BackupUsage", "GB-Mo"),
    recipe("aurora.storage.standard", "AmazonRDS", AURORA_STORAGE, "Aurora:StorageUsage", "GB-Mo"),
    recipe("aurora.storage.io_optimized", "AmazonRDS", AURORA_STORAGE, "Aurora:IO-OptimizedStorageUsage", "GB-Mo"),
    recipe("cloudwatch.logs.storage", "AmazonCloudWatch", SNAPSHOTS, "TimedStorage-ByteHrs", "GB-Mo"),
    recipe("s3.standard", "AmazonS3", S3, "TimedStorage-ByteHrs", "GB-Mo"),
    recipe("s3.standard_ia", "AmazonS3", S3, "TimedStorage-SIA-ByteHrs", "GB-Mo"),
    recipe("s3.onezone_ia", "AmazonS3", S3, "TimedStorage-ZIA-ByteHrs", "GB-Mo"),
    recipe("s3.glacier_ir", "AmazonS3", S3, "TimedStorage-GIR-ByteHrs", "GB-Mo"),
    recipe("s3.glacier_flexible", "AmazonS3", S3, "TimedStorage-GlacierByteHrs", "GB-Mo"),
    recipe("s3.deep_archive", "AmazonS3", S3, "TimedStorage-GDA-ByteHrs", "GB-Mo"),
    recipe("s3.glacier_staging", "AmazonS3", S3, "TimedStorage-GlacierStaging", "GB-Mo"),
    recipe("s3.reduced_redundancy", "AmazonS3", S3, "TimedStorage-RRS-ByteHrs", "GB-Mo"),
    recipe("s3.int_tiering.frequent", "AmazonS3", S3, "TimedStorage-INT-FA-ByteHrs", "GB-Mo"),
    recipe("s3.int_tiering.infrequent", "AmazonS3", S3, "TimedStorage-INT-IA-ByteHrs", "GB-Mo"),
];

/// A recipe met with a key: what to ask and what to look for in the answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Order {
    /// Service code.
    pub service: &'static str,
    /// Attributes to filter by, the region's among them.
    pub filters: Vec<(&'static str, String)>,
    /// What to pick.
    pub pick: Pick,
}

/// Which product of an answer is meant.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pick {
    /// Usage type without its region prefix.
    pub usage: String,
    /// Unit of the price.
    pub unit: &'static str,
    /// How many of the book's units make one of AWS's.
    pub per_unit: f64,
}

/// How to ask for a key in a region. `None` when no recipe knows the key.
pub(super) fn order(key: &str, region: &str) -> Option<Order> {
    let (recipe, rest) = RECIPES.iter().find_map(|recipe| Some((recipe, matched(recipe.key, key)?)))?;
    let mut filters = vec![("regionCode", region.to_owned())];
    filters.extend(recipe.filters.iter().map(|(field, value)| (*field, value.replace('*', rest))));
    let pick = Pick { usage: recipe.usage.replace('*', rest), unit: recipe.unit, per_unit: recipe.per_unit };
    Some(Order { service: recipe.service, filters, pick })
}

/// What the `*` of a pattern stands for in a key; empty for an exact match.
fn matched<'k>(pattern: &str, key: &'k str) -> Option<&'k str> {
    match pattern.strip_suffix('*') {
        Some(head) => key.strip_prefix(head).filter(|rest| !rest.is_empty()),
        None => (pattern == key).then_some(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_fills_its_recipe() {
        let order = order("rds.instance.mysql.db.t3.micro", "eu-west-1").expect("a recipe");
        assert_eq!(order.service, "AmazonRDS");
        assert!(order.filters.contains(&("instanceType", "db.t3.micro".to_owned())));
        assert!(order.filters.contains(&("regionCode", "eu-west-1".to_owned())));
        assert_eq!(order.pick.usage, "InstanceUsage:db.t3.micro");
    }

    #[test]
    fn keys_nobody_can_ask_for_have_no_order() {
        assert_eq!(order("ec2.linux.", "eu-west-1"), None);
        assert_eq!(order("vpc.tgw.gb", "eu-west-1"), None);
        assert!(order("ec2.nat_gateway", "eu-west-1").is_some());
    }

    #[test]
    fn no_key_has_two_recipes() {
        for (i, recipe) in RECIPES.iter().enumerate() {
            assert!(RECIPES[i + 1..].iter().all(|other| other.key != recipe.key), "{}", recipe.key);
        }
    }
}
