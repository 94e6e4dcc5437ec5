use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An AWS region code (`eu-west-1`), or `global` for what is read once for the whole account.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Region(String);

impl Region {
    /// The name of what belongs to no region.
    pub const GLOBAL: &'static str = "global";

    /// A region by its code.
    pub fn new(code: impl Into<String>) -> Region {
        Region(code.into())
    }

    /// The place of global services.
    pub fn global() -> Region {
        Region(Region::GLOBAL.to_owned())
    }

    /// Whether this is the place of global services.
    pub fn is_global(&self) -> bool {
        self.0 == Region::GLOBAL
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Whether an account can use a region.
///
/// Source: `account:ListRegions` (`RegionOptStatus`), else `ec2:DescribeRegions` (`OptInStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RegionState {
    /// On for every account.
    OptInNotRequired,
    /// An opt-in region this account has switched on.
    OptedIn,
    /// An opt-in region this account has not switched on, or is switching on or off right now.
    NotOptedIn,
}

impl RegionState {
    /// Whether anything can run there.
    pub fn is_on(self) -> bool {
        self != RegionState::NotOptedIn
    }
}
