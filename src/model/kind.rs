use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of resource, `service:thing`, as AWS Resource Explorer and ARNs write it (`ec2:volume`).
///
/// The join between a scanner, the rules that read it, its price and its quota. Where Resource
/// Explorer has several types for one listing call, the scanner's doc comment says which name serves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Kind(Cow<'static, str>);

impl Kind {
    /// What AWS's own indexes have and no scanner lists. The fact `type` says what it is.
    pub const UNSCANNED: Kind = Kind::new("unscanned");

    /// A service quota. It is judged like a resource, but is none: it is in no inventory, and costs nothing.
    pub const QUOTA: Kind = Kind::new("service-quotas:quota");

    /// A kind known at compile time.
    pub const fn new(name: &'static str) -> Kind {
        Kind(Cow::Borrowed(name))
    }

    /// A kind read from a file.
    pub fn owned(name: impl Into<String>) -> Kind {
        Kind(Cow::Owned(name.into()))
    }

    /// The whole name, `ec2:volume`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the colon, `ec2`.
    pub fn service(&self) -> &str {
        self.0.split_once(':').map_or(&self.0, |(service, _)| service)
    }

    /// What stands after the colon, `volume`.
    pub fn thing(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, thing)| thing)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
