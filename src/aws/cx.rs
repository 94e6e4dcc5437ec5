use std::sync::Arc;

use aws_config::SdkConfig;
use aws_types::region::Region as SdkRegion;
use jiff::Timestamp;

use crate::model::Region;

/// What a worker gets in hand: who the account is, which region to ask, and a client for each service.
///
/// Clients are made on demand; they share one connection pool, one pace and one request count.
#[derive(Clone)]
pub struct Cx {
    config: Arc<SdkConfig>,
    account: Arc<str>,
    partition: Arc<str>,
    home: Region,
    region: Region,
    only: Arc<[Region]>,
    now: Timestamp,
}

impl Cx {
    /// A context for a region. `home` is the region global services are asked in.
    pub fn new(config: SdkConfig, account: &str, partition: &str, home: Region, region: Region, now: Timestamp) -> Cx {
        Cx {
            config: Arc::new(config),
            account: account.into(),
            partition: partition.into(),
            home,
            region,
            only: Arc::default(),
            now,
        }
    }

    /// The same context for a run that reads only some regions; empty means all.
    pub fn limited_to(mut self, regions: &[Region]) -> Cx {
        self.only = regions.into();
        self
    }

    /// Whether the run reads a region. Scanners of global services with regional resources (S3) ask this.
    pub fn wants(&self, region: &Region) -> bool {
        self.only.is_empty() || self.only.contains(region)
    }

    /// The same context in another region.
    pub fn in_region(&self, region: &Region) -> Cx {
        Cx { region: region.clone(), ..self.clone() }
    }

    /// The same context at another moment.
    pub fn at(&self, now: Timestamp) -> Cx {
        Cx { now, ..self.clone() }
    }

    /// The region the worker is about; `global` for global services.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The region requests are sent to: the worker's own, or the home region for global services.
    pub fn endpoint_region(&self) -> &Region {
        if self.region.is_global() { &self.home } else { &self.region }
    }

    /// Twelve digits.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// The run's clock.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// An ARN in this account: `arn("ec2", &region, "volume/vol-1")`. A global region is left empty.
    pub fn arn(&self, service: &str, region: &Region, rest: &str) -> String {
        let region = if region.is_global() { "" } else { region.as_str() };
        format!("arn:{}:{service}:{region}:{}:{rest}", self.partition, self.account)
    }

    /// What every client is made from: credentials, wire, retries, time-outs.
    pub(super) fn config(&self) -> &SdkConfig {
        &self.config
    }

    fn sdk_region(&self) -> SdkRegion {
        SdkRegion::new(self.endpoint_region().as_str().to_owned())
    }
}

/// A client for a service in the context's region.
macro_rules! clients {
    ($($(#[$doc:meta])* $name:ident => $sdk:ident),+ $(,)?) => {
        impl Cx {
            $($(#[$doc])*
            pub fn $name(&self) -> $sdk::Client {
                let config = $sdk::config::Builder::from(self.config.as_ref()).region(self.sdk_region()).build();
                $sdk::Client::from_conf(config)
            })+
        }
    };
}

clients! {
    /// AWS Account Management.
    account_client => aws_sdk_account,
    /// Amazon EC2 Auto Scaling.
    autoscaling => aws_sdk_autoscaling,
    /// Amazon CloudWatch.
    cloudwatch => aws_sdk_cloudwatch,
    /// Amazon CloudWatch Logs.
    logs => aws_sdk_cloudwatchlogs,
    /// AWS Cost Explorer.
    costexplorer => aws_sdk_costexplorer,
    /// Amazon EC2, EBS and VPC.
    ec2 => aws_sdk_ec2,
    /// Classic Load Balancers.
    elb => aws_sdk_elasticloadbalancing,
    /// Application, Network and Gateway Load Balancers.
    elbv2 => aws_sdk_elasticloadbalancingv2,
    /// AWS Identity and Access Management.
    iam => aws_sdk_iam,
    /// AWS Price List.
    pricing => aws_sdk_pricing,
    /// Amazon RDS and Aurora.
    rds => aws_sdk_rds,
    /// Service Quotas.
    servicequotas => aws_sdk_servicequotas,
}

impl Cx {
    /// Amazon S3. Path-style addresses where an endpoint is given, since a bucket's name is then no host.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(self.config.as_ref())
            .region(self.sdk_region())
            .force_path_style(self.config.endpoint_url().is_some())
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }
}
