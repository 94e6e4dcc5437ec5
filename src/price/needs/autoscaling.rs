//! Auto Scaling groups.

use crate::model::Resource;
use crate::price::Needs;

/// A group costs nothing; its instances are billed as instances.
pub fn group(_: &Resource) -> Needs {
    Needs::free()
}
