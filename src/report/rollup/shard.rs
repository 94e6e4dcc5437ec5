use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One of several parts of a list of accounts, counted from 0 as Kubernetes Indexed Jobs and AWS Batch arrays do.
///
/// An account's part follows from its id alone: another account more or less moves no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Shard {
    /// How many parts there are, 1 or more.
    pub of: u32,
    /// Which one, less than `of`.
    pub index: u32,
}

/// The most parts there can be: what Kubernetes allows an Indexed Job.
const MOST: u32 = 100_000;

/// A text that is no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no part: I/N with I from 0 to N - 1, such as 0/8 for the first of eight; at most {MOST} parts")]
pub struct ParseShardError(String);

impl Shard {
    /// Whether an account belongs to it: the first eight bytes of the id's SHA-256, modulo the number of parts.
    pub fn holds(self, account: &str) -> bool {
        let digest = Sha256::digest(account.as_bytes());
        let number = digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        number % u64::from(self.of.max(1)) == u64::from(self.index)
    }
}

impl Shard {
    /// Whether there is such a part. One out of a file need not be.
    pub(super) fn is_one(self) -> bool {
        self.index < self.of && self.of <= MOST
    }
}

impl FromStr for Shard {
    type Err = ParseShardError;

    fn from_str(text: &str) -> Result<Shard, ParseShardError> {
        let bad = || ParseShardError(text.chars().take(40).collect());
        let (index, of) = text.trim().split_once('/').ok_or_else(bad)?;
        let shard = Shard { index: index.parse().map_err(|_| bad())?, of: of.parse().map_err(|_| bad())? };
        if shard.is_one() { Ok(shard) } else { Err(bad()) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}
