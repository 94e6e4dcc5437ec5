use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Cost, Kind, Region};

/// What tells one resource from all others: its ARN, or one made up in the same form where AWS has none.
///
/// Totally ordered, so that whatever is listed is listed in a stable order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ResourceId(String);

impl ResourceId {
    /// An identity from its text.
    pub fn new(arn: impl Into<String>) -> ResourceId {
        ResourceId(arn.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One thing in an account, as a listing showed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Resource {
    /// The ARN, or a synthesised one.
    pub arn: ResourceId,
    /// The short id people type: `vol-0a1b…`, a name, or the last part of the ARN.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Twelve digits of the account that holds it.
    pub account: String,
    /// Where it lives; `global` for global services. A bucket's is its own region.
    pub region: Region,
    /// The `Name` tag or the service's own name. Absent when it has neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was made. Absent when the service does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Tags as AWS returned them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The scanner's facts, an object described by its JSON schema. Absent values are left out.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub facts: Map<String, Value>,
    /// What it needs, holds or is part of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refs: Vec<Ref>,
    /// Who manages it, when something does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// Every lock found on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protections: Vec<Protection>,
    /// What it costs a month. Absent when the price is not known; free things cost zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
}

impl Resource {
    /// The name where there is one, else the id.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// A fact that is text. `None` when absent or of another type.
    pub fn text(&self, fact: &str) -> Option<&str> {
        self.facts.get(fact).and_then(Value::as_str)
    }

    /// A fact that is a number. `None` when absent or of another type.
    pub fn number(&self, fact: &str) -> Option<f64> {
        self.facts.get(fact).and_then(Value::as_f64)
    }

    /// A fact that is true or false. `None` when absent or of another type.
    pub fn flag(&self, fact: &str) -> Option<bool> {
        self.facts.get(fact).and_then(Value::as_bool)
    }
}

/// A pointer from one resource to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Ref {
    /// ARN or short id, whichever the service gave.
    pub id: String,
    /// What the other is to this one.
    pub role: Role,
}

/// What a referenced resource is to the one that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// This one is attached to it and lives for it: a volume and its instance. A lock on the other
    /// protects this one too.
    AttachedTo,
    /// This one lies inside it: a subnet in its VPC.
    Inside,
    /// This one cannot work without it: an image and its snapshots.
    Needs,
    /// This one sends traffic or members to it: a route and its gateway, a target group and its targets.
    Uses,
    /// This one is one of a class that others speak about, which is no resource: an instance and its family, a
    /// node and its Kubernetes cluster.
    OneOf,
    /// This one was made from it and does not need it any more: a snapshot and its volume.
    MadeFrom,
}

/// What manages a resource: deleting the resource itself would only make the owner repeat or break.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Owner {
    /// `cloudformation-stack`, `auto-scaling-group`, `eks-cluster`, `beanstalk-environment`, `aws-backup`,
    /// `data-lifecycle-manager`, `kubernetes-cluster`, `service` and the like.
    pub by: String,
    /// Name or ARN of the owner. Empty when only the service is known.
    pub id: String,
    /// The tag or field that says so.
    pub evidence: String,
}

impl Owner {
    /// `CloudFormation stack course-stack`, for people.
    pub fn label(&self) -> String {
        let what = match self.by.as_str() {
            "cloudformation-stack" => "CloudFormation stack",
            "auto-scaling-group" => "Auto Scaling group",
            "eks-cluster" => "EKS cluster",
            "kubernetes-cluster" => "Kubernetes cluster",
            "beanstalk-environment" => "Elastic Beanstalk environment",
            "ecs-service" => "ECS service",
            "emr-cluster" => "EMR cluster",
            "ec2-fleet" => "EC2 Fleet",
            "spot-fleet" => "Spot Fleet",
            "service-catalog-product" => "Service Catalog product",
            "batch-compute-environment" => "Batch compute environment",
            "cloudformation-stack-set" => "CloudFormation stack set",
            "aws-backup" => "AWS Backup",
            "data-lifecycle-manager" => "Data Lifecycle Manager",
            "service" => "",
            other => other,
        };
        format!("{what} {}", self.id).trim().to_owned()
    }
}

/// A lock on a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "lock")]
pub enum Protection {
    /// Somebody wrote down that it is to be kept; it counts in no waste total.
    Keep {
        /// The tag, `keep=true`.
        tag: String,
        /// The last day it protects. Absent when it protects for good.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<String>,
    },
    /// Its tags could not be read, and one of them may say that it is to be kept; it counts in no waste total.
    UnreadTags,
    /// AWS itself refuses the delete until a flag is lifted: a fact about deleting, not a wish to keep.
    Service {
        /// The flag as AWS calls it, `DisableApiTermination`.
        flag: String,
    },
}

impl Protection {
    /// Whether it takes the resource out of the waste totals.
    pub fn is_keep(&self) -> bool {
        matches!(self, Protection::Keep { .. } | Protection::UnreadTags)
    }

    /// One phrase for people.
    pub fn label(&self) -> String {
        match self {
            Protection::Keep { tag, until: None } => format!("kept by tag {tag}"),
            Protection::Keep { tag, until: Some(day) } => format!("kept by tag {tag} until {day}"),
            Protection::UnreadTags => "its tags could not be read, and one may keep it".to_owned(),
            Protection::Service { flag } => format!("delete blocked by {flag}"),
        }
    }
}
