//! Scanners: one file a resource kind, each lists and never changes.
//!
//! A scanner is a type that implements [`Scan`] and one line in [`SCANNERS`]. What it finds before a page
//! fails is kept; the failure becomes a gap. To add a kind, copy `ec2/volume.rs`.

pub mod found;
pub mod metrics;
pub mod ownership;
pub mod pool;

mod autoscaling;
mod ec2;
mod elasticloadbalancing;
mod logs;
mod rds;
mod s3;

use std::future::Future;
use std::pin::Pin;

use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::Kind;
use found::{Found, Sink};

/// A way to list one kind of resource in one region.
pub trait Scan: 'static {
    /// The kind, as Resource Explorer writes it.
    const KIND: Kind;
    /// What people call several of them: `EBS volumes`.
    const TITLE: &'static str;
    /// Every IAM action the listing may use, for the printed policy.
    const ACTIONS: &'static [&'static str];
    /// Whether it is asked in each region or once.
    const REACH: Reach = Reach::Regional;
    /// What rules may read; a doc comment a field becomes documentation and the rule checker's vocabulary.
    type Facts: Serialize + JsonSchema + Send + 'static;

    /// Lists everything of this kind in the context's region and hands it to `found`.
    ///
    /// Errors when a page cannot be read; what was handed over before stays.
    fn list(cx: &Cx, found: &Found<'_, Self::Facts>) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// Where a scanner has to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// In every region.
    Regional,
    /// Once for the account, in the partition's home region.
    Global,
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scanner({})", self.kind)
    }
}

type Listing<'a> = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;

/// A row of [`SCANNERS`]: a typed [`Scan`] as plain values.
pub struct Scanner {
    /// What it lists.
    pub kind: Kind,
    /// What people call several of them.
    pub title: &'static str,
    /// IAM actions it may use.
    pub actions: &'static [&'static str],
    /// Where it asks.
    pub reach: Reach,
    schema: fn() -> Schema,
    list: for<'a> fn(&'a Cx, &'a Sink) -> Listing<'a>,
}

impl Scanner {
    /// The row of a scanner type.
    pub const fn of<S: Scan>() -> Scanner {
        Scanner {
            kind: S::KIND,
            title: S::TITLE,
            actions: S::ACTIONS,
            reach: S::REACH,
            schema: || schema_for!(S::Facts),
            list: |cx, sink| {
                Box::pin(async move {
                    let found = Found::new(cx, sink, S::KIND);
                    S::list(cx, &found).await
                })
            },
        }
    }

    /// JSON schema of the facts.
    pub fn schema(&self) -> Schema {
        (self.schema)()
    }

    /// Runs the listing.
    pub fn list<'a>(&self, cx: &'a Cx, sink: &'a Sink) -> Listing<'a> {
        (self.list)(cx, sink)
    }
}

/// Every scanner there is, in the order of the scan matrix.
pub static SCANNERS: &[Scanner] = &[
    Scanner::of::<ec2::instance::Instances>(),
    Scanner::of::<ec2::volume::Volumes>(),
    Scanner::of::<ec2::snapshot::Snapshots>(),
    Scanner::of::<ec2::image::Images>(),
    Scanner::of::<ec2::address::Addresses>(),
    Scanner::of::<ec2::nat_gateway::NatGateways>(),
    Scanner::of::<ec2::network_interface::NetworkInterfaces>(),
    Scanner::of::<ec2::security_group::SecurityGroups>(),
    Scanner::of::<ec2::key_pair::KeyPairs>(),
    Scanner::of::<ec2::launch_template::LaunchTemplates>(),
    Scanner::of::<ec2::vpc::Vpcs>(),
    Scanner::of::<ec2::subnet::Subnets>(),
    Scanner::of::<ec2::internet_gateway::InternetGateways>(),
    Scanner::of::<ec2::route_table::RouteTables>(),
    Scanner::of::<ec2::vpc_endpoint::VpcEndpoints>(),
    Scanner::of::<ec2::reserved_instances::ReservedInstances>(),
    Scanner::of::<ec2::capacity_reservation::CapacityReservations>(),
    Scanner::of::<elasticloadbalancing::load_balancer::LoadBalancers>(),
    Scanner::of::<elasticloadbalancing::classic::ClassicLoadBalancers>(),
    Scanner::of::<elasticloadbalancing::target_group::TargetGroups>(),
    Scanner::of::<autoscaling::group::Groups>(),
    Scanner::of::<rds::instance::Instances>(),
    Scanner::of::<rds::cluster::Clusters>(),
    Scanner::of::<rds::snapshot::Snapshots>(),
    Scanner::of::<rds::cluster_snapshot::ClusterSnapshots>(),
    Scanner::of::<rds::automated_backup::AutomatedBackups>(),
    Scanner::of::<rds::reserved_instance::ReservedInstances>(),
    Scanner::of::<logs::log_group::LogGroups>(),
    Scanner::of::<s3::bucket::Buckets>(),
    Scanner::of::<s3::multipart_upload::MultipartUploads>(),
];

/// The scanner of a kind, if there is one.
pub fn scanner(kind: &Kind) -> Option<&'static Scanner> {
    SCANNERS.iter().find(|scanner| scanner.kind == *kind)
}
