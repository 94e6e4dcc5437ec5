//! Scanners: one file a resource kind, each lists and never changes.
//!
//! A scanner is a type that implements [`Scan`], and one line in `SCANNERS` of its service. What it finds before a
//! page fails is kept; the failure becomes a gap. To add a kind, copy `kinesis/stream.rs`.

pub mod detail;
pub mod found;
pub mod metrics;
pub mod ownership;
pub mod pool;
pub mod principals;
pub mod sweep;

mod account;
mod acm;
mod acm_pca;
mod airflow;
mod amplify;
mod aoss;
mod apigateway;
mod apprunner;
mod appstream;
mod athena;
mod autoscaling;
mod aws_marketplace;
mod backup;
mod batch;
mod bcm_data_exports;
mod bedrock;
mod budgets;
mod chime;
mod cleanrooms;
mod cloudformation;
mod cloudfront;
mod cloudhsm;
mod cloudtrail;
mod cloudwatch;
mod codebuild;
mod codepipeline;
mod comprehend;
mod config;
mod connect;
mod controltower;
mod cur;
mod dataexchange;
mod datasync;
mod dax;
mod detective;
mod directconnect;
mod dms;
mod ds;
mod dynamodb;
mod ec2;
mod ecr;
mod ecs;
mod eks;
mod elasticache;
mod elasticbeanstalk;
mod elasticfilesystem;
mod elasticloadbalancing;
mod elasticmapreduce;
mod emr_serverless;
mod es;
mod events;
mod firehose;
mod fms;
mod freetier;
mod fsx;
mod glacier;
mod globalaccelerator;
mod glue;
mod grafana;
mod guardduty;
mod iam;
mod inspector2;
mod invoicing;
mod kafka;
mod kendra;
mod kinesis;
mod kinesisanalytics;
mod kms;
mod lambda;
mod license_manager;
mod lightsail;
mod logs;
mod macie2;
mod mediaconnect;
mod medialive;
mod memorydb;
mod mq;
mod mturk;
mod network_firewall;
mod organizations;
mod outposts;
mod quicksight;
mod ram;
mod rds;
mod redshift;
mod redshift_serverless;
mod route53;
mod route53domains;
mod route53resolver;
mod s3;
mod sagemaker;
mod savingsplans;
mod secretsmanager;
mod securityhub;
mod servicecatalog;
mod ses;
mod shield;
mod sms_voice;
mod snowball;
mod sns;
mod sqs;
mod sso;
mod states;
mod storagegateway;
mod support;
mod synthetics;
mod taxsettings;
#[cfg(test)]
mod testing;
mod transfer;
mod workmail;
mod workspaces;

use std::future::Future;
use std::pin::Pin;

use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;

use crate::aws::{Cx, Fault};
use crate::model::{Kind, Needs, Resource};
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
    /// What one of them is billed for.
    const BILLING: Billing = Billing::Unknown;
    /// How it is known that the listing works.
    const TESTED: Tested = Tested::Recording;
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

/// What resources of a kind are billed for.
#[derive(Clone, Copy, Debug)]
pub enum Billing {
    /// Nobody has taught this program: their price is not known.
    Unknown,
    /// Nothing: they cost nothing by themselves.
    Free,
    /// What their facts say.
    By(fn(&Resource) -> Needs),
}

/// Against what a listing is tested. No kind is untested, and tests compare this with what they saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tested {
    /// Recorded answers, `tests/answers/SERVICE/THING.json`.
    Recording,
    /// The emulator's seeded account.
    Emulator,
    /// Both.
    Both,
}

impl Tested {
    /// Whether recorded answers are played to it.
    pub fn by_recording(self) -> bool {
        self != Tested::Emulator
    }

    /// Whether the emulator's account holds some of it.
    pub fn by_emulator(self) -> bool {
        self != Tested::Recording
    }

    /// For people: `emulator and recording`.
    pub fn words(self) -> &'static str {
        match self {
            Tested::Recording => "recording",
            Tested::Emulator => "emulator",
            Tested::Both => "emulator, recording",
        }
    }
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scanner({})", self.kind)
    }
}

type Listing<'a> = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;

/// A row of a service's `SCANNERS`: a typed [`Scan`] as plain values.
pub struct Scanner {
    /// What it lists.
    pub kind: Kind,
    /// What people call several of them.
    pub title: &'static str,
    /// IAM actions it may use.
    pub actions: &'static [&'static str],
    /// Where it asks.
    pub reach: Reach,
    /// What one of them is billed for.
    pub billing: Billing,
    /// How it is known that the listing works.
    pub tested: Tested,
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
            billing: S::BILLING,
            tested: S::TESTED,
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

/// The services, in the order of the scan matrix.
const SERVICES: &[&[Scanner]] = &[
    ec2::SCANNERS,
    elasticloadbalancing::SCANNERS,
    autoscaling::SCANNERS,
    rds::SCANNERS,
    logs::SCANNERS,
    s3::SCANNERS,
    redshift::SCANNERS,
    redshift_serverless::SCANNERS,
    kinesis::SCANNERS,
    firehose::SCANNERS,
    kinesisanalytics::SCANNERS,
    glue::SCANNERS,
    elasticmapreduce::SCANNERS,
    emr_serverless::SCANNERS,
    athena::SCANNERS,
    kafka::SCANNERS,
    airflow::SCANNERS,
    sagemaker::SCANNERS,
    kendra::SCANNERS,
    bedrock::SCANNERS,
    comprehend::SCANNERS,
    appstream::SCANNERS,
    workspaces::SCANNERS,
    workmail::SCANNERS,
    ds::SCANNERS,
    dms::SCANNERS,
    es::SCANNERS,
    aoss::SCANNERS,
    dynamodb::SCANNERS,
    elasticache::SCANNERS,
    memorydb::SCANNERS,
    dax::SCANNERS,
    elasticfilesystem::SCANNERS,
    fsx::SCANNERS,
    backup::SCANNERS,
    storagegateway::SCANNERS,
    glacier::SCANNERS,
    ecr::SCANNERS,
    ecs::SCANNERS,
    eks::SCANNERS,
    lambda::SCANNERS,
    sqs::SCANNERS,
    sns::SCANNERS,
    states::SCANNERS,
    events::SCANNERS,
    batch::SCANNERS,
    elasticbeanstalk::SCANNERS,
    codepipeline::SCANNERS,
    codebuild::SCANNERS,
    amplify::SCANNERS,
    apprunner::SCANNERS,
    apigateway::SCANNERS,
    cloudformation::SCANNERS,
    route53::SCANNERS,
    route53domains::SCANNERS,
    route53resolver::SCANNERS,
    acm::SCANNERS,
    acm_pca::SCANNERS,
    cloudfront::SCANNERS,
    globalaccelerator::SCANNERS,
    directconnect::SCANNERS,
    network_firewall::SCANNERS,
    mq::SCANNERS,
    transfer::SCANNERS,
    lightsail::SCANNERS,
    kms::SCANNERS,
    cloudhsm::SCANNERS,
    secretsmanager::SCANNERS,
    cloudwatch::SCANNERS,
    grafana::SCANNERS,
    synthetics::SCANNERS,
    cloudtrail::SCANNERS,
    config::SCANNERS,
    budgets::SCANNERS,
    iam::SCANNERS,
    ram::SCANNERS,
    servicecatalog::SCANNERS,
    savingsplans::SCANNERS,
    aws_marketplace::SCANNERS,
    ses::SCANNERS,
    connect::SCANNERS,
    sms_voice::SCANNERS,
    chime::SCANNERS,
    quicksight::SCANNERS,
    dataexchange::SCANNERS,
    cleanrooms::SCANNERS,
    mturk::SCANNERS,
    guardduty::SCANNERS,
    macie2::SCANNERS,
    inspector2::SCANNERS,
    detective::SCANNERS,
    securityhub::SCANNERS,
    organizations::SCANNERS,
    account::SCANNERS,
    support::SCANNERS,
    freetier::SCANNERS,
    invoicing::SCANNERS,
    taxsettings::SCANNERS,
    bcm_data_exports::SCANNERS,
    cur::SCANNERS,
    controltower::SCANNERS,
    sso::SCANNERS,
    shield::SCANNERS,
    medialive::SCANNERS,
    mediaconnect::SCANNERS,
    outposts::SCANNERS,
    snowball::SCANNERS,
    datasync::SCANNERS,
    license_manager::SCANNERS,
    fms::SCANNERS,
];

/// Every scanner there is, in the order of the scan matrix.
pub fn scanners() -> impl Iterator<Item = &'static Scanner> + Clone {
    SERVICES.iter().copied().flatten()
}

/// The scanner of a kind, if there is one.
pub fn scanner(kind: &Kind) -> Option<&'static Scanner> {
    scanners().find(|scanner| scanner.kind == *kind)
}

/// What a resource is billed for. `None` when nobody has taught this program about its kind.
pub fn needs(resource: &Resource) -> Option<Needs> {
    match scanner(&resource.kind)?.billing {
        Billing::Unknown => None,
        Billing::Free => Some(Needs::free()),
        Billing::By(needs) => Some(needs(resource)),
    }
}
