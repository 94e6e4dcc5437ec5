//! The services that are spoken to without an SDK crate.
//!
//! Source: AWS's models of its APIs (botocore 1.44.5); `tests/answers.rs` compares every line with them.

use super::call::{Place, Protocol, Service};

/// A constant for each service, and a list of all of them.
macro_rules! services {
    ($(#[$list_doc:meta])* $list:ident: $($(#[$doc:meta])* $const:ident = $name:literal, $signing:literal, $iam:literal, $protocol:expr, $place:expr;)+) => {
        $($(#[$doc])*
        pub const $const: &Service =
            &Service { name: $name, signing: $signing, iam: $iam, protocol: $protocol, place: $place };)+

        $(#[$list_doc])*
        pub const $list: &[&Service] = &[$($const),+];
    };
}

services! {
    /// Every one of them, by name.
    ALL:
    /// AWS Account.
    ACCOUNT = "account", "account", "account", Protocol::RestJson, Place::Pinned("account", "us-east-1");
    /// AWS Certificate Manager.
    ACM = "acm", "acm", "acm", Protocol::Json { version: "1.1", target: "CertificateManager" }, Place::Regional("acm");
    /// AWS Certificate Manager Private Certificate Authority.
    ACM_PCA = "acm-pca", "acm-pca", "acm-pca", Protocol::Json { version: "1.1", target: "ACMPrivateCA" }, Place::Regional("acm-pca");
    /// AWS Amplify.
    AMPLIFY = "amplify", "amplify", "amplify", Protocol::RestJson, Place::Regional("amplify");
    /// Amazon API Gateway.
    APIGATEWAY = "apigateway", "apigateway", "apigateway", Protocol::RestJson, Place::Regional("apigateway");
    /// AmazonApiGatewayV2.
    APIGATEWAYV2 = "apigatewayv2", "apigateway", "apigateway", Protocol::RestJson, Place::Regional("apigateway");
    /// AWS App Runner.
    APPRUNNER = "apprunner", "apprunner", "apprunner", Protocol::Json { version: "1.0", target: "AppRunner" }, Place::Regional("apprunner");
    /// Amazon AppStream.
    APPSTREAM = "appstream", "appstream", "appstream", Protocol::Json { version: "1.1", target: "PhotonAdminProxyService" }, Place::Regional("appstream2");
    /// Amazon Athena.
    ATHENA = "athena", "athena", "athena", Protocol::Json { version: "1.1", target: "AmazonAthena" }, Place::Regional("athena");
    /// Amazon EC2 Auto Scaling.
    AUTOSCALING = "autoscaling", "autoscaling", "autoscaling", Protocol::Query { version: "2011-01-01" }, Place::Regional("autoscaling");
    /// AWS Backup.
    BACKUP = "backup", "backup", "backup", Protocol::RestJson, Place::Regional("backup");
    /// AWS Batch.
    BATCH = "batch", "batch", "batch", Protocol::RestJson, Place::Regional("batch");
    /// AWS Billing and Cost Management Data Exports.
    BCM_DATA_EXPORTS = "bcm-data-exports", "bcm-data-exports", "bcm-data-exports", Protocol::Json { version: "1.1", target: "AWSBillingAndCostManagementDataExports" }, Place::Central("bcm-data-exports.us-east-1.api.aws");
    /// Amazon Bedrock.
    BEDROCK = "bedrock", "bedrock", "bedrock", Protocol::RestJson, Place::Regional("bedrock");
    /// AWS Budgets.
    BUDGETS = "budgets", "budgets", "budgets", Protocol::Json { version: "1.1", target: "AWSBudgetServiceGateway" }, Place::Central("budgets.amazonaws.com");
    /// Amazon Chime SDK Voice.
    CHIME_SDK_VOICE = "chime-sdk-voice", "chime", "chime", Protocol::RestJson, Place::Regional("voice-chime");
    /// AWS Clean Rooms Service.
    CLEANROOMS = "cleanrooms", "cleanrooms", "cleanrooms", Protocol::RestJson, Place::Regional("cleanrooms");
    /// AWS CloudFormation.
    CLOUDFORMATION = "cloudformation", "cloudformation", "cloudformation", Protocol::Query { version: "2010-05-15" }, Place::Regional("cloudformation");
    /// Amazon CloudFront.
    CLOUDFRONT = "cloudfront", "cloudfront", "cloudfront", Protocol::RestXml, Place::Central("cloudfront.amazonaws.com");
    /// AWS CloudHSM V2.
    CLOUDHSMV2 = "cloudhsmv2", "cloudhsm", "cloudhsm", Protocol::Json { version: "1.1", target: "BaldrApiService" }, Place::Regional("cloudhsmv2");
    /// AWS CloudTrail.
    CLOUDTRAIL = "cloudtrail", "cloudtrail", "cloudtrail", Protocol::Json { version: "1.1", target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101" }, Place::Regional("cloudtrail");
    /// AWS CodeBuild.
    CODEBUILD = "codebuild", "codebuild", "codebuild", Protocol::Json { version: "1.1", target: "CodeBuild_20161006" }, Place::Regional("codebuild");
    /// AWS CodePipeline.
    CODEPIPELINE = "codepipeline", "codepipeline", "codepipeline", Protocol::Json { version: "1.1", target: "CodePipeline_20150709" }, Place::Regional("codepipeline");
    /// Amazon Comprehend.
    COMPREHEND = "comprehend", "comprehend", "comprehend", Protocol::Json { version: "1.1", target: "Comprehend_20171127" }, Place::Regional("comprehend");
    /// AWS Config.
    CONFIG = "config", "config", "config", Protocol::Json { version: "1.1", target: "StarlingDoveService" }, Place::Regional("config");
    /// Amazon Connect Service.
    CONNECT = "connect", "connect", "connect", Protocol::RestJson, Place::Regional("connect");
    /// AWS Control Tower.
    CONTROLTOWER = "controltower", "controltower", "controltower", Protocol::RestJson, Place::Regional("controltower");
    /// AWS Cost and Usage Report Service.
    CUR = "cur", "cur", "cur", Protocol::Json { version: "1.1", target: "AWSOrigamiServiceGatewayService" }, Place::Pinned("cur", "us-east-1");
    /// AWS Data Exchange.
    DATAEXCHANGE = "dataexchange", "dataexchange", "dataexchange", Protocol::RestJson, Place::Regional("dataexchange");
    /// AWS DataSync.
    DATASYNC = "datasync", "datasync", "datasync", Protocol::Json { version: "1.1", target: "FmrsService" }, Place::Regional("datasync");
    /// Amazon DynamoDB Accelerator (DAX).
    DAX = "dax", "dax", "dax", Protocol::Json { version: "1.1", target: "AmazonDAXV3" }, Place::Regional("dax");
    /// Amazon Detective.
    DETECTIVE = "detective", "detective", "detective", Protocol::RestJson, Place::Regional("api.detective");
    /// AWS Direct Connect.
    DIRECTCONNECT = "directconnect", "directconnect", "directconnect", Protocol::Json { version: "1.1", target: "OvertureService" }, Place::Regional("directconnect");
    /// AWS Database Migration Service.
    DMS = "dms", "dms", "dms", Protocol::Json { version: "1.1", target: "AmazonDMSv20160101" }, Place::Regional("dms");
    /// AWS Directory Service.
    DS = "ds", "ds", "ds", Protocol::Json { version: "1.1", target: "DirectoryService_20150416" }, Place::Regional("ds");
    /// Amazon DynamoDB.
    DYNAMODB = "dynamodb", "dynamodb", "dynamodb", Protocol::Json { version: "1.0", target: "DynamoDB_20120810" }, Place::Regional("dynamodb");
    /// Amazon Elastic Container Registry.
    ECR = "ecr", "ecr", "ecr", Protocol::Json { version: "1.1", target: "AmazonEC2ContainerRegistry_V20150921" }, Place::Regional("api.ecr");
    /// Amazon EC2 Container Service.
    ECS = "ecs", "ecs", "ecs", Protocol::Json { version: "1.1", target: "AmazonEC2ContainerServiceV20141113" }, Place::Regional("ecs");
    /// Amazon Elastic File System.
    EFS = "efs", "elasticfilesystem", "elasticfilesystem", Protocol::RestJson, Place::Regional("elasticfilesystem");
    /// Amazon Elastic Kubernetes Service.
    EKS = "eks", "eks", "eks", Protocol::RestJson, Place::Regional("eks");
    /// Amazon ElastiCache.
    ELASTICACHE = "elasticache", "elasticache", "elasticache", Protocol::Query { version: "2015-02-02" }, Place::Regional("elasticache");
    /// AWS Elastic Beanstalk.
    ELASTICBEANSTALK = "elasticbeanstalk", "elasticbeanstalk", "elasticbeanstalk", Protocol::Query { version: "2010-12-01" }, Place::Regional("elasticbeanstalk");
    /// Amazon EMR.
    EMR = "emr", "elasticmapreduce", "elasticmapreduce", Protocol::Json { version: "1.1", target: "ElasticMapReduce" }, Place::Regional("elasticmapreduce");
    /// EMR Serverless.
    EMR_SERVERLESS = "emr-serverless", "emr-serverless", "emr-serverless", Protocol::RestJson, Place::Regional("emr-serverless");
    /// Amazon EventBridge.
    EVENTS = "events", "events", "events", Protocol::Json { version: "1.1", target: "AWSEvents" }, Place::Regional("events");
    /// Amazon Kinesis Firehose.
    FIREHOSE = "firehose", "firehose", "firehose", Protocol::Json { version: "1.1", target: "Firehose_20150804" }, Place::Regional("firehose");
    /// Firewall Management Service.
    FMS = "fms", "fms", "fms", Protocol::Json { version: "1.1", target: "AWSFMS_20180101" }, Place::Regional("fms");
    /// AWS Free Tier.
    FREETIER = "freetier", "freetier", "freetier", Protocol::Json { version: "1.0", target: "AWSFreeTierService" }, Place::Central("freetier.us-east-1.api.aws");
    /// Amazon FSx.
    FSX = "fsx", "fsx", "fsx", Protocol::Json { version: "1.1", target: "AWSSimbaAPIService_v20180301" }, Place::Regional("fsx");
    /// Amazon Glacier.
    GLACIER = "glacier", "glacier", "glacier", Protocol::RestJson, Place::Regional("glacier");
    /// AWS Global Accelerator.
    GLOBALACCELERATOR = "globalaccelerator", "globalaccelerator", "globalaccelerator", Protocol::Json { version: "1.1", target: "GlobalAccelerator_V20180706" }, Place::Pinned("globalaccelerator", "us-west-2");
    /// AWS Glue.
    GLUE = "glue", "glue", "glue", Protocol::Json { version: "1.1", target: "AWSGlue" }, Place::Regional("glue");
    /// Amazon Managed Grafana.
    GRAFANA = "grafana", "grafana", "grafana", Protocol::RestJson, Place::Regional("grafana");
    /// Amazon GuardDuty.
    GUARDDUTY = "guardduty", "guardduty", "guardduty", Protocol::RestJson, Place::Regional("guardduty");
    /// AWS Identity and Access Management.
    IAM = "iam", "iam", "iam", Protocol::Query { version: "2010-05-08" }, Place::Central("iam.amazonaws.com");
    /// Inspector2.
    INSPECTOR2 = "inspector2", "inspector2", "inspector2", Protocol::RestJson, Place::Regional("inspector2");
    /// AWS Invoicing.
    INVOICING = "invoicing", "invoicing", "invoicing", Protocol::Json { version: "1.0", target: "Invoicing" }, Place::Central("invoicing.us-east-1.api.aws");
    /// Managed Streaming for Kafka.
    KAFKA = "kafka", "kafka", "kafka", Protocol::RestJson, Place::Regional("kafka");
    /// AWSKendraFrontendService.
    KENDRA = "kendra", "kendra", "kendra", Protocol::Json { version: "1.1", target: "AWSKendraFrontendService" }, Place::Regional("kendra");
    /// Amazon Kinesis.
    KINESIS = "kinesis", "kinesis", "kinesis", Protocol::Json { version: "1.1", target: "Kinesis_20131202" }, Place::Regional("kinesis");
    /// Amazon Kinesis Analytics.
    KINESISANALYTICSV2 = "kinesisanalyticsv2", "kinesisanalytics", "kinesisanalytics", Protocol::Json { version: "1.1", target: "KinesisAnalytics_20180523" }, Place::Regional("kinesisanalytics");
    /// AWS Key Management Service.
    KMS = "kms", "kms", "kms", Protocol::Json { version: "1.1", target: "TrentService" }, Place::Regional("kms");
    /// AWS Lambda.
    LAMBDA = "lambda", "lambda", "lambda", Protocol::RestJson, Place::Regional("lambda");
    /// AWS License Manager.
    LICENSE_MANAGER = "license-manager", "license-manager", "license-manager", Protocol::Json { version: "1.1", target: "AWSLicenseManager" }, Place::Regional("license-manager");
    /// Amazon Lightsail.
    LIGHTSAIL = "lightsail", "lightsail", "lightsail", Protocol::Json { version: "1.1", target: "Lightsail_20161128" }, Place::Regional("lightsail");
    /// Amazon Macie 2.
    MACIE2 = "macie2", "macie2", "macie2", Protocol::RestJson, Place::Regional("macie2");
    /// AWS Marketplace Agreement Service.
    MARKETPLACE_AGREEMENT = "marketplace-agreement", "aws-marketplace", "aws-marketplace", Protocol::Json { version: "1.0", target: "AWSMPCommerceService_v20200301" }, Place::Pinned("agreement-marketplace", "us-east-1");
    /// AWS Marketplace Catalog Service.
    MARKETPLACE_CATALOG = "marketplace-catalog", "aws-marketplace", "aws-marketplace", Protocol::RestJson, Place::Pinned("catalog.marketplace", "us-east-1");
    /// AWS MediaConnect.
    MEDIACONNECT = "mediaconnect", "mediaconnect", "mediaconnect", Protocol::RestJson, Place::Regional("mediaconnect");
    /// AWS Elemental MediaLive.
    MEDIALIVE = "medialive", "medialive", "medialive", Protocol::RestJson, Place::Regional("medialive");
    /// Amazon MemoryDB.
    MEMORYDB = "memorydb", "memorydb", "memorydb", Protocol::Json { version: "1.1", target: "AmazonMemoryDB" }, Place::Regional("memory-db");
    /// AmazonMQ.
    MQ = "mq", "mq", "mq", Protocol::RestJson, Place::Regional("mq");
    /// Amazon Mechanical Turk.
    MTURK = "mturk", "mturk-requester", "mechanicalturk", Protocol::Json { version: "1.1", target: "MTurkRequesterServiceV20170117" }, Place::Pinned("mturk-requester", "us-east-1");
    /// AmazonMWAA.
    MWAA = "mwaa", "airflow", "airflow", Protocol::RestJson, Place::Regional("api.airflow");
    /// AWS Network Firewall.
    NETWORK_FIREWALL = "network-firewall", "network-firewall", "network-firewall", Protocol::Json { version: "1.0", target: "NetworkFirewall_20201112" }, Place::Regional("network-firewall");
    /// Amazon OpenSearch Service.
    OPENSEARCH = "opensearch", "es", "es", Protocol::RestJson, Place::Regional("es");
    /// OpenSearch Service Serverless.
    OPENSEARCHSERVERLESS = "opensearchserverless", "aoss", "aoss", Protocol::Json { version: "1.0", target: "OpenSearchServerless" }, Place::Regional("aoss");
    /// AWS Organizations.
    ORGANIZATIONS = "organizations", "organizations", "organizations", Protocol::Json { version: "1.1", target: "AWSOrganizationsV20161128" }, Place::Pinned("organizations", "us-east-1");
    /// AWS Outposts.
    OUTPOSTS = "outposts", "outposts", "outposts", Protocol::RestJson, Place::Regional("outposts");
    /// Amazon Pinpoint SMS Voice V2.
    PINPOINT_SMS_VOICE_V2 = "pinpoint-sms-voice-v2", "sms-voice", "sms-voice", Protocol::Json { version: "1.0", target: "PinpointSMSVoiceV2" }, Place::Regional("sms-voice");
    /// Amazon QuickSight.
    QUICKSIGHT = "quicksight", "quicksight", "quicksight", Protocol::RestJson, Place::Regional("quicksight");
    /// AWS Resource Access Manager.
    RAM = "ram", "ram", "ram", Protocol::RestJson, Place::Regional("ram");
    /// Amazon Recycle Bin.
    RBIN = "rbin", "rbin", "rbin", Protocol::RestJson, Place::Regional("rbin");
    /// Amazon RDS.
    RDS = "rds", "rds", "rds", Protocol::Query { version: "2014-10-31" }, Place::Regional("rds");
    /// Amazon Redshift.
    REDSHIFT = "redshift", "redshift", "redshift", Protocol::Query { version: "2012-12-01" }, Place::Regional("redshift");
    /// Redshift Serverless.
    REDSHIFT_SERVERLESS = "redshift-serverless", "redshift-serverless", "redshift-serverless", Protocol::Json { version: "1.1", target: "RedshiftServerless" }, Place::Regional("redshift-serverless");
    /// AWS Resource Explorer.
    RESOURCE_EXPLORER_2 = "resource-explorer-2", "resource-explorer-2", "resource-explorer-2", Protocol::RestJson, Place::Regional("resource-explorer-2");
    /// AWS Resource Groups Tagging API.
    RESOURCEGROUPSTAGGINGAPI = "resourcegroupstaggingapi", "tagging", "tag", Protocol::Json { version: "1.1", target: "ResourceGroupsTaggingAPI_20170126" }, Place::Regional("tagging");
    /// Amazon Route 53.
    ROUTE53 = "route53", "route53", "route53", Protocol::RestXml, Place::Central("route53.amazonaws.com");
    /// Amazon Route 53 Domains.
    ROUTE53DOMAINS = "route53domains", "route53domains", "route53domains", Protocol::Json { version: "1.1", target: "Route53Domains_v20140515" }, Place::Pinned("route53domains", "us-east-1");
    /// Amazon Route 53 Resolver.
    ROUTE53RESOLVER = "route53resolver", "route53resolver", "route53resolver", Protocol::Json { version: "1.1", target: "Route53Resolver" }, Place::Regional("route53resolver");
    /// Amazon SageMaker Service.
    SAGEMAKER = "sagemaker", "sagemaker", "sagemaker", Protocol::Json { version: "1.1", target: "SageMaker" }, Place::Regional("api.sagemaker");
    /// AWS Savings Plans.
    SAVINGSPLANS = "savingsplans", "savingsplans", "savingsplans", Protocol::RestJson, Place::Central("savingsplans.amazonaws.com");
    /// AWS Secrets Manager.
    SECRETSMANAGER = "secretsmanager", "secretsmanager", "secretsmanager", Protocol::Json { version: "1.1", target: "secretsmanager" }, Place::Regional("secretsmanager");
    /// AWS SecurityHub.
    SECURITYHUB = "securityhub", "securityhub", "securityhub", Protocol::RestJson, Place::Regional("securityhub");
    /// AWS Service Catalog.
    SERVICECATALOG = "servicecatalog", "servicecatalog", "servicecatalog", Protocol::Json { version: "1.1", target: "AWS242ServiceCatalogService" }, Place::Regional("servicecatalog");
    /// Amazon Simple Email Service.
    SESV2 = "sesv2", "ses", "ses", Protocol::RestJson, Place::Regional("email");
    /// AWS Shield.
    SHIELD = "shield", "shield", "shield", Protocol::Json { version: "1.1", target: "AWSShield_20160616" }, Place::Pinned("shield", "us-east-1");
    /// Amazon Import/Export Snowball.
    SNOWBALL = "snowball", "snowball", "snowball", Protocol::Json { version: "1.1", target: "AWSIESnowballJobManagementService" }, Place::Regional("snowball");
    /// Amazon Simple Notification Service.
    SNS = "sns", "sns", "sns", Protocol::Query { version: "2010-03-31" }, Place::Regional("sns");
    /// Amazon Simple Queue Service.
    SQS = "sqs", "sqs", "sqs", Protocol::Json { version: "1.0", target: "AmazonSQS" }, Place::Regional("sqs");
    /// AWS Single Sign-On Admin.
    SSO_ADMIN = "sso-admin", "sso", "sso", Protocol::Json { version: "1.1", target: "SWBExternalService" }, Place::Regional("sso");
    /// AWS Step Functions.
    STEPFUNCTIONS = "stepfunctions", "states", "states", Protocol::Json { version: "1.0", target: "AWSStepFunctions" }, Place::Regional("states");
    /// AWS Storage Gateway.
    STORAGEGATEWAY = "storagegateway", "storagegateway", "storagegateway", Protocol::Json { version: "1.1", target: "StorageGateway_20130630" }, Place::Regional("storagegateway");
    /// AWS Support.
    SUPPORT = "support", "support", "support", Protocol::Json { version: "1.1", target: "AWSSupport_20130415" }, Place::Pinned("support", "us-east-1");
    /// Synthetics.
    SYNTHETICS = "synthetics", "synthetics", "synthetics", Protocol::RestJson, Place::Regional("synthetics");
    /// Tax Settings.
    TAXSETTINGS = "taxsettings", "tax", "tax", Protocol::RestJson, Place::Pinned("tax", "us-east-1");
    /// AWS Transfer Family.
    TRANSFER = "transfer", "transfer", "transfer", Protocol::Json { version: "1.1", target: "TransferService" }, Place::Regional("transfer");
    /// Amazon WorkMail.
    WORKMAIL = "workmail", "workmail", "workmail", Protocol::Json { version: "1.1", target: "WorkMailService" }, Place::Regional("workmail");
    /// Amazon WorkSpaces.
    WORKSPACES = "workspaces", "workspaces", "workspaces", Protocol::Json { version: "1.1", target: "WorkspacesService" }, Place::Regional("workspaces");
}

services! {
    /// Services that are read through an SDK crate, and without it only where something is changed, by name.
    CHANGED:
    /// Amazon CloudWatch.
    CLOUDWATCH = "cloudwatch", "monitoring", "cloudwatch", Protocol::Query { version: "2010-08-01" }, Place::Regional("monitoring");
    /// Amazon EC2, EBS and VPC.
    EC2 = "ec2", "ec2", "ec2", Protocol::Ec2 { version: "2016-11-15" }, Place::Regional("ec2");
    /// Classic Load Balancers.
    ELB = "elb", "elasticloadbalancing", "elasticloadbalancing", Protocol::Query { version: "2012-06-01" }, Place::Regional("elasticloadbalancing");
    /// Application, Network and Gateway Load Balancers.
    ELBV2 = "elbv2", "elasticloadbalancing", "elasticloadbalancing", Protocol::Query { version: "2015-12-01" }, Place::Regional("elasticloadbalancing");
    /// Amazon CloudWatch Logs.
    LOGS = "logs", "logs", "logs", Protocol::Json { version: "1.1", target: "Logs_20140328" }, Place::Regional("logs");
    /// Amazon S3, with the bucket in the path.
    S3 = "s3", "s3", "s3", Protocol::RestXml, Place::Regional("s3");
}

/// A service by its name in the AWS CLI.
pub fn named(name: &str) -> Option<&'static Service> {
    ALL.iter().chain(CHANGED).copied().find(|service| service.name == name)
}
